"""Nothing of the erased is left on the disk: dead rows, statistics, the log of changes.

A deleted row stays in its page until something is written over it, and what ANALYZE
sampled stays as statistics. So tables that lost people are written anew; then the log
goes on in its next file, and a checkpoint lets the files before go (they are removed,
not used again: gis_service/cluster/config.py).
"""

from collections.abc import Mapping

from psycopg import sql
from sqlalchemy import Connection, Engine, delete, func, select
from sqlalchemy.exc import ProgrammingError

from gis_service.retention_readers import wait_for_readers
from gis_service.retention_said import Say
from movements.retention_tables import SCRUB
from routes.driver import driver

# Where ANALYZE keeps what it sampled; the database's owner may rewrite it.
STATISTICS = "pg_catalog.pg_statistic"
# Journeys and their events, should anybody have analyzed them as a whole.
WHOLES = ("nmis.movement", "nmis.movement_event")
# Sealed, and large: dead parts of an archive whose key is gone are only made free.
LARGE = ("vault.archive_part",)


def scrubbed(owner: Engine, say: Say) -> Mapping[str, object]:
    """Rewrite every marked table, and let the log of changes go.

    Returns:
        The tables, and whether the log's older files were let go.

    Raises:
        StillSeen: a transaction from before goes on; the marks stay for the next time.
    """
    engine = owner.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        wait_for_readers(db)
        marked = list(db.execute(select(SCRUB.c.relation)).scalars())
        for whole in WHOLES:
            db.execute(select(func.nmis.forget_statistics(whole)))
        for relation in sorted(marked):
            say(f"rewriting {relation}")
            _rewritten(db, relation)
        for relation in (STATISTICS, SCRUB.fullname):
            _vacuumed(db, relation, "FULL")
        return {"tables": sorted(marked), "log_let_go": _log_let_go(db, say)}


def _rewritten(db: Connection, relation: str) -> None:
    there = db.execute(select(func.to_regclass(relation))).scalar_one()
    if there is not None and relation in LARGE:
        _vacuumed(db, relation, "ANALYZE")
    elif there is not None:
        db.execute(select(func.nmis.forget_statistics(relation)))
        _vacuumed(db, relation, "FULL, ANALYZE")
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
