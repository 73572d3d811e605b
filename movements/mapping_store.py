"""Mappings that states keep here: each its own, by name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    SmallInteger,
    Table,
    Text,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from boundaries.tables import METADATA
from boundaries.wall import enter
from movements.errors import BadMapping, UnknownMapping
from movements.spellings import Spellings, of_entries

# One for each kind of file that a state's departments send.
MOST_MAPPINGS = 100

MAPPING = Table(
    "mapping",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("entries", JSONB, nullable=False),
    Column(
        "changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()
    ),
    comment="How a state's own files spell our columns, words and districts.",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored mapping: its entries as its state wrote them."""

    name: str
    entries: dict[str, Any]
    changed_at: datetime


def keep(db: Connection, kept: dict[str, Any], *, tenant: int, name: str) -> bool:
    """Store a mapping, or change it; return whether it is new.

    Raises:
        BadMapping: the state has as many as it may have.
    """
    enter(db, tenant=tenant)
    count = select(func.count()).where(
        MAPPING.c.tenant == tenant, MAPPING.c.name != name
    )
    if db.execute(count).scalar_one() >= MOST_MAPPINGS:
        raise BadMapping(f"{MOST_MAPPINGS} mappings are kept, no more are allowed")
    stood = select(MAPPING.c.name).where(
        MAPPING.c.tenant == tenant, MAPPING.c.name == name
    )
    is_new = db.execute(stood).one_or_none() is None
    row = insert(MAPPING).values(tenant=tenant, name=name, entries=kept)
    db.execute(
        row.on_conflict_do_update(
            index_elements=["tenant", "name"],
            set_={"entries": row.excluded.entries, "changed_at": func.now()},
        )
    )
    return is_new


def mappings(db: Connection, *, tenant: int) -> list[Kept]:
    """Return a state's own mappings, by name."""
    enter(db, tenant=tenant)
    own = select(MAPPING.c.name, MAPPING.c.entries, MAPPING.c.changed_at)
    listed = own.where(MAPPING.c.tenant == tenant).order_by(MAPPING.c.name)
    return [Kept(*row) for row in db.execute(listed)]


def mapping(db: Connection, *, tenant: int, name: str) -> Kept:
    """Return one of a state's own mappings.

    Raises:
        UnknownMapping: it has none of this name.
    """
    enter(db, tenant=tenant)
    own = select(MAPPING.c.name, MAPPING.c.entries, MAPPING.c.changed_at)
    one = own.where(MAPPING.c.tenant == tenant, MAPPING.c.name == name)
    row = db.execute(one).one_or_none()
    if row is None:
        raise UnknownMapping(f"no mapping {name!r}")
    return Kept(*row)


def spellings(db: Connection, *, tenant: int, name: str) -> Spellings:
    """Return one of a state's own mappings, ready for use.

    Raises:
        UnknownMapping: it has none of this name.
    """
    return of_entries(name, **mapping(db, tenant=tenant, name=name).entries)


def forget(db: Connection, *, tenant: int, name: str) -> None:
    """Remove one of a state's own mappings.

    Raises:
        UnknownMapping: it has none of this name.
    """
    enter(db, tenant=tenant)
    gone = delete(MAPPING).where(MAPPING.c.tenant == tenant, MAPPING.c.name == name)
    if not db.execute(gone).rowcount:
        raise UnknownMapping(f"no mapping {name!r}")
