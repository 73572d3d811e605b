"""A journey asked for, and the route planned for it."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from routes.declared import Sequence

ROUTES = uuid5(NAMESPACE_URL, "urn:nmis:route")
CORRIDORS = uuid5(NAMESPACE_URL, "urn:nmis:corridor")


@dataclass(frozen=True, slots=True)
class Journey:
    """What a person asks for.

    Attributes:
        mode: train or bus.
        origin: LGD district code.
        destination: LGD district code.
        states: declared LGD state codes in order, or None where not declared. The
            states of the two ends may be left out.
    """

    mode: str
    origin: int
    destination: int
    states: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A route that can be stored.

    Attributes:
        route_id: made of mode, ends and states, so equal for equal routes.
        mode: train or bus.
        origin: LGD district code.
        destination: LGD district code.
        states: LGD state codes in order, those of the ends included.
        declared: whether the states are other than the network's own choice.
        open_at: positions after which a gap is crossed in a straight line.
        by_sea_or_air: whether a part goes by ship or plane.
    """

    route_id: UUID
    mode: str
    origin: int
    destination: int
    states: tuple[int, ...]
    declared: bool
    open_at: tuple[int, ...]
    by_sea_or_air: bool

    @property
    def has_gap(self) -> bool:
        """Whether two neighbouring states of the sequence do not touch."""
        return bool(self.open_at)

    @property
    def sequence(self) -> Sequence:
        """Return the states as the layered graph takes them."""
        return Sequence(self.states, self.open_at)


def route_id(journey: Journey, states: tuple[int, ...]) -> UUID:
    """Return the identity of a route; the same on every machine."""
    name = f"{journey.mode}/{journey.origin}/{journey.destination}/{dotted(states)}"
    return uuid5(ROUTES, name)


def corridor_id(states: tuple[int, ...]) -> UUID:
    """Return the identity of a sequence of states."""
    return uuid5(CORRIDORS, dotted(states))


def dotted(states: tuple[int, ...]) -> str:
    """Return a sequence as text."""
    return ".".join(map(str, states))
