"""What is notable about a boundary file, and what of it bars activation."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from boundaries.gazetteer import Gazetteer
from boundaries.match import Matched
from boundaries.measure import CRS, Fit, fit
from boundaries.source_file import Features

# With more than this share of the land twice, two levels lie on one another; what
# neighbours quarrel about is far less.
TWICE = 0.2

_NAMED = 5


def report(
    read: Features, found: Matched, known: Gazetteer, *, level: str
) -> dict[str, Any]:
    """Return the report on a file; its ``refusals`` bar activation."""
    measured = fit(read.shapes)
    codes = Counter(unit.code for unit in found.units if unit is not None)
    doubled = sorted(code for code, times in codes.items() if times > 1)
    present = known.states if level == "state" else known.districts
    return {
        "features": len(read.shapes),
        "units": len(codes),
        "crs": read.crs,
        "repaired": read.repaired,
        "areas_measured_in": CRS,
        "area_km2": round(measured.area, 3),
        "gaps_km2": round(measured.gaps, 3),
        "overlaps_km2": round(measured.overlaps, 3),
        "unmatched": [asdict(each) for each in found.unmatched],
        "disagreeing": found.disagreeing,
        "doubled": doubled,
        "missing": [known.label(level, code) for code in present if code not in codes],
        "refusals": _refusals(found, doubled, measured),
    }


def _refusals(found: Matched, doubled: list[int], measured: Fit) -> list[str]:
    why = []
    if found.unmatched:
        given = [each.given or f"feature {each.feature}" for each in found.unmatched]
        why.append(f"features without a known code: {few(given)}")
    if doubled:
        why.append(f"codes that stand twice: {few([str(code) for code in doubled])}")
    if found.disagreeing:
        why.append(f"names that say another unit: {few(found.disagreeing)}")
    if measured.overlaps > TWICE * measured.area:
        why.append(
            f"{measured.overlaps:,.0f} km² lie in two units; are states and districts "
            "mixed in one level?"
        )
    return why


def few(items: list[str]) -> str:
    """Return the first items in a row, and how many more there are."""
    more = len(items) - _NAMED
    return ", ".join(items[:_NAMED]) + (f" and {more} more" if more > 0 else "")
