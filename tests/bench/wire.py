"""Journeys in the binary form of COPY, made by numpy: 10 million in about a minute.

Rows of one mode and one category are equally long, so they are one array of records.
Identifiers count upward in the order of the primary key: its index only grows at the
end. Both ends lie at their district's inner point; a route is its two states.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import psycopg

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
CHUNK = 200_000
BUCKETS = 64
# PostgreSQL counts days from here.
EPOCH = np.datetime64("2000-01-01", "D")
SMALLINT = 21

# Names and sizes of the fields that differ between rows, in bytes.
COLUMNS = (
    "bucket, movement_id, travel_date, person_id, tenant, batch_id, row_number,"
    " category, mode, stage, origin_district, destination_district, origin_state,"
    " destination_state, transit, route_states, route_id, origin, destination,"
    " origin_located, destination_located"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What journeys of one chunk have in common; ``total`` is how many there are."""

    mode: str
    category: str
    total: int


def copy_movements(db: psycopg.Connection, each: pl.DataFrame) -> None:
    points = _points(db)
    begin = 0
    into = f"COPY nmis.movement ({COLUMNS}) FROM STDIN (FORMAT binary)"
    with db.cursor().copy(into) as copy:
        copy.write(SIGNATURE)
        for (mode, category), group in sorted(
            each.partition_by("mode", "category", as_dict=True).items()
        ):
            kind = Kind(mode, category, total=each.height)
            for chunk in group.iter_slices(CHUNK):
                at = np.arange(begin, begin + chunk.height)
                copy.write(_records(chunk, kind, points, at).tobytes())
                begin += chunk.height
        copy.write(END)


def _records(
    rows: pl.DataFrame, kind: Kind, points: np.ndarray, at: np.ndarray
) -> np.ndarray:
    """Return the rows as they go over the wire, in network byte order.

    Args:
        rows: journeys of one kind.
        kind: what they have in common.
        points: inner points by LGD code.
        at: the rows' places among all journeys.
    """
    mode, category, total = kind.mode, kind.category, kind.total
    made = np.zeros(rows.height, np.dtype(list(_fields(mode, category))))
    made["fields"] = COLUMNS.count(",") + 1
    for name, (form, *_) in made.dtype.fields.items():
        if name.startswith("value_"):
            made[name.replace("value_", "size_")] = form.itemsize
    made["value_bucket"] = at * BUCKETS // total
    for name in ("movement_id", "person_id"):
        made[f"value_{name}"] = _identifiers(at)
    made["value_travel_date"] = (
        rows["day"].to_numpy().astype("datetime64[D]") - EPOCH
    ).astype(int)
    made["value_row_number"] = 1
    texts = {
        "category": category,
        "mode": mode,
        "stage": "planned",
        "origin_located": "district",
        "destination_located": "district",
    }
    for name, text in texts.items():
        made[f"value_{name}"] = text.encode()
    for end in ("origin", "destination"):
        made[f"value_{end}_district"] = rows[end].to_numpy()
        made[f"value_{end}_state"] = rows[f"{end}_state"].to_numpy()
        made[f"value_{end}"] = points[rows[end].to_numpy()]
    made["value_tenant"] = rows["origin_state"].to_numpy()
    made["value_transit"] = _array_head(0)
    made["value_route_states"] = _states(rows)
    return made


def _fields(mode: str, category: str) -> Iterator[tuple[str, str]]:
    kinds = {
        **dict.fromkeys(("bucket", "tenant"), ">i2"),
        **dict.fromkeys(
            (
                f"{e}_{k}"
                for e in ("origin", "destination")
                for k in ("district", "state")
            ),
            ">i2",
        ),
        **dict.fromkeys(("movement_id", "person_id", "batch_id", "route_id"), "V16"),
        **dict.fromkeys(("travel_date", "row_number"), ">i4"),
        "category": f"S{len(category)}",
        "mode": f"S{len(mode)}",
        "stage": "S7",
        **dict.fromkeys(("origin", "destination"), "V25"),
        **dict.fromkeys(("origin_located", "destination_located"), "S8"),
        "transit": "V12",
        "route_states": "V32",
    }
    yield "fields", ">i2"
    for name in COLUMNS.split(", "):
        yield f"size_{name}", ">i4"
        yield f"value_{name}", kinds[name]


def _identifiers(at: np.ndarray) -> np.ndarray:
    whole = np.zeros(at.size, np.dtype([("high", ">u8"), ("low", ">u8")]))
    whole["high"], whole["low"] = at, at[::-1]
    return whole.view("V16")


def _array_head(dimensions: int) -> np.void:
    return np.array([dimensions, 0, SMALLINT], ">i4").view("V12")[0]


def _states(rows: pl.DataFrame) -> np.ndarray:
    kind = [("head", ">i4", 5), ("n1", ">i4"), ("one", ">i2"), ("n2", ">i4")]
    made = np.zeros(rows.height, np.dtype([*kind, ("other", ">i2")]))
    made["head"] = (1, 0, SMALLINT, 2, 1)
    made["n1"] = made["n2"] = 2
    made["one"] = rows["origin_state"].to_numpy()
    made["other"] = rows["destination_state"].to_numpy()
    return made.view("V32")


def _points(db: psycopg.Connection) -> np.ndarray:
    """Return the districts' inner points by LGD code, as EWKB."""
    found = db.execute(
        "SELECT code, ST_AsEWKB(inner_point) FROM nmis.unit WHERE level = 'district'"
    ).fetchall()
    points = np.zeros(max(code for code, _ in found) + 1, "V25")
    for code, point in found:
        points[code] = bytes(point)
    return points
