"""A page's rows: found in the answer, read and checked as an upload's would be."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import orjson
import polars as pl

from gis_service import errors as error_table
from gis_service.connectors.description import Description
from gis_service.connectors.pointer import at
from layers.errors import BadAnswer
from movements import csv_rows
from movements.body import text_of
from movements.errors import MovementError
from movements.reading import Asked, read
from movements.sheet import Sheet
from movements.spellings import Spellings


@dataclass(frozen=True, slots=True)
class Page:
    """A page's rows.

    Attributes:
        told: the JSON that it came in, where it is JSON.
        rows: how many.
        sheet: as an upload's; ``None`` where there are none.
        marks: of each row the value of the field that says how new it is.
    """

    told: Any
    rows: int
    sheet: Sheet | None
    marks: Sequence[str] = ()


def page(of: Description, body: bytes, spellings: Spellings) -> Page:
    """Return the rows of an answer; a row without ``source_ref`` has a fault.

    Without it, the same row that is pulled again would be another person.

    Raises:
        BadAnswer: it is not what the description says, or cannot be read.
    """
    told, found = _found(of, body)
    if found is None:
        return Page(told, 0, None)
    try:
        sheet = read(found, Asked(spellings=spellings))
        marks = _marks(of, found, spellings)
    except MovementError as error:
        # Not its own words, which may quote a row; this goes to logs.
        told_as = error_table.TABLE.get(type(error))
        why = told_as.title if told_as else type(error).__name__
        raise BadAnswer(f"its rows cannot be read: {why}") from error
    return Page(told, sheet.frame.height, _with_refs(sheet), marks)


def _found(of: Description, body: bytes) -> tuple[Any, bytes | None]:
    if of.media != "json":
        lines = [line for line in body.splitlines() if line.strip()]
        header = 1 if of.media == "csv" else 0
        return None, body if len(lines) > header else None
    try:
        told = orjson.loads(body.removeprefix(BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise BadAnswer("it is no JSON") from error
    rows = at(told, of.rows)
    if not isinstance(rows, list):
        raise BadAnswer(f"there is no list at {of.rows or 'its top'}")
    return told, orjson.dumps(rows) if rows else None


def _with_refs(sheet: Sheet) -> Sheet:
    nameless = sheet.frame.with_row_index("at").filter(pl.col("source_ref").is_null())
    broken = {row for row, _ in sheet.broken}
    cells = [
        (row, "source_ref", "required") for row in nameless["at"] if row not in broken
    ]
    return replace(sheet, cells=(*sheet.cells, *cells))


def _marks(of: Description, found: bytes, spellings: Spellings) -> list[str]:
    if of.since is None:
        return []
    name = of.since.field
    if of.media == "json":
        rows = orjson.loads(found)
    elif of.media == "ndjson":
        rows = []
        for line in found.removeprefix(BOM_UTF8).splitlines():
            with suppress(orjson.JSONDecodeError):  # such a row has its fault
                rows.append(orjson.loads(line))
    else:
        rows = _of_csv(found, spellings)
    held = (row.get(name) for row in rows if isinstance(row, dict))
    return [str(mark) for mark in held if isinstance(mark, str | int) and mark != ""]


def _of_csv(found: bytes, spellings: Spellings) -> list[dict[str, str]]:
    text, _ = text_of(found)
    table = csv_rows.table(text, spellings.columns)
    header = [each.strip() for each in table.header]
    # A row that is wider or narrower has its fault, and none of its cells a name.
    whole = (row for row in table.rows if len(row) == len(header))
    return [dict(zip(header, row, strict=True)) for row in whole]


def highest(marks: Sequence[str], before: str | None) -> str | None:
    """Return the highest mark: by number where all are, else as text (ISO 8601)."""
    every = [*marks, *([before] if before is not None else [])]
    if not every:
        return None
    if all(each.isascii() and each.isdecimal() for each in every):
        # By digits and not as numbers, which may be of any length.
        return max(every, key=lambda each: (len(each.lstrip("0")), each.lstrip("0")))
    return max(every)
