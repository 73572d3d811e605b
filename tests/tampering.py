"""Ways to tamper with the audit log in the database itself, as its superuser.

Each takes a connection on which triggers and foreign keys are off, and a random source,
and tells what a verification has to find.
"""
# ruff: noqa: S608 - the statements are put together of constants

import random
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be found: of these kinds, at all of these places (or any), alone.

    A place is (writer, seq) of an entry, or the number of a root.
    """

    kinds: set[str]
    places: set[tuple[int, int] | int]
    any: bool = False
    alone: bool = True


ENTRY_CHANGES = (
    ("at", "at + interval '1 microsecond'"),
    ("at", "'infinity'"),
    ("at", "'294000-01-01'"),
    ("plane", "plane || 'x'"),
    ("role", "'district'"),
    ("token_id", "coalesce(token_id || 'x', 'tok')"),
    (
        "purpose",
        "(CASE purpose WHEN 'trace' THEN 'permit' ELSE 'trace' END)::audit.purpose",
    ),
    ("action", "'person.reveal'"),
    ("subject_kind", "subject_kind || 's'"),
    ("subject", "gen_random_uuid()"),
    ("people", "people || gen_random_uuid()"),
    ("people", "people || NULL::uuid"),
    ("people", "ARRAY[ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()]]"),
    ("n", "n + 1"),
    ("request_id", "'ffff'"),
    ("prev", "sha256(prev)"),
    ("hash", "sha256(hash)"),
    ("case_ref", "coalesce(case_ref || 'x', 'CASE-1')"),
    ("case_ref", "CASE WHEN case_ref IS NULL THEN '' END"),
    ("writer", "writer + 100"),
    ("seq", "seq + 1000"),
)
ROOT_CHANGES = (
    ("at", "at - interval '1 second'"),
    ("at", "'-infinity'"),
    ("reason", "reason || 'x'"),
    ("prev", "sha256(prev)"),
    ("key_id", "'0123456789abcdef'"),
    ("hash", "sha256(hash)"),
    ("signature", "signature || '\\x00'::bytea"),
    ("number", "number + 1000"),
)
HEAD_CHANGES = (
    ("seq", "seq + 1"),
    ("hash", "sha256(hash)"),
    ("writer", "writer + 100"),
    ("cut", "NOT cut"),
)

HERE = " WHERE writer = :w AND seq = :s"
REHASHED = "UPDATE audit.entry e SET hash = audit.entry_hash(e)" + HERE
RELINKED = (
    "UPDATE audit.entry SET prev = coalesce((SELECT hash FROM audit.entry"
    " WHERE writer = :w AND seq = :s - 1), prev)" + HERE
)
COPIED = ", ".join({column for column, _ in ENTRY_CHANGES} - {"writer", "seq"})


def ran(db: Connection, statement: str, **values) -> list:
    done = db.execute(text(statement), values)
    return list(done) if done.returns_rows else []


def places(db) -> list[tuple[int, int]]:
    return [tuple(row) for row in ran(db, "SELECT writer, seq FROM audit.entry")]


def picked(db, rng) -> dict[str, int]:
    """The place of some entry, as values of a statement."""
    writer, seq = rng.choice(sorted(places(db)))
    return {"w": writer, "s": seq}


def place(of: dict[str, int]) -> tuple[int, int]:
    return of["w"], of["s"]


def last(db, writer: int) -> int:
    return max(seq for own, seq in places(db) if own == writer)


def after_signed(db, of: dict[str, int]) -> tuple[int, int]:
    """The first place behind the last root's that says something before ``of``."""
    before = "SELECT max(seq) FROM audit.head WHERE writer = :w AND seq < :s"
    (sound,) = ran(db, before, **of)[0]
    return of["w"], (sound or 0) + 1


def flip(db, rng):
    of, (column, value) = picked(db, rng), rng.choice(ENTRY_CHANGES)
    changed = f"UPDATE audit.entry SET {column} = {value}"
    ran(db, changed + HERE, **of)
    moved = column in ("writer", "seq")
    kinds = {"missing", "truncated"} if moved else {"changed"}
    return Due(kinds, {place(of)}, alone=not moved)


def drop(db, rng):
    of = picked(db, rng)
    ran(db, "DELETE FROM audit.entry" + HERE, **of)
    return Due({"missing", "truncated"}, {place(of)})


def swap(db, rng):
    one, two = rng.sample(sorted(places(db)), 2)
    for (w, s), (x, t) in ((one, (0, 0)), (two, one), ((0, 0), two)):
        moved = "UPDATE audit.entry SET writer = :x, seq = :t" + HERE
        ran(db, moved, w=w, s=s, x=x, t=t)
    return Due({"moved"}, {one, two})


def duplicate(db, rng):
    """A copy at the end of a chain, or over another entry, or beside itself."""
    of, to = picked(db, rng), picked(db, rng)
    how = rng.choice(("end", "over", "beside"))
    kinds = {"moved"}
    if how == "beside" or of == to:
        to, kinds = of, {"twice"}
        ran(db, "ALTER TABLE audit.entry DROP CONSTRAINT entry_pkey")
    elif how == "end":
        to["s"] = last(db, to["w"]) + 1
    else:
        ran(db, "DELETE FROM audit.entry" + HERE, **to)
    copied = (
        f"INSERT INTO audit.entry (writer, seq, {COPIED})"
        f" SELECT :x, :t, {COPIED} FROM audit.entry" + HERE
    )
    ran(db, copied, **of, x=to["w"], t=to["s"])
    return Due(kinds, {place(to)})


