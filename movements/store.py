"""A batch's sealed rows, written: people, journeys, profiles, and what they replace."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    SmallInteger,
    Table,
    Text,
    Uuid,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.schema import CreateTable

from movements.copying import copied
from movements.flow import CATEGORY, STAGE
from movements.source_refs import Known
from movements.tables import BATCH_ROW, LOCATED, MOVEMENT, PERSON, PROFILE
from routes.tables import MODE

_STAGE = "planned"  # of every journey that an upload brings
_TEMPORARY: dict[str, Any] = {
    "prefixes": ["TEMPORARY"],
    "postgresql_on_commit": "DROP",
}

ROWS = Table(
    "upload_row",
    MetaData(),
    Column("row", Integer),
    Column("fate", Text),
    Column("source_ref", Text),
    Column("bucket", SmallInteger),
    Column("person_id", Uuid),
    Column("movement_id", Uuid),
    Column("travel_date", Date),
    Column("purge_month", Date),
    Column("category", CATEGORY),
    Column("mode", MODE),
    Column("origin_district", SmallInteger),
    Column("destination_district", SmallInteger),
    Column("origin_state", SmallInteger),
    Column("destination_state", SmallInteger),
    Column("transit", ARRAY(SmallInteger)),
    Column("route_states", ARRAY(SmallInteger)),
    Column("route_id", Uuid),
    Column("origin_lon", Float),
    Column("origin_lat", Float),
    Column("destination_lon", Float),
    Column("destination_lat", Float),
    Column("origin_located", LOCATED),
    Column("destination_located", LOCATED),
    Column("sealed", LargeBinary),
    Column("mobile_index", LargeBinary),
    **_TEMPORARY,
)
_OLD = Table(
    "upload_old",
    MetaData(),
    Column("bucket", SmallInteger),
    Column("person_id", Uuid),
    Column("movement_id", Uuid),
    Column("travel_date", Date),
    **_TEMPORARY,
)
# As flow.FLOW_DAY, with the route.
_CHANGE = {
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
_GONE = Table(
    "upload_gone",
    MetaData(),
    *(Column(name, MOVEMENT.c[of].type) for name, of in _CHANGE.items()),
    **_TEMPORARY,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose batch it is, and which."""

    tenant: int
    batch_id: UUID


def write(
    db: Connection,
    rows: pl.DataFrame,
    *,
    stamp: Stamp,
    replaced: Iterable[Known],
) -> Select[Any]:
    """Write a batch and return the changes of the flows, for ``flow.roll_up``.

    Args:
        db: a connection on the upload plane, within the batch's transaction.
        rows: the columns of ``ROWS``; ``fate`` is new, updated or unchanged; of
            unchanged rows only the place in the batch is written.
        stamp: whose batch it is.
        replaced: what the updated rows stood for before.
    """
    # In order of the people's key, so that neighbours in the indexes are written
    # together; sorted here, the wide rows need not be sorted by the server.
    copied(db, ROWS, rows.sort("bucket", "person_id"))
    gone = _removed(db, replaced)
    written = ROWS.c.fate != "unchanged"
    _inserted(db, PERSON, _people(stamp), ROWS.c.fate == "new")
    _inserted(db, MOVEMENT, _movements(stamp), written)
    _inserted(db, PROFILE, _profiles(stamp), written)
    _inserted(db, BATCH_ROW, _listed(stamp), true())
    came = select(
        *(_source(of).label(name) for name, of in _CHANGE.items()),
        literal(1).label("n"),
    ).where(written)
    if not gone:
        return came
    went = select(_GONE, literal(-1).label("n"))
    both = union_all(came, went).subquery()
    return select(both)


def _source(of: str) -> Any:  # noqa: ANN401 - a column or a literal
    return cast(_STAGE, STAGE) if of == "stage" else ROWS.c[of]


def _inserted(
    db: Connection,
    table: Table,
    values: Mapping[str, Any],
    which: ColumnElement[bool],
) -> None:
    chosen = select(*values.values()).where(which)
    db.execute(insert(table).from_select(list(values), chosen))


def _people(stamp: Stamp) -> dict[str, Any]:
    return {
        "bucket": ROWS.c.bucket,
        "person_id": ROWS.c.person_id,
        "tenant": literal(stamp.tenant),
        "created_at": func.now(),
    }


def _movements(stamp: Stamp) -> dict[str, Any]:
    same = (
        "bucket",
        "movement_id",
        "travel_date",
        "person_id",
        "source_ref",
        "category",
        "mode",
        "origin_district",
        "destination_district",
        "origin_state",
        "destination_state",
        "transit",
        "route_states",
        "route_id",
        "origin_located",
        "destination_located",
    )
    return {
        **{name: ROWS.c[name] for name in same},
        "tenant": literal(stamp.tenant),
        "batch_id": literal(stamp.batch_id),
        "row_number": ROWS.c.row,
        "stage": cast(_STAGE, STAGE),
        **{end: _point(end) for end in ("origin", "destination")},
    }


def _point(end: str) -> Any:  # noqa: ANN401 - a geometry
    made = func.ST_MakePoint(ROWS.c[f"{end}_lon"], ROWS.c[f"{end}_lat"])
    return func.ST_SetSRID(made, 4326)


def _profiles(stamp: Stamp) -> dict[str, Any]:
    same = (
        "bucket",
        "person_id",
        "purge_month",
        "origin_state",
        "destination_state",
        "transit",
        "sealed",
        "mobile_index",
    )
    return {
        **{name: ROWS.c[name] for name in same},
        "tenant": literal(stamp.tenant),
        "stage": cast(_STAGE, STAGE),
    }


def _listed(stamp: Stamp) -> dict[str, Any]:
    return {
        "tenant": literal(stamp.tenant),
        "batch_id": literal(stamp.batch_id),
        "row_number": ROWS.c.row,
        "source_ref": ROWS.c.source_ref,
        "bucket": ROWS.c.bucket,
        "person_id": ROWS.c.person_id,
    }


def _removed(db: Connection, replaced: Iterable[Known]) -> bool:
    """Remove what updated rows replace; what it counted goes to ``_GONE``."""
    old = pl.DataFrame(
        [
            (each.bucket, each.person_id.hex, each.movement_id.hex, each.travel_date)
            for each in replaced
        ],
        schema=[column.name for column in _OLD.columns],
        orient="row",
    )
    if not old.height:
        return False
    copied(db, _OLD, old)
    db.execute(CreateTable(_GONE))
    for month in sorted({day.replace(day=1) for day in old["travel_date"]}):
        _removed_of(db, month)
    return True


def _removed_of(db: Connection, month: date) -> None:
    # The month stands as a value, so that one partition is opened and not all.
    person = [_OLD.c[name] for name in ("bucket", "person_id")]
    later = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    journey = (
        delete(MOVEMENT)
        .where(
            MOVEMENT.c.bucket == _OLD.c.bucket,
            MOVEMENT.c.movement_id == _OLD.c.movement_id,
            MOVEMENT.c.travel_date == _OLD.c.travel_date,
            MOVEMENT.c.travel_date >= month,
            MOVEMENT.c.travel_date < later,
        )
        .returning(*(MOVEMENT.c[of].label(name) for name, of in _CHANGE.items()))
        .cte("went")
    )
    db.execute(insert(_GONE).from_select(list(_CHANGE), select(journey)))
    db.execute(
        delete(PROFILE).where(
            PROFILE.c.bucket == person[0],
            PROFILE.c.person_id == person[1],
            PROFILE.c.purge_month == month,
        )
    )
