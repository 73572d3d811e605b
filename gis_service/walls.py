"""The policies of the database, made of ``policy.csv``.

Each side at which a role may stand is one policy of the login that it reads by: a
comparison of a column with a setting of the transaction (``boundaries.wall.enter``).
Where nothing is set the comparison is with nothing, and no row is there. Limits by
field and by time are the first wall's (``movements.sight``).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql
from sqlalchemy import Connection

from gis_service.migrations.newest import source_digest
from gis_service.policy import OF_PEOPLE, POLICY, Line

# Tables of people, and those that hold a state's own work beside them.
PROFILE = ("vault", "profile")
PEOPLE = (
    ("nmis", "movement"),
    ("nmis", "movement_event"),
    PROFILE,
    ("nmis", "tombstone"),
)
NUMBERS = ("aadhaar", "number")
# What people ask of their own data: officers of the place of departure answer it.
REQUESTS = ("nmis", "own_request")
OWN = (
    NUMBERS,
    ("nmis", "mapping"),
    ("nmis", "person"),
    ("nmis", "source_ref"),
    ("nmis", "batch"),
    ("nmis", "batch_people"),
    ("nmis", "connector"),
    ("nmis", "connector_page"),
    ("nmis", "webhook"),
    ("nmis", "webhook_message"),
    ("nmis", "queue_key"),
    ("nmis", "upload_job"),
    ("nmis", "upload_part"),
    ("nmis", "upload_piece"),
    ("nmis", "upload_slice"),
    REQUESTS,
)
Part = sql.Composable
Table = tuple[str, str]
# Stages and states of the permission in which a journey is seen.
Ways = set[tuple[frozenset[str], frozenset[str]]]

UPLOAD, OFFICER, VAULT = "nmis_upload", "nmis_officer", "nmis_vault"

# The column that a side compares with its setting, as smallint.
_ENDS = {
    "tenant": ("tenant",),
    "origin": ("origin_state", "origin_district"),
    "destination": ("destination_state", "destination_district"),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: what a login may touch of a table.

    Attributes:
        narrows: whether it says what may be added, of what other policies allow.
    """

    name: str
    table: Table
    login: str
    command: str
    using: Part
    narrows: bool = False

    def made(self) -> Part:
        """Return the statement that makes it."""
        narrow = "CREATE POLICY {} ON {} AS RESTRICTIVE FOR {} TO {} WITH CHECK ({})"
        wide = "CREATE POLICY {} ON {} FOR {} TO {} USING ({})"
        return sql.SQL(narrow if self.narrows else wide).format(
            sql.Identifier(self.name),
            sql.Identifier(*self.table),
            sql.SQL(self.command),
            sql.Identifier(self.login),
            self.using,
        )


def policies(lines: Iterable[Line] = POLICY) -> list[Policy]:
    """Return every policy of the database."""
    own = [
        Policy("own", table, UPLOAD, "ALL", _equal("tenant", "tenant"))
        for table in (*PEOPLE, *OWN)
    ]
    opened = Policy("opened", NUMBERS, VAULT, "SELECT", _equal("tenant", "tenant"))
    handled = Policy("origin", REQUESTS, OFFICER, "ALL", _at("origin"))
    return [*own, opened, handled, *_walk_ins(), *_officers(tuple(lines))]


def raised(db: Connection, owner: str) -> bool:
    """Bring the database's policies to those of the file.

    Args:
        db: a connection on the owner plane, in a transaction.
        owner: the login that owns the tables; it sees every row, by a policy too.

    Returns:
        Whether there was anything to change.
    """
    cursor = db.connection.cursor()
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'nmis%'")
    logins = {name for (name,) in cursor.fetchall()}
    wanted = [each for each in policies() if each.login in logins]
    mark = digest(wanted, owner)
    cursor.execute("SELECT digest, source FROM nmis.wall")
    if cursor.fetchall() == [(mark, source_digest())]:
        return False
    cursor.execute(
        "SELECT schemaname, tablename, policyname FROM pg_policies"
        " WHERE schemaname IN ('nmis', 'vault', 'aadhaar')"
    )
    drop = "DROP POLICY {} ON {}"
    for schema, table, name in cursor.fetchall():
        old = sql.Identifier(name), sql.Identifier(schema, table)
        cursor.execute(sql.SQL(drop).format(*old))
    for statement in (*_closed(owner), *(each.made() for each in wanted)):
        cursor.execute(statement)
    cursor.execute("DELETE FROM nmis.wall")
    made = "INSERT INTO nmis.wall (digest, source) VALUES (%s, %s)"
    cursor.execute(made, (mark, source_digest()))
    return True


