"""The release in the database: editions of weeks, and releases of editions."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    func,
)

from boundaries.tables import METADATA
from movements.flow import CATEGORY
from routes.tables import MODE

RELEASE = Table(
    "release",
    METADATA,
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("key_id", Text, nullable=False),
    Column(
        "begun_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=func.now(),
    ),
    Column("published_at", DateTime(timezone=True)),
    comment="Releases of protected flows; not published while made.",
)

RELEASE_WEEK = Table(
    "release_week",
    METADATA,
    Column("release", ForeignKey(RELEASE.c.release), primary_key=True),
    Column("week", Date, primary_key=True),
    Column("edition", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    comment="Which edition of a week a release holds.",
)

_ENDS = ("origin_state", "origin", "destination_state", "destination")

FLOW_RELEASE = Table(
    "flow_release",
    METADATA,
    Column("week", Date, primary_key=True),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("object_id", BigInteger, primary_key=True, autoincrement=False),
    Column("level", Text, nullable=False),
    Column("day", Date),
    Column("mode", MODE),
    *(Column(name, SmallInteger) for name in _ENDS),
    Column("n", Integer, nullable=False),
    comment="Published atoms of flows, about n journeys each.",
)

FLOW_RELEASE_BY_ID = Index(
    "flow_release_by_object_id",
    FLOW_RELEASE.c.object_id,
    FLOW_RELEASE.c.week,
    FLOW_RELEASE.c.edition,
)

CATEGORY_RELEASE = Table(
    "category_release",
    METADATA,
    Column("week", Date, primary_key=True),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("level", Text, nullable=False),
    Column("origin_state", SmallInteger, primary_key=True, autoincrement=False),
    Column("category", CATEGORY, primary_key=True),
    Column("n", Integer, nullable=False),
    comment="Published journeys by category of a state.",
)

RELEASE_AGAIN = Table(
    "release_again",
    METADATA,
    Column("week", Date, nullable=False),
    Column("level", Text, nullable=False),
    Column("day", Date),
    Column("mode", MODE),
    Column("category", CATEGORY),
    *(Column(name, SmallInteger) for name in _ENDS),
    Column("counter", Integer, nullable=False),
    comment="Draws that were made again before publication.",
)
AGAIN_BY_WEEK = Index("release_again_by_week", RELEASE_AGAIN.c.week)
