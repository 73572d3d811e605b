"""Measures side by side: ours, and the rules of others."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

RULES = ("ours", "hiding < 11", "plain rounding", "cell-key noise")


@dataclass(frozen=True, slots=True)
class Line:
    """One measure.

    Attributes:
        name: what is measured, and where.
        values: by rule, in the order of ``RULES``; ``None`` where a rule has none.
        bar: the most that ours may be; ``None`` where it is told only.
        form: how a value is written.
    """

    name: str
    values: tuple[float | None, ...]
    bar: float | None = None
    form: str = ",.0f"

    @property
    def ours(self) -> float:
        return self.values[0] or 0

    @property
    def holds(self) -> bool:
        return self.bar is None or self.ours <= self.bar

    def cells(self) -> list[str]:
        values = [
            "" if value is None else format(value, self.form)
            for value in [*self.values, *[None] * (len(RULES) - len(self.values))]
        ]
        bar = "" if self.bar is None else f"≤ {format(self.bar, self.form)}"
        verdict = "" if self.bar is None else ("yes" if self.holds else "NO")
        return [self.name, *values, bar, verdict]


def say(lines: Iterable[Line]) -> None:
    """Print the table, as Markdown."""
    heads = ["", *RULES, "bar for ours", "holds"]
    rows = [heads, ["---"] * len(heads), *(line.cells() for line in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(heads))]
    for row in rows:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write(f"| {' | '.join(padded)} |\n")