def digest(wanted: Iterable[Policy], owner: str) -> str:
    """Return what tells these policies from others."""
    text = "\n".join(
        part.as_string(None)
        for part in (*_closed(owner), *(each.made() for each in wanted))
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _closed(owner: str) -> Iterator[Part]:
    """Yield what closes each table to all but by its policies, the owner's included."""
    all_rows = sql.SQL("true")
    for table in (*PEOPLE, *OWN):
        for form in ("ENABLE", "FORCE"):
            statement = f"ALTER TABLE {{}} {form} ROW LEVEL SECURITY"
            yield sql.SQL(statement).format(sql.Identifier(*table))
        yield Policy("owner", table, owner, "ALL", all_rows).made()


def _walk_ins() -> Iterator[Policy]:
    """Yield what narrows uploads for an officer to the places that they answer for.

    An upload of a state's system sets no destination, and is not narrowed.
    """
    parts = [
        sql.SQL("coalesce({}, true)").format(_equal(column, setting))
        for column, setting in (
            ("destination_state", "destination"),
            ("destination_district", "destination_district"),
        )
    ]
    ends_here = sql.SQL(" AND ").join(parts)
    for table in (("nmis", "movement"), ("nmis", "movement_event"), PROFILE):
        yield Policy("walk_in", table, UPLOAD, "INSERT", ends_here, narrows=True)


def _officers(lines: tuple[Line, ...]) -> Iterator[Policy]:
    seen = [line.sight for line in lines if line.permission in OF_PEOPLE]
    sides = dict.fromkeys(sight.side for sight in seen if sight)
    for side in sides:
        if side == "tenant":
            continue  # of those who upload, by a login of their own
        when = {
            (sight.stages, sight.permissions)
            for sight in seen
            if sight and sight.side == side
        }
        if side == "traced":
            yield from _traced(when)
            continue
        using = sql.SQL("({}) AND ({})").format(_at(side), _when(when))
        # At the ends events are recorded; others only look.
        command = "ALL" if side in _ENDS else "SELECT"
        for table in PEOPLE:
            yield Policy(side, table, OFFICER, command, using)


def _traced(when: Ways) -> Iterator[Policy]:
    """Yield what one question for contacts may look at: of no event, of no tombstone.

    Whom it asks for by number, who rode in the same carriages, and who they are.
    """
    people = _among("person_id", "people", "uuid")
    kept = {
        ("nmis", "movement"): _among("carriage", "carriages", "uuid"),
        ("vault", "profile"): _among("mobile_index", "mobiles", "bytea"),
    }
    for table, further in kept.items():
        using = sql.SQL("({} OR {}) AND ({})").format(people, further, _when(when))
        yield Policy("traced", table, OFFICER, "SELECT", using)


def _among(column: str, traced: str, kind: LiteralString) -> Part:
    name = sql.Literal(f"nmis.traced_{traced}")
    form = "{} = ANY (nullif(current_setting({}, true), '')::{}[])"
    return sql.SQL(form).format(sql.Identifier(column), name, sql.SQL(kind))


def _at(side: str) -> Part:
    if side == "transit":
        return sql.SQL("{} = ANY (transit)").format(_setting("transit"))
    if side == "requisitions":
        return sql.SQL("requisitioned AND {} = 1").format(_setting("requisitions"))
    state, district = _ENDS[side]
    return sql.SQL("{} OR {}").format(
        _equal(state, side), _equal(district, f"{side}_district")
    )


def _when(ways: Ways) -> Part:
    """Return in which stages and states of the permission, by any of some ways."""
    parts = []
    for stages, permissions in sorted(ways, key=lambda way: [*map(sorted, way)]):
        kept: list[Part] = [sql.SQL("true")]
        for column, words in (("stage", stages), ("permission", permissions)):
            if words:
                # As text: a word may be younger than the transaction's type.
                listed = sql.SQL(", ").join(map(sql.Literal, sorted(words)))
                form = "{}::text IN ({})"
                kept.append(sql.SQL(form).format(sql.Identifier(column), listed))
        parts.append(sql.SQL(" AND ").join(kept))
    return sql.SQL("({})").format(sql.SQL(") OR (").join(parts))


def _equal(column: str, side: str) -> Part:
    return sql.SQL("{} = {}").format(sql.Identifier(column), _setting(side))


def _setting(side: str) -> Part:
    # After a transaction that set it, a setting is '' and not NULL.
    name = sql.Literal(f"nmis.{side}")
    return sql.SQL("nullif(current_setting({}, true), '')::smallint").format(name)
