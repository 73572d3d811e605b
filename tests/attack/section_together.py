"""Who know more: an officer who colludes, and the ministry."""

from collections.abc import Iterator

import polars as pl

from tests.attack import collusion, ministry
from tests.attack.on import Ground
from tests.attack.table import Line


def together(on: Ground) -> Iterator[Line]:
    """Yield what they have of others, the officers of the smallest states first."""
    sizes = on.stage.counts.group_by("origin_state").agg(pl.col("n").sum()).sort("n")
    states = sizes["origin_state"].to_list()[: on.size.officers or None]
    door = on.stage.door
    found = collusion.left(door, on.atoms, on.categories, states=states)
    name = f"others' atoms exposed to an analyst and an officer ({found.asked} weeks)"
    yield Line(name, (found.exposed,), 0)
    yield Line("fewest counts they leave to any of others' atoms", (found.fewest,))
    few, of = ministry.exposed(door, on.atoms)
    yield Line(f"of {of:,} small atoms, exposed to the ministry's exact sums", (few,))
