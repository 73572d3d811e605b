"""Which months hold journeys, so that no question is planned over those that do not.

Journeys stand in a partition for each month of travel, the profiles of their people
likewise. A question that names no days is planned over all of them, however empty:
over eighty it took longer than the answer.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    cast,
    column,
    false,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import REGCLASS

from movements.tables import MOVEMENT

_DECEMBER = 12
_DIGITS = 6  # a partition's name ends with its year and month

Months = Sequence[date]  # first days, in order


def _asked() -> Select[str]:
    tree = func.pg_partition_tree(cast(MOVEMENT.fullname, REGCLASS)).table_valued(
        column("relid", REGCLASS), column("level", Integer), name="part"
    )
    size = func.pg_relation_size(tree.c.relid, type_=BigInteger)
    name = func.right(cast(tree.c.relid, Text), _DIGITS, type_=Text)
    return select(name).where(tree.c.level == 1, size > 0).order_by(name)


_ASKED = _asked()


def filled(db: Connection) -> Months:
    """Return the months that hold journeys, whoever's they are."""
    return [
        date(int(digits[:4]), int(digits[4:]), 1)
        for digits in db.execute(_ASKED).scalars()
    ]


def runs(
    months: Months, *, first: date | None = None, last: date | None = None
) -> Iterator[tuple[date, date]]:
    """Yield spans of days that cover the months, in order: small ones, then larger.

    Args:
        months: as ``filled`` gives them.
        first: where to begin; default: with the first month.
        last: where to end, inclusive; default: with the last month.
    """
    kept = [
        month
        for month in months
        if (first is None or _end(month) > first) and (last is None or month <= last)
    ]
    at = 0
    for size in (2**n for n in itertools.count(1)):
        part = kept[at : at + size]
        if not part:
            return
        yield part[0], _end(part[-1])
        at += size


def within(day: ColumnElement[date], months: Months) -> list[ColumnElement[bool]]:
    """Return that a day lies within the months, so that others are left alone."""
    if not months:
        return [false()]
    first, end = span(months)
    return [day >= first, day < end]


def span(months: Months) -> tuple[date, date]:
    """Return the first day of months, of which there are some, and the one behind."""
    return months[0], _end(months[-1])


def _end(month: date) -> date:
    """Return the first day after a month."""
    over = month.month == _DECEMBER
    return date(month.year + over, 1 if over else month.month + 1, 1)
