"""Derive the bundled district layer anew, and compare it with the committed one.

Sub-district outlines of a pinned package are cleaned to one coverage (no gap, no
overlap), dissolved by the LGD district of ``subdistrict_shape_to_district.csv`` and
written as compact TopoJSON. Takes about a minute. With ``--check`` nothing is
written, and a difference is an error; with ``--checksums`` nothing is derived.
"""

import argparse
import csv
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import shapely
import source
import topology

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
PLACES = DATA / "subdistrict_shape_to_district.csv"
BUNDLED = DATA / "districts_2020-05-12.topojson.xz"
CHECKSUMS = DATA / "checksums.txt"

DISTRICTS = 734

# Degrees (about 3 km): neighbours' outlines are up to this far apart in the source.
GAP_WIDTH = 0.03

# Degrees (about 0.1 m): the coarsest power of ten that leaves a valid coverage.
STEP = 1e-6


def main() -> int:
    """Derive, compare, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument(
        "--checksums", action="store_true", help="only renew data/checksums.txt"
    )
    asked = parser.parse_args()
    if asked.checksums:
        checksums()
        return 0
    return _derived(only_check=asked.check)


def _derived(*, only_check: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="nmis-derive-") as folder:
        made = Path(folder) / BUNDLED.name
        shapes, codes = districts(Path(folder))
        properties = [{"code": code} for code in codes]
        topology.write(made, shapes, properties, step=STEP, name="districts")
        same = BUNDLED.exists() and made.read_bytes() == BUNDLED.read_bytes()
        print("The derived layer is", "the committed one." if same else "different.")
        if not same and not only_check:
            BUNDLED.write_bytes(made.read_bytes())
            print(f"Written: {BUNDLED.relative_to(ROOT)}")
    if not only_check:
        checksums()
    return int(only_check and not same)


def districts(folder: Path) -> tuple[np.ndarray, list[int]]:
    """Return the 734 districts as one coverage (EPSG:4326), and their LGD codes."""
    ids, outlines = source.outlines(folder)
    with PLACES.open(encoding="utf-8", newline="") as opened:
        placed = {row["shape_id"]: int(row["dc"]) for row in csv.DictReader(opened)}
    print(f"Cleaning {len(outlines)} outlines (half a minute)...", flush=True)
    clean = shapely.coverage_clean(outlines, gap_width=GAP_WIDTH)
    kept = ~shapely.is_empty(clean)
    clean = clean[kept]
    district_of = np.array([placed[each] for each in np.array(ids)[kept]])
    codes = [int(code) for code in np.unique(district_of)]
    shapes = np.array([_dissolved(clean[district_of == code]) for code in codes])
    if len(codes) != DISTRICTS or not shapely.coverage_is_valid(shapes):
        sys.exit(f"{len(codes)} districts, which are not one valid coverage")
    return shapes, codes


def _dissolved(parts: np.ndarray) -> shapely.Geometry:
    whole = shapely.coverage_union_all(parts)
    return shapely.multipolygons(shapely.get_parts(whole))


def checksums() -> None:
    """Write the SHA-256 of every bundled data file, for the test that compares."""
    bundled = sorted([*DATA.glob("*.csv"), *DATA.glob("*.xz")])
    lines = [f"{sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in bundled]
    CHECKSUMS.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
