"""The header of a table: its names as we spell them, and whether they will do."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from movements.columns import NAMES, REQUIRED
from movements.errors import BadColumns, UploadTooLarge
from movements.fault import shown

Aliases = Mapping[str, str]

# Ours are some thirty; more of theirs than this are no list of people.
MOST_COLUMNS = 500


def folded(header: str, aliases: Aliases | None = None) -> str:
    """Return a header's name in lower case and with underscores.

    Args:
        header: as written.
        aliases: names of ours for other folded names.
    """
    name = re.sub(r"[\s-]+", "_", header.strip().lower())
    return aliases.get(name, name) if aliases else name


def fit(names: Sequence[str]) -> None:
    """Check that a table's names will do, in the order that tells the most.

    Raises:
        UploadTooLarge: there are more than ``MOST_COLUMNS``.
        BadColumns: a required one is missing, or one stands twice.
    """
    few(len(names))
    complete(names)
    once(names)


def few(columns: int) -> None:
    """Check that there are not too many columns, before anything is done for each.

    Raises:
        UploadTooLarge: there are more than ``MOST_COLUMNS``.
    """
    if columns > MOST_COLUMNS:
        raise UploadTooLarge("columns", columns, MOST_COLUMNS)


def once(names: Sequence[str]) -> None:
    """Check that no name stands twice; first see whether they are ``complete``.

    The values of a table without a header would stand in the message otherwise.

    Raises:
        BadColumns: one does; says which.
    """
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
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
