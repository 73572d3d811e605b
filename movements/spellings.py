"""How a state's own files spell our columns, words and districts: a mapping.

It adds spellings and overrides none: what we know by itself keeps its meaning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from boundaries.errors import AmbiguousUnit, UnknownUnit
from boundaries.gazetteer import Gazetteer
from boundaries.names import fold
from movements.column_hindi import ALLOWED
from movements.columns import NAMES
from movements.errors import BadMapping
from movements.header import folded
from movements.person_rules import GENDERS

# A state has some tens of columns and of districts with odd names.
MOST_ENTRIES = 5_000
_LONGEST = 100
_KNOWN_WORDS = {
    "gender": frozenset(form for forms in GENDERS.values() for form in forms),
    "category": frozenset(ALLOWED["category"]),
    "mode": frozenset(ALLOWED["mode"]),
}

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Spellings:
    """A mapping, ready for use.

    Attributes:
        name: what its state calls it.
        columns: our column for each folded header of theirs.
        values: of gender, category and mode, our word for each of theirs in lower case.
        districts: the LGD code for each folded name of theirs.
    """

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Words = field(default_factory=dict)
    districts: Mapping[str, int] = field(default_factory=dict)


NONE = Spellings("")


def of_entries(
    name: str,
    *,
    columns: Mapping[str, str],
    values: Words,
    districts: Mapping[str, int],
) -> Spellings:
    """Return a mapping of entries as its state wrote them."""
    return Spellings(
        name=name,
        columns={folded(theirs): ours for theirs, ours in columns.items()},
        values={
            column: {theirs.strip().lower(): ours for theirs, ours in words.items()}
            for column, words in values.items()
        },
        districts={fold(theirs): code for theirs, code in districts.items()},
    )


def checked(spellings: Spellings, places: Gazetteer) -> Spellings:
    """Return a mapping that says nothing but what may be said.

    Raises:
        BadMapping: an entry overrides what we know, or leads to what we do not; the
            message names the first ten such entries.
    """
    wrong = [
        *_sizes(spellings),
        *_columns(spellings.columns),
        *_words(spellings.values),
        *_districts(spellings.districts, places),
    ]
    if wrong:
        more = f"; and {len(wrong) - 10} more" if len(wrong) > 10 else ""  # noqa: PLR2004 - as above
        raise BadMapping("; ".join(wrong[:10]) + more)
    return spellings


def _sizes(spellings: Spellings) -> Iterator[str]:
    words = [word for each in spellings.values.values() for word in each]
    entries = [*spellings.columns, *words, *spellings.districts]
    if len(entries) > MOST_ENTRIES:
        yield f"{len(entries)} entries given, {MOST_ENTRIES} allowed"
    if not entries:
        yield "no entry: give columns, values or districts"
    if any(not 1 <= len(each) <= _LONGEST for each in entries):
        yield f"an entry is empty or longer than {_LONGEST} signs"


def _columns(columns: Mapping[str, str]) -> Iterator[str]:
    for theirs, ours in columns.items():
        if ours not in NAMES:
            yield f"columns: {ours!r} is no column of ours; allowed: {', '.join(NAMES)}"
        elif theirs in NAMES and theirs != ours:
            yield f"columns: {theirs!r} is a column of ours and stays that one"


def _words(values: Words) -> Iterator[str]:
    for column, words in values.items():
        if column not in ALLOWED:
            allowed = ", ".join(ALLOWED)
            yield f"values: {column!r} has no list of words; allowed: {allowed}"
            continue
        for theirs, ours in words.items():
            if ours not in ALLOWED[column]:
                allowed = ", ".join(ALLOWED[column])
                yield f"values: {ours!r} is no {column}; allowed: {allowed}"
            elif theirs in _KNOWN_WORDS[column] and theirs != ours:
                yield f"values: {theirs!r} is a {column} by itself"


def _districts(districts: Mapping[str, int], places: Gazetteer) -> Iterator[str]:
    for theirs, code in districts.items():
        if code not in places.districts:
            yield f"districts: {theirs!r} leads to {code}, which is no district's code"
            continue
        try:
            known = places.district(theirs)
        except UnknownUnit:
            continue
        except AmbiguousUnit:
            yield f"districts: {theirs!r} is the name of several; add the state to it"
            continue
        if known != code:
            name = places.districts[known].name
            yield f"districts: {theirs!r} is {name} ({known}) by itself"
