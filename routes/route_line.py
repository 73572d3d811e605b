"""The line of each route: along loaded rail or road lines, else schematic (pure)."""

from collections.abc import Mapping, Sequence

from routes.drawing import Drawing, drawn
from routes.journey import Planned
from routes.line_graph import LineGraph
from routes.line_way import line_ways
from routes.network import Network
from routes.way import ways_of


def route_lines(
    network: Network,
    planned: Sequence[Planned],
    graphs: Mapping[str, tuple[str, LineGraph]],
) -> tuple[list[str], Drawing]:
    """Return the kind (schematic, rail or road) and the line of each route.

    Args:
        network: the district network.
        planned: the routes.
        graphs: by mode, the kind of its lines and their graph.
    """
    drawing = drawn(network, ways_of(network, planned))
    kinds = ["schematic"] * len(planned)
    for mode, (kind, graph) in graphs.items():
        members = [i for i, each in enumerate(planned) if each.mode == mode]
        found = line_ways(graph, network, [planned[i] for i in members])
        for position, line, km in found:
            i = members[position]
            kinds[i], drawing.lines[i], drawing.km[i] = kind, line, km
    return kinds, drawing
