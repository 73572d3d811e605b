"""A batch's sealed rows, written: people, journeys, profiles, and what they replace."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    SmallInteger,
    Table,
    Text,
    Uuid,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, ENUM
from sqlalchemy.schema import CreateTable

from movements.binary_rows import (
    Cells,
    Fixed,
    days,
    numbers,
    points,
    texts,
    uuids,
)
from movements.copying import array_of, copied, copied_binary, meanwhile
from movements.flow import CATEGORY, STAGE
from movements.source_refs import Known
from movements.tables import BATCH_PEOPLE, LOCATED, MOVEMENT, PERSON, PROFILE
from routes.tables import MODE

_ENDS = ("origin", "destination")
_STAGE = "planned"  # of every journey that an upload brings
_TEMPORARY: dict[str, Any] = {
    "prefixes": ["TEMPORARY"],
    "postgresql_on_commit": "DROP",
}

_WAYS = Table(
    "upload_way",
    MetaData(),
    Column("way", Integer),
    Column("mode", MODE),
    Column("origin_district", SmallInteger),
    Column("destination_district", SmallInteger),
    Column("origin_state", SmallInteger),
    Column("destination_state", SmallInteger),
    Column("transit", ARRAY(SmallInteger)),
    Column("route_states", ARRAY(SmallInteger)),
    Column("route_id", Uuid),
    **_TEMPORARY,
)
# Enumerations stand as positions in them, from 1: every row is then equally wide.
_ROWS = Table(
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
_SEALED = Table(
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


_ON_WAYS, _SEALED_ON_WAYS = (
    select().select_from(rows.join(_WAYS, rows.c.way == _WAYS.c.way))
    for rows in (_ROWS, _SEALED)
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose batch it is, and which."""

    tenant: int
    batch_id: UUID


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is personal in each row, sealed, and the blind index of its mobile."""

    profiles: Cells
    mobiles: Cells


def write(
    db: Connection,
    rows: pl.DataFrame,
    ways: pl.DataFrame,
    sealing: Callable[[], Sealed],
    *,
    stamp: Stamp,
    replaced: Iterable[Known],
) -> Select[Any]:
    """Write new and updated rows and return what changes in the flows.

    Args:
        db: a connection on the upload plane, within the batch's transaction.
        rows: identified rows with ``way``, ``purge_month`` and ``fate`` (new or
            updated), in order of the people's key, so that neighbours in the indexes
            are written together.
        ways: as ``journeys.routed`` has them.
        sealing: gives what is personal, sealed, in order of the rows; called while
            the server writes people and journeys.
        stamp: whose batch it is.
        replaced: what the updated rows stood for before.
    """
    copied(db, _WAYS, ways)
    copied_binary(db, _ROWS, _journeys(rows), _refs(rows))
    gone = _removed(db, replaced)
    with meanwhile(db):
        _inserted(db, PERSON, _people(stamp), select().where(_ROWS.c.is_new))
        _inserted(db, MOVEMENT, _movements(stamp), _ON_WAYS)
        sealed = sealing()
    cells = {"sealed": sealed.profiles, "mobile_index": sealed.mobiles}
    copied_binary(db, _SEALED, _places(rows), cells)
    _inserted(db, PROFILE, _profiles(stamp), _SEALED_ON_WAYS)
    came = _ON_WAYS.add_columns(
        *(_source(of).label(name) for name, of in _CHANGE.items()),
        literal(1).label("n"),
    )
    if not gone:
        return came
    went = select(_GONE, literal(-1).label("n"))
    both = union_all(came, went).subquery()
    return select(both)


def listed(db: Connection, rows: pl.DataFrame, *, stamp: Stamp) -> None:
    """Write which person each accepted row stands for, unchanged rows too."""
    in_order = rows.select("row", "source_ref", "person_id").sort("row")
    refs = in_order["source_ref"]
    ids = in_order["person_id"].bin.encode("hex")
    db.execute(
        insert(BATCH_PEOPLE).values(
            tenant=stamp.tenant,
            batch_id=stamp.batch_id,
            row_numbers=array_of(in_order["row"].cast(pl.String), Integer),
            source_refs=refs.to_list() if refs.is_not_null().any() else None,
            person_ids=array_of(ids, Uuid),
        )
    )


def _journeys(rows: pl.DataFrame) -> dict[str, Fixed]:
    return {
        "row": numbers(rows["row"], "i4"),
        "is_new": numbers(rows["fate"] == "new", "?"),
        "bucket": numbers(rows["bucket"], "i2"),
        "person_id": uuids(rows["person_id"]),
        "movement_id": uuids(rows["movement_id"]),
        "travel_date": days(rows["travel_date"]),
        "category": _positions(rows["category"], CATEGORY),
        "way": numbers(rows["way"], "i4"),
        **{end: points(rows[f"{end}_lon"], rows[f"{end}_lat"]) for end in _ENDS},
        **{
            f"{end}_located": _positions(rows[f"{end}_located"], LOCATED)
            for end in _ENDS
        },
    }


def _refs(rows: pl.DataFrame) -> dict[str, Cells]:
    refs = rows["source_ref"]
    return {"source_ref": texts(refs)} if refs.is_not_null().any() else {}


def _places(rows: pl.DataFrame) -> dict[str, Fixed]:
    return {
        "bucket": numbers(rows["bucket"], "i2"),
        "person_id": uuids(rows["person_id"]),
        "purge_month": days(rows["purge_month"]),
        "way": numbers(rows["way"], "i4"),
    }


def _positions(words: pl.Series, kind: ENUM) -> Fixed:
    at = {word: position for position, word in enumerate(kind.enums, 1)}
    return numbers(words.replace_strict(at, return_dtype=pl.Int16), "i2")


def _word(name: str, kind: ENUM) -> ColumnElement[Any]:
    words = {at: cast(word, kind) for at, word in enumerate(kind.enums, 1)}
    return case(words, value=_ROWS.c[name])


def _source(of: str) -> Any:  # noqa: ANN401 - a column or a literal
    if of == "stage":
        return cast(_STAGE, STAGE)
    if of == "category":
        return _word(of, CATEGORY)
    return _ROWS.c[of] if of in _ROWS.c else _WAYS.c[of]


def _inserted(
    db: Connection, table: Table, values: Mapping[str, Any], rows: Select[Any]
) -> None:
    chosen = rows.add_columns(*values.values())
    db.execute(insert(table).from_select(list(values), chosen))


def _people(stamp: Stamp) -> dict[str, Any]:
    return {
        "bucket": _ROWS.c.bucket,
        "person_id": _ROWS.c.person_id,
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
        "origin",
        "destination",
    )
    return {
        **{name: _source(name) for name in same},
        "tenant": literal(stamp.tenant),
        "batch_id": literal(stamp.batch_id),
        "row_number": _ROWS.c.row,
        "stage": cast(_STAGE, STAGE),
        **{f"{end}_located": _word(f"{end}_located", LOCATED) for end in _ENDS},
    }


def _profiles(stamp: Stamp) -> dict[str, Any]:
    own = ("bucket", "person_id", "purge_month", "sealed", "mobile_index")
    shared = ("origin_state", "destination_state", "transit")
    return {
        **{name: _SEALED.c[name] for name in own},
        **{name: _WAYS.c[name] for name in shared},
        "tenant": literal(stamp.tenant),
        "stage": cast(_STAGE, STAGE),
    }


def _removed(db: Connection, replaced: Iterable[Known]) -> bool:
    """Remove what updated rows replace; what it counted goes to ``_GONE``."""
    old = pl.DataFrame(
        [
            (
                each.bucket,
                each.person_id.bytes,
                each.movement_id.bytes,
                each.travel_date,
            )
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
