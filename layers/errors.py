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
