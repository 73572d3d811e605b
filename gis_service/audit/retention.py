"""Old entries removed: a signed root gives them up first, so the rest is provable."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, delete, exists, func, select

from gis_service.audit.root import Head
from gis_service.audit.signing import Signer
from gis_service.audit.tables import ENTRY, HEAD

INDIA = ZoneInfo("Asia/Kolkata")


def retain(owner: Engine, signer: Signer, *, keep_from: date) -> int:
    """Remove the entries of the days before ``keep_from`` (in India); return how many.

    A chain loses its beginning only: up to the last entry that is older, and never
    its last entry, from which it goes on. Broken off, it goes on when called again.
    """
    signer.sign("retention")  # so that no entry goes that no root has seen
    with owner.connect() as db:
        cuts = tuple(_cuts(db, datetime.combine(keep_from, time(), INDIA)))
    if cuts:
        signer.sign("retention", cuts=cuts)
    given_up = exists().where(
        HEAD.c.writer == ENTRY.c.writer, HEAD.c.cut, HEAD.c.seq >= ENTRY.c.seq
    )
    with owner.begin() as db:
        return db.execute(delete(ENTRY).where(given_up)).rowcount


def _cuts(db: Connection, before: datetime) -> list[Head]:
    kept = (
        select(ENTRY.c.writer, func.min(ENTRY.c.seq).label("seq"))
        .where(ENTRY.c.at >= before)
        .group_by(ENTRY.c.writer)
        .subquery()
    )
    every = (
        select(ENTRY.c.writer, func.max(ENTRY.c.seq).label("seq"))
        .group_by(ENTRY.c.writer)
        .subquery()
    )
    first_kept = func.coalesce(kept.c.seq, every.c.seq)
    last_gone = (
        select(ENTRY.c.writer, ENTRY.c.seq, ENTRY.c.hash)
        .select_from(
            every.outerjoin(kept, kept.c.writer == every.c.writer).join(
                ENTRY,
                and_(
                    ENTRY.c.writer == every.c.writer,
                    ENTRY.c.seq == first_kept - 1,
                ),
            )
        )
        .where(
            ~exists().where(
                HEAD.c.writer == ENTRY.c.writer, HEAD.c.cut, HEAD.c.seq >= ENTRY.c.seq
            )
        )
    )
    return [
        Head(cut=True, writer=writer, seq=seq, hash=bytes(of))
        for writer, seq, of in db.execute(last_gone)
    ]
