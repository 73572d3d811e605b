"""Aadhaar numbers of an upload, sealed and stored; nothing is ever read here."""

import secrets

import polars as pl
from sqlalchemy import (
    Connection,
    Date,
    LargeBinary,
    SmallInteger,
    Uuid,
    insert,
    literal,
    select,
)

from movements import data_keys
from movements.aadhaar import bound, number_index
from movements.aadhaar_tables import AADHAAR_KEY, NUMBER
from movements.binary_rows import days, numbers
from movements.keys import Keys
from movements.sealing import DataKeys
from routes.arrays import BYTES, DATE, SMALLINT, cells, columns, fixed, ids, taught

_TOKEN = 16  # bytes of a reference

_GIVEN = columns(
    {
        "bucket": SmallInteger,
        "person_id": Uuid,
        "purge_month": Date,
        "reference": Uuid,
        "sealed": LargeBinary,
        "number_index": LargeBinary,
    }
)


def referenced(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with ``aadhaar_ref``: a random token where there is a number."""
    given = rows["aadhaar"].is_not_null().to_list()
    random = secrets.token_bytes(_TOKEN * len(given)).hex()
    width = 2 * _TOKEN
    tokens = [
        random[at * width : (at + 1) * width] if each else None
        for at, each in enumerate(given)
    ]
    return rows.with_columns(aadhaar_ref=pl.Series(tokens, dtype=pl.String))


def stored(db: Connection, rows: pl.DataFrame, *, tenant: int, keys: Keys) -> None:
    """Seal and store the numbers of a batch; nothing is read, nothing told.

    Args:
        db: a connection on the upload plane, within the batch's transaction.
        rows: identified rows, ``referenced``.
        tenant: LGD code of the state.
        keys: the vault's.
    """
    given = rows.filter(pl.col("aadhaar").is_not_null())
    if not given.height:
        return
    months = given["purge_month"].unique()
    opened = data_keys.for_writing(db, months, ring=keys.ring, table=AADHAAR_KEY)
    digits = given["aadhaar"].to_list()
    key = keys.aadhaar_index
    indexes = [number_index(each, tenant=tenant, key=key) for each in digits]
    values = {
        "bucket": fixed(numbers(given["bucket"], "i2"), SMALLINT),
        "person_id": ids(given["person_id"].to_list()),
        "purge_month": fixed(days(given["purge_month"]), DATE),
        "reference": ids([bytes.fromhex(each) for each in given["aadhaar_ref"]]),
        "sealed": cells(_sealed(given, opened), BYTES),
        "number_index": cells(indexes, BYTES),
    }
    chosen = select(literal(tenant, SmallInteger), *_GIVEN.c)
    taught(db).execute(insert(NUMBER).from_select(["tenant", *values], chosen), values)


def _sealed(rows: pl.DataFrame, opened: DataKeys) -> list[bytes]:
    sealed = []
    names = ("bucket", "person_id", "purge_month", "aadhaar_ref", "aadhaar")
    for bucket, person, month, reference, number in rows.select(names).iter_rows():
        place = bound(bucket, person, month, bytes.fromhex(reference))
        sealed.append(opened[month].sealed(number.encode(), place))
    return sealed