def truncate(db, rng):
    of = picked(db, rng)
    ran(db, "DELETE FROM audit.entry WHERE writer = :w AND seq >= :s", **of)
    return Due({"truncated"}, {place(of)})


def truncate_with_roots(db, rng):
    """The end of a chain, and with it every root that knew of it."""
    of = picked(db, rng)
    ran(db, "DELETE FROM audit.entry WHERE writer = :w AND seq >= :s", **of)
    known = "SELECT min(number) FROM audit.head WHERE writer = :w AND seq >= :s"
    (first,) = ran(db, known, **of)[0]
    for table in ("root", "head"):
        ran(db, f"DELETE FROM audit.{table} WHERE number >= :n", n=first)
    return Due({"truncated"}, {place(of)}, alone=False)  # the roots are named too


def forge(db, rng):
    """An entry changed, and every hash from there on made to fit."""
    of = picked(db, rng)
    ran(db, "UPDATE audit.entry SET role = 'district'" + HERE, **of)
    for seq in range(of["s"], last(db, of["w"]) + 1):
        ran(db, RELINKED, w=of["w"], s=seq)
        ran(db, REHASHED, w=of["w"], s=seq)
    return Due({"rewritten"}, {after_signed(db, of)})


def forge_one(db, rng):
    """An entry changed and its own hash made to fit, that of none behind it."""
    of = picked(db, rng)
    ran(db, "UPDATE audit.entry SET role = 'district'" + HERE, **of)
    ran(db, REHASHED, **of)
    near = {(of["w"], of["s"] + 1), after_signed(db, of)}
    return Due({"replaced", "rewritten"}, near, any=True)


def edit_root(db, rng):
    (number,) = rng.choice(ran(db, "SELECT number FROM audit.root ORDER BY 1"))
    column, value = rng.choice(ROOT_CHANGES)
    changed = f"UPDATE audit.root SET {column} = {value}"
    ran(db, changed + " WHERE number = :n", n=number)
    if column == "number":
        return Due({"root_missing", "root_lost"}, {number}, alone=False)
    return Due({"root_changed"}, {number})


def edit_head(db, rng):
    heads = ran(db, "SELECT writer, seq, number FROM audit.head ORDER BY 1, 2")
    writer, seq, number = rng.choice(heads)
    column, value = rng.choice(HEAD_CHANGES)
    changed = f"UPDATE audit.head SET {column} = {value}"
    ran(db, changed + HERE, w=writer, s=seq)
    return Due({"root_changed"}, {number})


def orphan_head(db, rng):
    """What a root that is not there would have said."""
    of = picked(db, rng)
    said = "INSERT INTO audit.head VALUES (:w, :t, false, :n, sha256('x'))"
    ran(db, said, w=of["w"], t=of["s"] + 5_000, n=77)
    return Due({"root_missing"}, {77})


def drop_root(db, rng):
    (number,) = rng.choice(ran(db, "SELECT number FROM audit.root ORDER BY 1"))
    for table in ("root", "head"):
        ran(db, f"DELETE FROM audit.{table} WHERE number = :n", n=number)
    return Due({"root_missing", "root_lost"}, {number})


def forge_cut(db, rng):
    """The beginning of a chain, and a cut that no root ever signed."""
    of = picked(db, rng)
    (number,) = rng.choice(ran(db, "SELECT number FROM audit.root ORDER BY 1"))
    said = "INSERT INTO audit.head SELECT writer, seq, true, :n, hash FROM audit.entry"
    ran(db, said + HERE, **of, n=number)
    ran(db, "DELETE FROM audit.entry WHERE writer = :w AND seq <= :s", **of)
    whole = last(db, of["w"]) if of["w"] in dict(places(db)) else 0
    kind = "missing" if whole else "truncated"
    return Due({kind}, {(of["w"], 1)}, alone=False)  # the root is named too


def forge_root_below(db, rng):
    """The beginning of a chain, and a cut of a root before the first, never signed."""
    of, number = picked(db, rng), -rng.choice((0, 1, 77, 2**63))
    ran(db, "ALTER TABLE audit.root DROP CONSTRAINT IF EXISTS root_number")
    made = "INSERT INTO audit.root VALUES (:n, now(), 'x', '', 'x', '', '')"
    ran(db, made, n=number)
    said = "INSERT INTO audit.head SELECT writer, seq, true, :n, hash FROM audit.entry"
    ran(db, said + HERE, **of, n=number)
    ran(db, "DELETE FROM audit.entry WHERE writer = :w AND seq <= :s", **of)
    return Due({"root_number", "missing", "truncated"}, {number, (of["w"], 1)})


WAYS: tuple[Callable[[Connection, random.Random], Due], ...] = (
    flip,
    drop,
    swap,
    duplicate,
    truncate,
    truncate_with_roots,
    forge,
    forge_one,
    edit_root,
    edit_head,
    orphan_head,
    drop_root,
    forge_cut,
    forge_root_below,
)
