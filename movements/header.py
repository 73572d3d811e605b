"""The header of a table: its names as we spell them, and whether they will do."""

import re
from collections.abc import Iterable, Mapping, Sequence

from movements.columns import NAMES, REQUIRED
from movements.errors import BadColumns
from movements.fault import shown

Aliases = Mapping[str, str]


def folded(header: str, aliases: Aliases | None = None) -> str:
    """Return a header's name in lower case and with underscores.

    Args:
        header: as written.
        aliases: names of ours for other folded names.
    """
    name = re.sub(r"[\s-]+", "_", header.strip().lower())
    return aliases.get(name, name) if aliases else name


def once(names: Sequence[str]) -> None:
    """Check that no name stands twice; first see whether they are ``complete``.

    The values of a table without a header would stand in the message otherwise.

    Raises:
        BadColumns: one does; says which.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadColumns(f"these columns stand twice: {', '.join(map(shown, twice))}")


def complete(names: Iterable[str]) -> None:
    """Check that every required column is there.

    Raises:
        BadColumns: one is missing; says which, and which are allowed.
    """
    missing = lacking(names)
    if missing:
        raise BadColumns(
            f"these columns are missing: {', '.join(missing)};"
            f" allowed: {', '.join(NAMES)}"
        )


def lacking(names: Iterable[str]) -> list[str]:
    """Return the required columns that are not among some names."""
    given = set(names)
    return [name for name in REQUIRED if name not in given]
