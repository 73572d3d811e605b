"""The ``datetime`` of OGC API - Features as whole days in India."""

import re
from datetime import date, datetime, time, timedelta, timezone

from layers.errors import BadQuestion
from layers.window import EARLIEST, LATEST

# Days of travel are India's, which has one zone and no summer time.
INDIA = timezone(timedelta(hours=5, minutes=30))

OPEN = ("", "..")
ALLOWED = (
    "a day (2020-05-10), a time of RFC 3339 (2020-05-10T00:00:00Z), or two of these"
    " with a slash between, where .. leaves that end open"
)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[Zz]|[+-]\d\d:\d\d)?", re.ASCII
)


def days(text: str) -> tuple[date | None, date | None]:
    """Return the first and the last day in India that an instant or interval touches.

    ``None`` is an open end; so is one before or behind every day that can be asked.

    Raises:
        BadQuestion: it is no such text, or ends before it begins.
    """
    start, slash, end = text.partition("/")
    try:
        first = None if slash and start in OPEN else _moment(start, time.min)
        if not slash:
            end = start
        last = None if slash and end in OPEN else _moment(end, time.max)
    except (ValueError, OverflowError) as error:
        raise BadQuestion("datetime", text[:80], ALLOWED) from error
    if first and last and last < first:
        raise BadQuestion("datetime", text[:80], "a start that is not after the end")
    return _askable(first, last)


def _moment(text: str, of_day: time) -> datetime:
    """Return a time in India; a day without one is as much of it as ``of_day`` says."""
    if DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return datetime.combine(day, of_day, INDIA)
    if not TIME.fullmatch(text):
        raise ValueError(text)
    found = datetime.fromisoformat(text.upper())
    return (found if found.tzinfo else found.replace(tzinfo=INDIA)).astimezone(INDIA)


def _askable(
    first: datetime | None, last: datetime | None
) -> tuple[date | None, date | None]:
    begin = None if first is None or first.date() <= EARLIEST else first.date()
    end = None if last is None or last.date() >= LATEST else last.date()
    return (
        None if begin is None else min(begin, LATEST),
        None if end is None else max(end, EARLIEST),
    )
