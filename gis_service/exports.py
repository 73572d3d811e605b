"""Whole layers as files: what is asked, under which name it is kept, how it is made."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import Connection

from gis_service import db as planes
from gis_service import file_maker, flow_tile
from gis_service.answers import tag
from gis_service.db import Database, handed_over
from gis_service.file_maker import Order
from gis_service.settings import Settings
from gis_service.shelf import Shelf
from layers.about import told
from layers.files import Format
from layers.formats import mvt, tilejson
from layers.layer import Layer
from layers.question import Question
from layers.tile import Tile
from layers.window import ALL_DAYS

# What turns rows into bytes, beside us: with another version they may be others.
LIBRARIES = ("pyarrow", "pyogrio", "pmtiles")
# Under everything that this service makes; see docs/exports.md.
PREFIX = "nmis"


@dataclass(frozen=True, slots=True)
class Asked:
    """A layer as a file.

    Attributes:
        drawn: the layer.
        form: the format.
        question: what is asked of it, with the reader's scope.
        known: the versions of the layer's subjects.
        most: how many lines the tiles of flows draw, where the reader said so.
    """

    drawn: Layer
    form: Format
    question: Question
    known: dict[str, int]
    most: int | None = None

    def tag(self) -> str:
        """Return the entity tag: equal for equal bytes."""
        versions = [self.known[subject] for subject in self.drawn.subjects]
        return tag(
            "file",
            self.form.suffix,
            made_by(),
            self.drawn.name,
            versions,
            self.question.key(),
            self.most,
        )

    def file_name(self) -> str:
        """Return what a reader's own copy is called."""
        question, window = self.question, self.question.window
        parts = [PREFIX, self.drawn.name]
        if self.drawn.released:
            parts.append(f"release{question.release}")
        if "level" in self.drawn.filters:
            parts.append(question.level)
        if window != ALL_DAYS and "from" in self.drawn.filters:
            days = (window.first, window.last)
            ends = (ALL_DAYS.first, ALL_DAYS.last)
            parts += ["" if day in ends else day.isoformat() for day in days]
        return f"{'_'.join(parts)}.{self.form.suffix}"


@cache
def made_by() -> str:
    """Return the versions of what makes files."""
    return " ".join(metadata.version(each) for each in ("nmis-gis-service", *LIBRARIES))


def shelf(settings: Settings) -> Shelf:
    """Return where the files of an installation are kept."""
    return Shelf(settings.var / "exports", settings.exports_mb * 2**20)


def opened(asked: Asked) -> BinaryIO:
    """Return the file, made now where it is not kept.

    Raises:
        Busy, NoRoom, TooSlow, NotMade: as their names say.
    """
    kept: Shelf = current_app.extensions["exports"]
    return kept.opened(_name(asked), lambda file: _made(asked, file))


def write_tiles(
    db: Connection,
    asked: Asked,
    file: Path,
    progress: Callable[[int], None] = lambda _tiles: None,
) -> None:
    """Write a file of tiles, each as it is served."""
    version = ".".join(str(asked.known[subject]) for subject in asked.drawn.subjects)
    asked.form.writer().write(
        _tile_maker(db, asked),
        file,
        document=tilejson.document(asked.drawn, tiles="", version=version),
        said=told(asked.drawn, asked.question),
        progress=progress,
    )


def order(asked: Asked, settings: Settings, database: Database) -> Order:
    """Return what a file of rows is made from."""
    engine = getattr(database, asked.drawn.plane)
    return Order(
        layer=asked.drawn.name,
        question=asked.question,
        suffix=asked.form.suffix,
        url=engine.url.render_as_string(hide_password=False),
        timeout_s=settings.read_timeout,
    )


def _name(asked: Asked) -> str:
    """Return what the file is called on our own disk.

    Versions of one database say nothing of another one.
    """
    database: Database = current_app.extensions["database"]
    where = getattr(database, asked.drawn.plane).url.render_as_string()
    key = f"{asked.tag()}|{asked.known.get('flow_epoch')}|{where}"
    digest = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    return f"{digest}.{asked.form.suffix}"


def _made(asked: Asked, file: Path) -> None:
    if asked.form.tiled:
        with handed_over(asked.drawn.plane) as db:
            write_tiles(db, asked, file)
        return
    settings: Settings = current_app.extensions["settings"]
    wanted = order(asked, settings, current_app.extensions["database"])
    if asked.form.heavy:
        planes.close()  # the process that writes has a connection of its own
        file_maker.apart(wanted, file)
        return
    with handed_over(asked.drawn.plane) as db:
        file_maker.write(db, wanted, file)


def _tile_maker(
    db: Connection, asked: Asked
) -> Callable[[Sequence[Tile]], Iterable[bytes]]:
    drawn, question = asked.drawn, asked.question

    def of_flows(tiles: Sequence[Tile]) -> Iterable[bytes]:
        return (
            flow_tile.tile_bytes(
                db, question, tile=tile, most=asked.most, known=asked.known
            )
            for tile in tiles
        )

    def of_places(tiles: Sequence[Tile]) -> Iterable[bytes]:
        return mvt.many(db, drawn.name, tiles=tiles, question=question)

    return of_flows if drawn.name in flow_tile.NAMES else of_places
