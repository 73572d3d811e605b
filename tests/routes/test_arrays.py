"""Whole columns arrive as they were sent."""

from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import (
    ARRAY,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    cast,
    select,
)

from routes import arrays


@pytest.mark.parametrize("count", [0, 1, 3])
def test_an_array_goes_as_one_value(db: Connection, count):
    keys = [UUID(int=n) for n in (1, 2**127, 2**128 - 1)][:count]
    whole = [-(2**31), 0, 2**31 - 1][:count]
    sent = select(
        cast(arrays.bound(arrays.ids([key.bytes for key in keys])), ARRAY(Uuid)),
        cast(
            arrays.bound(arrays.fixed(np.array(whole, dtype=">i4"), arrays.INTEGER)),
            ARRAY(Integer),
        ),
    )
    assert tuple(arrays.taught(db).execute(sent).one()) == (keys, whole)


def test_columns_of_any_width_make_a_table(db: Connection):
    table = arrays.columns({"text": Text, "raw": LargeBinary, "km": Float})
    words, raw = ["", "ज़िला", 'a"b\\c,{}'], [b"", b"\0\xff", b"x" * 3000]
    found = arrays.taught(db).execute(
        select(table.c.text, table.c.raw, table.c.km),
        {
            "text": arrays.cells([word.encode() for word in words], arrays.TEXT),
            "raw": arrays.cells(raw, arrays.BYTES),
            "km": arrays.fixed(np.array([0.0, -1.5, 1e300], ">f8"), arrays.FLOAT),
        },
    )
    rows = [tuple(row) for row in found]
    assert rows == list(zip(words, raw, [0.0, -1.5, 1e300], strict=True))


def test_an_array_may_hold_nothing_in_places(db: Connection):
    given: list[bytes | None] = [b"a", None, b""]
    sent = select(cast(arrays.bound(arrays.cells(given, arrays.TEXT)), ARRAY(Text)))
    assert arrays.taught(db).execute(sent).scalar_one() == ["a", None, ""]
