"""Pairs of filters that differ by little: what lies between them is a sum of atoms."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from movements.release.levels import BASE
from tests.attack.atom_sums import AtomSums
from tests.attack.door import Door
from tests.attack.filters import Filter, drawn
from tests.attack.seen import span


def wrong(sums: AtomSums, door: Door, *, pairs: int, seed: int) -> list[str]:
    """Ask so many pairs of filters; return which differ by anything but atoms."""
    rng = np.random.default_rng(seed)
    days = span(door)
    found = []
    while pairs:
        one = drawn(rng, sums.units, days, public=False)
        other = _beside(rng, one)
        if other is not None:
            pairs -= 1
            found += _faults(sums, one, other, door)
    return found


def _beside(rng: np.random.Generator, one: Filter) -> Filter | None:
    """Return a filter with one more day, or without its unit, mode or box."""
    changes = [
        {"last": one.last + timedelta(days=1)} if one.last else {},
        {"first": one.first + timedelta(days=1)}
        if one.first and one.first != one.last
        else {},
        {"modes": ()} if one.modes else {},
        {"unit": None, "direction": None} if one.unit else {},
        {"box": None} if one.box else {},
    ]
    known = [change for change in changes if change]
    return replace(one, **known[int(rng.integers(len(known)))]) if known else None


def _faults(sums: AtomSums, one: Filter, other: Filter, door: Door) -> list[str]:
    answers = [door.ask(each.path()).json() for each in (one, other)]
    told = [each["total"] + each["internal"] for each in answers]
    chosen = [sums.chosen(each) for each in (one, other)]
    atoms = int(sums.n[chosen[1]].sum()) - int(sums.n[chosen[0]].sum())
    found = []
    if told[1] - told[0] != atoms:
        found.append(f"{one.path()} and {other.path()} differ by {told[1] - told[0]}")
    numbers = [edge["n"] for answer in answers for edge in answer["edges"]]
    numbers += [n for answer in answers for n in _of_nodes(answer)] + told
    found += [f"{other.path()}: {n} is no sum" for n in numbers if n % BASE]
    return found


def _of_nodes(answer: dict) -> list[int]:
    return [
        node[name] for node in answer["nodes"] for name in ("in", "out", "internal")
    ]
