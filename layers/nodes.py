"""Names and places of the units that flows join."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from boundaries.recent import Recent
from boundaries.tables import UNIT
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


INDIA = Node("India", "भारत", None, *COUNTRY_POINT)

# Two levels of a few vintages.
_KEPT: Recent[dict[int, Node]] = Recent(8)


def nodes(db: Connection, question: Question, *, version: int) -> dict[int, Node]:
    """Return the units of the question's level by LGD code, kept per version."""
    if question.level == "country":
        return {0: INDIA}
    by_state = question.level == "state"
    set_id = question.sets.state if by_state else question.sets.district
    key = (str(db.engine.url), version, set_id)
    return _KEPT.of(key, lambda: _read(db, set_id))


def _read(db: Connection, set_id: str) -> dict[int, Node]:
    unit = UNIT.c
    found = select(
        unit.code,
        unit.name,
        unit.name_hi,
        unit.state_code,
        func.ST_X(unit.inner_point),
        func.ST_Y(unit.inner_point),
    ).where(unit.set_id == set_id)
    return {code: Node(*rest) for code, *rest in db.execute(found)}
