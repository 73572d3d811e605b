"""Families and groups: who travels together, from which district to which."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_service.demo.figures import Codes, Districts, Figures, districts
from gis_service.demo.vehicles import BUS, Vehicles

# How many travel together, one to six.
SIZES = np.array([0.46, 0.20, 0.15, 0.11, 0.05, 0.03])
# Who boards at the vehicle's own district, and who gets off at its last.
AT_THE_FIRST_STOP = {0: 0.5, BUS: 0.95}
AT_THE_LAST_STOP = {0: 0.35, BUS: 0.7}
# On a train some go on to a state beside the one where it ends.
GOING_ON = 0.1
CATEGORY_SHARE = np.array([0.84, 0.06, 0.03, 0.02, 0.05])
FAMILY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Parties:
    """Aligned arrays, one entry per party; districts are places in ``Districts``.

    ``first`` is the place of a party's first person among all people, ``size`` how
    many they are, ``vehicle`` the place of their vehicle, ``category`` the place in
    ``movements.flow.CATEGORIES``.
    """

    first: Codes
    size: Codes
    vehicle: Codes
    origin: Codes
    destination: Codes
    category: Codes
    family: npt.NDArray[np.bool_]


def parties(rng: np.random.Generator, on: Vehicles, between: Figures) -> Parties:
    """Return the parties that fill the vehicles; none is split over two.

    Args:
        rng: the seeded generator.
        on: the vehicles to fill.
        between: weights of state pairs, which draw where people go on to.
    """
    first, size, vehicle = _seats(rng, on)
    home = districts()
    origin = _stops(rng, on, vehicle, state=on.origin[vehicle], leaving=True)
    state = _going_on(rng, on, vehicle, between)
    destination = _stops(rng, on, vehicle, state=state, leaving=False)
    alone = size == 1
    return Parties(
        first=first,
        size=size,
        vehicle=vehicle,
        origin=origin,
        destination=_elsewhere(home, origin, destination),
        category=rng.choice(CATEGORY_SHARE.size, first.size, p=CATEGORY_SHARE),
        family=~alone & (rng.random(first.size) < FAMILY_SHARE),
    )


def _seats(rng: np.random.Generator, on: Vehicles) -> tuple[Codes, Codes, Codes]:
    """Return first person, size and vehicle of parties that fill the vehicles."""
    people = int(on.people.sum())
    sizes = 1 + rng.choice(SIZES.size, people, p=SIZES)
    starts = np.cumsum(sizes) - sizes
    begins = np.cumsum(on.people) - on.people
    first = np.unique(np.concatenate((starts[starts < people], begins)))
    size = np.diff(first, append=people)
    return first, size, np.searchsorted(begins, first, side="right") - 1


def _going_on(
    rng: np.random.Generator, on: Vehicles, vehicle: Codes, between: Figures
) -> Codes:
    """Return each party's state of destination, mostly its vehicle's."""
    state = on.destination[vehicle].copy()
    moving = (rng.random(vehicle.size) < GOING_ON) & (on.mode[vehicle] != BUS)
    origin = on.origin[vehicle[moving]]
    share = between.copy()
    np.fill_diagonal(share, 0.0)
    edges = np.cumsum(share.ravel())
    end = edges[origin * share.shape[1] + share.shape[1] - 1]
    begin = np.where(origin > 0, edges[origin * share.shape[1] - 1], 0.0)
    at = begin + rng.random(origin.size) * (end - begin)
    drawn = np.searchsorted(edges, at, side="right") % share.shape[1]
    state[moving] = np.where(drawn == origin, state[moving], drawn)
    return state


def _stops(
    rng: np.random.Generator,
    on: Vehicles,
    vehicle: Codes,
    *,
    state: Codes,
    leaving: bool,
) -> Codes:
    """Return each party's district: the vehicle's stop, or another of the state."""
    weight = _leaving(districts()) if leaving else districts().males
    main_state = on.origin if leaving else on.destination
    stop = _within(rng, main_state, weight)[vehicle]
    other = _within(rng, state, weight)
    at_stop = AT_THE_FIRST_STOP if leaving else AT_THE_LAST_STOP
    share = np.where(on.mode[vehicle] == BUS, at_stop[BUS], at_stop[0])
    stays = (rng.random(vehicle.size) < share) & (main_state[vehicle] == state)
    return np.where(stays, stop, other)


def _leaving(home: Districts) -> Figures:
    """Return where people worked: the more people, the more jobs per person."""
    return np.asarray(home.people**1.5)


def _within(rng: np.random.Generator, state: Codes, weight: Figures) -> Codes:
    """Return one district per state given, by weight; places in ``Districts``."""
    home = districts()
    edges = np.cumsum(weight)
    last = np.searchsorted(home.state, home.states(), side="right") - 1
    end = edges[last][state]
    begin = np.concatenate(([0.0], edges[last]))[state]
    at = begin + rng.random(state.size) * (end - begin)
    place = np.searchsorted(edges, at, side="right")
    return np.asarray(np.minimum(place, last[state]))


def _elsewhere(home: Districts, origin: Codes, destination: Codes) -> Codes:
    """Return the destinations; who would stay goes to the next district instead."""
    codes = home.states()
    first = np.searchsorted(home.state, codes, side="left")
    count = np.searchsorted(home.state, codes, side="right") - first
    state = np.searchsorted(codes, home.state[destination])
    step = destination - first[state] + 1
    following = first[state] + step % count[state]
    return np.where(origin == destination, following, destination)
