"""Where a journey starts and ends: given, by the PIN code, or by the district."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from boundaries.gazetteer import Gazetteer
from movements.pin import codes_in, post_offices
from movements.rule import Finding

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Districts = npt.NDArray[np.int16]

# How far outside the stated district a given point may lie, in degrees: about 5 km,
# for boundaries differ by as much between publishers.
TOLERANCE_DEG = 0.05

# How a point was found.
LOCATED_BY = ("given", "pin", "district")
_GIVEN, _PIN, _DISTRICT = range(len(LOCATED_BY))


class Inside(Protocol):
    """Says whether point i lies in district ``codes[i]``, within a tolerance."""

    def __call__(
        self, codes: Districts, lon: Floats, lat: Floats, *, tolerance_deg: float
    ) -> Mask:
        """Return a mask; degrees, EPSG:4326."""


@dataclass(frozen=True, slots=True)
class Points:
    """One end of every row: EPSG:4326 degrees and how the point was found.

    ``located`` has positions in ``LOCATED_BY``.
    """

    lon: Floats
    lat: Floats
    located: npt.NDArray[np.uint32]
    findings: tuple[Finding, ...]


def points(
    end: str, frame: pl.DataFrame, *, places: Gazetteer, inside: Inside
) -> Points:
    """Return the points of an end, ``origin`` or ``destination``.

    The current address goes with the origin, the permanent one with the destination.
    A PIN code counts only where its post office lies inside the stated district.

    Args:
        end: which end.
        frame: checked columns; rows without a district get NaN.
        places: the districts.
        inside: says whether points lie in districts, within degrees of tolerance.
    """
    codes = frame[f"{end}_district"]
    known = codes.is_not_null().to_numpy()
    district = codes.fill_null(0).to_numpy()
    lon, lat = _inner(district, places)
    located = np.full(len(district), _DISTRICT, dtype=np.uint32)
    address = {"origin": "current_address", "destination": "permanent_address"}[end]
    pin = post_offices().points(codes_in(frame[address]))
    near = known & _within(inside, district, pin, 0.0)
    lon[near], lat[near], located[near] = pin[0][near], pin[1][near], _PIN
    given = frame[f"{end}_lon"].to_numpy(), frame[f"{end}_lat"].to_numpy()
    sent = known & ~np.isnan(given[0]) & ~np.isnan(given[1])
    right = sent & _within(inside, district, given, TOLERANCE_DEG)
    lon[right], lat[right], located[right] = given[0][right], given[1][right], _GIVEN
    wrong = np.flatnonzero(sent & ~right)
    lon[~known] = lat[~known] = np.nan
    return Points(lon, lat, located, _outside(end, wrong, district, given, inside))


def _inner(district: Districts, places: Gazetteer) -> tuple[Floats, Floats]:
    at = np.searchsorted(places.district_codes, district)
    at = np.minimum(at, len(places.district_codes) - 1)
    return places.lon[at].astype(np.float64), places.lat[at].astype(np.float64)


def _within(
    inside: Inside,
    district: Districts,
    point: tuple[Floats, Floats],
    tolerance: float,
) -> Mask:
    held: Mask = np.zeros(len(district), dtype=np.bool_)
    rows = np.flatnonzero(~np.isnan(point[0]) & ~np.isnan(point[1]) & (district > 0))
    if len(rows):
        lon, lat = point[0][rows], point[1][rows]
        held[rows] = inside(district[rows], lon, lat, tolerance_deg=tolerance)
    return held


def _outside(
    end: str,
    rows: npt.NDArray[np.int64],
    district: Districts,
    given: tuple[Floats, Floats],
    inside: Inside,
) -> tuple[Finding, ...]:
    if not len(rows):
        return ()
    swapped = _within(
        inside, district[rows], (given[1][rows], given[0][rows]), TOLERANCE_DEG
    )
    advice = {
        int(row): "longitude and latitude look swapped"
        if turned
        else f"a point in the district, within {TOLERANCE_DEG} degrees, or none"
        for row, turned in zip(rows, swapped, strict=True)
    }
    return (Finding(f"{end}_lon", "outside_district", rows, advice),)
