"""Which role may do what, and what it sees of people: ``policy.csv``, read.

A view names a permission, never a role. What is not listed is refused. The same file
makes the policies of the database (``gis_service/walls.py``), the predicates of
questions for people (``movements.sight``) and the tests' matrix.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from movements.sight import ALL, Sight

FILE = Path(__file__).with_name("policy.csv")


class Permission(StrEnum):
    """What may be done: ``scope:resource:action``."""

    BATCH_CREATE = "own:batch:create"
    BATCH_READ = "own:batch:read"
    PERSON_CORRECT = "own:person:correct"
    WEBHOOK_MANAGE = "own:webhook:manage"
    FLOW_READ = "scoped:flow:read"
    ROUTE_READ = "scoped:route:read"
    STAGE_READ = "scoped:stage:read"
    STAGE_RECORD = "scoped:stage:record"
    PERSON_READ = "scoped:person:read"
    PERSON_FIND = "scoped:person:find"
    PERSON_REVEAL = "scoped:person:reveal"
    ARRIVAL_READ = "scoped:arrival:read"
    ARRIVAL_CREATE = "scoped:arrival:create"
    HEADCOUNT_READ = "scoped:headcount:read"
    REQUEST_READ = "scoped:request:read"
    REQUEST_ANSWER = "scoped:request:answer"
    TRACE_READ = "country:trace:read"
    TRACE_APPROVE = "country:trace:approve"
    RELEASE_READ = "release:flow:read"
    AUDIT_READ = "country:audit:read"
    METRICS_READ = "service:metrics:read"


# Whose lines say which people are seen.
OF_PEOPLE = (Permission.PERSON_READ, Permission.TRACE_READ)


class BadPolicy(Exception):
    """A line of ``policy.csv`` says what is not allowed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: a permission of a role, and what it lets see of people.

    Attributes:
        role: one of ``ROLES``.
        permission: what it may do.
        sight: which people's journeys, from when to when, and their fields; of
            ``OF_PEOPLE`` alone.
        purposes: what people may be read for.
    """

    role: str
    permission: Permission
    sight: Sight | None = None
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """What one role may do.

    Attributes:
        title: the role in words.
        permissions: what it may do.
        unit: the level of the unit that a token of the role answers for: ``state``,
            ``district``, or none for the whole country.
        grain: the finest level of flows it reads exactly, where it reads any.
        told: how finely it is told a release, where it may read any: ``district``
            (all of it) or ``state`` (pairs of states and whole weeks).
        refusal: why it reads no flows, in words for its holder.
        sights: what it sees of people.
        purposes: what it may read people for.
    """

    title: str
    unit: str | None = None
    grain: str | None = None
    told: str | None = None
    refusal: str = ""
    permissions: frozenset[Permission] = frozenset()
    sights: tuple[Sight, ...] = ()
    purposes: tuple[str, ...] = ()


_RELEASE_ONLY = (
    "this role reads the protected release: /flows/{level} and the layers whose names"
    " begin with release_; exact flows are for the state and district officers at"
    " their ends"
)

# What the file does not say: words, and how finely a role reads numbers.
_ROLES = {
    "uploader": Role(
        title="a state's system that uploads batches",
        unit="state",
        refusal="an uploader sees its own batches and their receipts, no flows",
    ),
    "state": Role("state nodal officer", unit="state", grain="district"),
    "district": Role("district nodal officer", unit="district", grain="district"),
    "railways": Role(
        "Railways", refusal="the Railways see the loads of their own trains, no flows"
    ),
    "ministry": Role(
        "nodal ministry",
        grain="state",
        told="district",
        refusal="a nodal ministry reads state pairs by day and coarser exactly, of what"
        " is finer the release; a route shows a pair of districts",
    ),
    "analyst": Role("GIS analyst", told="district", refusal=_RELEASE_ONLY),
    "tracer": Role(
        "contact tracer",
        refusal="a contact tracer asks for one person with a purpose, never for flows",
    ),
    "operator": Role(
        "whoever runs the service",
        refusal="an operator reads the service's own numbers, no flows and no people",
    ),
    "auditor": Role(
        "auditor", refusal="an auditor reads the audit log, no flows and no people"
    ),
}


def lines(file: Path = FILE) -> Iterator[Line]:
    """Yield the lines of the policy.

    Raises:
        BadPolicy: a line names a role, permission, side or field that there is not.
    """
    with file.open(encoding="utf-8", newline="") as text:
        for number, row in enumerate(csv.DictReader(text), 2):
            try:
                yield _line(row)
            except ValueError as error:
                raise BadPolicy(f"{file.name} line {number}: {error}") from error


def _line(row: dict[str, str]) -> Line:
    if row["role"] not in _ROLES:
        raise ValueError(f"role is {row['role']!r}; allowed: {', '.join(_ROLES)}")
    permission = Permission(row["permission"])
    reads = permission in OF_PEOPLE
    if reads != bool(row["side"]):
        raise ValueError(f"a side is of {' and '.join(OF_PEOPLE)} and no other")
    return Line(
        row["role"],
        permission,
        sight=_sight(row) if reads else None,
        purposes=tuple(row["purposes"].split()),
    )


def _sight(row: dict[str, str]) -> Sight:
    fields = set(row["fields"].split())
    if "all" in fields:
        fields = fields - {"all"} | set(ALL)
    return Sight(
        side=row["side"],
        fields=frozenset(fields),
        stages=frozenset(row["stages"].split()),
        permissions=frozenset(row["permissions"].split()),
        first_day=int(row["first_day"]) if row["first_day"] else None,
        last_day=int(row["last_day"]) if row["last_day"] else None,
    )


def _role(name: str, role: Role, of_policy: tuple[Line, ...]) -> Role:
    own = [line for line in of_policy if line.role == name]
    return replace(
        role,
        permissions=frozenset(line.permission for line in own),
        sights=tuple(line.sight for line in own if line.sight),
        purposes=tuple(dict.fromkeys(p for line in own for p in line.purposes)),
    )


POLICY = tuple(lines())
ROLES = {name: _role(name, role, POLICY) for name, role in _ROLES.items()}

# From coarse to fine; a role may read its grain and everything before it.
LEVELS = ("country", "state", "district")


def roles_with(*permissions: Permission) -> tuple[str, ...]:
    """Return the names of the roles that hold one of some permissions."""
    return tuple(
        name
        for name, role in ROLES.items()
        if role.permissions.intersection(permissions)
    )
