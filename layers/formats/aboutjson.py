"""The JSON of ``/flows`` for a release: as of exact flows, with bounds beside."""

from collections.abc import Mapping
from typing import Any

import orjson

from layers.flows import Counted, head
from layers.nodes import NOWHERE, Node
from layers.question import Question
from layers.release import Bounds, Days

MEDIA_TYPE = "application/json"

ENDS = ("in", "out", "internal")


def body(
    answer: Counted,
    question: Question,
    about: Bounds,
    *,
    places: Mapping[int, Node],
) -> bytes:
    """Return the answer as JSON.

    Args:
        answer: the flows.
        question: what was asked.
        about: bounds of the answer's numbers.
        places: the units of the question's level by code.
    """
    low, high = about.total
    release = {"release": about.release, "about": True, "n_low": low, "n_high": high}
    return orjson.dumps(
        head(answer, question)
        | release
        | {
            "nodes": _nodes(answer, about, places),
            "edges": _edges(answer, about),
            "shown": answer.shown,
            "total": answer.total,
            "internal": answer.internal,
            "hidden": answer.hidden,
            "edges_total": answer.edges_total,
        }
    )


def days(told: Days) -> bytes:
    """Return a release's journeys by day and by week as JSON."""
    return orjson.dumps(
        {
            "first": told.first,
            "version": told.release,
            "people": told.people.tolist(),
            "release": told.release,
            "about": True,
            "by_week": {
                "first": told.first_week,
                "people": told.by_week.tolist(),
            },
        }
    )


def _nodes(
    answer: Counted, about: Bounds, places: Mapping[int, Node]
) -> list[dict[str, Any]]:
    columns: dict[str, list[Any]] = {}
    for name in ENDS:
        low, high = about.nodes[name]
        columns[name] = answer.totals[name].tolist()
        columns[f"{name}_low"], columns[f"{name}_high"] = low.tolist(), high.tolist()
    rows = zip(*columns.values(), strict=True)
    return [
        _place(code, places.get(code, NOWHERE)) | dict(zip(columns, row, strict=True))
        for code, row in zip(answer.codes.tolist(), rows, strict=True)
    ]


def _place(code: int, at: Node) -> dict[str, Any]:
    return {
        "code": code,
        "name": at.name or str(code),
        "name_hi": at.name_hi,
        "state_code": at.state_code,
        "lon": at.lon,
        "lat": at.lat,
    }


def _edges(answer: Counted, about: Bounds) -> list[dict[str, Any]]:
    columns = {
        "origin": answer.origins.tolist(),
        "destination": answer.destinations.tolist(),
        "n": answer.people.tolist(),
        "n_low": about.low.tolist(),
        "n_high": about.high.tolist(),
        "level": about.levels,
    }
    if answer.before is not None:
        columns["before"] = answer.before.tolist()
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]
