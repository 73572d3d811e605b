"""docs/uploads.md names every column, fault code and limit there is."""

from pathlib import Path

import movements
from movements import apart_limits, header, parquet_rows, xlsx_archive, xlsx_sheets
from movements.columns import COLUMNS
from movements.fault import CODES
from movements.points import TOLERANCE_DEG
from movements.sheet import MAX_ROWS

DOCS = Path(movements.__file__).parents[1] / "docs" / "uploads.md"


def test_every_column_code_and_limit_is_documented():
    text = DOCS.read_text(encoding="utf-8")
    for column in COLUMNS:
        assert f"| `{column.name}` |" in text
        assert column.holds in text
    for code, (english, _) in CODES.items():
        assert f"| `{code}` | {english} |" in text
    assert f"{MAX_ROWS:,} rows" in text
    assert f"{TOLERANCE_DEG} degrees" in text


def test_what_a_file_may_take_is_documented():
    text = " ".join(DOCS.read_text(encoding="utf-8").split())
    for words in (
        f"{apart_limits.MEMORY_MB:,} MB of memory, {apart_limits.SECONDS} seconds",
        f"{xlsx_archive.MAX_INFLATED >> 20} MiB and to {xlsx_archive.MAX_RATIO} times",
        f"{xlsx_sheets.MAX_SHEETS} sheets and {xlsx_sheets.MAX_CELLS:,} cells",
        f"{parquet_rows.MAX_INFLATED >> 20} MiB, have",
        f"{parquet_rows.MAX_ROW_GROUPS:,} row groups and {header.MOST_COLUMNS}",
    ):
        assert words in text
