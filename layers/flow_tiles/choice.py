"""What the tiles of one zoom show of the pairs asked: chosen once, for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.flow_tiles.crossings import Crossings, crossings
from layers.flow_tiles.edges import (
    LAST_CHOICE,
    candidates,
    fitting,
    ranked,
    standing,
)
from layers.flow_tiles.lines import Lines, lines
from layers.flow_tiles.places import Places, placed
from layers.flows import Counted
from layers.nodes import Node
from layers.release import Bounds

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Edges:
    """The pairs drawn, the largest first; each array in their order.

    Attributes:
        starts, ends: the pairs' units, by their places in ``Chosen.nodes``.
        people: on each pair.
        rank: its place among all pairs asked, 1 the largest.
        lines: how it is drawn.
        crossed: the tiles it crosses.
        about: what their numbers can stand for, where they are of a release.
    """

    starts: Array
    ends: Array
    people: Array
    rank: Array
    lines: Lines
    crossed: Crossings
    about: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """All that the tiles of a zoom draw, and what is left out.

    Attributes:
        zoom: of the tiles.
        edges: the pairs drawn.
        nodes: the units drawn: all with anyone that have a place.
        totals: ``in``, ``out``, ``internal`` people of ``nodes``.
        shown: people on ``edges``.
        total: people between different units; ``total - shown`` are hidden.
        edges_total: how many pairs of different units there are.
    """

    zoom: int
    edges: Edges
    nodes: Places
    totals: Mapping[str, Array]
    shown: int
    total: int
    edges_total: int


def chosen(
    counted: Counted,
    places: Mapping[int, Node],
    *,
    zoom: int,
    most: int | None = None,
    bounds: Bounds | None = None,
) -> Chosen:
    """Return what the tiles of a zoom show; ``edges`` says by which rule.

    A pair with an end that has no place, or whose ends fall together at this zoom,
    cannot be drawn; it counts as hidden.

    Args:
        counted: every pair asked, none of a unit with itself.
        places: the units of the question's level by code.
        zoom: of the tiles.
        most: no more than so many of the largest pairs, wherever; by default all.
        bounds: of every pair asked, where they are of a release.
    """
    nodes, where = placed(counted.codes, places)
    order = ranked(counted.origins, counted.destinations, counted.people)[:most]
    ends = nodes.at(counted.origins[order]), nodes.at(counted.destinations[order])
    picked = _picked(nodes, *ends, zoom=min(zoom, LAST_CHOICE))
    people = counted.people[order[picked]]
    edges = _edges(nodes, *ends, people, picked, zoom=zoom)
    return Chosen(
        zoom=zoom,
        edges=replace(edges, about=bounds and bounds.of(order[picked])),
        nodes=nodes,
        totals={name: column[where] for name, column in counted.totals.items()},
        shown=int(people.sum()),
        total=counted.total,
        edges_total=counted.edges_total,
    )


def _picked(nodes: Places, starts: Array, ends: Array, *, zoom: int) -> Array:
    """Return which pairs, the largest first, are drawn."""
    drawable = np.flatnonzero((starts >= 0) & (ends >= 0))
    points, tiles = nodes.points(zoom), nodes.tiles(zoom)
    apart = points[starts[drawable]] != points[ends[drawable]]
    drawable = drawable[apart.any(axis=1)]
    places = standing(tiles[starts[drawable]], tiles[ends[drawable]])
    asked = candidates(places, zoom=zoom)
    pairs = drawable[asked]
    crossed = crossings(
        lines(nodes.vectors[starts[pairs]], nodes.vectors[ends[pairs]], zoom=zoom)
    )
    return np.asarray(pairs[fitting(places[asked], crossed)])


def _edges(
    nodes: Places,
    starts: Array,
    ends: Array,
    people: Array,
    picked: Array,
    *,
    zoom: int,
) -> Edges:
    start, end = starts[picked], ends[picked]
    drawn = lines(nodes.vectors[start], nodes.vectors[end], zoom=zoom)
    return Edges(start, end, people, picked + 1, drawn, crossings(drawn))
