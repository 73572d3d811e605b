"""What a map layer is: titled queries with the scope bind, metadata and one style."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table
from sqlalchemy.sql import visitors

from layers.style import Style

SCOPE_BINDS = {"scope_states", "scope_districts"}
# A public layer may read nothing but places: no table that counts people.
PUBLIC_TABLES = {"unit", "unit_shape", "boundary_set"}
# A layer of the release may read what is published, and places; nothing exact.
RELEASE_TABLES = {"release_week", "flow_release", *PUBLIC_TABLES}
# A portal's layer may read what was fetched from others, and places; nobody of ours.
FOREIGN_TABLES = {"portal_source", "portal_snapshot", "portal_value", *PUBLIC_TABLES}
# ``geojson`` is the geometry once more, as text, where it is stored so.
NOT_FIELDS = {"geom", "id", "geojson"}

KINDS = ("point", "line", "polygon")


@dataclass(frozen=True, slots=True)
class Field:
    """What one column of a layer means.

    Attributes:
        title: the column in words.
        unit: what its numbers count (people, km, ...); empty for names and codes.
    """

    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a layer's data come from; shown on every map and in every export."""

    attribution: str
    licence: str
    lineage: str


@dataclass(frozen=True, slots=True)
class Layer:
    """A titled query, in two projections, with its metadata and style.

    Attributes:
        name: in addresses and as the name inside a vector tile.
        title, abstract: in words.
        kind: ``point``, ``line`` or ``polygon``.
        query: ``geom`` in EPSG:4326 and the fields; ``id`` numbers features.
        tiles: the same with ``geom`` in EPSG:3857, from stored shapes where there
            are; may know the bind ``TIER``.
        fields: what each column means; in ``query`` all, in ``tiles`` some of them.
        subjects: whose versions its answers depend on.
        public: shown without a token, so without scope, and so without people.
        filters: which filters of a ``Question`` it heeds.
        released: of a layer of the release, how finely it tells it: ``district`` for
            those who are told all of it, ``state`` for everybody who is told any.
        placeless: some of its features have no ``geom``.
        tiled: there are vector tiles of it.
        foreign: of what others count; its source says who may read it.

    Raises:
        ValueError: the query has no ``geom``, undescribed columns, or no scope bind.
    """

    name: str
    title: str
    abstract: str
    kind: str
    query: Select[Any]
    tiles: Select[Any]
    fields: Mapping[str, Field]
    style: Style
    source: Source
    subjects: tuple[str, ...]
    minzoom: int = 0
    maxzoom: int = 12
    public: bool = False
    filters: tuple[str, ...] = ()
    updates: str = "with every accepted batch"
    released: str | None = None
    placeless: bool = False
    tiled: bool = True
    foreign: bool = False

    @property
    def plane(self) -> str:
        """The database's plane that may read it."""
        return "release" if self.released else "read"

    def __post_init__(self) -> None:
        """Refuse a layer that could show a reader another unit's people."""
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: kind {self.kind!r}; allowed: {KINDS}")
        for query in (self.query, self.tiles):
            _refuse_undescribed(self.name, query, self.fields)
            _refuse_tables(self, query)
        if set(self.fields) - set(self.query.selected_columns.keys()):
            raise ValueError(f"{self.name}: a field is in no column")


def columns(query: Select[Any]) -> list[str]:
    """Return the names of a query's plain columns, in order."""
    names = map(str, query.selected_columns.keys())
    return [name for name in names if name not in NOT_FIELDS]


def _refuse_undescribed(
    name: str, query: Select[Any], fields: Mapping[str, Field]
) -> None:
    if "geom" not in query.selected_columns:
        raise ValueError(f"{name}: no geom column")
    undescribed = set(columns(query)) - set(fields)
    if undescribed:
        raise ValueError(f"{name}: no field describes {sorted(undescribed)}")


def _refuse_tables(layer: Layer, query: Select[Any]) -> None:
    name, tables = layer.name, _tables(query)
    if layer.public and tables - PUBLIC_TABLES:
        private = sorted(tables - PUBLIC_TABLES)
        raise ValueError(f"{name}: a public layer may not read {private}")
    if layer.released and tables - RELEASE_TABLES:
        exact = sorted(tables - RELEASE_TABLES)
        raise ValueError(f"{name}: a layer of the release may not read {exact}")
    if layer.foreign and tables - FOREIGN_TABLES:
        ours = sorted(tables - FOREIGN_TABLES)
        raise ValueError(f"{name}: a layer of others' counts may not read {ours}")
    if layer.public or layer.released or layer.foreign:
        return
    if not set(query.compile().params) >= SCOPE_BINDS:
        raise ValueError(f"{name}: not limited by scope.within()")


def _tables(query: Select[Any]) -> set[str]:
    return {
        str(part.name) for part in visitors.iterate(query) if isinstance(part, Table)
    }
