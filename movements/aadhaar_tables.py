"""The vault of Aadhaar numbers: a schema, keys and a login of its own."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Uuid,
    func,
)

from boundaries.tables import METADATA
from movements.wrapping import WRAPPED

NUMBER = Table(
    "number",
    METADATA,
    Column("bucket", SmallInteger, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("purge_month", Date, nullable=False),
    Column("tenant", SmallInteger, nullable=False),
    Column("reference", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("number_index", LargeBinary, nullable=False),
    PrimaryKeyConstraint("bucket", "person_id", "purge_month"),
    Index("number_by_index", "tenant", "number_index"),
    schema="aadhaar",
    comment="Aadhaar numbers, sealed; written by uploads, read by the vault alone.",
)

AADHAAR_KEY = Table(
    "data_key",
    METADATA,
    Column("purge_month", Date, primary_key=True),
    Column("version", SmallInteger, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False, info=WRAPPED),
    Column("made_at", DateTime(timezone=True), server_default=func.now()),
    CheckConstraint("version BETWEEN 1 AND 255", name="data_key_version"),
    schema="aadhaar",
    comment="Data keys of Aadhaar numbers by purge month, wrapped.",
)
