"""How many people go from which state to which, by train and by bus."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_service.demo.figures import Figures, districts, going_home, trains

# The trains of May 2020 went where the press says they went; the census adds the
# pairs that the estimate leaves out.
SHARE_OF_TRAIN_ESTIMATE = 0.6
# A few journeys stay inside a state, all by bus.
SHARE_WITHIN = 0.03
# Buses go to states that touch, and to those with one state between.
BUS_IF_TOUCHING = 0.45
BUS_IF_ONE_BETWEEN = 0.12
# Jammu and Kashmir, Ladakh: 70 % came by road (the railway ends at Katra).
BY_ROAD = {1: 0.7, 37: 0.7}


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of all people by state pair; the two arrays together sum to 1."""

    train: Figures
    bus: Figures


def weights(touching: npt.NDArray[np.bool_]) -> Weights:
    """Return the weights of state pairs, in the order of ``Districts.states``.

    Args:
        touching: 36 x 36, true where two states share a border.
    """
    between = SHARE_OF_TRAIN_ESTIMATE * _share(trains())
    between = between + (1 - SHARE_OF_TRAIN_ESTIMATE) * _share(going_home())
    between = between * (1 - SHARE_WITHIN)
    by_bus = between * _bus_share(touching)
    return Weights(train=between - by_bus, bus=by_bus + _within(touching))


def _share(figures: Figures) -> Figures:
    return np.asarray(figures / figures.sum())


def _within(touching: npt.NDArray[np.bool_]) -> Figures:
    home = districts()
    within = [home.state == code for code in home.states()]
    people = np.array([home.people[inside].sum() for inside in within])
    several = np.array([inside.sum() for inside in within]) > 1
    # An island has no bus, and a single district nowhere to go to.
    people = np.where(touching.any(axis=1) & several, people, 0.0)
    return np.diag(SHARE_WITHIN * people / people.sum())


def _bus_share(touching: npt.NDArray[np.bool_]) -> Figures:
    steps = touching.astype(np.int64)
    one_between = (steps @ steps) > 0
    share = np.where(one_between, BUS_IF_ONE_BETWEEN, 0.0)
    share = np.where(touching, BUS_IF_TOUCHING, share)
    codes = districts().states()
    for code, by_road in BY_ROAD.items():
        reachable = touching.any(axis=1)
        share[:, codes == code] = np.where(reachable, by_road, 0.0)[:, None]
    return share
