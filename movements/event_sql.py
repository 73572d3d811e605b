"""The statements that events of journeys are recorded by."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Select,
    SmallInteger,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from boundaries.scope import within
from movements.flow import STAGE
from movements.happened import Happened, Teller
from movements.stage import RULES, UNDER_WAY
from movements.tables import MOVEMENT, MOVEMENT_EVENT, PERMISSION, PROFILE
from movements.upload_tables import CHANGE

KEY = ("bucket", "movement_id", "travel_date")
STATE = (
    *("stage", "permission", "requisitioned"),
    *("train_number", "train_date", "vehicle"),
)
CARRIED = (
    *("person_id", "tenant", "origin_state", "destination_state", "transit"),
    *("origin_district", "destination_district", "requisitioned"),
)

BUCKETS = bindparam("asked_buckets", type_=ARRAY(SmallInteger))
PEOPLE = bindparam("asked_people", type_=ARRAY(Uuid))
DAY = bindparam("asked_day", type_=Date)
TENANT = bindparam("asked_tenant", type_=SmallInteger)
MOVEMENTS = bindparam("changed_movements", type_=ARRAY(Uuid))
DAYS = bindparam("changed_days", type_=ARRAY(Date))
IDS = bindparam("event_ids", type_=ARRAY(Uuid))
CARRIAGES = bindparam("carriages", type_=ARRAY(Uuid))


def _asked_of(side: str) -> Select[Any]:
    asked = (
        func.unnest(BUCKETS, PEOPLE)
        .table_valued(column("bucket", SmallInteger), column("person_id", Uuid))
        .render_derived(name="asked")
    )
    of = MOVEMENT.c
    one = (asked.c.bucket == of.bucket) & (asked.c.person_id == of.person_id)
    columns = {*KEY, *STATE, *CARRIED, *CHANGE.values()}
    return (
        select(*(of[name] for name in sorted(columns)))
        .join_from(asked, MOVEMENT, one)
        .where(
            within(states=(of[f"{side}_state"],), districts=(of[f"{side}_district"],)),
            or_(DAY.is_(None), of.travel_date == DAY),
            or_(TENANT.is_(None), of.tenant == TENANT),
        )
        # In the order of the key, so that two who record at once cannot deadlock.
        .order_by(*(of[name] for name in KEY))
        .with_for_update(of=MOVEMENT)
    )


ASKED = {side: _asked_of(side) for side in {rule.side for rule in RULES.values()}}


def _rows() -> Any:  # noqa: ANN401 - a table-valued function
    return (
        func.unnest(BUCKETS, MOVEMENTS, DAYS, IDS, CARRIAGES)
        .table_valued(
            column("bucket", SmallInteger),
            column("movement_id", Uuid),
            column("travel_date", Date),
            column("event_id", Uuid),
            column("carriage", Uuid),
        )
        .render_derived(name="changed")
    )


def _same(rows: Any, table: Table) -> ColumnElement[bool]:  # noqa: ANN401 - as above
    return and_(*(rows.c[name] == table.c[name] for name in KEY))


def moved(happened: Happened) -> Any:  # noqa: ANN401 - an update
    """Return the update of journeys; each goes where its own rule leads it."""
    rule, rows = RULES[happened.event], _rows()
    new: dict[str, Any] = {}
    if rule.permission:
        new["permission"] = cast(rule.permission, PERMISSION)
    if rule.stage:
        # After departure a withdrawal leaves the stage as it is.
        late = MOVEMENT.c.stage.in_(sorted(UNDER_WAY))
        then = cast(rule.stage, STAGE)
        called_back = happened.event == "permission_withdrawn"
        new["stage"] = (
            case((late, MOVEMENT.c.stage), else_=then) if called_back else then
        )
    if happened.event == "requisitioned":
        # What is of a sandbox stands on no list (the database's checks say so too).
        new["requisitioned"] = MOVEMENT.c.tenant > 0
    new |= _ridden(happened, rows)
    return update(MOVEMENT).where(_same(rows, MOVEMENT)).values(new)


def marked(happened: Happened) -> Any:  # noqa: ANN401 - an update
    """Return the update of journeys that were on no list, and of what they were in."""
    rows = _rows()
    new = {"walk_in": true(), **_ridden(happened, rows)}
    return update(MOVEMENT).where(_same(rows, MOVEMENT)).values(new)


def _ridden(happened: Happened, rows: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    new: dict[str, Any] = {}
    if happened.train:
        new["train_number"] = happened.train.number
    if happened.train and happened.train.day:
        new["train_date"] = happened.train.day  # else it stays as it was told
    if happened.vehicle:
        new["vehicle"] = happened.vehicle
    if new:
        new["carriage"] = rows.c.carriage
    return new


def added(happened: Happened, by: Teller) -> Any:  # noqa: ANN401 - an insert
    """Return the insert of an event of each changed journey, as it now stands."""
    rows, of = _rows(), MOVEMENT.c
    values: dict[str, Any] = {
        **{name: of[name] for name in (*KEY, *CARRIED, "stage", "permission")},
        "event_id": rows.c.event_id,
        "event": cast(happened.event, MOVEMENT_EVENT.c.event.type),
        "recorded_at": func.now(),
        "by_role": cast(by.role, Text),
        "by_unit": cast(by.unit, SmallInteger),
        "token_id": cast(by.token_id, Text),
        "train_number": of.train_number,
        "train_date": of.train_date,
        "vehicle": of.vehicle,
        "reason": cast(happened.reason, Text),
    }
    chosen = select(*values.values()).join_from(rows, MOVEMENT, _same(rows, MOVEMENT))
    return insert(MOVEMENT_EVENT).from_select(list(values), chosen)


def sealed_stage() -> Any:  # noqa: ANN401 - an update
    """Return the update of what policies read of the people's sealed profiles.

    A profile is of all of a person's journeys of a month; it stands at the furthest of
    them that is not cancelled.
    """
    rows, of = _rows(), MOVEMENT.c
    touched = (
        select(
            of.bucket, of.person_id, func.date_trunc("month", of.travel_date).label("m")
        )
        .join_from(rows, MOVEMENT, _same(rows, MOVEMENT))
        .distinct()
        .subquery("touched")
    )
    live = of.stage != "cancelled"
    month = func.date_trunc("month", of.travel_date) == touched.c.m
    stands = (
        select(
            touched.c.bucket,
            touched.c.person_id,
            cast(touched.c.m, Date).label("purge_month"),
            func.coalesce(
                func.max(of.stage).filter(live), cast("cancelled", STAGE)
            ).label("stage"),
            func.max(of.permission).label("permission"),
            func.bool_or(of.requisitioned & live).label("requisitioned"),
        )
        .join_from(
            touched,
            MOVEMENT,
            (of.bucket == touched.c.bucket)
            & (of.person_id == touched.c.person_id)
            & month,
        )
        .group_by(touched.c.bucket, touched.c.person_id, touched.c.m)
        .subquery("stands")
    )
    key = ("bucket", "person_id", "purge_month")
    new = ("stage", "permission", "requisitioned")
    return (
        update(PROFILE)
        .where(*(PROFILE.c[name] == stands.c[name] for name in key))
        .values({name: stands.c[name] for name in new})
    )


def told() -> Select[Any]:
    """Return the query of a person's events in scope, the oldest first."""
    of, journey = MOVEMENT_EVENT.c, MOVEMENT.c
    said = ("event", "recorded_at", "travel_date", "stage", "permission")
    by = ("by_role", "by_unit", "train_number", "train_date", "vehicle", "reason")
    return (
        select(*(of[name] for name in (*said, *by)))
        # By the journey alone: a correction may have moved it to another day since.
        .join(MOVEMENT, and_(*(of[name] == journey[name] for name in KEY[:2])))
        .where(
            journey.bucket == func.any(BUCKETS),
            journey.person_id == func.any(PEOPLE),
            within(
                states=(journey.origin_state, journey.destination_state),
                districts=(journey.origin_district, journey.destination_district),
            ),
        )
        .order_by(of.recorded_at, of.event_id)
    )


TOLD = told()
