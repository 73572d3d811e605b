"""Names and codes of the units in force, in memory, and how text finds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from boundaries.errors import AmbiguousUnit, UnknownUnit
from boundaries.names import fold, number

# More than three guesses help nobody, and a guess less alike than this is noise.
CANDIDATES = 3
ALIKE = 0.6

# ISO 3166-2:IN was UT for Uttarakhand; people also write it for "union territory".
_TWO_MEANINGS = {"ut": ("Uttarakhand (5)", "a union territory: write its name")}

# Texts whose answer is kept: every name and code in a few spellings, of usual length.
MOST_KEPT = 20_000
LONGEST_KEPT = 100

Names = Mapping[str, frozenset[int]]
Asked = tuple[str, str, int | None]  # level, text, state it must lie in


@dataclass(frozen=True, slots=True)
class State:
    """A state or union territory; ``code`` is LGD's, ``iso`` the one of the day."""

    code: int
    name: str
    name_hi: str | None
    iso: str | None
    census2011: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class District:
    """A district by its LGD code; ``lon`` and ``lat`` of a point inside it."""

    code: int
    name: str
    name_hi: str | None
    state_code: int
    lon: float
    lat: float
    population_2011: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """A snapshot of the units in force; arrays are aligned and sorted by code.

    ``younger`` has districts not in force by folded name, and the ones they were
    split from: candidates only, never an answer.
    """

    states: Mapping[int, State]
    districts: Mapping[int, District]
    district_codes: NDArray[np.int16]
    district_state: NDArray[np.int16]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    state_names: Names
    district_names: Names
    younger: Names
    isos: Mapping[str, int]
    state_census: Mapping[str, int]
    district_census: Mapping[str, int]
    suggesting: bool = True  # whether near names of unknown ones are searched for
    known: dict[Asked, int] = field(default_factory=dict, repr=False)

    def state(self, text: str) -> int:
        """Return the LGD code of a state by code, name, variant or ISO code.

        Raises:
            UnknownUnit: nothing goes by that text; names what comes near.
            AmbiguousUnit: several states do; names them.
        """
        asked = ("state", text, None)
        return self.known.get(asked) or self._kept(asked, self._state(text))

    def _state(self, text: str) -> int:
        if digits := number(text):
            return self._numbered("state", text, digits)
        if text.strip().upper().startswith("IN-"):
            return self.state_by_iso(text)
        folded = fold(text)
        if folded in _TWO_MEANINGS:
            raise AmbiguousUnit("state", text, _TWO_MEANINGS[folded])
        found = self.state_names.get(folded, frozenset())
        if not found and f"IN-{folded.upper()}" in self.isos:
            return self.isos[f"IN-{folded.upper()}"]
        return self._one("state", text, found)

    def district(self, text: str, *, state: int | None = None) -> int:
        """Return the LGD code of a district by code or name.

        Args:
            text: a code, a name, "District, State" or "District (State)".
            state: LGD code of the state it must lie in, if known.

        Raises:
            UnknownUnit: no district goes by that text; names what comes near.
            AmbiguousUnit: several districts do; names them.
        """
        asked = ("district", text, state)
        return self.known.get(asked) or self._kept(asked, self._district(text, state))

    def _kept(self, asked: Asked, code: int) -> int:
        # Uploads repeat the same few hundred texts; only what was found is kept.
        if len(asked[1]) <= LONGEST_KEPT and len(self.known) < MOST_KEPT:
            self.known[asked] = code
        return code

    def _district(self, text: str, state: int | None) -> int:
        if digits := number(text):
            self._refuse_census(text, digits)
            return self._numbered("district", text, digits, state=state)
        found = self._named(text, state)
        if found:
            return self._one("district", text, found)
        name, within = split(text)
        if within:
            of = self.state(within)
            if state is None or of == state:
                return self._one("district", text, self._named(name, of), state=of)
        return self._one("district", text, frozenset(), state=state)

    def state_by_census(self, text: str) -> int:
        """Return the LGD code of a state by its Census 2011 code ("27")."""
        return _coded("state with Census 2011 code", text, self.state_census, 2)

    def district_by_census(self, text: str) -> int:
        """Return the LGD code of a district by its Census 2011 code ("014")."""
        return _coded("district with Census 2011 code", text, self.district_census, 3)

    def state_by_iso(self, text: str) -> int:
        """Return the LGD code of a state by ISO 3166-2 code, present or former."""
        asked = text.strip().upper()
        iso = asked if asked.startswith("IN-") else f"IN-{asked}"
        if iso not in self.isos:
            raise UnknownUnit("state with ISO 3166-2 code", text)
        return self.isos[iso]

    def label(self, level: str, code: int) -> str:
        """Return "Name (code)", for a district "Name, State (code)"."""
        if level == "state":
            return f"{self.states[code].name} ({code})"
        district = self.districts[code]
        return f"{district.name}, {self.states[district.state_code].name} ({code})"

    def _numbered(
        self, level: str, text: str, digits: str, *, state: int | None = None
    ) -> int:
        units = self.states if level == "state" else self.districts
        code = int(digits)
        if code not in units:
            raise UnknownUnit(level, text)
        if state is not None and self.districts[code].state_code != state:
            raise UnknownUnit(level, text, (self.label(level, code),))
        return code

    def _refuse_census(self, text: str, digits: str) -> None:
        """Refuse "014": Census 2011 codes are padded to three digits, LGD's are not."""
        census = self.district_census.get(digits)
        if digits.startswith("0") and census is not None and int(digits) != census:
            read = (int(digits), census)
            either = tuple(
                self.label("district", c) for c in read if c in self.districts
            )
            raise AmbiguousUnit("district", text, either)

    def _named(self, text: str, state: int | None) -> frozenset[int]:
        for folded in (fold(text), fold(_without_word(text))):
            found = self.district_names.get(folded, frozenset())
            if state is not None:
                found = frozenset(
                    code for code in found if self.districts[code].state_code == state
                )
            if found:
                return found
        return frozenset()

    def _one(
        self, level: str, text: str, found: frozenset[int], *, state: int | None = None
    ) -> int:
        if not found:
            raise UnknownUnit(level, text, self._near(level, text, state))
        if len(found) > 1:
            labels = tuple(self.label(level, code) for code in sorted(found))
            raise AmbiguousUnit(level, text, labels)
        (code,) = found
        return code

    def _near(self, level: str, text: str, state: int | None) -> tuple[str, ...]:
        names = self.state_names if level == "state" else self.district_names
        asked = fold(text if level == "state" else split(text)[0])
        alike = []
        if self.suggesting:
            alike = get_close_matches(asked, names, n=4 * CANDIDATES, cutoff=ALIKE)
        codes = [code for name in (asked, *alike) for code in names.get(name, ())]
        if level == "district":
            codes = [*sorted(self.younger.get(asked, ())), *codes]
        if state is not None:
            codes.sort(key=lambda code: self.districts[code].state_code != state)
        return tuple(self.label(level, c) for c in dict.fromkeys(codes))[:CANDIDATES]


def split(text: str) -> tuple[str, str]:
    """Return ("Patna", "Bihar") of "Patna, Bihar" or "Patna (Bihar)"."""
    plain = text.strip()
    if plain.endswith(")") and "(" in plain:
        name, _, within = plain[:-1].rpartition("(")
        return name.strip(), within.strip()
    name, comma, within = plain.rpartition(",")
    return (name.strip(), within.strip()) if comma else (plain, "")


def _without_word(text: str) -> str:
    words = text.split()
    kept = [w for w in words if fold(w) not in ("district", "distt", "dist", "जिला")]
    return " ".join(kept)


def _coded(what: str, text: str, known: Mapping[str, int], width: int) -> int:
    digits = number(text) or ""
    if digits.zfill(width) not in known:
        raise UnknownUnit(what, text)
    return known[digits.zfill(width)]
