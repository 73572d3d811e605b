"""What can be wrong with a place or a boundary file."""

from dataclasses import dataclass


class BoundaryError(Exception):
    """Something about a place or a boundary file is wrong."""


@dataclass(eq=False)
class UnknownUnit(BoundaryError):
    """No unit goes by this name or code."""

    level: str
    given: str
    candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say what was given and which names come near."""
        near = f"; did you mean {', '.join(self.candidates)}" if self.candidates else ""
        return f"no {self.level} {self.given!r}{near}"


@dataclass(eq=False)
class AmbiguousUnit(BoundaryError):
    """Several units go by this name."""

    level: str
    given: str
    candidates: tuple[str, ...]

    def __str__(self) -> str:
        """Say what was given and which units it may mean."""
        return f"{self.level} {self.given!r} may be {' or '.join(self.candidates)}"


class BadBoundaryFile(BoundaryError):
    """The file cannot be read as boundaries; the message says why."""


class BoundarySetRefused(BoundaryError):
    """The set cannot be activated; the message names codes and why."""


@dataclass(eq=False)
class NoBoundaries(BoundaryError):
    """No boundary set of this level was ever activated."""

    level: str

    def __str__(self) -> str:
        """Say what is missing and which command loads it."""
        return f"no {self.level} boundaries are active; run `nmis boundaries activate`"
