"""Which role may do what, and how finely it may read: one table for the service.

A view names a permission, never a role. What is not listed is refused.
"""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What may be done: ``scope:resource:action``."""

    BATCH_CREATE = "own:batch:create"
    BATCH_READ = "own:batch:read"
    FLOW_READ = "scoped:flow:read"
    ROUTE_READ = "scoped:route:read"
    STAGE_READ = "scoped:stage:read"
    STAGE_RECORD = "scoped:stage:record"
    RELEASE_READ = "release:flow:read"
    AUDIT_READ = "country:audit:read"
    METRICS_READ = "service:metrics:read"


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
    """

    title: str
    permissions: frozenset[Permission] = frozenset()
    unit: str | None = None
    grain: str | None = None
    told: str | None = None
    refusal: str = ""


_STAGES = frozenset({Permission.STAGE_READ, Permission.STAGE_RECORD})
_MAPS = frozenset({Permission.FLOW_READ, Permission.ROUTE_READ}) | _STAGES
_RELEASE_ONLY = (
    "this role reads the protected release: /flows/{level} and the layers whose names"
    " begin with release_; exact flows are for the state and district officers at"
    " their ends"
)

ROLES = {
    "uploader": Role(
        title="a state's system that uploads batches",
        permissions=frozenset({Permission.BATCH_CREATE, Permission.BATCH_READ})
        | _STAGES,
        unit="state",
        refusal="an uploader sees its own batches and their receipts, no flows",
    ),
    "state": Role("state nodal officer", _MAPS, "state", "district"),
    "district": Role("district nodal officer", _MAPS, "district", "district"),
    "railways": Role(
        "Railways", refusal="the Railways see the loads of their own trains, no flows"
    ),
    "ministry": Role(
        "nodal ministry",
        frozenset({Permission.FLOW_READ, Permission.RELEASE_READ}),
        grain="state",
        told="district",
        refusal="a nodal ministry reads state pairs by day and coarser exactly, of what"
        " is finer the release; a route shows a pair of districts",
    ),
    "analyst": Role(
        "GIS analyst",
        frozenset({Permission.RELEASE_READ}),
        told="district",
        refusal=_RELEASE_ONLY,
    ),
    "tracer": Role(
        "contact tracer",
        refusal="a contact tracer asks for one person with a purpose, never for flows",
    ),
    "operator": Role(
        "whoever runs the service",
        frozenset({Permission.METRICS_READ}),
        refusal="an operator reads the service's own numbers, no flows and no people",
    ),
    "auditor": Role(
        "auditor",
        frozenset({Permission.AUDIT_READ}),
        refusal="an auditor reads the audit log, no flows and no people",
    ),
}

# From coarse to fine; a role may read its grain and everything before it.
LEVELS = ("country", "state", "district")


def roles_with(*permissions: Permission) -> tuple[str, ...]:
    """Return the names of the roles that hold one of some permissions."""
    return tuple(
        name
        for name, role in ROLES.items()
        if role.permissions.intersection(permissions)
    )
