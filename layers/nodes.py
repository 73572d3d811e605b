"""Names and places of the units that flows join."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from boundaries.recent import Recent
from boundaries.tables import UNIT
from layers.cube.clusters import Clusters, hierarchy
from layers.question import Question

# The country's middle, for its one node.
COUNTRY_POINT = (79.0, 22.5)


@dataclass(frozen=True, slots=True)
class Node:
    """A unit on a flow map; ``lon, lat`` of a point inside it (EPSG:4326)."""

    name: str
    name_hi: str | None
    state_code: int | None
    lon: float | None
    lat: float | None
    population_2011: int | None = None


# A unit of another vintage goes by its code and has no point.
NOWHERE = Node("", None, None, None, None)
INDIA = Node("India", "भारत", None, *COUNTRY_POINT)

# Two levels of a few vintages, and the clusters of each zoom.
_KEPT: Recent[dict[int, Node]] = Recent(32)
_CLUSTERS: Recent[dict[int, Clusters]] = Recent(4)
_LABELS: Recent[dict[int, int]] = Recent(32)


def nodes(db: Connection, question: Question, *, version: int) -> dict[int, Node]:
    """Return the units of the question's level by code, kept per version.

    A cluster goes by the code and the names of its heaviest district.
    """
    if question.level == "country":
        return {0: INDIA}
    by_state = question.level == "state"
    set_id = question.sets.state if by_state else question.sets.district
    key = (str(db.engine.url), version, set_id)
    units = _KEPT.of(key, lambda: _read(db, set_id))
    if question.level != "cluster" or question.zoom is None:
        return units
    of_zoom = _clusters(key, units)[question.zoom]
    return _KEPT.of((*key, question.zoom), lambda: _placed(of_zoom, units))


def labels(
    db: Connection, question: Question, *, version: int
) -> dict[int, int] | None:
    """Return the cluster of each district; ``None`` at the other levels."""
    if question.level != "cluster" or question.zoom is None:
        return None
    set_id = question.sets.district
    key = (str(db.engine.url), version, set_id)
    units = _KEPT.of(key, lambda: _read(db, set_id))
    of_zoom = _clusters(key, units)[question.zoom]
    return _LABELS.of(
        (*key, question.zoom),
        lambda: dict(zip(sorted(_drawn(units)), of_zoom.label.tolist(), strict=True)),
    )


def _clusters(key: tuple[object, ...], units: dict[int, Node]) -> dict[int, Clusters]:
    return _CLUSTERS.of(key, lambda: _gathered(_drawn(units)))


def _drawn(units: dict[int, Node]) -> dict[int, Node]:
    return {code: each for code, each in units.items() if each.lon is not None}


def _gathered(units: dict[int, Node]) -> dict[int, Clusters]:
    codes = sorted(units)
    return hierarchy(
        codes,
        [units[code].lon or 0.0 for code in codes],
        [units[code].lat or 0.0 for code in codes],
        [units[code].population_2011 or 0 for code in codes],
    )


def _placed(clusters: Clusters, units: dict[int, Node]) -> dict[int, Node]:
    at = zip(
        clusters.codes.tolist(),
        clusters.lon.tolist(),
        clusters.lat.tolist(),
        strict=True,
    )
    return {
        code: Node(
            units[code].name, units[code].name_hi, units[code].state_code, lon, lat
        )
        for code, lon, lat in at
    }


def _read(db: Connection, set_id: str) -> dict[int, Node]:
    unit = UNIT.c
    found = select(
        unit.code,
        unit.name,
        unit.name_hi,
        unit.state_code,
        func.ST_X(unit.inner_point),
        func.ST_Y(unit.inner_point),
        unit.population_2011,
    ).where(unit.set_id == set_id)
    return {code: Node(*rest) for code, *rest in db.execute(found)}
