"""A table as a file's reader gives it: texts by column, and what is odd about cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Cells = Sequence[str | None]
# Row (from 0), our name of the column, and the code of the fault.
CellFault = tuple[int, str, str]
# Code, words, how often.
Note = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of a file, not yet checked.

    Attributes:
        names: the header as we spell it, unknown names included.
        columns: the texts of each column we know.
        unknown: how many values the others hold.
        rows: how many rows hold anything.
        blank: how many rows hold nothing; they are left out.
        faults: cells that could not be read as what they say.
        notes: what the sender is told of the file.
    """

    names: list[str]
    columns: Mapping[str, Cells]
    unknown: dict[str, int]
    rows: int
    blank: int = 0
    faults: Sequence[CellFault] = ()
    notes: Sequence[Note] = ()

    def body(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__}
