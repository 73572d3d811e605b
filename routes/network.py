"""The district network: what touches what, and every shortest way, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import Connection

from boundaries.errors import UnknownUnit
from boundaries.version import versions
from boundaries.vintage import active_set
from routes.adjacency import Places, places
from routes.contact import Contacts, Ints
from routes.earth import Floats, Points, km_between
from routes.kept import Kept
from routes.sea import parts
from routes.ways import Ways, walked

# Added to the cost of a way, in km; the length stored with a route has none of it.
# A state crossing meant a check post, a permit and often a change of bus. 25 km is
# a third of the median hop (69 km): a way keeps to its state unless that is clearly
# longer, and does not clip the corner of a third state.
STATE_CROSSING_KM = 25.0
# Districts that share less than this meet at a corner only, and hardly ever have a
# road there: such a contact stays usable, as dear as a way round by a third one.
CORNER_BORDER_KM = 1.0
CORNER_KM = 75.0
# Ship or air: dearer than any way on land (3,700 km at most), so that islands are
# never a short cut, yet finite, so that every district can be reached.
SEA_KM = 4000.0

Indices = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The districts of one boundary set and the ways between them.

    Districts are known by index into the arrays; ``index`` turns LGD codes into it.

    Attributes:
        codes: LGD district codes, sorted.
        states: LGD state code per district.
        points: inner point (lon, lat) per district.
        contacts: the hops, by land or sea.
        weight: cost in km of each contact.
        hop: (n, n) row in ``contacts`` of the hop between two districts, or -1.
        cost: (n, n) cost in km of the cheapest way.
        previous: (n, n) last district before the second on the way from the first.
        within: (n, n) cost in km of the cheapest way that stays in one state.
        part: number of the district's part: the districts of one state that hang
            together, by land or as islands of one group.
        part_state: LGD state code per part.
        part_touch: (parts, parts) whether two parts touch, by land or by sea.
        part_km: (parts, parts) geodesic km between the middles of two parts.
        neighbours: LGD codes of the districts that touch a district by land.
    """

    codes: Ints
    states: Ints
    points: Points
    contacts: Contacts
    weight: Floats
    hop: Indices
    cost: NDArray[np.float32]
    previous: Indices
    within: NDArray[np.float32]
    part: Ints
    part_state: Ints
    part_touch: NDArray[np.bool_]
    part_km: Floats
    neighbours: Mapping[int, tuple[int, ...]]

    def index(self, codes: Ints) -> Ints:
        """Return the indices of LGD district codes.

        Raises:
            UnknownUnit: a code is not a district of this boundary set.
        """
        found = np.searchsorted(self.codes, codes).clip(max=len(self.codes) - 1)
        wrong = self.codes[found] != codes
        if wrong.any():
            raise UnknownUnit("district", str(codes[wrong][0]))
        return found

    def ways(self, origins: Ints, destinations: Ints) -> Ways:
        """Return the cheapest way for each pair of district indices."""
        return walked(self.previous, origins, origins, destinations)

    def hops(self, ways: Ways) -> Ints:
        """Return, per node, the contact that leads to the next node of its way.

        It is -1 at the last node of a way and where a way leaps across a gap.
        """
        following = np.roll(ways.nodes, -1)
        hops = self.hop[ways.nodes, following].astype(np.int64)
        hops[ways.offsets[1:] - 1] = -1
        return hops

    def by_sea(self, ways: Ways) -> NDArray[np.bool_]:
        """Return whether each way has a hop by ship or plane."""
        hops = self.hops(ways)
        crossed = (hops >= 0) & self.contacts.by_sea[hops]
        return np.bincount(ways.owner(), crossed, minlength=len(ways)) > 0


def built(unit: Places, contacts: Contacts) -> Network:
    """Return the network of some places and contacts (pure; 0.1 s for 734)."""
    count = len(unit.codes)
    weights = _weights(unit, contacts)
    graph = csr_array((weights, (contacts.a, contacts.b)), shape=(count, count))
    cost, previous = dijkstra(graph, directed=False, return_predecessors=True)
    hop = np.full((count, count), -1, dtype=np.int16)
    hop[contacts.a, contacts.b] = hop[contacts.b, contacts.a] = np.arange(len(weights))
    part = _state_parts(unit, contacts)
    part_state, part_km = _middles(unit, part)
    return Network(
        codes=unit.codes,
        states=unit.states,
        points=unit.points,
        contacts=contacts,
        weight=weights,
        hop=hop,
        cost=cost.astype(np.float32),
        previous=previous.astype(np.int16),
        within=_within(unit, contacts, weights),
        part=part,
        part_state=part_state,
        part_touch=_parts_touch(part, contacts),
        part_km=part_km,
        neighbours=_neighbours(unit, contacts),
    )


def _weights(unit: Places, contacts: Contacts) -> Floats:
    crossing = unit.states[contacts.a] != unit.states[contacts.b]
    corner = ~contacts.by_sea & (contacts.border_km < CORNER_BORDER_KM)
    cost: Floats = (
        contacts.km
        + STATE_CROSSING_KM * crossing
        + CORNER_KM * corner
        + SEA_KM * contacts.by_sea
    )
    return cost


def _within(unit: Places, contacts: Contacts, weights: Floats) -> NDArray[np.float32]:
    kept = unit.states[contacts.a] == unit.states[contacts.b]
    count = len(unit.codes)
    ends = (contacts.a[kept], contacts.b[kept])
    graph = csr_array((weights[kept], ends), shape=(count, count))
    cost: NDArray[np.float64] = dijkstra(graph, directed=False)
    return cost.astype(np.float32)


def _state_parts(unit: Places, contacts: Contacts) -> Ints:
    within = unit.states[contacts.a] == unit.states[contacts.b]
    return parts(len(unit.codes), contacts.a[within], contacts.b[within])


def _parts_touch(part: Ints, contacts: Contacts) -> NDArray[np.bool_]:
    """Parts touch by a link over water, or by more border than a corner."""
    count = part.max() + 1
    border = np.zeros((count, count))
    shared = np.where(contacts.by_sea, CORNER_BORDER_KM, contacts.border_km)
    np.add.at(border, (part[contacts.a], part[contacts.b]), shared)
    touch = border + border.T >= CORNER_BORDER_KM
    np.fill_diagonal(touch, val=False)
    return touch


def _middles(unit: Places, part: Ints) -> tuple[Ints, Floats]:
    _, first = np.unique(part, return_index=True)
    size = np.bincount(part)
    middle = np.column_stack(
        [np.bincount(part, unit.points[:, axis]) / size for axis in (0, 1)]
    )
    count = len(size)
    km = km_between(np.repeat(middle, count, axis=0), np.tile(middle, (count, 1)))
    return unit.states[first], km.reshape(count, count)


def _neighbours(unit: Places, contacts: Contacts) -> Mapping[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {code: [] for code in unit.codes.tolist()}
    land = ~contacts.by_sea
    pairs = np.column_stack([contacts.a[land], contacts.b[land]])
    for a, b in unit.codes[pairs].tolist():
        found[a].append(b)
        found[b].append(a)
    return MappingProxyType({code: tuple(sorted(near)) for code, near in found.items()})


_networks: Kept[Network] = Kept()


def network(db: Connection) -> Network:
    """Return the network of the active districts, kept in memory per version."""
    current = versions(db)
    set_id = active_set(db, "district")
    key = (str(db.engine.url), current["boundaries"], current["routes"], set_id)
    return _networks.of(key, lambda: built(*places(db, set_id)))


def forget() -> None:
    """Drop every network kept in memory (for tests that roll a version back)."""
    _networks.forget()
