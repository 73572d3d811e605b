"""Temporary tables that a batch's rows pass through, for one transaction.

Only sealed bytes, codes and counts pass here: nothing personal stands in plain.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from movements.tables import MOVEMENT

# What events made of a journey.
STANDING = (
    *("stage", "permission", "requisitioned", "train_number", "train_date"),
    *("vehicle", "carriage", "walk_in"),
)

_TEMPORARY: dict[str, Any] = {
    "prefixes": ["TEMPORARY"],
    "postgresql_on_commit": "DROP",
}

# What rows of one journey share. Enumerations stand as positions in them, from 1, here
# and below: every row is then equally wide.
WAYS = Table(
    "upload_way",
    MetaData(),
    Column("way", Integer),
    Column("mode", SmallInteger),
    Column("origin_district", SmallInteger),
    Column("destination_district", SmallInteger),
    Column("origin_state", SmallInteger),
    Column("destination_state", SmallInteger),
    Column("route_id", Uuid),
    Column("transit", ARRAY(SmallInteger)),
    Column("route_states", ARRAY(SmallInteger)),
    **_TEMPORARY,
)
ROWS = Table(
    "upload_row",
    MetaData(),
    Column("row", Integer),
    Column("is_new", Boolean),
    Column("bucket", SmallInteger),
    Column("person_id", Uuid),
    Column("movement_id", Uuid),
    Column("travel_date", Date),
    Column("category", SmallInteger),
    Column("way", Integer),
    Column("origin", MOVEMENT.c.origin.type),
    Column("destination", MOVEMENT.c.destination.type),
    Column("origin_located", SmallInteger),
    Column("destination_located", SmallInteger),
    Column("source_ref", Text),
    **_TEMPORARY,
)
SEALED = Table(
    "upload_sealed",
    MetaData(),
    Column("bucket", SmallInteger),
    Column("person_id", Uuid),
    Column("purge_month", Date),
    Column("way", Integer),
    Column("sealed", LargeBinary),
    Column("mobile_index", LargeBinary),
    **_TEMPORARY,
)
# How many rows there are of a way, day and category.
COUNTS = Table(
    "upload_count",
    MetaData(),
    Column("way", Integer),
    Column("travel_date", Date),
    Column("category", SmallInteger),
    Column("n", Integer),
    **_TEMPORARY,
)
# Journeys that go, and what their tombstones say (movements/tombstones.py).
OLD = Table(
    "upload_old",
    MetaData(),
    Column("bucket", SmallInteger),
    Column("person_id", Uuid),
    Column("movement_id", Uuid),
    Column("travel_date", Date),
    Column("tombstone_id", Uuid),
    Column("kind", Text),
    Column("fields", Text),
    **_TEMPORARY,
)
# Where the journeys of updated rows stand, of those that stay what they were.
KEPT = Table(
    "upload_kept",
    MetaData(),
    Column("bucket", SmallInteger),
    Column("person_id", Uuid),
    *(Column(name, MOVEMENT.c[name].type) for name in STANDING),
    **_TEMPORARY,
)
# What a tombstone takes over from a journey.
OF_TOMBSTONE = (
    *("bucket", "person_id", "tenant", "transit", "permission", "requisitioned"),
    "movement_id",
)
# As flow.FLOW_DAY, with the route.
CHANGE = {
    "origin": "origin_district",
    "destination": "destination_district",
    "day": "travel_date",
    "mode": "mode",
    "category": "category",
    "status": "stage",
    "origin_state": "origin_state",
    "destination_state": "destination_state",
    "route_id": "route_id",
}
GONE = Table(
    "upload_gone",
    MetaData(),
    *(Column(name, MOVEMENT.c[of].type) for name, of in CHANGE.items()),
    *(Column(name, MOVEMENT.c[name].type) for name in (*OF_TOMBSTONE, "source_ref")),
    **_TEMPORARY,
)
