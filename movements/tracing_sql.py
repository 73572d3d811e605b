"""The questions for journeys of whom one question for contacts is about.

The first wall of the side "traced": no code of a state says who may be seen, so the
people, or what they rode in, are bound; and the stages and days of the sight beside.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Date,
    Select,
    SmallInteger,
    Uuid,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
)

from movements.journal_sql import ORDER, columns, flag
from movements.sight import Eye, when
from movements.tables import MOVEMENT

SIDE = "traced"


def of_people(eye: Eye) -> Select[Any]:
    """Return the question for journeys of people; bind ``buckets`` and ``people``.

    Bind ``first`` and ``last`` too, days of travel, inclusive.
    """
    of = MOVEMENT.c
    return _seen(eye).where(
        of.bucket == func.any(bindparam("buckets", type_=ARRAY(SmallInteger))),
        of.person_id == func.any(bindparam("people", type_=ARRAY(Uuid))),
    )


def in_carriages(eye: Eye) -> Select[Any]:
    """Return the question for journeys in carriages, but one person's.

    Bind ``carriages`` and ``person``; ``first`` and ``last`` as above.
    """
    of = MOVEMENT.c
    return _seen(eye).where(
        of.carriage == func.any(bindparam("carriages", type_=ARRAY(Uuid))),
        of.person_id != bindparam("person", type_=Uuid),
    )


def _seen(eye: Eye) -> Select[Any]:
    of = MOVEMENT.c
    ways = {
        number: and_(true(), *when(eye, sight, of))
        for number, sight in enumerate(eye.sights)
        if sight.side == SIDE
    }
    flags = (
        ways.get(number, false()).label(flag(number))
        for number in range(len(eye.sights))
    )
    return (
        select(*columns(), of.carriage, *flags)
        .where(
            or_(false(), *ways.values()),
            of.tenant > 0,  # a sandbox has nobody
            of.travel_date >= bindparam("first", type_=Date),
            of.travel_date <= bindparam("last", type_=Date),
        )
        .order_by(*(of[name] for name in ORDER), of.person_id)
    )
