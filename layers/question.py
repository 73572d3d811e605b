"""The questions every layer can be asked, as named binds; nothing else reaches SQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    Float,
    Integer,
    SmallInteger,
    Text,
    bindparam,
    cast,
)

from boundaries.scope import Scope
from boundaries.tables import LEVEL as LEVEL_TYPE
from boundaries.vintage import Sets
from layers.window import ALL_DAYS, Window

FIRST = bindparam("first_day", type_=Date)
LAST = bindparam("last_day", type_=Date)
MODES = bindparam("modes", type_=ARRAY(Text))
CATEGORIES = bindparam("categories", type_=ARRAY(Text))
STAGES = bindparam("stages", type_=ARRAY(Text))
DIRECTION = bindparam("direction", type_=Text)
UNIT_CODE = bindparam("unit_code", type_=SmallInteger)
LEVEL_NAME = bindparam("level", type_=Text)
LEVEL = cast(LEVEL_NAME, LEVEL_TYPE)
UNIT_SET = bindparam("unit_set", type_=Text)
STATE_SET = bindparam("state_set", type_=Text)
DISTRICT_SET = bindparam("district_set", type_=Text)
TIER = bindparam("tier", type_=SmallInteger)
K = bindparam("k", type_=Integer)
# Which release, and whether it is told by whole weeks only.
RELEASE_NUMBER = bindparam("release_number", type_=Integer)
BY_WEEK = bindparam("by_week", type_=Boolean)
WEST, SOUTH, EAST, NORTH = (
    bindparam(side, type_=Float) for side in ("west", "south", "east", "north")
)

DIRECTIONS = ("both", "in", "out")

# How many lines a map draws unless asked: more hide one another on a screen.
DEFAULT_K = 1_000
# The largest answer of edges: 20,000 are about 1 MB of JSON.
MAX_K = 20_000

Box = tuple[float, float, float, float]
WORLD: Box = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Question:
    """What one reader may see and asked for; this is all that reaches a query.

    Attributes:
        scope: the units the reader answers for.
        sets: the boundary sets in force.
        window: the travel dates.
        modes: modes of travel; none means every mode.
        categories: categories of people; none means every category.
        stages: stages of the journey; none means every stage but cancelled.
        direction: ``in``, ``out`` or ``both``, as seen from ``unit``, else from the
            reader's own units.
        unit: LGD code at ``level`` that every flow must have at an end.
        level: ``country``, ``state``, ``district`` or ``cluster``.
        zoom: of the map, for clusters.
        versus: days to compare with: every count is then the window's less theirs.
        bbox: west, south, east, north in degrees (EPSG:4326).
        k: how many of the largest flows or routes are listed.
        told: how finely a release is told to the reader, ``district`` or ``state``;
            none where the answer is exact.
        release: number of the release that is asked.
    """

    scope: Scope
    sets: Sets
    window: Window = ALL_DAYS
    modes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    direction: str = "both"
    unit: int | None = None
    level: str = "district"
    zoom: int | None = None
    versus: Window | None = None
    bbox: Box | None = None
    k: int = DEFAULT_K
    told: str | None = None
    release: int | None = None

    def parameters(self) -> dict[str, Any]:
        """Return the value of every bind of this module but ``TIER``."""
        return self.scope.parameters() | {
            "first_day": self.window.first,
            "last_day": self.window.last,
            "modes": list(self.modes) or None,
            "categories": list(self.categories) or None,
            "stages": list(self.stages) or None,
            "direction": self.direction,
            "unit_code": self.unit,
            "level": "district" if self.level == "district" else "state",
            "unit_set": (
                self.sets.district if self.level == "district" else self.sets.state
            ),
            "state_set": self.sets.state,
            "district_set": self.sets.district,
            "k": self.k,
            "release_number": self.release,
            "by_week": self.told == "state",
            **dict(
                zip(
                    ("west", "south", "east", "north"),
                    self.bbox or WORLD,
                    strict=True,
                )
            ),
        }

    def key(self) -> str:
        """Return a text that is equal for equal questions of equal readers."""
        asked = (
            self.window.first,
            self.window.last,
            ",".join(sorted(self.modes)),
            ",".join(sorted(self.categories)),
            ",".join(sorted(self.stages)),
            self.direction,
            self.unit,
            self.level,
            self.zoom,
            self.versus,
            self.bbox,
            self.k,
            self.sets.state,
            self.sets.district,
            self.told,
            self.release,
        )
        return "|".join([self.scope.key(), *map(str, asked)])
