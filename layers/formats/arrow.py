"""``/flows`` as an Arrow IPC stream: edges or nodes, the totals as schema metadata."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from layers.flows import Counted
from layers.nodes import NOWHERE, Node
from layers.question import Question
from layers.release import Bounds

TABLES = ("edges", "nodes")


def body(
    answer: Counted,
    question: Question,
    *,
    places: Mapping[int, Node],
    table: str,
    bounds: Bounds | None = None,
) -> bytes:
    """Return one table of the answer.

    Args:
        answer: the flows.
        question: what was asked.
        places: the units of the question's level by code.
        table: ``edges`` (origin, destination, n, before where two windows are
            compared) or ``nodes`` (code, name, ..., in, out, internal).
        bounds: of the numbers, where they are of a release.
    """
    columns = _edges(answer) if table == "edges" else _nodes(answer, places)
    said = _about(answer, question)
    if bounds:
        columns |= _edge_bounds(bounds) if table == "edges" else _node_bounds(bounds)
        said |= _of_release(bounds)
    batch = pa.record_batch(columns)
    schema = batch.schema.with_metadata(said)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as out:
        out.write_batch(batch.cast(schema))
    return bytes(sink.getvalue())


def _about(answer: Counted, question: Question) -> dict[str, str]:
    said: dict[str, Any] = {
        "level": question.level,
        "from": answer.first,
        "to": answer.last,
        "version": answer.version,
        "shown": answer.shown,
        "total": answer.total,
        "internal": answer.internal,
        "hidden": answer.hidden,
        "edges_total": answer.edges_total,
    }
    if question.versus:
        said |= {
            "versus_from": question.versus.first,
            "versus_to": question.versus.last,
        }
    return {name: "" if value is None else str(value) for name, value in said.items()}


def _edges(answer: Counted) -> dict[str, Any]:
    columns = {
        "origin": _codes(answer.origins),
        "destination": _codes(answer.destinations),
        "n": pa.array(answer.people, pa.int64()),
    }
    if answer.before is not None:
        columns["before"] = pa.array(answer.before, pa.int64())
    return columns


def _edge_bounds(bounds: Bounds) -> dict[str, Any]:
    return {
        "n_low": pa.array(bounds.low, pa.int64()),
        "n_high": pa.array(bounds.high, pa.int64()),
        "level": pa.array(bounds.levels, pa.string()),
    }


def _node_bounds(bounds: Bounds) -> dict[str, Any]:
    return {
        f"{name}_{side}": pa.array(each, pa.int64())
        for name, both in bounds.nodes.items()
        for side, each in zip(("low", "high"), both, strict=True)
    }


def _of_release(bounds: Bounds) -> dict[str, str]:
    low, high = bounds.total
    said = {"release": bounds.release, "about": "true", "n_low": low, "n_high": high}
    return {name: str(value) for name, value in said.items()}


def _nodes(answer: Counted, places: Mapping[int, Node]) -> dict[str, Any]:
    at = [places.get(code, NOWHERE) for code in answer.codes.tolist()]
    names = [
        each.name or str(code) for each, code in zip(at, answer.codes, strict=True)
    ]
    return {
        "code": _codes(answer.codes),
        "name": pa.array(names, pa.string()),
        "name_hi": pa.array([each.name_hi for each in at], pa.string()),
        "state_code": pa.array([each.state_code for each in at], pa.int32()),
        "lon": pa.array([each.lon for each in at], pa.float64()),
        "lat": pa.array([each.lat for each in at], pa.float64()),
        **{
            name: pa.array(answer.totals[name], pa.int64())
            for name in ("in", "out", "internal")
        },
    }


def _codes(codes: NDArray[Any]) -> pa.Array:
    return pa.array(codes.astype("int32"), pa.int32())
