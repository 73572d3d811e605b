"""Columns of Parquet as the texts that the rules read."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.types import is_floating

from movements.cell_text import text

Texts = list[str | None]

# From here on not every whole number has a float of its own, by its bits.
_NARROW = {16: 2**11, 32: 2**24}

# A travel date is a civil date in India, which keeps one time all year.
_INDIA = timezone(timedelta(hours=5, minutes=30))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_texts(kind: pa.DataType) -> bool:
    """Say whether a column holds texts, which may be kept once for all rows."""
    return any(
        is_kind(kind)
        for is_kind in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_binary,
            pa.types.is_large_binary,
        )
    )


def size(column: pa.ChunkedArray) -> int:
    """Return how many bytes the texts of a column take when each row has its own."""
    return sum(_size(chunk) for chunk in column.chunks)


def _size(chunk: pa.Array) -> int:
    if pa.types.is_dictionary(chunk.type):
        if not is_texts(chunk.type.value_type):
            return 0
        widths = pc.take(pc.binary_length(chunk.dictionary), chunk.indices)
    elif is_texts(chunk.type):
        widths = pc.binary_length(chunk)
    else:
        return chunk.nbytes if pa.types.is_nested(chunk.type) else 0
    return pc.sum(pc.cast(widths, pa.int64())).as_py() or 0


def texts(column: pa.ChunkedArray) -> Texts:
    """Return a column's texts: numbers in full, moments at midnight as their day.

    A moment that says its zone is told in India's time, one that does not as it is.
    """
    return [cell for chunk in column.chunks for cell in _of_chunk(chunk)]


def _of_chunk(chunk: pa.Array) -> Texts:
    kind = chunk.type
    if isinstance(chunk, pa.ExtensionArray):
        return [None if each is None else str(each) for each in chunk.to_pylist()]
    if pa.types.is_dictionary(kind):
        spelt = _of_chunk(chunk.dictionary)
        return [None if at is None else spelt[at] for at in chunk.indices.to_pylist()]
    if is_texts(kind):
        # A text that is not UTF-8 comes with the sign of what is broken.
        return _spelt(chunk.cast(_bytes_of(kind)), text)
    if pa.types.is_timestamp(kind):
        moments = chunk.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.int64())
        return _spelt(moments, _aware if kind.tz else _naive)
    least = lost_from(kind)
    return _spelt(chunk, lambda each: _kept(each, least))


def _bytes_of(kind: pa.DataType) -> pa.DataType:
    wide = pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)
    return pa.large_binary() if wide else pa.binary()


def _spelt(chunk: pa.Array, spell: Callable[[object], str | None]) -> Texts:
    return [None if cell is None else spell(cell) for cell in chunk.to_pylist()]


def lost_from(kind: pa.DataType) -> float:
    """Return from which size on a float may stand for another whole number."""
    return _NARROW.get(kind.bit_width, math.inf) if is_floating(kind) else math.inf


def _kept(value: object, least: float) -> str | None:
    lost = isinstance(value, float) and least <= abs(value) < math.inf
    return f"{value:.6E}" if lost else text(value)


def _aware(micros: object) -> str | None:
    return _moment(micros, _INDIA)


def _naive(micros: object) -> str | None:
    return _moment(micros, UTC)


def _moment(micros: object, zone: timezone) -> str | None:
    try:
        there = (_EPOCH + timedelta(microseconds=int(str(micros)))).astimezone(zone)
    except OverflowError:  # beyond the year 9999
        return str(micros)
    return text(there.replace(tzinfo=None))
