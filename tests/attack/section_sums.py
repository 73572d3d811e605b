"""Answers are sums of atoms, however they are asked for."""

from collections.abc import Iterator

from tests.attack import layer_sums, neighbours, random_filters, same_bytes
from tests.attack.atom_sums import AtomSums
from tests.attack.on import SEED, Ground
from tests.attack.table import Line

AS_ARROW = ("/flows/district?k=2000", "/flows/state?window=2020-W21")


def sums(on: Ground) -> Iterator[Line]:
    """Yield how many are not."""
    door, size, atoms = on.stage.door, on.size, on.atoms.drop("people")
    found = random_filters.wrong(atoms, door, filters=size.filters, seed=SEED)
    name = f"of {size.filters:,} random filters, not the sum of their atoms"
    yield Line(name, (len(found),), 0)
    found = random_filters.wrong(
        atoms, door, filters=size.public, seed=SEED, public=True
    )
    yield Line(f"of {size.public:,} of the public's, likewise", (len(found),), 0)
    arrays = AtomSums.of(atoms, door)
    found = neighbours.wrong(arrays, door, pairs=size.pairs, seed=SEED)
    name = f"of {size.pairs:,} pairs of filters, not atoms apart"
    yield Line(name, (len(found),), 0)
    found = layer_sums.wrong(arrays, door, windows=size.windows, seed=SEED)
    name = "numbers in layers, tiles and their files that no atoms account for"
    yield Line(name, (len(found),), 0)
    found = same_bytes.wrong(door)
    for query in AS_ARROW:
        found += same_bytes.arrow_wrong(door, query)
    name = "repeats, encodings, HEAD, orders, Arrow that differ"
    yield Line(name, (len(found),), 0)
