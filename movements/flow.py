"""The day roll-up: how many journeys per pair of districts, day, mode, category.

The tables of this module hold counts only; they are all that ``layers`` reads of
movements. ``FLOW_DAY`` and ``ROUTE_DAY`` are kept by the same transaction that
writes the journeys, in key order, so that concurrent batches cannot deadlock.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    MetaData,
    Select,
    SmallInteger,
    Table,
    Uuid,
    delete,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ENUM
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.schema import CreateTable

from boundaries.tables import METADATA
from boundaries.version import VERSION
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
    Column("origin_state", SmallInteger, nullable=False),
    Column("destination_state", SmallInteger, nullable=False),
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

_KEY = ("origin", "destination", "day", "mode", "category", "status")
_STATES = ("origin_state", "destination_state")
_ROUTE_KEY = ("route_id", "day", "category", "status")

_CHANGE = Table(
    "flow_change",
    MetaData(),
    *(Column(column.name, column.type) for column in FLOW_DAY.columns),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def roll_up(db: Connection, changes: Select[Any]) -> None:
    """Add changes to the day tables, in key order so that batches cannot deadlock.

    What it changed waits in a temporary table for ``publish``.

    Args:
        db: a connection within the batch's transaction, once per transaction.
        changes: rows of ``FLOW_DAY``'s columns and ``route_id``; ``n`` is 1 for a
            journey that came, -1 for one that went.
    """
    each = changes.subquery()
    db.execute(CreateTable(_CHANGE))
    names = (*_KEY, *_STATES)
    db.execute(insert(_CHANGE).from_select([*names, "n"], _summed(each.c, names)))
    flows = select(_CHANGE).order_by(*(_CHANGE.c[name] for name in _KEY))
    db.execute(_added(FLOW_DAY, [*names, "n"], flows, key=_KEY))
    routes = _summed(each.c, _ROUTE_KEY)
    db.execute(_added(ROUTE_DAY, [*_ROUTE_KEY, "n"], routes, key=_ROUTE_KEY))


def forget(db: Connection, version: int) -> None:
    """Delete the deltas up to a version, which bases of the cube contain by now.

    Args:
        db: a connection on the owner plane.
        version: that of the oldest base; who has none so new reads one again.
    """
    floor = VERSION.c.subject == "flow_floor"
    raised = update(VERSION).where(floor, VERSION.c.version < version)
    db.execute(raised.values(version=version))
    db.execute(delete(FLOW_DELTA).where(FLOW_DELTA.c.version <= version))


def swept(db: Connection) -> None:
    """Drop the day rows that the changes brought down to nothing."""
    same = [FLOW_DAY.c[name] == _CHANGE.c[name] for name in _KEY]
    db.execute(delete(FLOW_DAY).where(*same, _CHANGE.c.n < 0, FLOW_DAY.c.n == 0))


def publish(db: Connection) -> None:
    """Write the changes to ``FLOW_DELTA`` under the next version of the flows.

    One statement, the last before COMMIT: the version's row lock orders the changes
    and is held for no longer than the commit takes.
    """
    db.execute(select(func.pg_notify("nmis_flows", "")))
    raised = (
        update(VERSION)
        .where(VERSION.c.subject == "flows")
        .values(version=VERSION.c.version + 1)
        .returning(VERSION.c.version)
        .cte("raised")
    )
    columns = [*_KEY, *_STATES, "n"]
    every = select(raised.c.version, *(_CHANGE.c[name] for name in columns))
    deltas = every.join_from(raised, _CHANGE, true())
    db.execute(insert(FLOW_DELTA).from_select(["version", *columns], deltas))


def _summed(columns: Any, names: tuple[str, ...]) -> Select[Any]:  # noqa: ANN401 - a subquery's columns
    total = func.sum(columns.n)
    key = [columns[name] for name in names]
    return select(*key, total).group_by(*key).having(total != 0).order_by(*key)


def _added(
    table: Table, names: list[str], rows: Select[Any], *, key: tuple[str, ...]
) -> Any:  # noqa: ANN401 - an insert
    statement = upsert(table).from_select(names, rows)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={"n": table.c.n + statement.excluded.n}
    )
