"""Trains and buses: from which state to which, on which day, with how many people."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from gis_service.demo.figures import Codes, Days, Figures, daily_share
from gis_service.demo.weights import Weights

TRAIN, BUS = 0, 1

# 6.3 million people on 4,621 trains; 1,200 to a train until 11 May 2020.
ON_A_TRAIN = 1367
ON_AN_EARLY_TRAIN = 1200
FULL_TRAINS_FROM = np.datetime64("2020-05-12")
ON_A_BUS = 38
# A small demonstration gets smaller trains, so that it still shows several flows.
TRAINS_AT_LEAST = 30
# How far the people on vehicles differ, and how many vehicles are held ready for it.
SPREAD = 0.04
SPARE = 1.02


@dataclass(frozen=True, slots=True)
class Vehicles:
    """Aligned arrays; ``origin`` and ``destination`` are places in the weights."""

    mode: Codes
    origin: Codes
    destination: Codes
    day: Days
    people: Codes


def vehicles(rng: np.random.Generator, people: int, weights: Weights) -> Vehicles:
    """Return trains and buses that carry ``people`` people in all."""
    by_train = round(people * weights.train.sum())
    size = min(ON_A_TRAIN, max(ON_A_BUS, ceil(by_train / TRAINS_AT_LEAST)))
    return _joined(
        _drawn(rng, by_train, weights.train, mode=TRAIN, size=size),
        _drawn(rng, people - by_train, weights.bus, mode=BUS, size=ON_A_BUS),
    )


def _drawn(
    rng: np.random.Generator, people: int, share: Figures, *, mode: int, size: int
) -> Vehicles:
    days, day_share = daily_share()
    shorter = (mode == TRAIN) & (size == ON_A_TRAIN) & (days < FULL_TRAINS_FROM)
    mean = (np.where(shorter, ON_AN_EARLY_TRAIN, size) * day_share).sum()
    count = ceil(people / mean * SPARE) + 1
    at = rng.permutation(systematic(rng, day_share, count))
    day = days[at]
    usual = rng.normal(size, size * SPREAD, count).round().astype(np.int64)
    seats = np.where(shorter[at], ON_AN_EARLY_TRAIN, np.maximum(usual, 1))
    full = np.minimum(np.cumsum(seats), people)
    on_board = np.diff(full, prepend=0)
    used = on_board > 0
    # Pairs are drawn for the vehicles that run, so that the weights come out.
    pair = rng.permutation(systematic(rng, share.ravel(), int(used.sum())))
    return Vehicles(
        mode=np.full(pair.size, mode),
        origin=pair // share.shape[1],
        destination=pair % share.shape[1],
        day=day[used],
        people=on_board[used],
    )


def systematic(rng: np.random.Generator, share: Figures, count: int) -> Codes:
    """Return ``count`` places of ``share``, each as often as its share, +-1."""
    edges = np.cumsum(share) / share.sum()
    edges[-1] = 1.0
    at = (np.arange(count) + rng.random()) / max(count, 1)
    return np.minimum(np.searchsorted(edges, at, side="right"), share.size - 1)


def _joined(one: Vehicles, other: Vehicles) -> Vehicles:
    return Vehicles(
        mode=np.concatenate((one.mode, other.mode)),
        origin=np.concatenate((one.origin, other.origin)),
        destination=np.concatenate((one.destination, other.destination)),
        day=np.concatenate((one.day, other.day)),
        people=np.concatenate((one.people, other.people)),
    )
