"""How much is measured."""

from dataclasses import dataclass

from tests.bench import tiles


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of movements, rows, rounds and questions.

    ``many`` and ``few`` movements lie on the same ``pairs`` of districts. ``runs`` are
    rounds; of ``batches``, and beside ``martin``, there are more, since the figures lie
    near their bars. ``people`` are journeys of one state, of whom each page and
    look-up is ``asked`` as often; ``ingested`` are rows of a file.
    """

    movements: int
    few: int
    many: int
    pairs: int
    rows: int
    runs: int
    batches: int
    martin: int
    tiles_per_zoom: int
    seconds: float
    windows: int
    painted: int
    steps: int
    with_refs: bool
    people: int
    asked: int
    ingested: int


FULL = Size(
    movements=1_000_000,
    few=1_000_000,
    many=10_000_000,
    pairs=444_000,
    rows=10_000,
    runs=5,
    batches=15,
    martin=11,
    tiles_per_zoom=tiles.PER_ZOOM,
    seconds=3.0,
    windows=205,
    painted=1_000_000,
    steps=6,
    with_refs=True,
    people=1_000_000,
    asked=25,
    ingested=6_300_000,
)
SMALL = Size(
    movements=5_000,
    few=2_000,
    many=5_000,
    pairs=1_500,
    rows=100,
    runs=1,
    batches=1,
    martin=1,
    tiles_per_zoom=2,
    seconds=0.2,
    windows=8,
    painted=1_000,
    steps=2,
    with_refs=False,
    people=2_000,
    asked=3,
    ingested=2_000,
)
