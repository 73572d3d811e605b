"""Pairs of districts by how likely a journey of the demonstration is on them."""

from dataclasses import dataclass

import numpy as np

from gis_service.demo.figures import districts
from gis_service.demo.weights import Weights


@dataclass(frozen=True, slots=True)
class Pairs:
    """Aligned arrays: LGD codes of the ends, and the states' places in the weights."""

    origin: np.ndarray
    destination: np.ndarray
    origin_state: np.ndarray
    destination_state: np.ndarray
    state_places: tuple[np.ndarray, np.ndarray]


def likeliest(between: Weights, count: int, *, but: np.ndarray) -> Pairs:
    """Return the ``count`` likeliest pairs of different districts, leaving out some.

    Args:
        between: weights of state pairs.
        count: how many.
        but: pairs that are not wanted, as ``origin << 16 | destination``.

    Raises:
        ValueError: the weights allow fewer.
    """
    home = districts()
    place = np.searchsorted(home.states(), home.state)
    leaving = _within_state(home.people**1.5, place)
    arriving = _within_state(home.males, place)
    whole = between.train + between.bus
    chance = whole[place[:, None], place] * leaving[:, None] * arriving
    np.fill_diagonal(chance, 0.0)
    unwanted = np.isin(home.code[:, None] << 16 | home.code, but)
    chance[unwanted] = 0.0
    if np.count_nonzero(chance) < count:
        message = f"only {np.count_nonzero(chance)} further pairs have any chance"
        raise ValueError(message)
    at = np.argsort(-chance, axis=None, kind="stable")[:count]
    one, other = np.unravel_index(at, chance.shape)
    return Pairs(
        origin=home.code[one],
        destination=home.code[other],
        origin_state=home.state[one],
        destination_state=home.state[other],
        state_places=(place[one], place[other]),
    )


def _within_state(weight: np.ndarray, place: np.ndarray) -> np.ndarray:
    return weight / np.bincount(place, weight)[place]
