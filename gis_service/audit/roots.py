"""Roots, read: each with its heads, in order, however many there are."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, Row, Select, bindparam, select

from gis_service.audit.root import Head, Root
from gis_service.audit.tables import HEAD, ROOT, readable

# Rows held at a time.
CHUNK = 1_000

LAST = (
    select(ROOT.c.number, ROOT.c.hash, ROOT.c.key_id)
    .order_by(ROOT.c.number.desc())
    .limit(1)
)

# Without a bound: a forged root may have any number.
_EVERY: Select[tuple[object, ...]] = (
    select(
        *readable(ROOT),
        *(HEAD.c.cut, HEAD.c.writer, HEAD.c.seq, HEAD.c.hash.label("head_hash")),
    )
    .join_from(ROOT, HEAD, HEAD.c.number == ROOT.c.number, isouter=True)
    .order_by(ROOT.c.number, HEAD.c.cut, HEAD.c.writer, HEAD.c.seq)
)
_AFTER = _EVERY.where(ROOT.c.number > bindparam("number"))


def after(db: Connection, number: int) -> Iterator[Root]:
    """Yield the roots behind a number, in order, in flat memory.

    Args:
        db: a connection in a transaction.
        number: 0 for all that we sign.
    """
    yield from _read(db, _AFTER, {"number": number})


def every(db: Connection) -> Iterator[Root]:
    """Yield all roots, in order, in flat memory, also those that nobody signed.

    Args:
        db: a connection in a transaction.
    """
    yield from _read(db, _EVERY, {})


def _read(
    db: Connection, query: Select[tuple[object, ...]], values: dict[str, int]
) -> Iterator[Root]:
    streaming = {"stream_results": True, "yield_per": CHUNK}
    rows = db.execute(query, values, execution_options=streaming)
    for _, own in groupby(rows, key=attrgetter("number")):
        yield _root(list(own))


def _root(rows: list[Row[tuple[object, ...]]]) -> Root:
    first = rows[0]
    return Root(
        number=first.number,
        at=first.at,
        reason=first.reason,
        prev=bytes(first.prev),
        heads=tuple(
            Head(row.cut, row.writer, row.seq, bytes(row.head_hash))
            for row in rows
            if row.writer is not None
        ),
        key_id=first.key_id,
        hash=bytes(first.hash),
        signature=bytes(first.signature),
    )
