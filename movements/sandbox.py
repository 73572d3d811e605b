"""A state's sandbox: uploads checked and answered in full, that nobody else ever sees.

The sandbox is the tenant of the state's negative code, and whatever policies compare of
its journeys is negative too: no officer answers for such a unit. What the Railways and
mobiles are looked up by is left empty. The database's checks hold all of it
(migration 0018). Flows are not counted, routes not stored.
"""

import polars as pl
from sqlalchemy import Connection, delete, select, union_all

from movements.aadhaar_tables import NUMBER
from movements.mapping_store import MAPPING
from movements.queue_tables import QUEUE_KEY, UPLOAD_JOB
from movements.tables import (
    BATCH,
    BATCH_PEOPLE,
    MOVEMENT,
    MOVEMENT_EVENT,
    PERSON,
    PROFILE,
    SOURCE_REF,
)
from movements.tombstones import TOMBSTONE

_ENDS = (
    *("origin_district", "destination_district"),
    *("origin_state", "destination_state"),
)
_LISTS = ("transit", "route_states")


def set_apart(ways: pl.DataFrame) -> pl.DataFrame:
    """Return ways (as ``journeys.routed`` has them) at nobody's places."""
    lists = {
        name: pl.Series(
            [tuple(-code for code in codes) for codes in ways[name].to_list()],
            dtype=pl.Object,
        )
        for name in _LISTS
    }
    ends = {name: -pl.col(name) for name in _ENDS}
    return ways.with_columns(**ends).with_columns(**lists)


def wiped(db: Connection) -> int:
    """Delete all that stands in sandboxes; how many journeys there were.

    Args:
        db: a connection on the owner plane.
    """
    # Whoever sent anything has a batch or a job; else the large tables are left alone.
    sent = union_all(
        select(BATCH.c.tenant).where(BATCH.c.tenant < 0),
        select(UPLOAD_JOB.c.tenant).where(UPLOAD_JOB.c.tenant < 0),
    ).limit(1)
    if db.execute(sent).first() is None:
        return 0
    gone = db.execute(delete(MOVEMENT).where(MOVEMENT.c.tenant < 0)).rowcount
    tables = (MOVEMENT_EVENT, PROFILE, NUMBER, PERSON, SOURCE_REF, TOMBSTONE)
    # With a job go its parts, pieces and slices.
    own = (BATCH_PEOPLE, BATCH, MAPPING, UPLOAD_JOB, QUEUE_KEY)
    for table in (*tables, *own):
        db.execute(delete(table).where(table.c.tenant < 0))
    return gone
