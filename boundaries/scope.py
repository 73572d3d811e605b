"""Which units a reader answers for, and the bound predicate that keeps to them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, SmallInteger, bindparam, func, or_

STATES = bindparam("scope_states", type_=ARRAY(SmallInteger))
DISTRICTS = bindparam("scope_districts", type_=ARRAY(SmallInteger))


@dataclass(frozen=True, slots=True)
class Scope:
    """The states and districts (LGD codes) a reader answers for.

    ``None`` in both means the whole country. A district officer has ``districts``
    set; then ``states`` holds the states of those districts, for display only.
    """

    states: frozenset[int] | None = None
    districts: frozenset[int] | None = None

    def parameters(self) -> dict[str, Any]:
        """Return the values of ``STATES`` and ``DISTRICTS``."""
        narrowed = self.districts is not None
        return {
            "scope_states": None
            if narrowed or self.states is None
            else sorted(self.states),
            "scope_districts": None
            if self.districts is None
            else sorted(self.districts),
        }

    def key(self) -> str:
        """Return a short text that is equal for equal scopes (for entity tags)."""
        if self.districts is not None:
            return "d" + ".".join(map(str, sorted(self.districts)))
        if self.states is not None:
            return "s" + ".".join(map(str, sorted(self.states)))
        return "all"


NOTHING = Scope(states=frozenset())
COUNTRY = Scope()


def within(
    *,
    states: tuple[ColumnElement[int], ...],
    districts: tuple[ColumnElement[int], ...],
) -> ColumnElement[bool]:
    """Keep rows with at least one end in the reader's units.

    Args:
        states: the state code columns of the row's ends.
        districts: the district code columns of the same ends.
    """
    by_state = or_(STATES.is_(None), *(c == func.any(STATES) for c in states))
    by_district = or_(
        DISTRICTS.is_(None), *(c == func.any(DISTRICTS) for c in districts)
    )
    return by_state & by_district
