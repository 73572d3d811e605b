"""The people of the demonstration as an upload's columns: text, as a state sends it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from gis_service.demo.aadhaar import numbers
from gis_service.demo.contacts import addresses, mobiles
from gis_service.demo.figures import districts
from gis_service.demo.names import names
from gis_service.demo.people import GENDERS
from gis_service.demo.population import Population, journeys

# A few states write names of places, not codes.
PLACES_BY_NAME = 0.05


@dataclass(frozen=True, slots=True)
class Places:
    """What the rows need to know of places, looked up once.

    ``pins`` gives a PIN code by LGD district code, ``ways`` the states that a bus
    passes, in order, by (origin, destination) district.
    """

    pins: Mapping[int, str]
    ways: Mapping[tuple[int, int], tuple[int, ...]]


def rows(
    rng: np.random.Generator, of: Population, *, places: Places, label: str
) -> pl.DataFrame:
    """Return one row of text per person, sorted by state of origin, then day.

    Beside the upload's columns it has ``tenant``, the state that would send the row.

    Args:
        rng: the seeded generator.
        of: the people.
        places: PIN codes, and the ways of the buses.
        label: begins every ``source_ref``; equal labels and rows load once.
    """
    party = of.people.party
    going = journeys(of)
    home = districts()
    frame = pl.DataFrame(
        {
            "tenant": going["origin_state"],
            "name": names(rng, home.state[of.parties.destination[party]]),
            "age": pl.Series(of.people.age).cast(pl.String),
            "gender": pl.Series(GENDERS)[of.people.gender],
            "mobile": mobiles(rng, party, of.people.member),
            "aadhaar": numbers(rng, party.size),
            "category": going["category"],
            "origin_district": _written(rng, of.parties.origin)[party],
            "destination_district": _written(rng, of.parties.destination)[party],
            "travel_date": going["day"].dt.to_string("iso"),
            "mode": going["mode"],
            "route_states": _ways(going, places.ways),
            **_addresses(rng, of, places.pins),
        }
    ).sort("tenant", "travel_date", maintain_order=True)
    # Ten digits that begin with 0: never anybody's mobile.
    serial = pl.int_range(pl.len()).cast(pl.String).str.zfill(10)
    return frame.with_columns(source_ref=pl.lit(f"{label}-") + serial)


def _written(rng: np.random.Generator, district: np.ndarray) -> pl.Series:
    """Return an LGD code per district given, or its name and state's."""
    home = districts()
    codes = pl.Series(home.code).cast(pl.String)[district]
    pairs = zip(home.name, home.state_name, strict=True)
    named = pl.Series([f"{name}, {state}" for name, state in pairs])[district]
    return named.zip_with(pl.Series(rng.random(district.size) < PLACES_BY_NAME), codes)


def _addresses(
    rng: np.random.Generator, of: Population, pins: Mapping[int, str]
) -> dict[str, pl.Series]:
    """Return a family's or group's camp, and its house at home."""
    party = of.people.party
    camp = of.parties.vehicle[party]
    return {
        "current_address": addresses(
            rng, of.parties.origin[party], house=camp, label="Synthetic camp", pins=pins
        ),
        "permanent_address": addresses(
            rng,
            of.parties.destination[party],
            house=party,
            label="Synthetic house",
            pins=pins,
        ),
    }


def bus_pairs(of: Population) -> list[tuple[int, int]]:
    """Return the pairs of districts (LGD codes) that buses join, sorted."""
    by_bus = journeys(of).filter(pl.col("mode") == "bus")
    return by_bus.select("origin", "destination").unique().sort(pl.all()).rows()


def _ways(
    going: pl.DataFrame, ways: Mapping[tuple[int, int], tuple[int, ...]]
) -> pl.Series:
    """Return the declared states of each bus journey, null for a train."""
    told = pl.DataFrame(
        [(*pair, "bus", ";".join(map(str, way))) for pair, way in ways.items()],
        schema={
            "origin": pl.Int64,
            "destination": pl.Int64,
            "mode": pl.String,
            "route_states": pl.String,
        },
        orient="row",
    )
    on = ("origin", "destination", "mode")
    joined = going.join(told, on=on, how="left", maintain_order="left")
    return joined["route_states"]
