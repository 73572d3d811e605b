"""Tables of ways between places; none of them can name a person."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM

from boundaries.tables import BOUNDARY_SET, METADATA

ADJACENCY = Table(
    "district_adjacency",
    METADATA,
    Column(
        "set_id",
        ForeignKey(BOUNDARY_SET.c.set_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("a", SmallInteger, primary_key=True, autoincrement=False),
    Column("b", SmallInteger, primary_key=True, autoincrement=False),
    Column("border_km", Float, nullable=False),
    Column("distance_km", Float, nullable=False),
    Column("by_sea", Boolean, nullable=False),
    Column(
        "crossing",
        Geometry("POINT", srid=4326, spatial_index=False),
        nullable=False,
    ),
    comment="Districts (LGD codes, a < b) that touch, or that a ship or plane joins.",
)

MODE = ENUM("train", "bus", name="travel_mode", schema="nmis", metadata=METADATA)

CORRIDOR = Table(
    "corridor",
    METADATA,
    Column("corridor_id", Uuid, primary_key=True),
    Column("states", ARRAY(SmallInteger), nullable=False),
    Column("geom", Geometry("MULTIPOLYGON", srid=4326), nullable=False),
    comment="An ordered sequence of states (LGD codes) and their union's shape.",
)

ROUTE = Table(
    "route",
    METADATA,
    Column("route_id", Uuid, primary_key=True),
    Column("mode", MODE, nullable=False),
    Column("origin_district", SmallInteger, nullable=False, index=True),
    Column("destination_district", SmallInteger, nullable=False, index=True),
    Column("origin_state", SmallInteger, nullable=False),
    Column("destination_state", SmallInteger, nullable=False),
    Column("states", ARRAY(SmallInteger), nullable=False),
    Column("declared", Boolean, nullable=False),
    Column("corridor_id", ForeignKey(CORRIDOR.c.corridor_id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("has_gap", Boolean, nullable=False),
    Column("by_sea_or_air", Boolean, nullable=False),
    Column("length_km", Float, nullable=False),
    Column(
        "path",
        Geometry("LINESTRING", srid=4326, spatial_index=False),
        nullable=False,
    ),
    CheckConstraint("kind in ('schematic', 'road', 'rail')", name="route_kind"),
    comment="Deduplicated (mode, origin, destination, state sequence).",
)

LINE = Table(
    "network_line",
    METADATA,
    Column("line_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("source", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("length_km", Float, nullable=False),
    Column("geom", Geometry("LINESTRING", srid=4326), nullable=False),
    CheckConstraint("kind in ('road', 'rail')", name="network_line_kind"),
    comment="Rail and road lines that the operator loaded (nmis routes load).",
)
