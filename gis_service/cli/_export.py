"""What ``nmis export`` asks of a layer, and how its file comes to its place."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from layers.files import Format
from layers.published import release, releases
from pydantic import ValidationError
from sqlalchemy import Connection

from boundaries.lookup import gazetteer
from boundaries.scope import COUNTRY, Scope
from gis_service import asked, exports, file_maker
from gis_service.asked import ALWAYS, versions_now
from gis_service.db import Database
from gis_service.endpoints.layer_files import FileFilters
from gis_service.exports import Asked
from gis_service.readers import Reader
from gis_service.settings import Settings
from layers.layer import Layer
from layers.question import Question

# Exact flows are their officers' own.
PRIVATE, READABLE = 0o600, 0o644


class NotAsked(Exception):
    """A layer cannot be asked so; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says."""

    drawn: Layer
    filters: FileFilters
    release: int | None
    state: str | None
    district: str | None


def filters_of(drawn: Layer, made_as: Format, given: Mapping[str, Any]) -> FileFilters:
    """Return the filters that were given.

    Raises:
        NotAsked: one is not allowed, or the layer does not heed it.
    """
    sent = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if value not in (None, ())
    }
    heeded = {*drawn.filters, *ALWAYS, *(() if made_as.tiled else ("bbox",))}
    for name in sorted(set(sent) - heeded):
        offered = sorted(heeded.intersection(given))
        allowed = ", ".join(f"--{each.replace('_', '-')}" for each in offered)
        raise NotAsked(f"{drawn.name} heeds no --{name}, only {allowed}")
    try:
        return FileFilters.model_validate(sent)
    except ValidationError as error:
        faults = (
            f"--{'.'.join(map(str, each['loc']))} is {each['input']!r}: {each['msg']}"
            for each in error.errors(include_url=False)
        )
        raise NotAsked("; ".join(faults)) from error


def wanted(db: Connection, wish: Wish, made_as: Format) -> Asked:
    """Return the file that is wished for; within an application's context.

    Raises:
        NotAsked: units for a layer that has no officers, and so on.
        UnknownRelease, NoRelease, BadQuestion, UnknownUnit: as their names say.
    """
    known = versions_now(db)
    filters, drawn = wish.filters, wish.drawn
    level = filters.level if "level" in drawn.filters else "district"
    who = _reader(db, wish, level)
    question = asked.question(db, filters, reader=who, level=level, known=known)
    question = _of_release(db, wish, question)
    most = filters.k if made_as.tiled and "k" in filters.given() else None
    return Asked(drawn, made_as, question, known, most)


def written(
    db: Connection, made: Asked, file: Path, *, settings: Settings, database: Database
) -> None:
    """Write a file beside its place and rename it there, telling how far it is."""
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".nmis-") as folder:
        beside = Path(folder) / f"made.{made.form.suffix}"
        if made.form.tiled:
            exports.write_tiles(db, made, beside, _progress("tiles"))
        else:
            order = exports.order(made, settings, database)
            file_maker.write(db, order, beside, _progress("rows"))
        shown = made.drawn.public or made.drawn.released
        beside.chmod(READABLE if shown else PRIVATE)
        beside.replace(file)
    click.echo("", err=True)


def _reader(db: Connection, wish: Wish, level: str) -> Reader:
    drawn = wish.drawn
    narrowed = wish.state is not None or wish.district is not None
    if narrowed and (drawn.public or drawn.released or drawn.foreign):
        raise NotAsked(
            f"{drawn.name} is the same for every officer: neither --state nor"
            " --district"
        )
    if wish.state is not None and wish.district is not None:
        raise NotAsked("either --state or --district")
    if drawn.released:
        return Reader(COUNTRY, level)  # as /releases tells it
    return Reader(_scope(db, wish))


def _scope(db: Connection, wish: Wish) -> Scope:
    units = gazetteer(db)
    if wish.state is not None:
        return Scope(states=frozenset({units.state(wish.state)}))
    if wish.district is not None:
        code = units.district(wish.district)
        return Scope(states=frozenset(), districts=frozenset({code}))
    return COUNTRY


def _of_release(db: Connection, wish: Wish, question: Question) -> Question:
    if wish.release is None:
        return question
    if not wish.drawn.released:
        raise NotAsked(f"{wish.drawn.name} is no layer of releases: no --release")
    found = release(releases(db), wish.release)
    return replace(question, release=found.number)


def _progress(what: str) -> Callable[[int], None]:
    done = 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        click.echo(f"\r{done:,} {what}", nl=False, err=True)

    return progress
