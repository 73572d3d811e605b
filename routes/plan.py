"""From journeys asked for to routes, many at once (pure)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from routes import corridor, declared
from routes.completion import completions
from routes.errors import RouteGap
from routes.journey import Journey, Planned, route_id
from routes.network import Network

Ends = tuple[int, int]


def plans(
    network: Network, journeys: Sequence[Journey], *, accept_gaps: bool
) -> Iterator[Planned | RouteGap]:
    """Give each journey its route, or the gap in its declared states, in order.

    Raises:
        UnknownUnit: a journey names a district that the network does not have.
    """
    origins = network.index(np.array([j.origin for j in journeys], dtype=np.int64))
    ends = network.index(np.array([j.destination for j in journeys], dtype=np.int64))
    ways = network.ways(origins, ends)
    own_states = ways.along(network.states).tuples()
    own_sea = network.by_sea(ways).tolist()
    pairs = zip(origins.tolist(), ends.tolist(), strict=True)
    for journey, pair, states, sea in zip(
        journeys, pairs, own_states, own_sea, strict=True
    ):
        named = _named(network, journey, pair)
        if named is None or named == states:
            yield _own(journey, states, by_sea_or_air=sea)
        else:
            yield _declared(network, journey, pair, (named, accept_gaps))


def _own(journey: Journey, states: tuple[int, ...], *, by_sea_or_air: bool) -> Planned:
    return Planned(
        route_id=route_id(journey, states),
        mode=journey.mode,
        origin=journey.origin,
        destination=journey.destination,
        states=states,
        declared=False,
        open_at=(),
        by_sea_or_air=by_sea_or_air,
    )


def _named(network: Network, journey: Journey, pair: Ends) -> tuple[int, ...] | None:
    """Return the whole sequence that a journey declares, if it declares one."""
    if not journey.states:
        return None
    origin, destination = (int(network.states[end]) for end in pair)
    states = corridor.sequence(journey.states, origin=origin, destination=destination)
    if len(states) == 1 and network.part[pair[0]] != network.part[pair[1]]:
        return states * 2  # from one part of a state to another, through nothing
    return states


def _declared(
    network: Network,
    journey: Journey,
    pair: Ends,
    asked: tuple[tuple[int, ...], bool],
) -> Planned | RouteGap:
    states, accept_gaps = asked
    open_at = corridor.open_hops(network, states, *_parts(network, pair))
    if open_at and not accept_gaps:
        return _gap(network, states, pair, open_at=open_at)
    way = declared.way(
        network,
        declared.Sequence(states, open_at),
        origin=pair[0],
        destination=pair[1],
    )
    return Planned(
        route_id=route_id(journey, states),
        mode=journey.mode,
        origin=journey.origin,
        destination=journey.destination,
        states=states,
        declared=True,
        open_at=open_at,
        by_sea_or_air=_by_sea(network, way),
    )


def _parts(network: Network, pair: Ends) -> Ends:
    return int(network.part[pair[0]]), int(network.part[pair[1]])


def _gap(
    network: Network, states: tuple[int, ...], pair: Ends, *, open_at: tuple[int, ...]
) -> RouteGap:
    return RouteGap(
        states=states,
        gaps=tuple((states[at], states[at + 1]) for at in open_at),
        completions=completions(network, states, *_parts(network, pair)),
    )


def _by_sea(network: Network, way: tuple[int, ...]) -> bool:
    hops = np.array([network.hop[a, b] for a, b in pairwise(way)], dtype=np.int64)
    return bool(network.contacts.by_sea[hops[hops >= 0]].any())
