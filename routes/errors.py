"""What can be wrong with a route."""

from dataclasses import dataclass


class RouteError(Exception):
    """Something about a route is wrong."""


@dataclass(eq=False)
class RouteGap(RouteError):
    """Two neighbours of a declared list of states do not touch.

    Attributes:
        states: the declared sequence of LGD state codes, ends included.
        gaps: the pairs that do not touch, in order.
        completions: up to three full sequences that close every gap, shortest first.
    """

    states: tuple[int, ...]
    gaps: tuple[tuple[int, int], ...]
    completions: tuple[tuple[int, ...], ...]

    def __str__(self) -> str:
        """Name the gaps and the completions by code."""
        gaps = ", ".join(f"{a} and {b}" for a, b in self.gaps)
        ways = " or ".join(";".join(map(str, way)) for way in self.completions)
        return f"states {gaps} do not touch; {ways or 'no completion'} would"


class UnknownRoute(RouteError):
    """No such route, or none that the reader may see."""


class BadRouteFile(RouteError):
    """The file cannot be read as rail or road lines; the message says why."""
