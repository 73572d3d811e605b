"""People and journeys as answers: JSON, a table, and where the list goes on."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response

from gis_service import fault_csv
from gis_service.address import root
from gis_service.people_bodies import Listed
from movements.journal_place import Place
from movements.sight import OWN, PLAIN, SEALED, Eye

_POINTS = ("origin", "destination")
_SIGNS = ("lon", "lat")


def json(body: Mapping[str, Any]) -> Response:
    """Return a body that no cache may keep."""
    return private(Response(orjson.dumps(body), mimetype="application/json"))


def private(response: Response) -> Response:
    """Return an answer that no cache may keep."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def further(path: str, query: Listed, place: Place | None) -> str | None:
    """Return the address of the next page, with the same filters and purpose."""
    if place is None:
        return None
    given = query.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"after"}
    )
    asked = urlencode(given | {"after": place.text()}, doseq=True)
    return f"{root()}/api/v1/{path}?{asked}"


def table(
    rows: Iterable[Mapping[str, Any]], eye: Eye, *, name: str, further: str | None
) -> Response:
    """Return journeys as CSV: a column for each field that the reader may be shown.

    Args:
        rows: as ``people_shown.shown`` gives them.
        eye: who looks; what its sights never show has no column.
        name: of the file, without its ending.
        further: the address of the next page, told in ``Link``.
    """
    columns = _columns(eye)
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(columns)
    for row in rows:
        flat = _flat(row)
        lines.writerow([fault_csv.cell(flat.get(column)) for column in columns])
    body = out.getvalue().encode(fault_csv.ENCODING)
    response = Response(body, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    if further:
        response.headers["Link"] = f'<{further}>; rel="next"'
    return private(response)


def _columns(eye: Eye) -> list[str]:
    shown = frozenset[str]().union(*(sight.fields for sight in eye.sights))
    columns = ["movement"]
    for name in (*PLAIN, *SEALED, *OWN):
        if name in shown:
            points = [f"{name}_{sign}" for sign in _SIGNS]
            columns += points if name in _POINTS else [name]
    return columns


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat = dict(row)
    for name in _POINTS:
        if name in row:
            flat |= {f"{name}_{sign}": row[name][sign] for sign in _SIGNS}
    states: Sequence[int] | None = row.get("route_states")
    if states is not None:
        flat["route_states"] = ";".join(map(str, states))
    return flat
