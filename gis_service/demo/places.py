"""What the demonstration asks of places: which states touch, PIN codes, bus routes."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree
from sqlalchemy import Connection

from boundaries.locate import inside
from gis_service.demo.figures import districts
from movements.pin import post_offices
from routes.errors import RouteGap
from routes.network import network
from routes.path import Journey, planned

# A post office is tried in the districts whose inner points are nearest to it.
NEAREST = 4


def touching(db: Connection) -> npt.NDArray[np.bool_]:
    """Return which states share a border on land, in the order of the figures."""
    codes = districts().states()
    ways = network(db)
    states = dict(zip(ways.codes.tolist(), ways.states.tolist(), strict=True))
    pairs = np.array(
        [
            (states[one], states[other])
            for one, others in ways.neighbours.items()
            for other in others
        ]
    )
    touch = np.zeros((codes.size, codes.size), dtype=np.bool_)
    at = np.searchsorted(codes, pairs)
    touch[at[:, 0], at[:, 1]] = at[:, 0] != at[:, 1]
    return touch


def pins(db: Connection) -> dict[int, str]:
    """Return the lowest PIN code whose post office lies in each district (LGD code).

    A few districts have none with a trusted point.
    """
    offices, ways = post_offices(), network(db)
    at = np.column_stack((offices.lon, offices.lat))
    near = np.asarray(KDTree(ways.points).query(at, k=NEAREST)[1])
    found: dict[int, str] = {}
    for place in range(NEAREST):
        codes = ways.codes[near[:, place]].astype(np.int16)
        within = inside(db, codes, offices.lon, offices.lat)
        for code, pin in zip(
            codes[within].tolist(), offices.codes[within].tolist(), strict=True
        ):
            found.setdefault(code, str(pin))
    return found


def bus_ways(
    db: Connection, pairs: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return the states that a bus passes, in order, by pair of districts.

    A pair that has no way on land is left out; its rows declare nothing.
    """
    asked = {pair: Journey("bus", *pair, None) for pair in pairs}
    answers = planned(db, list(asked.values()))
    ways = {}
    for pair, journey in asked.items():
        answer = answers[journey]
        if not isinstance(answer, RouteGap) and not answer.by_sea_or_air:
            ways[pair] = answer.states
    return ways
