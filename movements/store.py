"""A batch's rows, written: people, journeys, profiles, and the list of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    case,
    cast,
    false,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ENUM

from movements import upload_rows
from movements.binary_rows import Packed, numbers, texts
from movements.copying import copied_packed
from movements.flow import CATEGORY, STAGE
from movements.tables import (
    BATCH_PEOPLE,
    LOCATED,
    MOVEMENT,
    PERMISSION,
    PERSON,
    PROFILE,
)
from movements.upload_rows import ENDS
from movements.upload_tables import (
    CHANGE,
    COUNTS,
    GONE,
    KEPT,
    ROWS,
    SEALED,
    STANDING,
    WAYS,
)
from routes.arrays import INTEGER, TEXT, bound, cells, fixed, ids, taught
from routes.tables import MODE

# What policies read of a sealed profile.
ENDS_KEPT = (
    *("origin_state", "destination_state"),
    *("origin_district", "destination_district"),
)


def _on_ways(rows: Table) -> Select[Any]:
    return select().select_from(rows.join(WAYS, rows.c.way == WAYS.c.way))


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose batch it is, which, and where the permission of its journeys stands.

    Attributes:
        kept: whether ``KEPT`` holds journeys that stand elsewhere, and stay there.
        stage: of every journey that it brings.
    """

    tenant: int
    batch_id: UUID
    permission: str = "none"
    kept: bool = False
    stage: str = "planned"


def sent(db: Connection, rows: pl.DataFrame, ways: pl.DataFrame) -> None:
    """Send what is not personal of new and updated rows to temporary tables.

    Args:
        db: a connection on the upload plane, within the batch's transaction.
        rows: identified rows with ``way`` and ``fate`` (new or updated), in order of
            the people's key, so that neighbours in the indexes are written together.
        ways: as ``journeys.routed`` has them.
    """
    # A merge join sorts the rows by way: time, and their order lost. The planner knows
    # nothing of tables made a moment ago.
    db.execute(select(func.set_config("enable_mergejoin", "off", True)))  # noqa: FBT003 - positional in SQL
    copied_packed(db, WAYS, upload_rows.ways(ways))
    copied_packed(db, ROWS, upload_rows.journeys(rows))


def people_and_journeys(db: Connection, *, stamp: Stamp) -> None:
    """Write people and journeys of the rows sent; nothing of it is looked at."""
    person = {
        "bucket": ROWS.c.bucket,
        "person_id": ROWS.c.person_id,
        "tenant": literal(stamp.tenant),
        "created_at": func.now(),
    }
    _inserted(db, PERSON, person, select().where(ROWS.c.is_new))
    _inserted(db, MOVEMENT, _movements(stamp), _standing(ROWS, stamp))


def profiles(db: Connection, sealed: Packed, *, stamp: Stamp) -> None:
    """Write the vault's records: ``upload_rows.profiles`` of the rows sent."""
    copied_packed(db, SEALED, sealed)
    _inserted(db, PROFILE, _profiles(stamp), _standing(SEALED, stamp))


def changes(db: Connection, counts: Packed, *, gone: bool, stamp: Stamp) -> Select[Any]:
    """Return what changes in the flows, as ``flow.roll_up`` takes it.

    Args:
        db: a connection within the batch's transaction.
        counts: ``upload_rows.counts`` of the rows sent.
        gone: whether ``GONE`` holds journeys that went.
        stamp: says whether some of those that came stand further on already.
    """
    copied_packed(db, COUNTS, counts)
    parts = [_came(COUNTS, stamp).add_columns(COUNTS.c.n)]
    if gone:
        parts.append(went())
    if stamp.kept:
        parts += _further(stamp)
    return parts[0] if len(parts) == 1 else select(union_all(*parts).subquery())


def went() -> Select[Any]:
    """Return what the journeys in ``GONE`` take from the flows."""
    return select(*(GONE.c[name] for name in CHANGE), literal(-1).label("n"))


def _came(rows: Table, stamp: Stamp) -> Select[Any]:
    return _on_ways(rows).add_columns(
        *(_counted(of, rows, stamp).label(name) for name, of in CHANGE.items())
    )


