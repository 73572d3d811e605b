"""Rows in the binary form of PostgreSQL's COPY, made column by column.

Columns of a fixed width are laid out by numpy for all rows at once; only the columns
whose width differs from row to row are put behind them row by row. It reads three
times as fast as text, on both sides.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from routes.arrays import SMALLINT, Fixed
from routes.arrays import fixed as fixed_array

Cells = Sequence[bytes | None]

_HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)
_WIDTH = struct.Struct(">i").pack
_NULL = _WIDTH(-1)
_UUID = 16  # bytes
_EPOCH = 10_957  # PostgreSQL counts days from 2000-01-01, polars from 1970-01-01
_POINT = np.dtype(
    [("order", "u1"), ("kind", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")]
)
_POINT_WITH_SRID = 0x2000_0001


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows as COPY reads them, and the names of their columns."""

    names: tuple[str, ...]
    rows: bytes


def packed(fixed: Mapping[str, Fixed], cells: Mapping[str, Cells]) -> Packed:
    """Return rows of the columns of ``fixed`` and then of ``cells``.

    Args:
        fixed: columns without NULL, big-endian numbers or raw bytes.
        cells: columns of any width.
    """
    names = (*fixed, *cells)
    plain = _laid_out(fixed, count=len(names))
    if not cells:
        return Packed(names, b"".join((_HEAD, plain.tobytes(), _END)))
    ends = [_cells(column) for column in cells.values()]
    rows = zip(_cut(plain), *ends, strict=True)
    return Packed(names, b"".join((_HEAD, *map(b"".join, rows), _END)))


def _laid_out(fixed: Mapping[str, Fixed], *, count: int) -> Fixed:
    """Return one packed record per row: how many fields, then width and value each."""
    kinds: list[tuple[str, Any]] = [("fields", ">i2")]
    for name, column in fixed.items():
        kinds += [(f"{name} width", ">i4"), (name, column.dtype)]
    rows = len(next(iter(fixed.values())))
    records = np.empty(rows, dtype=np.dtype(kinds))
    records["fields"] = count
    for name, column in fixed.items():
        records[f"{name} width"] = column.dtype.itemsize
        records[name] = column
    return records


def _cut(records: Fixed) -> list[bytes]:
    whole, width = records.tobytes(), records.dtype.itemsize
    return [whole[at : at + width] for at in range(0, len(whole), width)]


def _cells(column: Cells) -> list[bytes]:
    return [_NULL if cell is None else _WIDTH(len(cell)) + cell for cell in column]


def numbers(column: pl.Series | Fixed, kind: str) -> Fixed:
    """Return whole numbers as ``i2``, ``i4`` or ``?`` (true or false)."""
    found: Fixed = np.asarray(column).astype(f">{kind}")
    return found


def days(column: pl.Series) -> Fixed:
    """Return dates."""
    return numbers(column.to_physical().to_numpy() - _EPOCH, "i4")


def uuids(column: pl.Series) -> Fixed:
    """Return UUIDs, given as 16 bytes each."""
    return np.frombuffer(b"".join(column.to_list()), dtype=f"V{_UUID}")


def points(lon: pl.Series, lat: pl.Series) -> Fixed:
    """Return points of EPSG:4326 degrees as EWKB."""
    made = np.empty(len(lon), dtype=_POINT)
    made["order"], made["kind"], made["srid"] = 1, _POINT_WITH_SRID, 4326
    made["x"], made["y"] = lon.to_numpy(), lat.to_numpy()
    return made.view(f"V{_POINT.itemsize}")


def texts(column: pl.Series) -> Cells:
    """Return texts of any width."""
    return column.cast(pl.Binary).to_list()


def smallint_arrays(column: Iterable[Sequence[int]]) -> Cells:
    """Return arrays of small numbers; a batch has few different ones."""
    made: dict[Sequence[int], bytes] = {}
    cells = []
    for each in column:
        if each not in made:
            made[each] = fixed_array(np.array(each, dtype=">i2"), SMALLINT).raw
        cells.append(made[each])
    return cells
