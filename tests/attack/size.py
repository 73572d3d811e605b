"""How often each attack is made: by ``make attack``, and among the tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of what is tried.

    Attributes:
        people: journeys in all.
        small: cells of one to three people that are looked for.
        filters, public: random filters of an analyst, and of everybody.
        pairs: pairs of filters that differ by little.
        windows: of which layers and tiles are read.
        blocks: by how many other districts each block's has more arrivals, as a share.
        sampled: cells that linear programs are made of, of each kind.
        whole: small atoms of which five counts are tried in whole numbers.
        officers: how many states' officers collude, the smallest first; 0: all.
        added: journeys added on the atoms, at random and in the worst place.
        again: journeys added and released again in full.
    """

    people: int
    small: int
    filters: int
    public: int
    pairs: int
    windows: int
    blocks: tuple[float, ...]
    sampled: int
    whole: int
    officers: int
    added: int
    again: int


FULL = Size(
    people=6_300_000,
    small=10_000,
    filters=10_000,
    public=1_000,
    pairs=500,
    windows=8,
    blocks=(0.99, 0.97, 0.94, 0.91, 0.88, 0.84, 0.8, 0.75, 0.7, 0.6),
    sampled=60,
    whole=12,
    officers=0,
    added=2_000,
    again=48,
)
SHORT = Size(
    people=60_000,
    small=2_000,
    filters=250,
    public=40,
    pairs=40,
    windows=1,
    blocks=(0.99, 0.9, 0.8),
    sampled=10,
    whole=4,
    officers=5,
    added=250,
    again=4,
)
