"""What people ride in: a train's coach or a bus, and who rode in the same one.

Two journeys share a carriage where they were in one coach of one train, or in one bus
on one day. It is an identifier made of these, so that a wall of the database can
compare it as one value; nothing of a person is in it.
"""

import re
from datetime import date, timedelta
from uuid import UUID, uuid5

from movements.errors import BadParameter

# Of this service alone: names made below are compared with no others.
_NAMESPACE = UUID("6e6d6973-0000-8000-8000-636172726961")

# A coach ("S4", "GEN 2") or a registration mark ("XX00AB1234").
LONGEST = 16
# From where a train leaves to where it ends none takes longer: people of one coach
# board on these days before and after.
ON_THE_WAY = timedelta(days=4)
_FORM = re.compile(r"[A-Z0-9]{1,16}")
_BETWEEN = re.compile(r"[ .-]+")
# Of a bus: a state's letters, a number, and mostly more of both.
_MARK = re.compile(r"(?=.*[A-Z])(?=.*[0-9]).{5,}")


def vehicle_of(text: str) -> str:
    """Return a coach or registration mark as it is kept: capitals and digits alone.

    Raises:
        BadParameter: it is none.
    """
    kept = _BETWEEN.sub("", text).upper()
    if not _FORM.fullmatch(kept):
        raise BadParameter(
            f"vehicle: a coach (S4) or a registration mark (XX00AB1234), 1 to {LONGEST}"
            " letters A to Z and digits"
        )
    return kept


def is_mark(vehicle: str) -> bool:
    """Return whether a vehicle can be a bus's registration mark; a coach is shorter."""
    return _MARK.fullmatch(vehicle) is not None


def carriage_of(
    vehicle: str | None,
    *,
    mode: str,
    day: date,
    train: tuple[str | None, date | None] = (None, None),
) -> UUID | None:
    """Return what all who rode in a coach or bus have in common.

    Args:
        vehicle: as ``vehicle_of`` gives it.
        mode: ``train`` or ``bus``.
        day: of the journey.
        train: its number and the day on which it leaves.

    Returns:
        ``None`` where no vehicle is known, or for a coach no train or not its day:
        people board one train on several days.
    """
    number, leaves = train
    if vehicle is None or (mode == "train" and None in train):
        return None
    of = f"{number}|{leaves}" if mode == "train" else f"bus|{day}"
    return uuid5(_NAMESPACE, f"{of}|{vehicle}")
