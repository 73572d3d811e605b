"""What only the judge knows: how many journeys each published atom stands for."""

import polars as pl

from movements.release.draw import ReleaseKey
from movements.release.levels import CATEGORIES, FLOWS
from movements.release.partition import partition

PEOPLE = "people"
FINE = list(FLOWS[0].by)


def with_people(
    atoms: pl.DataFrame, counts: pl.DataFrame, key: ReleaseKey
) -> pl.DataFrame:
    """Return published atoms of flows, or of categories, with their true counts."""
    levels = CATEGORIES if "category" in atoms.columns else FLOWS
    # An atom that was drawn again is of the same journeys: a threshold never changes.
    made = partition(counts, levels, key=key)
    true = pl.concat(
        [
            each.rows.select(*each.level.by, PEOPLE).with_columns(
                level=pl.lit(each.level.name)
            )
            for each in made
        ],
        how="diagonal_relaxed",
    )
    if "origin_state" in true.columns and levels is CATEGORIES:
        true = true.with_columns(pl.col("origin_state").fill_null(0))
    names = [name for name in true.columns if name != PEOPLE]
    missing = set(names) - set(atoms.columns)
    if missing:
        raise ValueError(f"no columns {sorted(missing)}")
    kinds = {name: atoms.schema[name] for name in names}
    return atoms.join(
        true.cast(kinds), on=names, how="left", nulls_equal=True, maintain_order="left"
    )


def cells(counts: pl.DataFrame) -> pl.DataFrame:
    """Return everyone by pair of districts, day and mode: ``FINE`` and ``c``."""
    return counts.group_by(FINE).agg(pl.col("n").sum().alias("c")).sort(FINE)
