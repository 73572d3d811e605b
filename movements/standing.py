"""Where journeys stand that an upload would change, and which it may not.

A journey that has departed or arrived is what it was: an upload may correct who
travels, not when, from where, to where or how. A journey that has not begun may be
changed altogether; what was said of it (a permission, a train) was said of its day, its
districts and its mode, and lapses with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import (
    ARRAY,
    Connection,
    Date,
    RowMapping,
    Select,
    SmallInteger,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    select,
)

from movements.source_refs import Known
from movements.stage import UNDER_WAY
from movements.tables import MOVEMENT, PROFILE
from movements.upload_tables import STANDING

# What a journey is: a permission or a train is for this and nothing else.
WAY = ("travel_date", "origin_district", "destination_district", "mode")
_KEY = ("bucket", "movement_id", "travel_date")
_READ = (
    *(*_KEY, "person_id", "source_ref", *STANDING, "category", "mode"),
    *("origin_district", "destination_district", "route_states"),
    *("origin_located", "destination_located", "batch_id", "row_number"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A journey as it stands, and its person's sealed profile.

    Attributes:
        row: columns of ``MOVEMENT``; of its points ``origin_lon`` … in degrees.
        sealed: the profile, where there is one.
        purge_month: of the profile.
    """

    row: RowMapping
    sealed: bytes | None
    purge_month: date

    @property
    def known(self) -> Known:
        """Which journey it is."""
        row = self.row
        return Known(
            *(row["bucket"], row["person_id"], row["movement_id"], row["travel_date"]),
            digest=b"",
        )

    @property
    def under_way(self) -> bool:
        """Whether it has departed or arrived."""
        return self.row["stage"] in UNDER_WAY

    @property
    def told(self) -> bool:
        """Whether anything happened to it since it was sent."""
        plain = self.row["stage"] == "planned" and not self.row["requisitioned"]
        return not plain or self.row["permission"] not in ("none", "notified")


def standing(db: Connection, known: Iterable[Known]) -> dict[UUID, Standing]:
    """Return journeys by ``movement_id``, locked; what is gone is left out.

    Row ids are locked first, then journeys in the order of their key, here as in
    ``events.record``: two who write at once wait for each other in one order.
    """
    wanted = list(known)
    if not wanted:
        return {}
    found: dict[UUID, Standing] = {}
    for row in db.execute(_ASKED, _named(wanted)).mappings():
        sealed = bytes(row["sealed"]) if row["sealed"] is not None else None
        month = row["travel_date"].replace(day=1)
        found[row["movement_id"]] = Standing(row, sealed, month)
    return found


def _named(known: Sequence[Known]) -> dict[str, Any]:
    days = [each.travel_date for each in known]
    return {
        "asked_buckets": [each.bucket for each in known],
        "asked_movements": [each.movement_id for each in known],
        "asked_days": days,
        # As values, so that partitions of other months are not opened.
        "asked_first": min(days),
        "asked_last": max(days),
    }


def _asked() -> Select[Any]:
    of = MOVEMENT.c
    asked = (
        func.unnest(
            bindparam("asked_buckets", type_=ARRAY(SmallInteger)),
            bindparam("asked_movements", type_=ARRAY(Uuid)),
            bindparam("asked_days", type_=ARRAY(Date)),
        )
        .table_valued(
            column("bucket", SmallInteger),
            column("movement_id", Uuid),
            column("travel_date", Date),
        )
        .render_derived(name="asked")
    )
    ends = [
        coordinate(of[end]).label(f"{end}_{axis}")
        for end in ("origin", "destination")
        for axis, coordinate in (("lon", func.ST_X), ("lat", func.ST_Y))
    ]
    profile = and_(
        PROFILE.c.bucket == of.bucket,
        PROFILE.c.person_id == of.person_id,
        PROFILE.c.purge_month == func.date_trunc("month", of.travel_date),
    )
    journey = and_(*(asked.c[name] == of[name] for name in _KEY))
    days = of.travel_date.between(
        bindparam("asked_first", type_=Date), bindparam("asked_last", type_=Date)
    )
    return (
        select(*(of[name] for name in _READ), *ends, PROFILE.c.sealed)
        .select_from(asked.join(MOVEMENT, journey).outerjoin(PROFILE, profile))
        .where(days)
        .order_by(*(of[name] for name in _KEY))
        .with_for_update(of=MOVEMENT)
    )


_ASKED = _asked()


def of_way(was: Standing, now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which columns of a journey's way a row would change.

    Args:
        was: the journey.
        now: the row, checked; ``route`` holds the states that it declares, if any.
    """
    changed = [name for name in WAY if _bare(was.row[name]) != now[name]]
    passed = tuple(map(abs, was.row["route_states"]))
    if now["route_states"] and passed != tuple(now["route"]):
        changed.append("route_states")
    return tuple(changed)


def _bare(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    # Codes of a sandbox are negative.
    return abs(value) if isinstance(value, int) else value


def kept_frame(kept: Iterable[Standing]) -> pl.DataFrame:
    """Return the rows of ``KEPT``: journeys that stay what events made of them."""
    return pl.DataFrame(
        [
            {
                "bucket": each.row["bucket"],
                "person_id": each.row["person_id"].bytes,
                **{name: each.row[name] for name in STANDING},
                "carriage": each.row["carriage"] and each.row["carriage"].bytes,
            }
            for each in kept
        ],
        schema_overrides={
            "train_number": pl.String,
            "train_date": pl.Date,
            "vehicle": pl.String,
            "carriage": pl.Binary,
        },
        infer_schema_length=None,
    )
