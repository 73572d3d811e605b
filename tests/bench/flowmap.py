"""flowmap.gl's data part in Node, without a screen, on the rows that we hold."""

import json
import shutil
import subprocess
from pathlib import Path

import orjson
import polars as pl
import psycopg

from layers.window import Window
from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.ground import Ground
from tests.bench.peer import INSTALLED

FOLDER = INSTALLED / "flowmap"
# Node's own limit is below what some millions of rows take.
HEAP_MB = 6000


def is_installed() -> bool:
    return (FOLDER / "page.js").exists() and shutil.which("node") is not None


def per_journey(each: pl.DataFrame) -> pl.DataFrame:
    """Return its rows, one for each journey."""
    return each.select("origin", "destination", "day", n=pl.lit(1))


def per_day(rows: pl.DataFrame) -> pl.DataFrame:
    """Return its rows as few as they can be: one for each pair and day."""
    return rows.group_by("origin", "destination", "day", maintain_order=True).agg(
        pl.col("n").sum()
    )


def written(ground: Ground, rows: pl.DataFrame) -> Path:
    """Return a folder with the page, its rows and the places."""
    folder = Path(ground.settings.var) / "flowmap"
    folder.mkdir(exist_ok=True)
    for name in ("index.html", "page.js"):
        shutil.copy(FOLDER / name, folder)
    rows.write_csv(folder / "rows.csv", include_header=False)
    with psycopg.connect(ground.admin) as db:
        found = db.execute(
            """SELECT code, name, ST_X(inner_point), ST_Y(inner_point)
            FROM nmis.unit WHERE level = 'district' ORDER BY code"""
        ).fetchall()
    fields = ("code", "name", "lon", "lat")
    places = [dict(zip(fields, place, strict=True)) for place in found]
    (folder / "places.json").write_bytes(orjson.dumps(places))
    return folder


def in_node(ground: Ground, rows: pl.DataFrame, asked: list[Window]) -> list[Bar]:
    """Return its milliseconds per step of the brush, first picture and memory."""
    folder = written(ground, rows)
    spans = [(str(window.first), str(window.last)) for window in asked]
    (folder / "windows.json").write_text(json.dumps(spans))
    files = [str(folder / name) for name in ("rows.csv", "places.json", "windows.json")]
    done = subprocess.run(
        ["node", f"--max-old-space-size={HEAP_MB}", "brush.mjs", *files],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    if told["rows"] != rows.height or not told["flows"]:
        message = f"it holds {told['rows']} rows, drew {told['flows']} flows"
        raise AssertionError(message)
    return [
        bar.told("  @flowmap.gl/data in Node, brush step", told["steps"], "ms"),
        bar.told("  @flowmap.gl/data in Node, first picture", [told["first"]], "ms"),
        bar.told("  @flowmap.gl/data in Node, memory", [told["memory"]], "MB"),
    ]
