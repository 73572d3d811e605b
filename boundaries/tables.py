"""Tables of places: boundary sets, units (states, districts), names, lineage.

A unit is known by ``(level, code)``: its LGD code within its level. Several
boundary sets may hold the same unit; the one of the active set is in force.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    FetchedValue,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

METADATA = MetaData(schema="nmis")

LEVEL = ENUM("state", "district", name="unit_level", schema="nmis", metadata=METADATA)

BOUNDARY_SET = Table(
    "boundary_set",
    METADATA,
    Column("set_id", Text, primary_key=True),
    Column("level", LEVEL, nullable=False),
    Column("title", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("depiction", Text, nullable=False),
    Column("quality", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("active", Boolean, nullable=False, server_default=false()),
    Column("report", JSONB, nullable=False),
    Column(
        "loaded_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=func.now(),
    ),
)

UNIT = Table(
    "unit",
    METADATA,
    Column("set_id", Text, primary_key=True),
    Column("level", LEVEL, primary_key=True),
    Column("code", SmallInteger, primary_key=True, autoincrement=False),
    Column("state_code", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_hi", Text),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("depiction", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("quality", Text, nullable=False),
    Column("population_2011", Integer),
    Column("population_basis", Text),
    Column("area_km2", Float, nullable=False),
    Column(
        "inner_point",
        Geometry("POINT", srid=4326, spatial_index=False),
        nullable=False,
    ),
    Column("geom", Geometry("MULTIPOLYGON", srid=4326), nullable=False),
    # The same as text, six decimals, kept by the database itself.
    Column("geojson", Text, FetchedValue(), nullable=False),
    ForeignKeyConstraint(
        ["set_id"], [BOUNDARY_SET.c.set_id], ondelete="CASCADE", name="unit_set"
    ),
)

UNIT_SHAPE = Table(
    "unit_shape",
    METADATA,
    Column("set_id", Text, primary_key=True),
    Column("level", LEVEL, primary_key=True),
    Column("code", SmallInteger, primary_key=True, autoincrement=False),
    Column("tier", SmallInteger, primary_key=True, autoincrement=False),
    Column(
        "geom",
        Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
        nullable=False,
    ),
    # What a map tells of the unit: looked up in UNIT it was a fifth of a tile's time.
    Column("state_code", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_hi", Text),
    Column("population_2011", Integer),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Index("unit_shape_on_map", "tier", "level", "geom", postgresql_using="gist"),
    ForeignKeyConstraint(
        ["set_id", "level", "code"],
        [UNIT.c.set_id, UNIT.c.level, UNIT.c.code],
        ondelete="CASCADE",
        name="unit_shape_unit",
    ),
)

ALIAS = Table(
    "unit_alias",
    METADATA,
    Column("level", LEVEL, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("folded", Text, primary_key=True),
    Column("code", SmallInteger, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("source", Text, nullable=False),
)

LINEAGE = Table(
    "unit_lineage",
    METADATA,
    Column("level", LEVEL, primary_key=True),
    Column("child", SmallInteger, primary_key=True, autoincrement=False),
    Column("effective", Date, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("parent", SmallInteger),
    Column("share", Float),
    Column("child_name", Text, nullable=False),
    Column("source", Text, nullable=False),
)
