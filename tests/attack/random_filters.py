"""Filters drawn at random: each answer is the sum of its atoms, and bounded by them."""

import numpy as np
import polars as pl

from tests.attack.atom_sums import AtomSums
from tests.attack.door import Door
from tests.attack.filters import Filter, drawn
from tests.attack.seen import span

AWAY, FEWEST = 10, 6


def wrong(
    atoms: pl.DataFrame, door: Door, *, filters: int, seed: int, public: bool = False
) -> list[str]:
    """Ask so many random filters; return what was wrong with any."""
    rng = np.random.default_rng(seed)
    sums = AtomSums.of(atoms, door, by_week=public)
    days = span(door)
    who = "public" if public else "analyst"
    found = []
    for _ in range(filters):
        asked = drawn(rng, sums.units, days, public=public)
        found += faults(sums, asked, door, who=who)
    return found


def faults(
    sums: AtomSums, asked: Filter, door: Door, *, who: str = "analyst"
) -> list[str]:
    """Ask, and return what in the answer is not the sum of the atoms asked for."""
    told = door.ask(asked.path(), who=who).json()
    chosen = sums.chosen(asked)
    n = sums.n[chosen]
    total = int(n.sum())
    expected = {
        "total + internal": (told["total"] + told["internal"], total),
        "n_high": (told["n_high"], total + AWAY * n.size),
        "n_low": (told["n_low"], max(FEWEST * n.size, total - AWAY * n.size)),
        "hidden": (told["hidden"], told["total"] - told["shown"]),
    }
    if asked.level != "cluster":
        expected |= _edges(told, asked, sums, chosen)
    return [
        f"{asked.path()}: {name} is {found}, the atoms say {right}"
        for name, (found, right) in expected.items()
        if found != right
    ]


def _edges(told: dict, asked: Filter, sums: AtomSums, chosen) -> dict[str, tuple]:
    origin, destination = (end[chosen] for end in sums.ends[asked.level])
    n = sums.n[chosen]
    between = origin != destination
    pair = (origin * 2**16 + destination)[between]
    keys, place = np.unique(pair, return_inverse=True)
    people = np.bincount(place, n[between], keys.size).astype(np.int64)
    # The largest first; alike, by their codes.
    order = np.lexsort((keys, -people))[: asked.k]
    found = [(e["origin"], e["destination"], e["n"]) for e in told["edges"]]
    right = [
        (int(keys[at]) >> 16, int(keys[at]) & 0xFFFF, int(people[at])) for at in order
    ]
    out, into, inside = {}, {}, {}
    for node in told["nodes"]:
        out[node["code"]], into[node["code"]] = node["out"], node["in"]
        inside[node["code"]] = node["internal"]
    return {
        "edges": (found, right),
        "edges_total": (told["edges_total"], keys.size),
        "out": (_some(out), _by(origin[between], n[between])),
        "in": (_some(into), _by(destination[between], n[between])),
        "internal": (_some(inside), _by(origin[~between], n[~between])),
    }


def _some(found: dict[int, int]) -> dict[int, int]:
    return {code: n for code, n in sorted(found.items()) if n}


def _by(codes, n) -> dict[int, int]:
    keys, place = np.unique(codes, return_inverse=True)
    sums = np.bincount(place, n, keys.size).astype(np.int64)
    return dict(zip(keys.tolist(), sums.tolist(), strict=True))
