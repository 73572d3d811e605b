"""What a portal of others is: what its rows tell of districts, and the layer of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Float, Numeric, Select, Table, cast, func

from boundaries.tables import UNIT, UNIT_SHAPE
from layers.layer import Field, Layer, Source
from layers.places import BOUNDARY_SOURCE, UNIT_FIELDS, unit_tiles, units
from layers.portal_tables import PORTAL_SNAPSHOT, PORTAL_SOURCE, PORTAL_VALUE
from layers.question import DISTRICT_SET
from layers.style import Style

# By which a row names its district: an LGD code, or names; and the day it is of.
CODE, DISTRICT, STATE, DATE = "code", "district", "state", "date"

Row = dict[str, Any]

TOLD = {
    "day": Field("day that the counts are of, where the source tells it"),
    "fetched_at": Field("when they were fetched, UTC"),
    "source": Field("who told them"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer as rows, to be gone through once.

    Attributes:
        columns: the names that any of them has.
        rows: each a dictionary; a name may be missing.
    """

    columns: frozenset[str]
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an answer is read.

    Attributes:
        media_types: what an answer of it may call itself.
        read: gives its rows, or raises ``BadAnswer``.
    """

    media_types: tuple[str, ...]
    read: Callable[[bytes], Sheet]


@dataclass(frozen=True, slots=True)
class Portal:
    """Counts of districts that a portal of others publishes.

    Where it is, in which dialect, whose it is, under which licence, and how its columns
    are called there is registered with its source (``nmis portal add``).

    Attributes:
        name: in addresses and commands; also the layer's.
        title, title_hi, abstract: in words.
        counts: what each column of whole numbers means.
        needed: the one that every source must have; the map shows it per 100,000
            inhabitants of 2011.
        style: of the layer, by ``per_100000``.
        refresh_hours: how often it is asked unless the source says otherwise.
    """

    name: str
    title: str
    title_hi: str
    abstract: str
    counts: Mapping[str, Field]
    needed: str
    style: Style
    refresh_hours: int = 24

    @property
    def columns(self) -> tuple[str, ...]:
        """Our names of the columns that a source may have."""
        return (CODE, DISTRICT, STATE, DATE, *self.counts)


def joined(portal: Portal) -> Layer:
    """Return the layer of the districts that the newest snapshot tells of."""
    per = {"per_100000": Field(f"{portal.needed} per 100,000 inhabitants of 2011")}
    return Layer(
        name=portal.name,
        title=portal.title,
        abstract=portal.abstract,
        kind="polygon",
        query=_told(portal, units, UNIT),
        tiles=_told(portal, unit_tiles, UNIT_SHAPE),
        fields={**UNIT_FIELDS, **portal.counts, **per, **TOLD},
        style=portal.style,
        source=Source(
            attribution=f"{portal.title}: see source of each feature. "
            + BOUNDARY_SOURCE.attribution,
            licence="the source's, see /portals; boundaries " + BOUNDARY_SOURCE.licence,
            lineage="Fetched from a registered source; rows matched to districts by LGD"
            " code or by name and state, never by likeness.",
        ),
        subjects=("boundaries", "portals"),
        foreign=True,
        updates="when its source is fetched",
    )


def _told(portal: Portal, drawn: Any, of: Table) -> Select[Any]:  # noqa: ANN401 - units or unit_tiles
    value, snapshot, source = PORTAL_VALUE.c, PORTAL_SNAPSHOT.c, PORTAL_SOURCE.c
    counts = {name: value.counts[name].as_integer() for name in portal.counts}
    people = cast(counts[portal.needed], BigInteger) * 100_000
    rate = cast(people, Numeric) / func.nullif(of.c.population_2011, 0)
    fetched = func.timezone("UTC", snapshot.fetched_at)
    query: Select[Any] = drawn(
        "district",
        set_id=DISTRICT_SET,
        more=(
            *(count.label(name) for name, count in counts.items()),
            cast(func.round(rate, 1), Float).label("per_100000"),
            value.day.label("day"),
            func.to_char(fetched, 'YYYY-MM-DD"T"HH24:MI:SS"Z"').label("fetched_at"),
            snapshot.attribution.label("source"),
        ),
    )
    return (
        query.join_from(of, PORTAL_VALUE, value.code == of.c.code)
        .join(PORTAL_SNAPSHOT, snapshot.snapshot_id == value.snapshot_id)
        .join(PORTAL_SOURCE, source.snapshot_id == snapshot.snapshot_id)
        .where(source.name == portal.name)
    )
