"""The bundled files: rows of a table, the compact topology, and their digest."""

import csv
import lzma
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from boundaries.topology import Coverage, coverage

Row = dict[str, str]

SHAPES = "districts_2020-05-12.topojson.xz"
TABLES = (
    "states.csv",
    "state_names_hi.csv",
    "state_iso.csv",
    "districts_2020-05-12.csv",
    "district_aliases.csv",
    "district_lineage.csv",
    "district_notes.csv",
    "district_population_2011.csv",
)


def rows(name: str) -> list[Row]:
    """Return the rows of a bundled CSV file."""
    return list(csv.DictReader(_file(name).read_text("utf-8").splitlines()))


def shapes() -> Coverage:
    """Return the 734 districts as one coverage (EPSG:4326)."""
    return coverage(lzma.decompress(_file(SHAPES).read_bytes()))


def digest() -> str:
    """Return a digest that changes when any bundled file of places does."""
    whole = sha256()
    for name in (SHAPES, *TABLES):
        whole.update(sha256(_file(name).read_bytes()).digest())
    return whole.hexdigest()[:16]


def _file(name: str) -> Traversable:
    return files("nmis_data") / name
