"""For how long a server asks to be left alone: ``Retry-After`` (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# One that says longer is asked again after a day all the same.
LONGEST_S = 24 * 3600.0


def retry_after(text: str | None) -> float | None:
    """Return seconds, ``None`` where it says nothing that can be read.

    Args:
        text: the header's value: seconds, or an instant.
    """
    if not text:
        return None
    given = text.strip()
    if given.isascii() and given.isdigit():
        return min(float(given), LONGEST_S)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    seconds = (until - datetime.now(UTC)).total_seconds()
    return min(max(0.0, seconds), LONGEST_S)
