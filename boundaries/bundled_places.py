"""Make the bundled districts, and the states dissolved from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.bundled_rows import Row, rows, shapes
from boundaries.shape import Shapes, dissolved, tiers
from boundaries.store import Place, inner_point

# Parts of names that str.title would spoil.
_SPELLED = {"Spsr": "SPSR", "And": "and"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """Units of one level, and their display shapes per tier (degrees)."""

    places: list[Place]
    tiers: list[Shapes]


@dataclass(frozen=True, slots=True)
class Places:
    """Both levels; every state is exactly the union of its districts."""

    states: Drawn
    districts: Drawn


def places() -> Places:
    """Return the bundled units with their display tiers."""
    whole = shapes()
    codes = [int(each["code"]) for each in whole.properties]
    districts = _districts(dict(zip(codes, whole.shapes, strict=True)))
    parents = np.array([each.state_code for each in districts], dtype=np.int16)
    drawn = tiers(whole.shapes)
    states = _states(dissolved(whole.shapes, parents), districts)
    return Places(
        Drawn(states, [_state_tier(tier, parents, states) for tier in drawn]),
        Drawn(districts, drawn),
    )


def display_name(lgd_name: str) -> str:
    """Return an LGD name, often in capitals, as one writes it on a map."""
    words = lgd_name.split()
    if lgd_name.isupper():
        words = " ".join(words).title().split()
    return " ".join(_SPELLED.get(word, word) for word in words)


def _districts(by_code: dict[int, shapely.Geometry]) -> list[Place]:
    people = {
        row["lgd_district_code"]: row for row in rows("district_population_2011.csv")
    }
    known = {
        int(row["lgd_district_code"]): row for row in rows("districts_2020-05-12.csv")
    }
    notes = _notes()
    return [
        _district(known[code], shape, people[str(code)], notes.get(code, {}))
        for code, shape in by_code.items()
    ]


def _district(row: Row, shape: shapely.Geometry, counted: Row, notes: Row) -> Place:
    point = shapely.Point(float(row["lon"]), float(row["lat"]))
    return Place(
        code=int(row["lgd_district_code"]),
        state_code=int(row["lgd_state_code"]),
        name=display_name(row["lgd_name"]),
        shape=shape,
        point=point if shapely.contains_properly(shape, point) else inner_point(shape),
        population_2011=int(counted["population_2011"]),
        population_basis=counted["basis"],
        depiction=notes.get("depiction"),
        quality=notes.get("quality"),
    )


def _notes() -> dict[int, Row]:
    notes: dict[int, Row] = {}
    for row in rows("district_notes.csv"):
        of_one = notes.setdefault(int(row["lgd_district_code"]), {})
        of_one[row["field"]] = row["note"]
    return notes


def _states(
    by_code: dict[int, shapely.Geometry], districts: Sequence[Place]
) -> list[Place]:
    hindi = {
        row["lgd_state_code"]: row["name_hi"] for row in rows("state_names_hi.csv")
    }
    return [
        Place(
            code=int(row["lgd_state_code"]),
            state_code=int(row["lgd_state_code"]),
            name=row["name"],
            name_hi=hindi[row["lgd_state_code"]],
            shape=by_code[int(row["lgd_state_code"])],
            population_2011=_people(int(row["lgd_state_code"]), districts),
            population_basis="the sum of its districts",
        )
        for row in rows("states.csv")
    ]


def _people(state: int, districts: Sequence[Place]) -> int:
    return sum(d.population_2011 or 0 for d in districts if d.state_code == state)


def _state_tier(
    tier: Shapes, parents: NDArray[np.int16], states: Sequence[Place]
) -> Shapes:
    by_code = dissolved(tier, parents)
    return np.array([by_code[state.code] for state in states])
