"""Guessing small counts, and reading them off as differences of two answers."""

from collections.abc import Iterator
from functools import reduce
from operator import add

from tests.attack import rules
from tests.attack.differences import read_off
from tests.attack.on import PERCENT, Ground
from tests.attack.others import busiest, others
from tests.attack.squares import estimates, guesses
from tests.attack.table import Line

# A guess may be right so much more often than blindly.
MORE = 0.02


def guessed(on: Ground) -> Iterator[Line]:
    """Yield how often, of small counts in blocks."""
    blocks, door = busiest(on), on.stage.door
    blind, right, off = 0.0, [], []
    for rule in (lambda each: rules.ours(each, door), *others(on)):
        told = [(each, rule(each)) for each in blocks]
        found = reduce(add, (guesses(b, estimates(b, t)) for b, t in told))
        blind = found.blind / found.of
        right.append(found.right / found.of)
        read = [read_off(b, t) for b, t in told]
        off.append(sum(r for r, _ in read) / max(sum(of for _, of in read), 1))
    yield Line("small counts guessed blindly", (blind,) * 4, None, PERCENT)
    name = "small counts guessed by least squares over all windows, modes, ends"
    yield Line(name, tuple(right), blind + MORE, PERCENT)
    name = "small counts read off as the difference of two answers"
    yield Line(name, tuple(off), None, PERCENT)
