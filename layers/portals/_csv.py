"""A table as CSV, UTF-8, with a header."""

import polars as pl
from polars.exceptions import PolarsError

from layers.errors import BadAnswer
from layers.portal import Dialect, Sheet

MOST_ROWS = 500_000


def read(body: bytes) -> Sheet:
    """Return the rows, each value a text or ``None``.

    Raises:
        BadAnswer: it is no CSV, is not UTF-8, or has too many rows.
    """
    try:
        found = pl.read_csv(body, infer_schema=False, n_rows=MOST_ROWS + 1)
    except (PolarsError, UnicodeDecodeError) as error:
        raise BadAnswer(f"it cannot be read as CSV ({type(error).__name__})") from error
    if found.height > MOST_ROWS:
        raise BadAnswer(f"it has more than {MOST_ROWS:,} rows")
    named = found.rename(lambda name: name.strip().lstrip("\ufeff"))
    return Sheet(frozenset(named.columns), named.iter_rows(named=True))


DIALECT = Dialect(
    media_types=(
        "text/csv",
        "application/csv",
        "text/plain",
        "application/vnd.ms-excel",  # what Windows servers call it
        "application/octet-stream",  # and stores of files
    ),
    read=read,
)
