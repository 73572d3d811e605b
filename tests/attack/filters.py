"""Questions to ``/flows``, drawn at random."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from tests.attack.seen import MODES

LEVELS = ("country", "state", "district", "cluster")
DIRECTIONS = ("both", "in", "out")


@dataclass(frozen=True, slots=True)
class Filter:
    """One question to ``/flows``; ``None`` where it says nothing of something."""

    level: str
    first: date | None = None
    last: date | None = None
    modes: tuple[str, ...] = ()
    unit: int | None = None
    direction: str | None = None
    box: tuple[float, float, float, float] | None = None
    k: int = 20
    zoom: int | None = None

    def path(self) -> str:
        asked = [
            ("from", self.first),
            ("to", self.last),
            ("unit", self.unit),
            ("direction", self.direction),
            ("bbox", self.box and ",".join(map(str, self.box))),
            ("k", self.k),
            ("zoom", self.zoom),
            *(("mode", mode) for mode in self.modes),
        ]
        told = [(name, str(value)) for name, value in asked if value is not None]
        return f"/flows/{self.level}?{urlencode(told)}"


def drawn(
    rng: np.random.Generator,
    units: dict[str, NDArray[np.int64]],
    days: tuple[date, date],
    *,
    public: bool,
) -> Filter:
    """Return a filter of those that a reader may ask."""
    level = str(rng.choice(LEVELS[:2] if public else LEVELS))
    window = _window(rng, *days)
    more = {"k": int(rng.integers(1, 60))}
    if not public and rng.random() < 0.4:
        more["modes"] = tuple(MODES[: int(rng.integers(1, 3))][::-1])
    if level == "cluster":
        return Filter(level, *window, **more, zoom=int(rng.integers(0, 13)))
    if level != "country":
        if rng.random() < 0.5:
            more["unit"] = int(rng.choice(units[level]))
            more["direction"] = str(rng.choice(DIRECTIONS))
        if not public and rng.random() < 0.3:
            west, south = rng.uniform(68, 92), rng.uniform(6, 32)
            size = rng.uniform(1, 12, 2)
            box = (west, south, west + size[0], south + size[1])
            more["box"] = tuple(round(float(side), 3) for side in box)
    return Filter(level, *window, **more)


def _window(
    rng: np.random.Generator, first: date, last: date
) -> tuple[date | None, date | None]:
    days = (last - first).days
    ends = sorted(int(at) for at in rng.integers(-3, days + 4, 2))
    if rng.random() < 0.3:  # whole weeks
        ends = [ends[0] // 7 * 7, ends[1] // 7 * 7 + 6]
    begin, end = (first + timedelta(days=at) for at in ends)
    return (None if rng.random() < 0.1 else begin, None if rng.random() < 0.1 else end)
