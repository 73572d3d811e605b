"""Columns sent in COPY's binary form arrive as they were."""

from datetime import date

import polars as pl
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    select,
)
from sqlalchemy.exc import OperationalError

from movements.binary_rows import (
    days,
    numbers,
    packed,
    points,
    smallint_arrays,
    texts,
    uuids,
)
from movements.copying import copied_packed, meanwhile
from movements.tables import MOVEMENT

SENT = Table(
    "sent",
    MetaData(),
    Column("number", Integer),
    Column("small", SmallInteger),
    Column("flag", Boolean),
    Column("key", Uuid),
    Column("day", Date),
    Column("point", MOVEMENT.c.origin.type),
    Column("text", Text),
    Column("raw", LargeBinary),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
READ = select(
    SENT.c.number,
    SENT.c.small,
    SENT.c.flag,
    SENT.c.key,
    SENT.c.day,
    func.ST_X(SENT.c.point),
    func.ST_Y(SENT.c.point),
    func.ST_SRID(SENT.c.point),
    SENT.c.text,
    SENT.c.raw,
)
DEGREES = st.floats(-180, 180)
ROWS = st.tuples(
    st.integers(-(2**31), 2**31 - 1),
    st.integers(-(2**15), 2**15 - 1),
    st.booleans(),
    st.uuids(),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    DEGREES,
    DEGREES,
    st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    st.none() | st.binary(max_size=300),
)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=20))
def test_every_value_arrives_as_it_was_sent(database, rows):
    names = ("number", "small", "flag", "key", "day", "lon", "lat", "text", "raw")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    frame = pl.DataFrame(
        {name: columns[name] for name in ("number", "small", "day", "lon", "lat")}
    )
    with database.upload.connect() as db:
        fixed = {
            "number": numbers(frame["number"], "i4"),
            "small": numbers(frame["small"], "i2"),
            "flag": numbers(pl.Series(columns["flag"]), "?"),
            "key": uuids(pl.Series([key.bytes for key in columns["key"]])),
            "day": days(frame["day"]),
            "point": points(frame["lon"], frame["lat"]),
        }
        cells = {
            "text": texts(pl.Series(columns["text"], dtype=pl.String)),
            "raw": columns["raw"],
        }
        copied_packed(db, SENT, packed(fixed, cells))
        found = [tuple(row) for row in db.execute(READ)]
    assert found == [(*row[:7], 4326, *row[7:]) for row in rows]


def test_a_table_may_have_fixed_columns_only(db: Connection):
    plain = Table(
        "plain",
        MetaData(),
        Column("number", Integer),
        Column("text", Text),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    numbered = packed({"number": numbers(pl.Series([3, 1]), "i4")}, {})
    copied_packed(db, plain, numbered)
    found = db.execute(select(plain)).all()
    assert [tuple(row) for row in found] == [(3, None), (1, None)]


def test_arrays_of_small_numbers_may_stand_in_rows(db: Connection):
    listed = Table(
        "listed",
        MetaData(),
        Column("number", Integer),
        Column("codes", ARRAY(SmallInteger)),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    codes = [(27, 9), (), (27, 9), (-32768, 32767, 0)]
    cells = {"codes": smallint_arrays(codes)}
    numbered = {"number": numbers(pl.Series(range(4)), "i4")}
    copied_packed(db, listed, packed(numbered, cells))
    found = db.execute(select(listed.c.codes).order_by(listed.c.number)).scalars()
    assert [tuple(each) for each in found] == codes


def test_an_error_of_a_statement_sent_ahead_is_raised_at_the_end(database):
    seen = []

    def send():
        with database.upload.connect() as db, meanwhile(db):
            db.execute(select(1 / func.abs(0)))
            seen.append("went on")

    with pytest.raises(psycopg.errors.DivisionByZero):
        send()
    assert seen == ["went on"]


def test_a_server_that_goes_away_meanwhile_is_told_as_by_any_other_statement(database):
    def send():
        with database.upload.connect() as db, meanwhile(db):
            db.execute(select(func.pg_terminate_backend(func.pg_backend_pid())))

    with pytest.raises(OperationalError):
        send()
    with database.upload.connect() as db:
        assert db.execute(select(1)).scalar_one() == 1
