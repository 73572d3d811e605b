"""The faults of a large upload, slice by slice: a page of them, or all as CSV."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, stream_with_context
from sqlalchemy import Connection

from gis_service import fault_csv, fault_language
from gis_service.db import handed_over
from movements.jobs import Job, Slice, faults, slices


@dataclass(frozen=True, slots=True)
class Page:
    """Some faults in order of rows; ``last`` is the last row, ``is_cut``: more come."""

    faults: Sequence[dict[str, Any]]
    last: int
    is_cut: bool


def page(db: Connection, of: Job, *, after: int, limit: int) -> Page:
    """Return the faults of rows after one; those of a row stay together."""
    found: list[dict[str, Any]] = []
    for each in _after(db, of, after):
        if len(found) >= limit and each["row"] != found[-1]["row"]:
            return Page(found, found[-1]["row"], is_cut=True)
        found.append(each)
    return Page(found, found[-1]["row"] if found else after, is_cut=False)


def csv(of: Job, spoken: str) -> Response:
    """Return all faults as a CSV file, read as it goes out."""
    lines = stream_with_context(_lines(of, spoken))
    response = Response(lines, mimetype="text/csv")
    name = f"faults-{of.job_id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(of: Job, spoken: str) -> Iterator[bytes]:
    with handed_over("upload") as db:
        head = io.StringIO(newline="")
        fault_csv.write_header(head)
        yield head.getvalue().encode(fault_csv.ENCODING)
        for part in slices(db, of):
            out = io.StringIO(newline="")
            listed = (
                fault_language.fault(each, spoken) for each in faults(db, of, part)
            )
            fault_csv.write(out, listed)
            yield out.getvalue().encode()


def _after(db: Connection, of: Job, row: int) -> Iterator[dict[str, Any]]:
    for part in slices(db, of):
        if part.refused and _end(part) > row:
            for each in faults(db, of, part):
                if each["row"] > row:
                    yield each


def _end(part: Slice) -> int:
    return part.first_row + part.rows - 1
