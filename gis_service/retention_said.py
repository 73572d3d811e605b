"""How a purge tells what it does."""

from collections.abc import Callable

Say = Callable[[str], None]
