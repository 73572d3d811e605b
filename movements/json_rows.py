"""JSON and NDJSON text, as records of texts."""

import json
from collections.abc import Mapping

import orjson

from movements.errors import UnreadableUpload

Record = Mapping[str, str | None]

_LOST = 1e6  # degrees and years are below, mobile and Aadhaar numbers above


def array(text: str) -> list[Record | None]:
    """Return the objects of a JSON array; ``None`` for an element of another kind.

    Raises:
        UnreadableUpload: not JSON, or not an array; says where.
    """
    return [_record(value) for value in _parsed(text)]


def lines(text: str) -> list[Record | None]:
    """Return an object per line that holds something; ``None`` where it is none."""
    held = [line for line in text.split("\n") if line and not line.isspace()]
    try:
        values = orjson.loads(f"[{','.join(held)}]")
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        values = None
    # A line with two objects would pass as two rows; then each line is read alone.
    if values is None or len(values) != len(held):
        values = [_alone(line) for line in held]
    return [_record(value) for value in values]


def _parsed(text: str) -> list[object]:
    try:
        values = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        values = _lenient(text)
    if not isinstance(values, list):
        raise UnreadableUpload("the JSON is no array of objects")
    return values


def _lenient(text: str) -> object:
    # The standard reader takes what orjson refuses: half surrogates, as "\ud800".
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableUpload(f"not JSON: {error}") from error


def _alone(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _record(value: object) -> Record | None:
    if not isinstance(value, dict):
        return None
    return {_whole(key): _text(cell) for key, cell in value.items()}


def _text(cell: object) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, list):
        return ";".join(_scalar(each) for each in cell)
    return _scalar(cell)


def _scalar(cell: object) -> str:
    if isinstance(cell, str):
        return cell if cell.isascii() else _whole(cell)
    if isinstance(cell, float):
        # 34.0 is 34 for whoever wrote it; a long number that came as a float has
        # lost digits, and says so by its exponent.
        return f"{cell:.6E}" if abs(cell) >= _LOST else f"{cell:.15g}"
    return str(cell) if isinstance(cell, int) else "{…}"


def _whole(text: str) -> str:
    # Half a surrogate pair cannot be stored; U+FFFD is a fault of its own later.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
