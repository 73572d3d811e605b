"""What somebody is given: a role, and the unit they answer for."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from boundaries.scope import COUNTRY, Scope
from boundaries.tables import BOUNDARY_SET, UNIT
from gis_service.policy import ROLES


class BadGrant(Exception):
    """A role cannot be given as asked; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and its unit.

    Attributes:
        role: one of ``policy.ROLES``.
        state: LGD code of the state answered for, where there is one.
        district: LGD code of the district, for roles that answer for one.
    """

    role: str
    state: int | None = None
    district: int | None = None

    @property
    def scope(self) -> Scope:
        """The units answered for."""
        if self.state is None:
            return COUNTRY
        districts = frozenset({self.district}) if self.district else None
        return Scope(states=frozenset({self.state}), districts=districts)

    def columns(self) -> dict[str, str | int | None]:
        """Return it as the columns of a row."""
        return {
            "role": self.role,
            "state_code": self.state,
            "district_code": self.district,
        }


def granted(
    db: Connection, *, role: str, state: int | None, district: int | None
) -> Grant:
    """Return a grant after looking at it; a district's state is filled in.

    Raises:
        BadGrant: the role is unknown, or its unit is missing, too many or unknown.
    """
    if role not in ROLES:
        raise BadGrant(f"role is {role!r}; allowed: {', '.join(ROLES)}")
    unit = ROLES[role].unit
    if unit is None and (state or district):
        raise BadGrant(f"the role {role!r} answers for no state or district")
    if unit == "district":
        if district is None:
            raise BadGrant(f"the role {role!r} needs --district, an LGD code")
        return Grant(role, _state_of(db, "district", district, state), district)
    if unit == "state":
        if state is None or district is not None:
            raise BadGrant(f"the role {role!r} needs --state, an LGD code, alone")
        return _of_state(db, role, state)
    return Grant(role)


def _of_state(db: Connection, role: str, state: int) -> Grant:
    if state > 0:
        return Grant(role, _state_of(db, "state", state, state))
    # The sandbox of a state is the tenant of its negative code (movements/sandbox.py).
    if role != "uploader":
        raise BadGrant(f"the role {role!r} has no sandbox; allowed: uploader")
    return Grant(role, -_state_of(db, "state", -state, -state))


def _state_of(db: Connection, level: str, code: int, state: int | None) -> int:
    active = select(UNIT.c.code, UNIT.c.state_code).join(
        BOUNDARY_SET, BOUNDARY_SET.c.set_id == UNIT.c.set_id
    )
    units = db.execute(active.where(UNIT.c.level == level, BOUNDARY_SET.c.active)).all()
    found = dict(map(tuple, units)).get(code)
    if found is None:
        raise BadGrant(f"there is no {level} with LGD code {code}")
    if state not in (None, found):
        raise BadGrant(f"{level} {code} lies in state {found}, not in {state}")
    return int(found)
