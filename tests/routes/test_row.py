"""Lists sent as one text arrive as they were."""

from uuid import UUID

import pytest
from sqlalchemy import Boolean, Connection, Float, LargeBinary, Text, Uuid, select

from routes.row import rows_of


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Uuid, [UUID(int=1), UUID(int=2**127), None]),
        (Float, [1 / 3, -0.0, 1e300, None]),
        (Boolean, [True, False, None]),
        (LargeBinary, [b"", b'\x00"\\,{}', bytes(range(256)), None]),
        (Text, ["", "NULL", ' a,b {"c"} \\x ', "ज़िला", None]),
        (Text, []),
    ],
)
def test_every_value_arrives_as_it_was_sent(db: Connection, kind, values):
    given = rows_of({"value": kind})
    assert db.scalars(select(given.c.value), {"value": values}).all() == values
