"""Rules for the journey: what kind, when, between which points, under which row id."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from movements.digits import ascii_digits
from movements.fault import CELL_ADVICE
from movements.flow import CATEGORIES, MODES
from movements.person_rules import text
from movements.retention import following
from movements.rule import Column, Finding, by_row, sieved, where

_ISO = r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$"
_DAY_FIRST = r"^[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4}$"
# Day numbers of 1995 to 2050, as spreadsheets count from 1900.
_SERIAL = r"^(?:3[5-9]|4[0-9]|5[0-4])[0-9]{3}(?:\.[0-9]+)?$"
# Day 0 of the two calendars of spreadsheets, for days after February 1900.
_ZEROS = (date(1899, 12, 30), date(1904, 1, 1))
_NUMBER = r"^[+-]?[0-9]{1,4}(?:\.[0-9]{1,20})?$"
_TWO_NUMBERS = r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-][0-9]{4}$"
_MONTHS = 12
# As spreadsheets write a long number in a narrow column.
_SHORTENED = r"^[0-9](?:[.,][0-9]+)?E\+[0-9]+$"
_MOBILE = 10  # digits
_LIMIT = {"lon": 180.0, "lat": 90.0}


def choice(field: str, given: pl.Series) -> Column:
    """Check a category or a mode, in any case of letters."""
    allowed = {"category": CATEGORIES, "mode": MODES}[field]
    lower = given.str.to_lowercase()
    known = pl.DataFrame({"v": lower}).select(
        pl.when(pl.col("v").is_in(allowed)).then(pl.col("v"))
    )
    words = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
    values = known.to_series()
    return sieved(
        field,
        values,
        ("required", given.is_null(), words),
        ("not_allowed_value", values.is_null(), words),
    )


def travel_date(
    given: pl.Series,
    *,
    first: date,
    last: date,
    day_first: bool,
    month_first: bool | None = None,
    gone: frozenset[date] = frozenset(),
) -> Column:
    """Check travel dates: ISO 8601 and, on CSV, the day first; never the month first.

    Args:
        given: the texts.
        first: the earliest day taken.
        last: the last day taken.
        day_first: whether ``13/05/2020`` and ``13-05-2020`` are taken.
        month_first: whether the file these are of has the month first somewhere and the
            day first nowhere; ``None``: they are all of it.
        gone: first days of months of which no day is taken.
    """
    plain = ascii_digits(given)
    iso = plain.str.contains(_ISO)
    turned = plain.str.contains(_DAY_FIRST) & day_first
    slashed = plain.str.replace_all("-", "/", literal=True)
    day = pl.select(
        pl.coalesce(
            pl.when(iso).then(plain.str.to_date("%Y-%m-%d", strict=False)),
            pl.when(turned).then(slashed.str.to_date("%d/%m/%Y", strict=False)),
        )
    ).to_series()
    forms = "yyyy-mm-dd" + (" or dd/mm/yyyy" if day_first else "")
    tried = sieved(
        "travel_date",
        day,
        ("required", given.is_null(), forms),
        ("excel_serial_date", plain.str.contains(_SERIAL), f"write it as {forms}"),
        ("date_format", ~(iso | turned), f"write it as {forms}"),
        ("impossible_date", day.is_null(), f"{forms}; the month is never first"),
        (
            "travel_date_outside_window",
            (day < first) | (day > last) | day.dt.truncate("1mo").is_in(list(gone)),
            spans(first, last, gone),
        ),
    )
    told = [each for found in tried.findings for each in _by_day(found, plain, forms)]
    if month_first is None:
        impossible = any(found.code == "impossible_date" for found in told)
        early, late = months_in(given) if impossible else (False, False)
        month_first = early and not late
    if not month_first:
        return Column(tried.values, tuple(told))
    rest = sieved(
        "travel_date",
        tried.values,
        ("day_or_month", _doubtful(plain), CELL_ADVICE["day_or_month"]),
    )
    return Column(rest.values, (*told, *rest.findings))


def spans(first: date, last: date, gone: frozenset[date]) -> str | None:
    """Return the days that are taken, in words; ``None`` where there are none."""
    told = []
    for month in sorted(each for each in gone if each <= last):
        if first < month:
            told.append(f"{first} to {month - timedelta(days=1)}")
        first = max(first, following(month))
    if first <= last:
        told.append(f"{first} to {last}")
    return " or ".join(told) or None


def months_in(given: pl.Series) -> tuple[bool, bool]:
    """Say whether some dates can only have the month first, and some only the day.

    A column with a day that cannot be a month in front has the day first, and one
    that is otherwise is a mistake of its own.
    """
    first, second = _two_numbers(ascii_digits(given))
    early = ((first <= _MONTHS) & (second > _MONTHS)).any()
    late = ((first > _MONTHS) & (second <= _MONTHS)).any()
    return bool(early), bool(late)


def _doubtful(days: pl.Series) -> pl.Series:
    """Say which days may have the month first, in a column that has it somewhere."""
    first, second = _two_numbers(days)
    return (first <= _MONTHS) & (second <= _MONTHS) & (first != second)


def _two_numbers(days: pl.Series) -> tuple[pl.Series, pl.Series]:
    first, second = (
        days.str.extract(_TWO_NUMBERS, group).cast(pl.Int16) for group in (1, 2)
    )
    return first, second


def _by_day(found: Finding, texts: pl.Series, forms: str) -> list[Finding]:
    """Return a finding of day numbers once for each, with the days it may be."""
    if found.code != "excel_serial_date":
        return [found]
    rows: dict[str, list[int]] = {}
    for row in found.rows:
        rows.setdefault(texts[int(row)], []).append(int(row))
    return [
        Finding(found.field, found.code, np.array(each), _days(text, forms))
        for text, each in rows.items()
    ]


def _days(text: str, forms: str) -> str:
    since = timedelta(days=int(float(text)))
    new, old = (zero + since for zero in _ZEROS)
    return f"{new} if days are counted from 1900, {old} if from 1904; {forms}"


def coordinate(field: str, given: pl.Series) -> Column:
    """Check degrees; ``field`` ends in ``lon`` or ``lat``."""
    if not given.count():
        return Column(given.cast(pl.Float64))
    plain = ascii_digits(given)
    degrees = plain.str.extract(f"({_NUMBER})").cast(pl.Float64)
    limit = _LIMIT[field[-3:]]
    return sieved(
        field,
        degrees,
        ("not_a_number", given.is_not_null() & degrees.is_null(), "as 72.8777"),
        ("coordinate_out_of_range", degrees.abs() > limit, None),
    )


def halves(end: str, *, lon: pl.Series, lat: pl.Series) -> tuple[Finding, ...]:
    """Return where one of the two degrees of an end was given without the other."""
    found = []
    for field, mine, other in (
        (f"{end}_lon", lon, lat),
        (f"{end}_lat", lat, lon),
    ):
        rows = where(mine.is_null() & other.is_not_null())
        if len(rows):
            found.append(Finding(field, "coordinate_missing_half", rows))
    return tuple(found)


def source_ref(given: pl.Series, *, mobile: pl.Series, aadhaar: pl.Series) -> Column:
    """Check row ids: no doubles in the batch, and not the person's own numbers.

    Args:
        given: the ids.
        mobile: checked mobiles, E.164.
        aadhaar: Aadhaar numbers as sent.
    """
    if not given.count():
        return Column(given)
    checked = text("source_ref", given)
    digits = ascii_digits(checked.values).str.replace_all(r"[^0-9]", "")
    phone, number = (
        mobile.str.slice(3),
        ascii_digits(aadhaar).str.replace_all(r"[^0-9]", ""),
    )
    own = (digits.str.slice(-_MOBILE) == phone) | (
        (digits == number) & (number.str.len_bytes() > _MOBILE)
    )
    short = checked.values.str.contains("E+", literal=True)
    if short.any():
        short = checked.values.str.contains(_SHORTENED)
    again = checked.values.is_not_null() & ~checked.values.is_first_distinct()
    rest = sieved(
        "source_ref",
        checked.values,
        ("source_ref_personal", own, "send an id of your own making"),
        ("number_shortened", short, CELL_ADVICE["number_shortened"]),
        ("duplicate_source_ref", again, None),
    )
    named = tuple(_first(found, checked.values) for found in rest.findings)
    return Column(rest.values, checked.findings + named)


def _first(found: Finding, values: pl.Series) -> Finding:
    if found.code != "duplicate_source_ref":
        return found
    firsts: dict[str, int] = {}
    for row, ref in enumerate(values.to_list()):
        firsts.setdefault(ref, row + 1)
    texts = [f"see row {firsts[values[int(row)]]}" for row in found.rows]
    return Finding(found.field, found.code, found.rows, by_row(found.rows, texts))
