"""How fine an atom is: the levels of the partition, from fine to coarse."""

from dataclasses import dataclass

# Counts of flows are published as multiples of this.
BASE = 11
# Categories of a state count the same journeys once more, drawn apart. In steps of
# three times as much, one journey more shows in both together no more often than it
# may in flows alone (4 of 11): docs/protection.md.
WIDE = 33
# An atom's own threshold lies between these, both inclusive; what stays below it is
# told at a coarser level. Nobody can be sure that a published atom is of fewer people.
LEAST, MOST = 6, 16


@dataclass(frozen=True, slots=True)
class Level:
    """One level.

    Attributes:
        name: as the release tells it; part of what an atom's draw depends on, so it
            never changes.
        by: what tells one atom of the level from another: columns of the counts.
        base: its counts are published as multiples of this.
    """

    name: str
    by: tuple[str, ...]
    base: int = BASE


_ENDS = ("origin_state", "origin", "destination_state", "destination")

FLOWS = (
    Level("district", ("week", "day", *_ENDS, "mode")),
    Level(
        "state_to_district",
        ("week", "day", "origin_state", "destination_state", "destination"),
    ),
    Level("state", ("week", "origin_state", "destination_state")),
    Level("country", ("week",)),
)
# Categories are published apart, so coarsely that a busload of pilgrims does not stand
# out; no flow is told by category. What is below its threshold is not told at all: a
# remainder of the country would show once more whenever a state's reaches its own.
CATEGORIES = (
    Level("category_of_state", ("week", "origin_state", "category"), base=WIDE),
)