def _counted(of: str, rows: Table, stamp: Stamp) -> Any:  # noqa: ANN401 - as ``_source``
    return cast(stamp.stage, STAGE) if of == "stage" else _source(of, rows)


def _further(stamp: Stamp) -> list[Select[Any]]:
    """Return the journeys that were counted as planned and stand at another stage."""
    there = (KEPT.c.bucket == ROWS.c.bucket) & (KEPT.c.person_id == ROWS.c.person_id)
    moved = [
        _on_ways(ROWS).add_columns(
            *(
                (
                    KEPT.c.stage
                    if of == "stage" and n > 0
                    else _counted(of, ROWS, stamp)
                ).label(name)
                for name, of in CHANGE.items()
            ),
            literal(n).label("n"),
        )
        for n in (-1, 1)
    ]
    first = cast(stamp.stage, STAGE)
    return [each.where(there, KEPT.c.stage != first) for each in moved]


def listed(db: Connection, rows: pl.DataFrame, *, stamp: Stamp) -> None:
    """Write which person each accepted row stands for, unchanged rows too."""
    in_order = rows.select("row", "source_ref", "person_id").sort("row")
    refs = in_order["source_ref"]
    own = bound(cells(texts(refs), TEXT)) if refs.count() else None
    taught(db).execute(
        insert(BATCH_PEOPLE).values(
            tenant=stamp.tenant,
            batch_id=stamp.batch_id,
            row_numbers=bound(fixed(numbers(in_order["row"], "i4"), INTEGER)),
            source_refs=own,
            person_ids=bound(ids(in_order["person_id"].to_list())),
        )
    )


def _word(column: ColumnElement[Any], kind: ENUM) -> ColumnElement[Any]:
    words = {at: cast(word, kind) for at, word in enumerate(kind.enums, 1)}
    return case(words, value=column)


def _source(of: str, rows: Table) -> Any:  # noqa: ANN401 - a column or a literal
    if of == "category":
        return _word(rows.c.category, CATEGORY)
    if of == "mode":
        return _word(WAYS.c.mode, MODE)
    return rows.c[of] if of in rows.c else WAYS.c[of]


def _inserted(
    db: Connection, table: Table, values: Mapping[str, Any], rows: Select[Any]
) -> None:
    chosen = rows.add_columns(*values.values())
    db.execute(insert(table).from_select(list(values), chosen))


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
        **{name: _source(name, ROWS) for name in same},
        "tenant": literal(stamp.tenant),
        "batch_id": literal(stamp.batch_id),
        "row_number": ROWS.c.row,
        **_stood(stamp, STANDING),
        **{f"{end}_located": _word(ROWS.c[f"{end}_located"], LOCATED) for end in ENDS},
    }


def _profiles(stamp: Stamp) -> dict[str, Any]:
    own = ("bucket", "person_id", "purge_month", "sealed", "mobile_index")
    shared = (*ENDS_KEPT, "transit")
    return {
        **{name: SEALED.c[name] for name in own},
        **{name: WAYS.c[name] for name in shared},
        "tenant": literal(stamp.tenant),
        **_stood(stamp, ("stage", "permission", "requisitioned")),
    }


def _standing(rows: Table, stamp: Stamp) -> Select[Any]:
    """Return rows on their ways, with where their journeys stand already, if any do."""
    if not stamp.kept:
        return _on_ways(rows)
    ways = rows.join(WAYS, rows.c.way == WAYS.c.way)
    same = (KEPT.c.bucket == rows.c.bucket) & (KEPT.c.person_id == rows.c.person_id)
    return select().select_from(ways.outerjoin(KEPT, same))


def _stood(stamp: Stamp, names: Sequence[str]) -> dict[str, Any]:
    """Return what stands of journeys at first, or where they stand already."""
    first: dict[str, Any] = {
        "stage": cast(stamp.stage, STAGE),
        "permission": cast(stamp.permission, PERMISSION),
    }
    if not stamp.kept:
        return first
    first |= {"requisitioned": false(), "walk_in": false()}
    there = {name: KEPT.c[name] for name in names}
    return {
        name: func.coalesce(column, first[name]) if name in first else column
        for name, column in there.items()
    }
