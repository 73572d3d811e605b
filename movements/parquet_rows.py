"""The rows of a Parquet file.

Run only in the process that may take only so much: see ``movements.apart``.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from movements.body import MAX_BYTES
from movements.cell_text import is_shortened
from movements.columns import NAMES
from movements.errors import UnreadableUpload, UploadTooLarge
from movements.grid import CellFault, Grid
from movements.header import MOST_COLUMNS, fit, folded
from movements.parquet_texts import is_texts, lost_from, size, texts

# A file of 20,000 rows is one group; writers that flush often make some hundred.
MAX_ROW_GROUPS = 1000
MAX_INFLATED = 64 * 1024 * 1024
MAX_RATIO = 1000  # columns of one value shrink further than text
_RATIO_FROM = 1024 * 1024
_FOOTER = 4 * 1024 * 1024
_WORDS = 200


def grid(
    body: bytes, *, sheet: str | None, aliases: Mapping[str, str], rows: int
) -> Grid:
    """Return the rows of a Parquet file; the arguments are those of a workbook.

    Raises:
        UnreadableUpload: no Parquet, a broken or an encrypted one.
        UploadTooLarge: more of anything than is allowed.
        BadColumns: a column is missing or stands twice.
    """
    del sheet
    try:
        return _grid(body, aliases, most=rows)
    except (pa.ArrowMemoryError, MemoryError):
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        words = str(error).partition("\n")[0][:_WORDS]
        raise UnreadableUpload(f"the Parquet file cannot be read: {words}") from error


def _grid(body: bytes, aliases: Mapping[str, str], *, most: int) -> Grid:
    file = _opened(body)
    _within_limits(file.metadata, len(body), most)
    spelt = file.schema_arrow.names
    names = [folded(each, aliases) for each in spelt]
    fit(names)
    ours = {at: name for at, name in enumerate(names) if name in NAMES}
    plain = [spelt[at] for at in ours if is_texts(file.schema_arrow.field(at).type)]
    table = _opened(body, plain).read([spelt[at] for at in ours], use_threads=False)
    columns = {name: table.column(spelt[at]) for at, name in ours.items()}
    total = sum(size(column) for column in columns.values())
    if total > MAX_BYTES:
        raise UploadTooLarge("bytes of text", total, MAX_BYTES)
    if table.num_rows > most:
        raise UploadTooLarge("rows", table.num_rows, most)
    return Grid(
        names=names,
        columns={name: texts(column) for name, column in columns.items()},
        unknown={
            name: table.num_rows for at, name in enumerate(names) if at not in ours
        },
        rows=table.num_rows,
        faults=_shortened(columns),
    )


def _opened(body: bytes, dictionaries: list[str] | None = None) -> pq.ParquetFile:
    return pq.ParquetFile(
        pa.BufferReader(body),
        # A text that stands once and is named by every row stays once.
        read_dictionary=dictionaries,
        thrift_string_size_limit=_FOOTER,
        thrift_container_size_limit=_FOOTER,
    )


def _within_limits(footer: pq.FileMetaData, packed: int, most: int) -> None:
    for what, given, allowed in (
        ("rows", footer.num_rows, most),
        ("row groups", footer.num_row_groups, MAX_ROW_GROUPS),
        ("columns", footer.num_columns, MOST_COLUMNS),
    ):
        if given > allowed:
            raise UploadTooLarge(what, given, allowed)
    inflated = sum(
        footer.row_group(group).column(column).total_uncompressed_size
        for group in range(footer.num_row_groups)
        for column in range(footer.num_columns)
    )
    if inflated > MAX_INFLATED:
        raise UploadTooLarge("bytes unpacked", inflated, MAX_INFLATED)
    ratio = inflated // max(packed, 1)
    if inflated > _RATIO_FROM and ratio > MAX_RATIO:
        raise UploadTooLarge("times its size unpacked", ratio, MAX_RATIO)


def _shortened(columns: Mapping[str, pa.ChunkedArray]) -> list[CellFault]:
    return [
        (row, name, "number_shortened")
        for name, column in columns.items()
        if pa.types.is_floating(column.type) and name not in ("mobile", "aadhaar")
        for row, value in enumerate(column.to_pylist())
        if value is not None
        and (is_shortened(value) or abs(value) >= lost_from(column.type))
    ]
