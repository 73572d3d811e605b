"""What people may be read for, and which role may state which purpose."""

from enum import StrEnum

from gis_service.policy import ROLES


class Purpose(StrEnum):
    """A registered purpose; ``own_batch`` is an uploader's work on what it sent."""

    PERMIT = "permit"
    MANIFEST = "manifest"
    RECEPTION = "reception"
    TRACE = "trace"
    GRIEVANCE = "grievance"
    OWN_BATCH = "own_batch"
    # People erased, by the service itself when their time is over, or as they asked.
    RETENTION = "retention"


class NoPurpose(Exception):
    """People are asked for without a purpose, or for one that the role has not."""


# As policy.csv lists them; what is not listed is refused.
OF_ROLE: dict[str, tuple[Purpose, ...]] = {
    name: tuple(map(Purpose, role.purposes))
    for name, role in ROLES.items()
    if role.purposes
}
# An uploader reads back what it sent; nobody else has a purpose without saying so.
DEFAULT = {"uploader": Purpose.OWN_BATCH}


def stated(role: str, given: Purpose | None) -> Purpose:
    """Return the purpose for which a role reads people.

    Raises:
        NoPurpose: none is given where one is needed, or not one of the role's.
    """
    purpose = given or DEFAULT.get(role)
    allowed = OF_ROLE.get(role, ())
    if purpose is None or purpose not in allowed:
        names = ", ".join(allowed) or "none"
        raise NoPurpose(
            f"purpose is {given or 'not given'}; allowed for the role {role!r}: {names}"
        )
    return purpose
