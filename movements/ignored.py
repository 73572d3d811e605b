"""What is not stored of an upload, and what else its sender is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from movements.columns import NAMES
from movements.fault import masked

# Columns that we ourselves put behind the rows that we give back.
ROW = "nmis_row"
OWN = (ROW, "nmis_faults", "nmis_values")


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something in the upload that is not stored, and why."""

    field: str | None
    code: str
    message: str
    count: int

    def body(self) -> dict[str, object]:
        """Return it as the receipt shows it."""
        return {
            "field": self.field,
            "code": self.code,
            "message": self.message,
            "count": self.count,
        }


WINDOWS = Ignored(None, "read_as_windows_1252", "the text is not UTF-8", 1)


def blank_lines(count: int) -> Ignored:
    """Return the note on lines that hold nothing."""
    return Ignored(None, "blank_line", "lines without a value", count)


def strangers(counts: Mapping[str, int]) -> list[Ignored]:
    """Return the notes on columns we do not take, by how many values they hold."""
    allowed = f"not a column we take; allowed: {', '.join(NAMES)}"
    return [
        Ignored(masked("", name), "unknown_column", allowed, count)
        for name, count in counts.items()
        if name not in OWN
    ]
