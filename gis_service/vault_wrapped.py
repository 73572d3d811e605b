"""Every column of wrapped secrets, and which keys they are wrapped under."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    column,
    func,
    select,
    table,
    update,
)

import gis_service.webhooks.tables
import movements.aadhaar_tables
import movements.own_request_tables
import movements.queue_tables
import movements.retention_tables
import movements.tables
from boundaries.tables import METADATA
from movements.wrapping import (
    FORM,
    KeyRing,
    label,
    under,
    unwrapped,
    wrapped_under,
)

# The modules whose tables have such columns. Whoever adds one names it here.
MODULES = (
    gis_service.webhooks.tables,
    movements.aadhaar_tables,
    movements.own_request_tables,
    movements.queue_tables,
    movements.retention_tables,
    movements.tables,
)

NAME = "wrapped"  # such a column's name, or how it begins
SECRETS_AT_ONCE = 200
_ID_END = 9  # form and id of a wrapped secret, bytes


class UnlistedSecrets(Exception):
    """A table of the database has wrapped secrets that are not known here."""


def known() -> list[Column[Any]]:
    """Return every column of wrapped secrets."""
    return [
        each
        for made in METADATA.sorted_tables
        for each in made.columns
        if each.info.get("wrapped")
    ]


def refuse_unlisted(db: Connection) -> None:
    """Refuse to go on where the database has such columns that are not known.

    Their secrets would be lost with the key.

    Raises:
        UnlistedSecrets: names them.
    """
    names = ("table_schema", "table_name", "column_name", "data_type")
    found = table("columns", *map(column, names), schema="information_schema").c
    asked = select(found.table_schema, found.table_name, found.column_name).where(
        found.column_name.startswith(NAME), found.data_type == "bytea"
    )
    there = {(row[0], row[1], row[2]) for row in db.execute(asked)}
    ours = {(each.table.schema, each.table.name, each.name) for each in known()}
    if there - ours:
        named = ", ".join(".".join(each) for each in sorted(there - ours))
        raise UnlistedSecrets(f"{named}: no module of vault_wrapped.MODULES has it")


def counted(db: Connection) -> dict[str, Counter[bytes]]:
    """Return how many secrets of each column are wrapped under which key's id.

    An empty id: wrapped in the form of before, under a key that is not told.
    """
    found = {}
    for each in known():
        head = func.substring(each, 1, _ID_END, type_=LargeBinary)
        rows = db.execute(
            select(head, func.count()).where(each.is_not(None)).group_by(head)
        )
        ids: Counter[bytes] = Counter()
        for begins, count in rows:
            ids[under(bytes(begins))] += count
        found[f"{each.table.fullname}.{each.name}"] = ids
    return found


def rewrap(engine: Engine, ring: KeyRing, newest: bytes) -> Iterator[int]:
    """Wrap under a key whatever is under another; yield how many, by turns.

    Each turn is a transaction; broken off, it goes on with what is left.

    Raises:
        Unsealable: one does not open with the keys that are here.
    """
    for each in known():
        while True:
            with engine.begin() as db:
                done = _turn(db, each, ring, newest)
            if not done:
                break
            yield done


def _turn(db: Connection, secret: Column[Any], ring: KeyRing, newest: bytes) -> int:
    keys = list(secret.table.primary_key.columns)
    head = func.substring(secret, 1, _ID_END, type_=LargeBinary)
    rows = db.execute(
        select(*keys, secret)
        .where(secret.is_not(None), head != FORM + newest)
        .order_by(*keys)
        .limit(SECRETS_AT_ONCE)
        .with_for_update(key_share=True)
    ).all()
    for row in rows:
        key, blob = row[:-1], bytes(row[-1])
        named = label(secret, *key)
        plain = unwrapped(ring, blob, label=named)
        anew = wrapped_under(ring, newest, plain, label=named)
        here = [each == value for each, value in zip(keys, key, strict=True)]
        db.execute(update(secret.table).where(*here).values({secret: anew}))
    return len(rows)
