"""The JSON of ``/flows``: nodes with totals, the largest edges, what is hidden."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from boundaries.recent import Recent
from layers.flows import Counted, head
from layers.nodes import NOWHERE, Node
from layers.question import Question

MEDIA_TYPE = "application/json"

# What is said of the places of an answer, but for the numbers: most answers to a
# reader tell of the same places.
_TOLD: Recent[tuple[Mapping[int, Node], bytes]] = Recent(32)


def body(answer: Counted, question: Question, *, places: Mapping[int, Node]) -> bytes:
    """Return the answer as JSON.

    Args:
        answer: the flows.
        question: what was asked.
        places: the units of the question's level by code; one that is not among
            them (a unit of another vintage) goes by its code and has no point.
    """
    return orjson.dumps(
        head(answer, question)
        | {
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
    key = id(places), answer.codes.tobytes()
    known, told = _TOLD.of(key, lambda: (places, _told(answer.codes, places)))
    if known is not places:  # another mapping had this id
        told = _told(answer.codes, places)
    counts = [answer.totals[name] for name in ("in", "out", "internal")]
    return orjson.Fragment(told % tuple(np.column_stack(counts).ravel().tolist()))


def _told(codes: NDArray[Any], places: Mapping[int, Node]) -> bytes:
    """Return the nodes as JSON, with ``%d`` for each of the three counts of each."""
    heads = (_head(code, places.get(code, NOWHERE)) for code in codes.tolist())
    rows = (
        head.replace(b"%", b"%%") + b'"in":%d,"out":%d,"internal":%d}' for head in heads
    )
    return b"[" + b",".join(rows) + b"]"


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


def _edges(answer: Counted) -> orjson.Fragment:
    columns = [answer.origins, answer.destinations, answer.people]
    row = b'{"origin":%d,"destination":%d,"n":%d'
    if answer.before is not None:
        columns.append(answer.before)
        row += b',"before":%d'
    rows = b",".join([row + b"}"] * len(answer.people))
    numbers = np.column_stack(columns).ravel().tolist()
    return orjson.Fragment(b"[" + rows % tuple(numbers) + b"]")
