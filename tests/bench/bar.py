"""What is measured: named figures with the bar they must hold, as JSON and as text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure: the median of its runs, and whether it holds its bar.

    Without a bar it is only reported.
    """

    name: str
    value: float
    bar: float | None
    unit: str
    holds: bool | None
    runs: tuple[float, ...]


def at_least(name: str, runs: Sequence[float], bar: float, unit: str) -> Bar:
    value = median(runs)
    return Bar(name, _short(value), bar, unit, value >= bar, _all_short(runs))


def at_most(name: str, runs: Sequence[float], bar: float, unit: str) -> Bar:
    value = median(runs)
    return Bar(name, _short(value), bar, unit, value <= bar, _all_short(runs))


def told(name: str, runs: Sequence[float], unit: str) -> Bar:
    return Bar(name, _short(median(runs)), None, unit, None, _all_short(runs))


def as_json(bars: Sequence[Bar]) -> list[dict[str, object]]:
    return [asdict(bar) for bar in bars]


def as_table(bars: Sequence[Bar]) -> str:
    rows = [("", "value", "bar", "unit", "holds"), *map(_cells, bars)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at in (0, 3) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _cells(bar: Bar) -> tuple[str, ...]:
    return (
        bar.name,
        f"{bar.value:g}",
        "" if bar.bar is None else f"{bar.bar:g}",
        bar.unit,
        {True: "yes", False: "NO", None: ""}[bar.holds],
    )


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _all_short(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(map(_short, values))
