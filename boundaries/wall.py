"""The wall in the database: whose rows a transaction may touch.

Row-level security lets a login see rows of people only by what ``enter`` set for the
transaction; nothing set is no rows. The other wall is the predicate that every
question carries (``boundaries.scope``, ``movements.sight``); each holds alone.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import Connection

# What policies compare with columns of the same meaning, integers all: the tenant, the
# state or district at an end, a state on the way, and 1 for requisitioned journeys.
SIDES = (
    "tenant",
    "origin",
    "destination",
    "origin_district",
    "destination_district",
    "transit",
    "requisitions",
)


# Of one question for contacts: the people that it found, the keyed hashes of the number
# that it asks for, and the carriages that they rode in.
TRACED = ("people", "mobiles", "carriages")


class NotInTransaction(Exception):
    """The connection commits each statement by itself; a scope would not last."""


def setting(side: str) -> str:
    """Return the name of the server's setting that holds a side of the scope."""
    return f"nmis.{side}"


def enter(db: Connection, **scope: int | None) -> None:
    """Let the transaction touch the rows of a scope, and of no other one set before.

    It ends with the transaction; within one that is begun anew it is set anew.

    Args:
        db: a connection that is not in autocommit.
        scope: LGD codes by name of ``SIDES`` (for ``requisitions``: 1).

    Raises:
        NotInTransaction: the connection is in autocommit.
    """
    _set(db, scope, _PLAIN)


def enter_to_look(db: Connection, **scope: int | None) -> None:
    """Let the transaction touch a scope's rows, as ``enter``, to search among them.

    Its statements are planned for their values each time: a plan that is kept knows no
    days, and over the partitions of every month took 50 ms to find three people.
    """
    _set(db, scope, _LOOKING)


def enter_to_find(db: Connection, **scope: int | None) -> None:
    """Let the transaction touch a scope's rows, as ``enter``, to find one of them.

    The plan of a statement that was sent a few times is kept, whatever its values are:
    to make it takes longer than to find somebody. Its days stand in its words.
    """
    _set(db, scope, _FINDING)


def enter_to_trace(
    db: Connection,
    *,
    people: Collection[UUID] = (),
    mobiles: Collection[bytes] = (),
    carriages: Collection[UUID] = (),
) -> None:
    """Let the transaction look at what one question for contacts is about, alone.

    Called again it takes what was let before, and the rest of any scope, away.

    Args:
        db: a connection that is not in autocommit.
        people: unique IDs.
        mobiles: blind indexes of a number.
        carriages: as ``movements.vehicle.carriage_of`` makes them.

    Raises:
        NotInTransaction: the connection is in autocommit.
    """
    traced = {
        "people": _array(str(UUID(int=each.int)) for each in people),
        "mobiles": _array(rf'"\\x{bytes(each).hex()}"' for each in mobiles),
        "carriages": _array(str(UUID(int=each.int)) for each in carriages),
    }
    _set(db, {}, _LOOKING, traced)


def _array(values: Iterable[str]) -> str:
    """Return PostgreSQL's text of an array; '' of an empty one, which lets nothing."""
    listed = ",".join(values)
    return f"{{{listed}}}" if listed else ""


def _question(plans: str = "") -> str:
    names = [(setting(side), f"%({side})s") for side in SIDES]
    names += [(setting(f"traced_{each}"), f"%({each})s") for each in TRACED]
    if plans:
        names.append(("plan_cache_mode", f"'{plans}'"))
    return "SELECT " + ", ".join(
        f"set_config('{name}', {value}, true)" for name, value in names
    )


_PLAIN = _question()
_LOOKING = _question("force_custom_plan")
_FINDING = _question("force_generic_plan")
_NOBODY = dict.fromkeys(TRACED, "")


def _set(
    db: Connection,
    scope: Mapping[str, int | None],
    question: str,
    traced: Mapping[str, str] = _NOBODY,
) -> None:
    unknown = scope.keys() - set(SIDES)
    if unknown:
        raise TypeError(f"no such side: {', '.join(sorted(unknown))}")
    driver = db.connection.driver_connection
    if driver is None or driver.autocommit:
        raise NotInTransaction("a scope is set within a transaction")
    codes = {side: scope.get(side) for side in SIDES}
    given = {s: "" if code is None else str(int(code)) for s, code in codes.items()}
    given |= traced
    # With BEGIN, where the transaction begins: one turn to the server and back.
    with driver.pipeline(), driver.cursor() as cursor:
        cursor.execute(question, given)
