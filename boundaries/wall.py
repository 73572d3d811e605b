"""The wall in the database: whose rows a transaction may touch.

Row-level security lets a login see rows of people only by what ``enter`` set for the
transaction; nothing set is no rows. The other wall is the predicate that every
question carries (``boundaries.scope``, ``movements.sight``); each holds alone.
"""

from collections.abc import Mapping
from typing import LiteralString

from psycopg import sql
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


class NotInTransaction(Exception):
    """The connection commits each statement by itself; a scope would not last."""


def setting(side: str) -> str:
    """Return the name of the server's setting that holds a side of the scope."""
    return f"nmis.{side}"


def enter(db: Connection, **scope: int | None) -> None:
    """Let the transaction touch the rows of a scope, and of no other one set before.

    ``SET LOCAL`` takes no bound value: each is an integer, written as a literal by the
    driver. It ends with the transaction; within one that is begun anew it is set anew.

    Args:
        db: a connection that is not in autocommit.
        scope: LGD codes by name of ``SIDES`` (for ``requisitions``: 1).

    Raises:
        NotInTransaction: the connection is in autocommit.
    """
    _set(db, scope)


def enter_to_look(db: Connection, **scope: int | None) -> None:
    """Let the transaction touch a scope's rows, as ``enter``, to search among them.

    Its statements are planned for their values each time: a plan that is kept knows no
    days, and over the partitions of every month took 50 ms to find three people.
    """
    _set(db, scope, "plan_cache_mode = force_custom_plan")


def _set(db: Connection, scope: Mapping[str, int | None], *more: LiteralString) -> None:
    unknown = scope.keys() - set(SIDES)
    if unknown:
        raise TypeError(f"no such side: {', '.join(sorted(unknown))}")
    driver = db.connection.driver_connection
    if driver is None or driver.autocommit:
        raise NotInTransaction("a scope is set within a transaction")
    sides = (
        sql.SQL("SET LOCAL {} = {}").format(
            sql.Identifier("nmis", side),
            sql.Literal("" if scope.get(side) is None else str(int(scope[side] or 0))),
        )
        for side in SIDES
    )
    others = (sql.SQL("SET LOCAL ") + sql.SQL(each) for each in more)
    with driver.cursor() as cursor:
        # At once, by the protocol that takes several statements and prepares none.
        cursor.execute(sql.SQL("; ").join([*sides, *others]), prepare=False)
