"""Nothing of the erased is left on the disk: dead rows, statistics, the log of changes.

A deleted row stays in its page until something is written over it, and what ANALYZE
sampled stays as statistics. So tables that lost people are written anew; then the log
goes on in its next file, and a checkpoint lets the files before go (they are removed,
not used again: gis_service/cluster/config.py).

Each table is locked against everybody while it is rewritten. One that others hold stays
marked, and so the whole is not said to be done.
"""

from collections.abc import Mapping
from functools import partial

from psycopg import sql
from sqlalchemy import (
    Connection,
    Engine,
    Float,
    Table,
    column,
    delete,
    exists,
    func,
    select,
    table,
)
from sqlalchemy.exc import ProgrammingError

from gis_service.retention_locks import StillHeld, brief, had
from gis_service.retention_readers import wait_for_readers
from gis_service.retention_said import Say
from movements.retention_forget import scrubbed_later
from movements.retention_tables import SCRUB
from movements.tables import MOVEMENT, MOVEMENT_EVENT
from routes.driver import driver

# Where ANALYZE keeps what it sampled; the database's owner may rewrite it.
STATISTICS = "pg_catalog.pg_statistic"
# Journeys and their events, in months: all of a month's statistics go with a whole's.
WHOLES = (MOVEMENT, MOVEMENT_EVENT)
_WHOLE = tuple(each.fullname for each in WHOLES)
# Sealed, and large: dead parts of an archive whose key is gone are only made free.
LARGE = ("vault.archive_part",)


def scrubbed(owner: Engine, say: Say) -> Mapping[str, object]:
    """Rewrite every marked table, and let the log of changes go.

    Returns:
        The tables, and whether the log's older files were let go.

    Raises:
        StillSeen: a transaction from before goes on; the marks stay for the next time.
        StillHeld: others hold a table for too long; its mark stays.
    """
    engine = owner.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as db, brief(db):
        wait_for_readers(db)
        marked = _marks(db)
        # The mark of the statistics is the last to go: whatever ends us before the log
        # was let go, there is one.
        scrubbed_later(db, STATISTICS, *_wholes(db, marked))
        tables = sorted(_marks(db) - {STATISTICS})
        held = [each for each in tables if not _rewritten(db, each, say)]
        if not had(partial(_vacuumed, db, STATISTICS, "FULL")):
            held.append(STATISTICS)
        let_go = _log_let_go(db, say)
        if held:
            raise StillHeld(
                f"others hold {', '.join(held)} for long; rewritten the next time:"
                " tomorrow, or when you call `nmis purge` again"
            )
        _unmarked(db, STATISTICS)
        return {"tables": sorted(marked), "log_let_go": let_go}


def is_pending(owner: Engine) -> bool:
    """Return whether a table waits to be rewritten."""
    with owner.connect() as db:
        return bool(_marks(db))


def _marks(db: Connection) -> set[str]:
    return set(db.execute(select(SCRUB.c.relation)).scalars())


def _wholes(db: Connection, marked: set[str]) -> list[str]:
    """Return the wholes whose statistics have to go.

    One that somebody analyzed, and one of which a month lost people and stays: to
    forget them all its months are locked, which most purges need not.
    """
    of_months = [
        each for each in _WHOLE if any(one.startswith(f"{each}_2") for one in marked)
    ]
    analyzed = [each.fullname for each in WHOLES if _is_analyzed(db, each)]
    return sorted({*of_months, *analyzed})


def _is_analyzed(db: Connection, whole: Table) -> bool:
    # -1: never. Statistics themselves are shown to superusers alone, as rows of people.
    known = exists().where(
        _CLASS.c.oid == func.to_regclass(whole.fullname), _CLASS.c.reltuples >= 0
    )
    return bool(db.execute(select(known)).scalar_one())


_CLASS = table(
    "pg_class", column("oid"), column("reltuples", Float), schema="pg_catalog"
)


def _rewritten(db: Connection, relation: str, say: Say) -> bool:
    say(f"rewriting {relation}")
    there = db.execute(select(func.to_regclass(relation))).scalar_one()
    if there is not None and not had(partial(_scrubbed, db, relation)):
        return False
    _unmarked(db, relation)
    return True


def _scrubbed(db: Connection, relation: str) -> None:
    if relation in LARGE:
        _vacuumed(db, relation, "ANALYZE")
        return
    db.execute(select(func.nmis.forget_statistics(relation)))
    if relation not in _WHOLE:
        _vacuumed(db, relation, "FULL, ANALYZE")


def _unmarked(db: Connection, relation: str) -> None:
    db.execute(delete(SCRUB).where(SCRUB.c.relation == relation))


def _vacuumed(db: Connection, relation: str, how: str) -> None:
    # VACUUM has no form in SQLAlchemy Core; names are quoted by the driver.
    form = {
        "FULL": sql.SQL("VACUUM (FULL) {}"),
        "ANALYZE": sql.SQL("VACUUM (ANALYZE) {}"),
        "FULL, ANALYZE": sql.SQL("VACUUM (FULL, ANALYZE) {}"),
    }[how]
    statement = form.format(sql.Identifier(*relation.split(".")))
    with driver(db).cursor() as cursor:
        cursor.execute(statement)


def _log_let_go(db: Connection, say: Say) -> bool:
    db.execute(select(func.nmis.next_wal_file()))
    try:
        db.exec_driver_sql("CHECKPOINT")
    except ProgrammingError:
        say(
            "The login may not checkpoint (GRANT pg_checkpoint): older files of the"
            " database's log go when it does so by itself."
        )
        return False
    return True
