"""How far each chain has come, and how far roots say so."""

from collections.abc import Iterator

from sqlalchemy import Connection, SmallInteger, and_, cast, column, func, select, true
from sqlalchemy.sql.functions import coalesce

from gis_service.audit.root import Head
from gis_service.audit.tables import ENTRY, HEAD

# As many as audit.free_writer gives out.
MOST_WRITERS = 256

_WRITERS = func.generate_series(1, MOST_WRITERS).table_valued("n").render_derived()
_WRITER = cast(_WRITERS.c.n, SmallInteger)

# A writer's last entry and last signed head, each by one look into an index.
_LAST = (
    select(ENTRY.c.seq, ENTRY.c.hash)
    .where(ENTRY.c.writer == _WRITER)
    .order_by(ENTRY.c.seq.desc())
    .limit(1)
    .lateral("last")
)
_SAID = (
    select(HEAD.c.seq)
    .where(HEAD.c.writer == _WRITER, HEAD.c.cut.is_(False))
    .order_by(HEAD.c.seq.desc())
    .limit(1)
    .lateral("said")
)
_SIGNED = coalesce(_SAID.c.seq, 0)
_BOTH = _WRITERS.join(_LAST, true()).outerjoin(_SAID, true())

_GAINED = (
    select(_WRITER.label("writer"), _LAST.c.seq, _LAST.c.hash)
    .select_from(_BOTH)
    .where(_LAST.c.seq > _SIGNED)
    .order_by(column("writer"))
)

# Entries that no root covers yet, and since when the first of them waits.
_FIRST = (
    select(ENTRY.c.at)
    .where(and_(ENTRY.c.writer == _WRITER, ENTRY.c.seq > _SIGNED))
    .order_by(ENTRY.c.seq)
    .limit(1)
    .lateral("first")
)
WAITING = select(
    coalesce(func.sum(_LAST.c.seq - _SIGNED), 0).label("entries"),
    func.min(_FIRST.c.at).label("since"),
).select_from(_BOTH.join(_FIRST, true()))


def gained(db: Connection) -> Iterator[Head]:
    """Yield the heads of the writers that have gone on since the last root."""
    for writer, seq, of in db.execute(_GAINED):
        yield Head(cut=False, writer=writer, seq=seq, hash=bytes(of))
