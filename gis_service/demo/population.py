"""Everybody in the demonstration: who goes from where to where, when and how."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from gis_service.demo.figures import Codes, Days, Figures, districts
from gis_service.demo.parties import Parties, parties
from gis_service.demo.people import People, people
from gis_service.demo.vehicles import Vehicles, vehicles
from gis_service.demo.weights import Weights, weights
from movements.flow import CATEGORIES, MODES


@dataclass(frozen=True, slots=True)
class Population:
    """The vehicles, the parties on them and the people of the parties."""

    vehicles: Vehicles
    parties: Parties
    people: People


def population(
    rng: np.random.Generator, count: int, touching: npt.NDArray[np.bool_]
) -> Population:
    """Return ``count`` people.

    Args:
        rng: the seeded generator; equal seeds give equal people.
        count: how many people.
        touching: 36 x 36, true where two states share a border.
    """
    between = weights(touching)
    running = vehicles(rng, count, between)
    together = parties(rng, running, _all_modes(between))
    return Population(running, together, people(rng, together))


def _all_modes(between: Weights) -> Figures:
    return between.train + between.bus


def journeys(of: Population) -> pl.DataFrame:
    """Return one row per person: LGD codes of the ends, day, mode, category."""
    party, home = of.people.party, districts()
    vehicle = of.parties.vehicle[party]
    origin, destination = of.parties.origin[party], of.parties.destination[party]
    day: Days = of.vehicles.day[vehicle]
    ends: dict[str, Codes] = {
        "origin_state": home.state[origin],
        "destination_state": home.state[destination],
        "origin": home.code[origin],
        "destination": home.code[destination],
    }
    return pl.DataFrame(ends).with_columns(
        day=pl.Series(day),
        mode=pl.Series(MODES)[of.vehicles.mode[vehicle]],
        category=pl.Series(CATEGORIES)[of.parties.category[party]],
    )
