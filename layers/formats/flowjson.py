"""The JSON of ``/flows``: nodes with totals, the largest edges, what is hidden."""

from collections.abc import Mapping
from typing import Any

import orjson

from layers.flows import Answer
from layers.nodes import Node
from layers.question import Question

MEDIA_TYPE = "application/json"

NOWHERE = Node("", None, None, None, None)


def body(
    answer: Answer, question: Question, *, places: Mapping[int, Node], version: int
) -> bytes:
    """Return the answer as JSON.

    Args:
        answer: the flows.
        question: what was asked.
        places: the units of the question's level by code; one that is not among
            them (a unit of another vintage) goes by its code and has no point.
        version: of the flows.
    """
    window = question.window
    asked_first = window.first if window.first.year > 1 else answer.first
    asked_last = window.last if window.last.year < 9999 else answer.last  # noqa: PLR2004 - date.max
    return orjson.dumps(
        {
            "level": question.level,
            "from": asked_first,
            "to": asked_last,
            "version": version,
            "nodes": _nodes(answer, places),
            "edges": _edges(answer),
            "shown": answer.shown,
            "total": answer.total,
            "internal": answer.internal,
            "hidden": answer.total - answer.shown,
            "edges_total": answer.edges_total,
        }
    )


def _nodes(answer: Answer, places: Mapping[int, Node]) -> list[dict[str, Any]]:
    totals = {name: column.tolist() for name, column in answer.totals.items()}
    found = []
    for row, code in enumerate(answer.codes.tolist()):
        place = places.get(code, NOWHERE)
        found.append(
            {
                "code": code,
                "name": place.name or str(code),
                "name_hi": place.name_hi,
                "state_code": place.state_code,
                "lon": place.lon,
                "lat": place.lat,
                "in": totals["in"][row],
                "out": totals["out"][row],
                "internal": totals["internal"][row],
            }
        )
    return found


def _edges(answer: Answer) -> list[dict[str, int]]:
    rows = zip(
        answer.origins.tolist(),
        answer.destinations.tolist(),
        answer.people.tolist(),
        strict=True,
    )
    return [
        {"origin": origin, "destination": destination, "n": n}
        for origin, destination, n in rows
    ]
