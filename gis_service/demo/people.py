"""Age and gender of the people in the parties."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_service.demo.figures import Codes
from gis_service.demo.parties import Parties

ADULT = 18
OLDEST = 64
MEAN_AGE, AGE_SPREAD = 29, 8
MALE_AMONG_WORKERS = 0.88
GENDERS = ("male", "female")


@dataclass(frozen=True, slots=True)
class People:
    """Aligned arrays, one entry per person.

    ``member`` is a person's place in the party; ``gender`` the place in ``GENDERS``.
    """

    party: Codes
    member: Codes
    age: Codes
    gender: Codes


def people(rng: np.random.Generator, of: Parties) -> People:
    """Return everybody in the parties; a family's third and later are children."""
    party = np.repeat(np.arange(of.size.size), of.size)
    member = np.arange(party.size) - of.first[party]
    child = of.family[party] & (member > 1)
    return People(
        party=party,
        member=member,
        age=_ages(rng, child),
        gender=_genders(rng, of, party, member, child=child),
    )


def _ages(rng: np.random.Generator, child: npt.NDArray[np.bool_]) -> Codes:
    grown = np.clip(rng.normal(MEAN_AGE, AGE_SPREAD, child.size), ADULT, OLDEST)
    young = rng.integers(0, ADULT, child.size)
    return np.where(child, young, grown.astype(np.int64))


def _genders(
    rng: np.random.Generator,
    of: Parties,
    party: Codes,
    member: Codes,
    *,
    child: npt.NDArray[np.bool_],
) -> Codes:
    any_child = rng.integers(0, 2, party.size)
    worker = (rng.random(party.size) >= MALE_AMONG_WORKERS).astype(np.int64)
    couple = of.family[party] & ~child
    return np.select([child, couple], [any_child, member], default=worker)
