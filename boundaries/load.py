"""Load an official publisher's boundaries as a set that is not yet in force."""

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, select

from boundaries import store
from boundaries.bundled_places import Drawn
from boundaries.errors import BadBoundaryFile, BoundarySetRefused
from boundaries.gazetteer import Gazetteer
from boundaries.lookup import gazetteer
from boundaries.match import FieldMap, Matched, Unit, matched
from boundaries.people import BASIS, carried
from boundaries.report import report
from boundaries.shape import Shapes, multipolygon, tiers
from boundaries.source_file import features
from boundaries.store import Place, Provenance
from boundaries.tables import BOUNDARY_SET
from boundaries.version import bump


@dataclass(frozen=True, slots=True)
class Request:
    """What a user says of a file: level, fields, publisher, licence, first day."""

    level: str
    mapping: FieldMap
    title: str
    publisher: str
    licence: str
    valid_from: date
    crs: str | None = None
    layer: str | None = None
    depiction: str = "as published"
    quality: str = "as published"
    set_id: str | None = None
    with_states: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """The sets that were stored, not in force, and the report on the file."""

    set_ids: tuple[str, ...]
    report: dict[str, Any]


def load(db: Connection, path: Path, request: Request) -> Loaded:
    """Store a file's units as a set that is not in force, with a report on it.

    Args:
        db: a connection on the owner plane, inside a transaction.
        path: zipped shapefile, GPKG, GeoJSON or TopoJSON.
        request: what the file is; ``with_states`` also makes a set of states by
            dissolving the districts, so that they nest.

    Raises:
        BadBoundaryFile: the file cannot be read as boundaries.
        BoundarySetRefused: the set of that id is in force.
    """
    if request.with_states and request.level != "district":
        raise BadBoundaryFile("states can only be made from districts")
    read = features(path, crs=request.crs, layer=request.layer)
    known = gazetteer(db)
    found = matched(read.fields, request.mapping, level=request.level, known=known)
    findings = report(read, found, known, level=request.level)
    provenance = _provenance(path, request)
    people = carried(db, request.level, request.valid_from)
    drawn = _drawn(_places(found, read.shapes, _hindi(known, request.level), people))
    made = {provenance.set_id: (provenance, drawn)}
    if request.with_states:
        states = _of_states(provenance)
        people = carried(db, "state", request.valid_from)
        made[states.set_id] = (states, _drawn(_states(drawn.places, known, people)))
    for each, units in made.values():
        _store(db, each, units, findings)
    bump(db, "boundaries")
    return Loaded(tuple(made), findings)


def _places(
    found: Matched,
    shapes: Shapes,
    names_hi: dict[int, str | None],
    people: dict[int, int],
) -> list[Place]:
    """Return one place per code; features of one code are put together."""
    rows: dict[int, list[int]] = {}
    units: dict[int, Unit] = {}
    for row, unit in enumerate(found.units):
        if unit is not None:
            units.setdefault(unit.code, unit)
            rows.setdefault(unit.code, []).append(row)
    if not units:
        raise BadBoundaryFile(f"none of the {len(found.units)} features is a unit")
    return [
        Place(
            code=code,
            state_code=units[code].state_code,
            name=units[code].name,
            shape=multipolygon(shapely.union_all(shapes[rows[code]])),
            name_hi=names_hi.get(code),
            population_2011=people.get(code),
            population_basis=BASIS if code in people else None,
        )
        for code in sorted(units)
    ]


def _hindi(known: Gazetteer, level: str) -> dict[int, str | None]:
    if level == "state":
        return {code: state.name_hi for code, state in known.states.items()}
    return {code: district.name_hi for code, district in known.districts.items()}


def _states(
    districts: list[Place], known: Gazetteer, people: dict[int, int]
) -> list[Place]:
    parents = np.array([each.state_code for each in districts], dtype=np.int16)
    shapes = np.array([each.shape for each in districts])
    return [
        Place(
            code=code,
            state_code=code,
            name=known.states[code].name,
            shape=multipolygon(shapely.union_all(shapes[parents == code])),
            name_hi=known.states[code].name_hi,
            population_2011=people.get(code),
            population_basis=BASIS if code in people else None,
        )
        for code in np.unique(parents).tolist()
    ]


def _drawn(places: list[Place]) -> Drawn:
    """Simplify for display; published lines that do not match are matched for that."""
    shapes = np.array([each.shape for each in places])
    if not shapely.coverage_is_valid(shapes):
        shapes = shapely.coverage_clean(shapes)
    return Drawn(places, tiers(shapes))


def _provenance(path: Path, request: Request) -> Provenance:
    words = re.sub(r"[^a-z0-9]+", "-", request.title.lower()).strip("-")
    return Provenance(
        set_id=request.set_id or f"{request.level}-{request.valid_from}-{words}"[:80],
        level=request.level,
        title=request.title,
        publisher=request.publisher,
        source=f"{request.publisher}: {path.name}",
        licence=request.licence,
        depiction=request.depiction,
        quality=request.quality,
        valid_from=request.valid_from,
    )


def _of_states(districts: Provenance) -> Provenance:
    return replace(
        districts,
        set_id=f"{districts.set_id}-states",
        level="state",
        title=f"{districts.title}: states",
        source=f"Dissolved from the districts. {districts.source}",
    )


def _store(
    db: Connection, provenance: Provenance, drawn: Drawn, findings: dict[str, Any]
) -> None:
    in_force = select(BOUNDARY_SET.c.active).where(
        BOUNDARY_SET.c.set_id == provenance.set_id
    )
    if db.execute(in_force).scalar_one_or_none():
        raise BoundarySetRefused(f"{provenance.set_id} is in force; give another id")
    store.replace(
        db,
        provenance,
        drawn.places,
        tiers=drawn.tiers,
        report=findings,
        active=False,
    )
