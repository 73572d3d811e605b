"""Sums of atoms for any filter, with nothing of the service's own code."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.attack.door import Door
from tests.attack.filters import LEVELS, Filter
from tests.attack.seen import MODES, REST


@dataclass(frozen=True, slots=True)
class AtomSums:
    """Atoms as arrays, each with the codes of its ends by level."""

    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    by_mode: dict[str, NDArray[np.bool_]]
    ends: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
    n: NDArray[np.int64]
    units: dict[str, NDArray[np.int64]]
    points: dict[str, dict[int, tuple[float, float]]]

    @staticmethod
    def of(atoms: pl.DataFrame, door: Door, *, by_week: bool = False) -> "AtomSums":
        """Return them; ``by_week``: as those are told who are told whole weeks only."""
        if by_week:
            atoms = atoms.with_columns(day=pl.lit(None, dtype=pl.Date))
        first = atoms["day"].fill_null(atoms["week"]).to_numpy()
        week = atoms["day"].is_null().to_numpy()
        last = first + np.where(week, 6, 0).astype("timedelta64[D]")
        states = [
            _filled(atoms, f"{end}_state", 0) for end in ("origin", "destination")
        ]
        districts = [
            np.where((code := _filled(atoms, end, 0)) > 0, code, REST + state)
            for end, state in zip(("origin", "destination"), states, strict=True)
        ]
        zero = np.zeros_like(states[0])
        return AtomSums(
            first,
            last,
            {
                mode: (atoms["mode"] == mode).fill_null(False).to_numpy()
                for mode in MODES
            },
            {
                "country": (zero, zero),
                "state": tuple(states),
                "district": tuple(districts),
                "cluster": tuple(districts),
            },
            atoms["n"].to_numpy(),
            {"state": _units(states), "district": _units(districts)},
            {} if by_week else {level: _points(door, level) for level in LEVELS[1:3]},
        )

    def chosen(self, asked: Filter) -> NDArray[np.bool_]:
        """Return bool[atoms], which a filter asks for."""
        found = np.ones(self.n.size, dtype=np.bool_)
        if asked.first:
            found &= self.first >= np.datetime64(asked.first)
        if asked.last:
            found &= self.last <= np.datetime64(asked.last)
        if len(asked.modes) == 1:  # both modes are every mode: nothing is left out
            found &= self.by_mode[asked.modes[0]]
        origin, destination = self.ends[asked.level]
        if asked.unit is not None:
            towards = {
                "in": destination == asked.unit,
                "out": origin == asked.unit,
            }
            towards["both"] = towards["in"] | towards["out"]
            found &= towards[asked.direction or "both"]
        if asked.box:
            there = self._inside(asked)
            found &= np.isin(origin, there) | np.isin(destination, there)
        return found

    def _inside(self, asked: Filter) -> NDArray[np.int64]:
        west, south, east, north = asked.box
        return np.array(
            [
                code
                for code, (lon, lat) in self.points[asked.level].items()
                if west <= lon <= east and south <= lat <= north
            ],
            dtype=np.int64,
        )


def _units(ends) -> NDArray[np.int64]:
    codes = np.unique(np.concatenate(ends))
    return codes[(codes > 0) & (codes < REST)]


def _points(door: Door, level: str) -> dict[int, tuple[float, float]]:
    nodes = door.ask(f"/flows/{level}?k=1").json()["nodes"]
    return {
        node["code"]: (node["lon"], node["lat"])
        for node in nodes
        if node["lon"] is not None
    }


def _filled(atoms: pl.DataFrame, name: str, value: int) -> NDArray[np.int64]:
    return atoms[name].fill_null(value).to_numpy().astype(np.int64)
