"""Which roots are believed: those that were found whole, and none beside."""

from bisect import bisect_right


class Believed:
    """Numbers, taken in order; runs of them, so that memory stays flat."""

    def __init__(self) -> None:
        """Begin with none: no root is believed before it was looked at."""
        self._first: list[int] = []
        self._last: list[int] = []

    def __contains__(self, number: int) -> bool:
        """Return whether the root of a number was found whole."""
        at = bisect_right(self._first, number) - 1
        return at >= 0 and number <= self._last[at]

    def add(self, number: int) -> None:
        """Believe the root of a number behind all that are believed."""
        if self._last and number == self._last[-1] + 1:
            self._last[-1] = number
        else:
            self._first.append(number)
            self._last.append(number)
