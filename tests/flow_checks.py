"""What an answer about flows says, and what it should say at its version."""

import json
from collections.abc import Iterable
from datetime import date, timedelta

import mapbox_vector_tile
import pyarrow as pa

from tests.flow_crowd import Told
from tests.flow_model import Asked, Pair, Row


def document(each: Told) -> dict:
    """The answer's document; of Arrow the same from the metadata and the edges."""
    if each.kind != "arrow":
        return json.loads(each.body)
    table = pa.ipc.open_stream(each.body).read_all()
    meta = {
        name.decode(): text.decode() for name, text in table.schema.metadata.items()
    }
    edges = table.to_pylist()
    counts = ("version", "shown", "total", "internal", "hidden", "edges_total")
    return (
        {name: int(meta[name]) for name in counts}
        | {name: meta[name] or None for name in ("from", "to")}
        | {"edges": edges}
    )


def window(found: dict) -> tuple[date, date]:
    """The days that an answer says it is about."""
    return tuple(
        date.fromisoformat(found[name]) if found[name] else open_
        for name, open_ in (("from", date.min), ("to", date.max))
    )


def difference(each: Told, found: dict, rows: Iterable[Row]) -> dict[Pair, int]:
    """People by pair, the window's less those of the days compared with."""
    people = each.asked.summed(rows, *window(found))
    if "versus_from" not in each.asked.filters:
        return people
    days = [each.asked.filters[f"versus_{end}"] for end in ("from", "to")]
    before = each.asked.summed(rows, *map(date.fromisoformat, days))
    return {pair: people[pair] - before[pair] for pair in {*people, *before}}


def lines(each: Told) -> list[dict]:
    """The attributes of each line in a tile."""
    layer = mapbox_vector_tile.decode(each.body).get("flows", {})
    return [line["properties"] for line in layer.get("features", [])]


def fits(each: Told, drawn: list[dict], rows: Iterable[Row]) -> bool:
    """Whether the lines of a tile are those of some rows."""
    last = max((row.day for row in each.asked.of(rows)), default=None)
    people = each.asked.summed(rows, *asked_days(each.asked, last))
    moved = sum(n for pair, n in people.items() if pair[0] != pair[1])
    return all(
        line["total"] == moved
        and line["n"] == people[line["origin"], line["destination"]]
        for line in drawn
    )


def asked_days(asked: Asked, last: date | None) -> tuple[date, date]:
    """The days asked, the last on which anyone travels being known."""
    name = asked.filters.get("window")
    if name == "last7" and last:
        return last - timedelta(days=6), last
    if name == "2020-W19":
        return date(2020, 5, 4), date(2020, 5, 10)
    days = [asked.filters.get("from"), asked.filters.get("to")]
    return tuple(
        date.fromisoformat(day) if day else open_
        for day, open_ in zip(days, (date.min, date.max), strict=True)
    )


def ends(each: Told) -> list[Pair]:
    """Every pair of units that an answer tells of."""
    if each.status != 200 or each.kind == "days":
        return []
    edges = lines(each) if each.kind == "tile" else document(each)["edges"]
    return [(edge["origin"], edge["destination"]) for edge in edges]


def touches(asked: Asked, origin: int, destination: int, units) -> bool:
    """Whether a pair has an end in the reader's units."""
    scope, both = asked.scope, {origin, destination}
    if scope.states is None or asked.level in ("country", "cluster"):
        return True  # held by the sums above
    if asked.level == "state":
        return bool(both & scope.states)
    if scope.districts is not None:
        return bool(both & scope.districts)
    return any(units[code].state_code in scope.states for code in both)
