"""docs/uploads.md names every column, fault code and limit there is."""

from pathlib import Path

import movements
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
