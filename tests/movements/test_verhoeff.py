"""The Verhoeff check digit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from movements.verhoeff import holds

NUMBERS = st.text("0123456789", min_size=11, max_size=11)


def _holds(number: str) -> bool:
    return bool(holds(np.array([[int(sign) for sign in number]], dtype=np.int8))[0])


def _checked(number: str) -> str:
    return next(f"{number}{last}" for last in range(10) if _holds(f"{number}{last}"))


def test_verhoeffs_own_example_holds():
    assert _holds("2363")


@given(NUMBERS)
def test_exactly_one_last_digit_checks_the_others(number: str):
    assert sum(_holds(f"{number}{last}") for last in range(10)) == 1


@given(NUMBERS, st.integers(0, 11), st.integers(1, 9))
def test_every_wrong_digit_is_noticed(number: str, at: int, by: int):
    right = _checked(number)
    wrong = right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :]
    assert not _holds(wrong)


@given(NUMBERS, st.integers(0, 10))
def test_every_swap_of_neighbours_is_noticed(number: str, at: int):
    right = _checked(number)
    swapped = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    assert swapped == right or not _holds(swapped)
