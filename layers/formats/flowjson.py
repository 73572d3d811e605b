"""The JSON of ``/flows``: nodes with totals, the largest edges, what is hidden."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from numpy.typing import NDArray

from boundaries.recent import Recent
from layers.flows import Counted
from layers.nodes import Node
from layers.question import Question

MEDIA_TYPE = "application/json"

# A country's places, of a few levels and vintages.
_HEADS: Recent[tuple[Mapping[int, Node], dict[int, bytes]]] = Recent(32)

NOWHERE = Node("", None, None, None, None)


def body(answer: Counted, question: Question, *, places: Mapping[int, Node]) -> bytes:
    """Return the answer as JSON.

    Args:
        answer: the flows.
        question: what was asked.
        places: the units of the question's level by code; one that is not among
            them (a unit of another vintage) goes by its code and has no point.
    """
    versus = question.versus
    compared = {"versus": {"from": versus.first, "to": versus.last}} if versus else {}
    return orjson.dumps(
        {
            "level": question.level,
            "from": answer.first,
            "to": answer.last,
            "version": answer.version,
            **compared,
            "nodes": _nodes(answer, places),
            "edges": _edges(answer),
            "shown": answer.shown,
            "total": answer.total,
            "internal": answer.internal,
            "hidden": answer.hidden,
            "edges_total": answer.edges_total,
        }
    )


def days(first: date | None, people: NDArray[Any], *, version: int) -> bytes:
    """Return everyone by day as JSON; ``people[i]`` is of ``i`` days after first."""
    body = {"first": first, "version": version, "people": people.tolist()}
    return orjson.dumps(body)


def _nodes(answer: Counted, places: Mapping[int, Node]) -> orjson.Fragment:
    """Return the nodes as JSON; what is said of a place is written once and kept."""
    known, heads = _HEADS.of(id(places), lambda: (places, {}))
    if known is not places:
        heads = {}
    rows = zip(
        answer.codes.tolist(),
        *(answer.totals[name].tolist() for name in ("in", "out", "internal")),
        strict=True,
    )
    written = []
    for code, *counts in rows:
        head = heads.get(code)
        if head is None:
            head = heads[code] = _head(code, places.get(code, NOWHERE))
        written.append(b'%b"in":%d,"out":%d,"internal":%d}' % (head, *counts))
    return orjson.Fragment(b"[" + b",".join(written) + b"]")


def _head(code: int, at: Node) -> bytes:
    said = {
        "code": code,
        "name": at.name or str(code),
        "name_hi": at.name_hi,
        "state_code": at.state_code,
        "lon": at.lon,
        "lat": at.lat,
    }
    return orjson.dumps(said)[:-1] + b","


def _edges(answer: Counted) -> list[dict[str, int]]:
    columns = answer.origins.tolist(), answer.destinations.tolist()
    people = answer.people.tolist()
    if answer.before is None:
        return [
            {"origin": origin, "destination": destination, "n": n}
            for origin, destination, n in zip(*columns, people, strict=True)
        ]
    before = answer.before.tolist()
    return [
        {"origin": origin, "destination": destination, "n": n, "before": earlier}
        for origin, destination, n, earlier in zip(
            *columns, people, before, strict=True
        )
    ]
