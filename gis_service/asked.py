"""From a request's filters to the question that layers understand."""

from dataclasses import replace
from datetime import date
from typing import Literal

from flask import current_app, g, request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import Connection

from boundaries.lookup import gazetteer
from boundaries.recent import Recent
from boundaries.scope import COUNTRY
from boundaries.version import versions
from boundaries.vintage import Sets, sets_on
from gis_service.access import current_officer, demand
from gis_service.cube_asked import cube_of
from gis_service.foreign import foreign_reader
from gis_service.policy import Permission
from gis_service.readers import Reader, exact_reader, refuse_finer, release_reader
from gis_service.reading import SEVERAL
from layers.cube.clusters import ZOOMS
from layers.cube.releases import Releases
from layers.errors import BadQuestion, NoRelease
from layers.flows import last_days
from layers.layer import Layer
from layers.nodes import nodes
from layers.question import DEFAULT_K, MAX_K, WORLD, Box, Question
from layers.release import refuse
from layers.tile import MAX_ZOOM
from layers.window import LAST7, Window, named

Mode = Literal["train", "bus"]
Category = Literal["labour", "student", "tourist", "pilgrim", "other"]
Stage = Literal["planned", "permitted", "departed", "arrived", "cancelled"]
Direction = Literal["both", "in", "out"]
MapLevel = Literal["state", "district"]

SIDES = 4


class Filters(BaseModel):
    """What may be asked of flows; a name that is none of these is refused."""

    # Kept and shared by requests (``reading.py``), so never changed.
    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: date | None = Field(
        None, alias="from", description="first day of travel, ISO 8601; default: all"
    )
    to: date | None = Field(
        None, description="last day of travel, inclusive; default: all"
    )
    window: str | None = Field(
        None,
        max_length=20,
        description="in place of from and to: all, last7 (the last seven days that"
        " anyone travels), or an ISO week such as 2020-W19",
    )
    mode: list[Mode] = Field([], description="modes of travel; default: every mode")
    category: list[Category] = Field(
        [], description="categories of people; default: every category"
    )
    stage: list[Stage] = Field(
        [], description="stages of the journey; default: every one but cancelled"
    )
    direction: Direction = Field(
        "both",
        description="in, out or both, as seen from `unit`, else from your own units",
    )
    unit: str | None = Field(
        None, max_length=80, description="LGD code (or name) that flows must touch"
    )
    bbox: str | None = Field(
        None,
        max_length=120,
        description="west,south,east,north in degrees: of flows, at least one end's"
        " inner point lies in it",
    )
    k: int = Field(
        DEFAULT_K, ge=1, le=MAX_K, description="how many of the largest are listed"
    )
    as_of: date | None = Field(
        None, description="day whose boundaries are used; default: `to`, else newest"
    )

    @field_validator("bbox")
    @classmethod
    def _a_box(cls, text: str | None) -> str | None:
        if text is not None:
            box(text)
        return text

    def given(self) -> set[str]:
        """Return the names of the filters that were sent."""
        return {"from" if name == "from_" else name for name in self.model_fields_set}


class DayFilters(Filters):
    """What may be asked of everyone by day."""

    level: MapLevel = Field("district", description="of `unit`")


class FlowFilters(Filters):
    """What may be asked of ``/flows``, besides."""

    zoom: int | None = Field(
        None, ge=0, le=MAX_ZOOM, description="of the map; needed at level cluster"
    )
    versus_from: date | None = Field(
        None, description="first day to compare with: counts are then differences"
    )
    versus_to: date | None = Field(
        None, description="last day to compare with, inclusive"
    )
    format: Literal["json", "arrow"] = Field("json", description="of the answer")
    table: Literal["edges", "nodes"] = Field(
        "edges", description="which table an Arrow stream holds"
    )


class LayerFilters(Filters):
    """What may be asked of a map layer."""

    level: MapLevel = Field("district", description="which units are counted")
    v: str | None = Field(
        None, max_length=40, description="no effect; makes an address unique"
    )


def refuse_doubled() -> None:
    """Refuse a request in which a filter that has one value is sent twice.

    Raises:
        BadQuestion: names the filter and its values.
    """
    for name, values in request.args.lists():
        if len(values) > 1 and name not in SEVERAL:
            raise BadQuestion(name, ", ".join(values)[:80], "one value")


# Not heeded where every day is told.
NOT_OF_DAYS = {"from", "to", "window", "k"}

# Heeded by every layer.
ALWAYS = {"as_of", "v"}


def versions_now(db: Connection) -> dict[str, int]:
    """Return every subject's version; read before the data, so never too new.

    Read with the caller's token where there is one (``access.py``).
    """
    told: dict[str, int] | None = g.get("versions")
    return versions(db) if told is None else told


def reader(layer: Layer, level: str) -> Reader:
    """Return whose rows of a layer the caller may see.

    Raises:
        NoToken, BadToken, NotPermitted: the layer is not public, and so on.
    """
    if layer.public:
        return Reader(COUNTRY)
    if layer.released:
        found = release_reader()
        refuse_finer(found, level if "level" in layer.filters else layer.released)
        return found
    if layer.foreign:
        return foreign_reader(layer.name)
    if "routes" in layer.subjects:
        officer = current_officer()
        demand(officer, Permission.ROUTE_READ)
        return Reader(officer.scope)
    return exact_reader(level)


