"""Layers and tiles of the release: each number in them is a sum of atoms too."""

from collections.abc import Iterator
from datetime import date, timedelta

import mapbox_vector_tile
import numpy as np

from tests.attack.atom_sums import AtomSums
from tests.attack.door import Door
from tests.attack.filters import Filter
from tests.attack.random_filters import AWAY, FEWEST
from tests.attack.same_bytes import unpacked
from tests.attack.seen import span

TILES = ("3/5/3", "4/11/6", "5/22/13", "6/45/27")
ENDS = {"release_departures": 0, "release_arrivals": 1}
NUMBERS = ("n", "n_low", "n_high", "internal", "internal_low", "internal_high")


def wrong(sums: AtomSums, door: Door, *, windows: int, seed: int) -> list[str]:
    """Read layers and tiles of random windows; return what no atoms account for."""
    rng = np.random.default_rng(seed)
    first, last = span(door)
    found = []
    for _ in range(windows):
        begin = first + timedelta(days=int(rng.integers((last - first).days - 7)))
        days = begin, begin + timedelta(days=int(rng.integers(7, 21)))
        level = str(rng.choice(["state", "district"]))
        for name, end in ENDS.items():
            found += _of_units(sums, door, Filter(level, *days), name, end)
        found += _of_tiles(sums, door, Filter(level, *days))
        found += _of_atoms(sums, door, begin)
    return found


def _of_units(
    sums: AtomSums, door: Door, asked: Filter, name: str, end: int
) -> Iterator[str]:
    path = f"/layers/{name}.geojson?{_query(asked)}"
    chosen = sums.chosen(asked)
    ends = [each[chosen] for each in sums.ends[asked.level]]
    n, between = sums.n[chosen], ends[0] != ends[1]
    told = {}
    for feature in door.ask(path).json()["features"]:
        about = feature["properties"]
        told[about["code"]] = tuple(about[key] for key in NUMBERS)
    right = {}
    for code in np.unique(np.concatenate(ends)).tolist():
        there = ends[end] == code
        right[code] = (*_sum(n[between & there]), *_sum(n[~between & there]))
    for code in told.keys() | right.keys():
        nothing = (0,) * 6
        if told.get(code, nothing) != right.get(code, nothing):
            yield f"{path}: {code} is {told.get(code)}, not {right.get(code)}"


def _of_tiles(sums: AtomSums, door: Door, asked: Filter) -> Iterator[str]:
    chosen = sums.chosen(asked)
    origin, destination = (each[chosen] for each in sums.ends[asked.level])
    key, n = origin * 2**16 + destination, sums.n[chosen]
    for tile in TILES:
        path = f"/tiles/release_flows/{tile}.mvt?{_query(asked)}"
        answer = door.ask(path, expect=(200, 204))
        layers = mapbox_vector_tile.decode(unpacked(answer)) if answer.body else {}
        for line in layers.get("release_flows", {"features": []})["features"]:
            about = line["properties"]
            pair = about["origin"] * 2**16 + about["destination"]
            told = about["n"], about["n_low"], about["n_high"]
            if told != _sum(n[key == pair]):
                yield f"{path}: {about}"


def _of_atoms(sums: AtomSums, door: Door, day: date) -> Iterator[str]:
    path = f"/layers/release_atoms.geojson?from={day}&to={day}"
    chosen = sums.chosen(Filter("district", day, day))
    right = sorted(_sum(n[None]) for n in sums.n[chosen])
    told = sorted(
        (about["n"], about["n_low"], about["n_high"])
        for feature in door.ask(path).json()["features"]
        if (about := feature["properties"])
    )
    if told != right:
        yield f"{path}: {len(told)} atoms, not {len(right)}, or with other numbers"


def _sum(n) -> tuple[int, int, int]:
    total = int(n.sum())
    least = max(FEWEST * n.size, total - AWAY * n.size)
    return total, least, total + AWAY * n.size


def _query(asked: Filter) -> str:
    return f"from={asked.first}&to={asked.last}&level={asked.level}"
