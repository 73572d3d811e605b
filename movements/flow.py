"""The day roll-up: how many journeys per pair of districts, day, mode, category.

The tables of this module hold counts only; they are all that ``layers`` reads of
movements. ``FLOW_DAY`` and ``ROUTE_DAY`` are kept by the same transaction that
writes the journeys, in key order, so that concurrent batches cannot deadlock.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    SmallInteger,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM

from boundaries.tables import METADATA
from routes.tables import MODE

CATEGORIES = ("labour", "student", "tourist", "pilgrim", "other")
MODES = ("train", "bus")
STAGES = ("planned", "permitted", "departed", "arrived", "cancelled")

CATEGORY = ENUM(*CATEGORIES, name="travel_category", schema="nmis", metadata=METADATA)
STAGE = ENUM(*STAGES, name="journey_stage", schema="nmis", metadata=METADATA)

FLOW_DAY = Table(
    "flow_day",
    METADATA,
    Column("origin", SmallInteger, primary_key=True, autoincrement=False),
    Column("destination", SmallInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("mode", MODE, primary_key=True),
    Column("category", CATEGORY, primary_key=True),
    Column("status", STAGE, primary_key=True),
    Column("origin_state", SmallInteger, nullable=False),
    Column("destination_state", SmallInteger, nullable=False),
    Column("n", Integer, nullable=False),
    comment="Journeys per district pair and day.",
)
FLOW_BY_DAY = Index("flow_day_by_day", FLOW_DAY.c.day)

FLOW_DELTA = Table(
    "flow_delta",
    METADATA,
    Column("version", BigInteger, nullable=False, index=True),
    Column("origin", SmallInteger, nullable=False),
    Column("destination", SmallInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("mode", MODE, nullable=False),
    Column("category", CATEGORY, nullable=False),
    Column("status", STAGE, nullable=False),
    Column("n", Integer, nullable=False),
    comment="What each version of the flows added to or took from FLOW_DAY.",
)

ROUTE_DAY = Table(
    "route_day",
    METADATA,
    Column("route_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("category", CATEGORY, primary_key=True),
    Column("status", STAGE, primary_key=True),
    Column("n", Integer, nullable=False),
    comment="Journeys per route and day.",
)
ROUTE_BY_DAY = Index("route_day_by_day", ROUTE_DAY.c.day)
