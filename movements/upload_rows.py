"""The rows of a batch, packed for the temporary tables."""

from dataclasses import dataclass

import polars as pl
from sqlalchemy.dialects.postgresql import ENUM

from movements.binary_rows import (
    Cells,
    Packed,
    days,
    numbers,
    packed,
    points,
    smallint_arrays,
    texts,
    uuids,
)
from movements.flow import CATEGORY
from movements.tables import LOCATED
from routes.arrays import Fixed
from routes.tables import MODE

ENDS = ("origin", "destination")


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is personal in each row, sealed, and the blind index of its mobile."""

    profiles: Cells
    mobiles: Cells


def ways(frame: pl.DataFrame) -> Packed:
    """Return the ways of ``journeys.routed``."""
    whole = ("origin_district", "destination_district")
    states = ("origin_state", "destination_state")
    fixed = {
        "way": numbers(frame["way"], "i4"),
        "mode": _positions(frame["mode"], MODE),
        **{name: numbers(frame[name], "i2") for name in (*whole, *states)},
        "route_id": uuids(frame["route_id"]),
    }
    lists = ("transit", "route_states")
    return packed(fixed, {name: smallint_arrays(frame[name]) for name in lists})


def journeys(rows: pl.DataFrame) -> Packed:
    """Return what is not personal of each row."""
    fixed = {
        "row": numbers(rows["row"], "i4"),
        "is_new": numbers(rows["fate"] == "new", "?"),
        "bucket": numbers(rows["bucket"], "i2"),
        "person_id": uuids(rows["person_id"]),
        "movement_id": uuids(rows["movement_id"]),
        "travel_date": days(rows["travel_date"]),
        "category": _positions(rows["category"], CATEGORY),
        "way": numbers(rows["way"], "i4"),
        **{end: points(rows[f"{end}_lon"], rows[f"{end}_lat"]) for end in ENDS},
        **{
            f"{end}_located": _positions(rows[f"{end}_located"], LOCATED)
            for end in ENDS
        },
    }
    refs = rows["source_ref"]
    return packed(fixed, {"source_ref": texts(refs)} if refs.count() else {})


def profiles(rows: pl.DataFrame, sealed: Sealed) -> Packed:
    """Return what is sealed of each row, and whose it is."""
    fixed = {
        "bucket": numbers(rows["bucket"], "i2"),
        "person_id": uuids(rows["person_id"]),
        "purge_month": days(rows["purge_month"]),
        "way": numbers(rows["way"], "i4"),
    }
    cells = {"sealed": sealed.profiles, "mobile_index": sealed.mobiles}
    return packed(fixed, cells)


def counts(rows: pl.DataFrame) -> Packed:
    """Return how many rows there are of each way, day and category."""
    counted = rows.group_by("way", "travel_date", "category").len("n")
    fixed = {
        "way": numbers(counted["way"], "i4"),
        "travel_date": days(counted["travel_date"]),
        "category": _positions(counted["category"], CATEGORY),
        "n": numbers(counted["n"], "i4"),
    }
    return packed(fixed, {})


def _positions(words: pl.Series, kind: ENUM) -> Fixed:
    at = {word: position for position, word in enumerate(kind.enums, 1)}
    return numbers(words.replace_strict(at, return_dtype=pl.Int16), "i2")
