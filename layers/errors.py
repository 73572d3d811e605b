"""What can be wrong with a question to a layer."""

from dataclasses import dataclass


class LayerError(Exception):
    """Something about a layer or a question to it is wrong."""


@dataclass(eq=False)
class UnknownLayer(LayerError):
    """No layer goes by this name."""

    given: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        """Say what was given and what is allowed."""
        return f"no layer {self.given!r}; there are {', '.join(self.allowed)}"


@dataclass(eq=False)
class UnknownFormat(LayerError):
    """A layer is not to be had in this format."""

    layer: str
    given: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        """Say what was given and what is allowed."""
        allowed = ", ".join(self.allowed)
        return f"{self.layer} is not to be had as {self.given!r}, but as {allowed}"


@dataclass(eq=False)
class UnknownRelease(LayerError):
    """No release of this number was published."""

    given: int
    allowed: tuple[int, ...]

    def __str__(self) -> str:
        """Say what was given and which there are."""
        published = ", ".join(map(str, self.allowed)) or "none yet"
        return f"no release {self.given}; published: {published}"


@dataclass(eq=False)
class OutsideGrid(LayerError):
    """The tile lies outside the grid or the layer's zoom range."""

    given: str
    allowed: str

    def __str__(self) -> str:
        """Say what was given and what is allowed."""
        return f"no tile {self.given}; {self.allowed}"


@dataclass(eq=False)
class BadQuestion(LayerError):
    """A filter's value is not allowed.

    Attributes:
        field: the filter's name.
        given: its value as sent.
        allowed: what may be sent, in words.
    """

    field: str
    given: str
    allowed: str

    def __str__(self) -> str:
        """Say what was given and what is allowed."""
        return f"{self.field} is {self.given!r}; allowed: {self.allowed}"


class NoRelease(Exception):
    """No release was published yet."""


class NoCube(LayerError):
    """No base of the cube can be had in time; the message says why."""


class AddressRefused(LayerError):
    """A source leads to an address that is not asked; the message says why."""


class SourceAway(LayerError):
    """A source does not answer, or takes too long; the message says which."""


class BadAnswer(LayerError):
    """A source answers with something else than it should; the message says what."""


class NotAdmitted(BadAnswer):
    """A source does not take the token that it was shown, or wants one."""


class Busy(BadAnswer):
    """A source asks to be left alone for a while.

    Attributes:
        seconds: for how long, where it says so.
    """

    def __init__(self, message: str, seconds: float | None) -> None:
        """Say what it answered, and for how long it is left alone."""
        super().__init__(message)
        self.seconds = seconds


class BadSource(LayerError):
    """A source cannot be registered as given; the message says what is allowed."""