def of_layer(
    db: Connection,
    layer: Layer,
    filters: LayerFilters,
    *,
    known: dict[str, int],
    more: tuple[str, ...] = (),
) -> Question:
    """Return the question to a layer.

    Args:
        db: a connection.
        layer: which layer is asked.
        filters: what was sent.
        known: the subjects' versions now.
        more: filters that the format adds to the layer's own.

    Raises:
        BadQuestion: a filter that the layer does not heed, and must not ignore.
    """
    heeded = {*layer.filters, *more}
    for name in sorted(filters.given() - heeded - ALWAYS):
        allowed = ", ".join(sorted(heeded | {"as_of"}))
        value = getattr(filters, "from_" if name == "from" else name)
        raise BadQuestion(
            name, str(value), f"no such filter on {layer.name}, only {allowed}"
        )
    level = filters.level if "level" in layer.filters else "district"
    who = reader(layer, level)
    return question(db, filters, reader=who, level=level, known=known)


def question(
    db: Connection,
    filters: Filters,
    *,
    reader: Reader,
    level: str,
    known: dict[str, int],
) -> Question:
    """Return what is asked, for a reader.

    Raises:
        BadQuestion: a reversed window, or two at once; what no release tells.
        NoRelease: the reader is told releases, and there is none.
        UnknownUnit, AmbiguousUnit: ``unit`` is no unit of the level, or several.
    """
    window = _window(filters)
    last = None if window.last == date.max else window.last
    day = filters.as_of or last
    plain = Question(
        scope=reader.scope,
        sets=sets_in_force(db, day, known["boundaries"]),
        window=window,
        modes=tuple(filters.mode),
        categories=tuple(filters.category),
        stages=tuple(filters.stage),
        direction=filters.direction,
        unit=_unit(db, filters.unit, level=level, day=day),
        level=level,
        bbox=box(filters.bbox) if filters.bbox else None,
        k=filters.k,
        told=reader.told,
    )
    if reader.told:
        return _of_release(db, plain, filters, known)
    return _of_last_days(db, plain, known) if filters.window == LAST7 else plain


def _of_release(
    db: Connection, asked: Question, filters: Filters, known: dict[str, int]
) -> Question:
    # The last days with journeys are the exact flows' to tell.
    if filters.window == LAST7:
        allowed = "all, or an ISO week such as 2020-W19"
        raise BadQuestion("window", LAST7, allowed)
    refuse(asked)
    kept: Releases = current_app.extensions["releases"]
    number = kept.newest(db, known["release"])
    if number is None:
        raise NoRelease("ask again when `nmis release make` has published one")
    return replace(asked, release=number)


def _window(filters: Filters) -> Window:
    if filters.window is None:
        return Window(filters.from_ or date.min, filters.to or date.max)
    if filters.from_ or filters.to:
        raise BadQuestion("window", filters.window, "either window, or from and to")
    return named(filters.window)


def _of_last_days(db: Connection, asked: Question, known: dict[str, int]) -> Question:
    """Return the question of the last seven days on which anyone asked travelled."""
    cube = cube_of(db, known)
    places = nodes(db, asked, version=known["boundaries"])
    return replace(asked, window=last_days(cube, asked, places, 7))


def day_question(
    db: Connection, filters: DayFilters, *, reader: Reader, known: dict[str, int]
) -> Question:
    """Return what is asked of every day.

    Raises:
        BadQuestion: a filter that must not be ignored.
        UnknownUnit, AmbiguousUnit: as of ``question``.
    """
    for name in sorted(filters.given() & NOT_OF_DAYS):
        value = getattr(filters, "from_" if name == "from" else name)
        raise BadQuestion(name, str(value), f"no {name}: /flows/days has every day")
    return question(db, filters, reader=reader, level=filters.level, known=known)


def flow_question(
    db: Connection,
    filters: FlowFilters,
    *,
    reader: Reader,
    level: str,
    known: dict[str, int],
) -> Question:
    """Return what is asked of flows.

    Raises:
        BadQuestion: half a comparison, a zoom where none belongs.
        UnknownUnit, AmbiguousUnit: as of ``question``.
    """
    plain = question(db, filters, reader=reader, level=level, known=known)
    return replace(plain, versus=_versus(filters), zoom=_zoom(filters, level))


def _versus(filters: FlowFilters) -> Window | None:
    first, last = filters.versus_from, filters.versus_to
    if first is None and last is None:
        return None
    if first is None or last is None:
        given = f"{first or ''}/{last or ''}"
        raise BadQuestion("versus_from/versus_to", given, "both, or neither")
    return Window(first, last)


def _zoom(filters: FlowFilters, level: str) -> int | None:
    if level != "cluster":
        if filters.zoom is not None:
            raise BadQuestion("zoom", str(filters.zoom), "level cluster only")
        return None
    if filters.zoom is None:
        raise BadQuestion("zoom", "", f"0 to {MAX_ZOOM} at level cluster")
    return min(max(filters.zoom, ZOOMS[0]), ZOOMS[-1])


def box(text: str) -> Box:
    """Return west, south, east, north in degrees.

    Raises:
        ValueError: not four numbers, not on Earth, or west of west.
    """
    west, south, east, north = _numbers(text)
    least_w, least_s, most_e, most_n = WORLD
    if not (least_w <= west < east <= most_e and least_s <= south < north <= most_n):
        raise ValueError("west < east within ±180, south < north within ±90")
    return west, south, east, north


def _numbers(text: str) -> list[float]:
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != SIDES:
        raise ValueError("four numbers with commas: west,south,east,north")
    return numbers


def _unit(
    db: Connection, text: str | None, *, level: str, day: date | None
) -> int | None:
    if text is None:
        return None
    if level in ("country", "cluster"):
        raise BadQuestion("unit", text, f"none at level {level}")
    units = gazetteer(db, day=day)
    return units.state(text) if level == "state" else units.district(text)


def sets_in_force(db: Connection, day: date | None, version: int) -> Sets:
    """Return the boundary sets in force on a day; none is the newest."""
    kept: Recent[Sets] = current_app.extensions["sets"]
    return kept.of((day, version), lambda: sets_on(db, day))
