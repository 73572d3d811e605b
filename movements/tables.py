"""Tables of people, their journeys and the batches that brought them.

Shaped so that they can be distributed later: ``bucket = crc32(person id) % 64`` is
chosen in the app, every key starts with it, identifiers are made in the app, and
every protected table carries the columns that plain row policies need (``tenant,
origin_state, destination_state, stage, transit``). What is personal stands only in
``vault.profile``, sealed.
"""

from datetime import date

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from boundaries.tables import METADATA
from movements.flow import CATEGORY, STAGE
from movements.stage import EVENTS, PERMISSIONS
from movements.wrapping import WRAPPED
from routes.tables import MODE

BUCKETS = 64

PERMISSION = ENUM(
    *PERMISSIONS, name="permission_state", schema="nmis", metadata=METADATA
)
EVENT = ENUM(*EVENTS, name="journey_event", schema="nmis", metadata=METADATA)

LOCATED = ENUM(
    "given", "pin", "district", name="located_by", schema="nmis", metadata=METADATA
)

PERSON = Table(
    "person",
    METADATA,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("person_id", Uuid, primary_key=True),
    Column("tenant", SmallInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    comment="One row per unique ID; holds nothing personal.",
)

MOVEMENT = Table(
    "movement",
    METADATA,
    Column("bucket", SmallInteger, nullable=False),
    Column("movement_id", Uuid, nullable=False),
    Column("travel_date", Date, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("tenant", SmallInteger, nullable=False),
    Column("batch_id", Uuid, nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("source_ref", Text),
    Column("category", CATEGORY, nullable=False),
    Column("mode", MODE, nullable=False),
    Column("stage", STAGE, nullable=False),
    Column("origin_district", SmallInteger, nullable=False),
    Column("destination_district", SmallInteger, nullable=False),
    Column("origin_state", SmallInteger, nullable=False),
    Column("destination_state", SmallInteger, nullable=False),
    Column("transit", ARRAY(SmallInteger), nullable=False),
    Column("route_states", ARRAY(SmallInteger), nullable=False),
    Column("route_id", Uuid, nullable=False),
    Column("origin", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
    Column(
        "destination", Geometry("POINT", srid=4326, spatial_index=False), nullable=False
    ),
    Column("origin_located", LOCATED, nullable=False),
    Column("destination_located", LOCATED, nullable=False),
    Column("permission", PERMISSION, nullable=False, server_default="none"),
    Column("requisitioned", Boolean, nullable=False, server_default=false()),
    Column("train_number", Text),
    Column("train_date", Date),
    Column("vehicle", Text),
    Column("carriage", Uuid),
    Column("walk_in", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("bucket", "movement_id", "travel_date"),
    postgresql_partition_by="RANGE (travel_date)",
    comment="One person's trip on a day along a route; partitioned by month.",
)
MOVEMENT_BY_PERSON = Index(
    "movement_by_person", MOVEMENT.c.bucket, MOVEMENT.c.person_id
)
# In the order that lists are read in, for each end that a reader may stand at.
for _end, _column in (
    ("tenant", MOVEMENT.c.tenant),
    ("origin", MOVEMENT.c.origin_state),
    ("destination", MOVEMENT.c.destination_state),
):
    Index(
        f"movement_by_{_end}", _column, MOVEMENT.c.travel_date, MOVEMENT.c.movement_id
    )
Index(
    "movement_requisitioned",
    MOVEMENT.c.travel_date,
    MOVEMENT.c.movement_id,
    postgresql_where=MOVEMENT.c.requisitioned,
)
# Of those under way, and by train: no upload writes to them.
Index(
    "movement_under_way",
    MOVEMENT.c.travel_date,
    MOVEMENT.c.movement_id,
    postgresql_where=MOVEMENT.c.stage.in_(["departed", "arrived"]),
)
Index(
    "movement_by_train",
    MOVEMENT.c.train_number,
    MOVEMENT.c.train_date,
    MOVEMENT.c.travel_date,
    MOVEMENT.c.movement_id,
    postgresql_where=MOVEMENT.c.train_number.is_not(None),
)
Index(
    "movement_by_carriage",
    MOVEMENT.c.carriage,
    postgresql_where=MOVEMENT.c.carriage.is_not(None),
)

MOVEMENT_EVENT = Table(
    "movement_event",
    METADATA,
    Column("bucket", SmallInteger, nullable=False),
    Column("movement_id", Uuid, nullable=False),
    Column("travel_date", Date, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("event", EVENT, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("tenant", SmallInteger, nullable=False),
    Column("origin_state", SmallInteger, nullable=False),
    Column("destination_state", SmallInteger, nullable=False),
    Column("stage", STAGE, nullable=False),
    Column("permission", PERMISSION, nullable=False),
    Column("transit", ARRAY(SmallInteger), nullable=False),
    Column("by_role", Text, nullable=False),
    Column("by_unit", SmallInteger),
    Column("token_id", Text, nullable=False),
    Column("train_number", Text),
    Column("train_date", Date),
    Column("reason", Text),
    Column("origin_district", SmallInteger, nullable=False),
    Column("destination_district", SmallInteger, nullable=False),
    Column("requisitioned", Boolean, nullable=False),
    Column("vehicle", Text),
    PrimaryKeyConstraint("bucket", "movement_id", "travel_date", "event_id"),
    postgresql_partition_by="RANGE (travel_date)",
    comment="What happened to journeys, in order; rows are added and never changed.",
)
PROFILE = Table(
    "profile",
    METADATA,
    Column("bucket", SmallInteger, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("purge_month", Date, nullable=False),
    Column("tenant", SmallInteger, nullable=False),
    Column("origin_state", SmallInteger, nullable=False),
    Column("destination_state", SmallInteger, nullable=False),
    Column("stage", STAGE, nullable=False),
    Column("transit", ARRAY(SmallInteger), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("mobile_index", LargeBinary),
    Column("permission", PERMISSION, nullable=False, server_default="none"),
    Column("requisitioned", Boolean, nullable=False, server_default=false()),
    Column("origin_district", SmallInteger, nullable=False),
    Column("destination_district", SmallInteger, nullable=False),
    Index("profile_by_mobile", "mobile_index", postgresql_using="hash"),
    PrimaryKeyConstraint("bucket", "person_id", "purge_month"),
    schema="vault",
    postgresql_partition_by="RANGE (purge_month)",
    comment="What is personal, sealed with AES-256-GCM under the month's data key.",
)

CONSENT = Table(
    "consent_regime",
    METADATA,
    Column("valid_from", Date, primary_key=True),
    Column("regime", Text, nullable=False),
    Column("reference", Text, nullable=False),
    CheckConstraint(
        "regime IN ('required', 'notify', 'none')", name="consent_regime_known"
    ),
    comment="Whether the receiving state has to agree, from which day of sending on.",
)


def _data_key_label(month: date, version: int) -> bytes:
    # As before months had several versions.
    later = b"" if version == 1 else b"|%d" % version
    return b"nmis data key|" + month.isoformat().encode() + later


_DATA_KEYS = {**WRAPPED, "label": _data_key_label}
DATA_KEY = Table(
    "data_key",
    METADATA,
    Column("purge_month", Date, primary_key=True),
    Column("version", SmallInteger, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False, info=_DATA_KEYS),
    Column("made_at", DateTime(timezone=True), server_default=func.now()),
    schema="vault",
    comment="Data keys by purge month, wrapped under the key-encryption key.",
)

SOURCE_REF = Table(
    "source_ref",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    Column("source_ref", Text, primary_key=True),
    Column("bucket", SmallInteger, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("movement_id", Uuid, nullable=False),
    Column("travel_date", Date, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    comment="A state's own row id, and the journey it stands for.",
)

BATCH = Table(
    "batch",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    Column("batch_id", Uuid, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("idempotency_key", Text),
    Column("digest", LargeBinary, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("receipt", JSONB, nullable=False),
    UniqueConstraint("tenant", "idempotency_key"),
)

BATCH_PEOPLE = Table(
    "batch_people",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    Column("batch_id", Uuid, primary_key=True),
    Column("row_numbers", ARRAY(Integer), nullable=False),
    Column("source_refs", ARRAY(Text)),
    Column("person_ids", ARRAY(Uuid), nullable=False),
    comment="Which person each accepted row of a batch stands for, as aligned arrays.",
)
