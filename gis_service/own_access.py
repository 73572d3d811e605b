"""What a person is told of their own data, and requests they file, over the web."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection, RowMapping

from boundaries.wall import enter
from gis_service import audit, own_masked
from gis_service.audit.keys import AuditKey
from gis_service.audit.purposes import OF_ROLE, Purpose
from gis_service.audit.reading import who_saw
from gis_service.audit.seen import writes
from gis_service.db import connection
from gis_service.intake import keys
from gis_service.own_bodies import MOST, Asking, Own, Standing
from gis_service.people_plane import today
from gis_service.request_log import current
from gis_service.retention_clocks import clocks
from movements import own_request, people
from movements.errors import UnknownPerson
from movements.keys import Keys
from movements.own_request import Filing, Kept, Told
from movements.people_mobile import e164
from movements.sight import ALL, Eye, Sight
from movements.unique_id import id_of, id_text

# Whoever asks of themselves has no role of the policy; the log names them so.
ROLE = "person"
_EVERY_FIELD = Sight("tenant", frozenset(ALL))


def told(own: Own) -> dict[str, Any]:
    """Return what is held of a person, masked, and who saw it; with its audit entry.

    Within a view that is marked ``reads_people``.

    Raises:
        BadUniqueId, BadParameter: what was sent is no unique ID, or no mobile.
        UnknownPerson: ID and mobile do not belong together.
    """
    db = connection("upload")
    person, kept = _shown(db, own)
    looking = Eye((_EVERY_FIELD,), {"tenant": kept.tenant}, today())
    journeys = next(iter(people.of(db, looking, [person])), None)
    if journeys is None:
        raise UnknownPerson(own_request.NOBODY)
    profiles = people.known(db, journeys, keys=vault_keys())
    writes(db, partial(noted, db, ROLE, "own.access", [person]))
    key: AuditKey = current_app.extensions["audit"]
    seen = who_saw(connection("audit"), id_text(person), key=key)
    kept_for = clocks(current_app.extensions["settings"])
    return {
        "id": id_text(person),
        "held": own_masked.masked(journeys, profiles),
        "journeys": [own_masked.journey(each) for each in journeys],
        "not_shown": own_masked.NOT_SHOWN,
        "purposes": sorted({each for own in OF_ROLE.values() for each in own}),
        "clocks": {"view_days": kept_for.view_days, "keep_days": kept_for.keep_days},
        "seen_by": [_seen(row) for row in reversed(seen[-MOST:])],
        "seen_times": len(seen),
    }


def filed(asking: Asking) -> str:
    """File a request of whoever shows ID and mobile; return its number.

    Raises:
        BadUniqueId, BadParameter, UnknownPerson: as ``told``.
    """
    db = connection("upload")
    with db.begin():
        person, kept = _shown(db, asking)
        mobile = e164(asking.mobile)
        filing = Filing(person, kept, asking.kind, ROLE, asking.text, mobile)
        request = own_request.filed(db, filing, keys=vault_keys())
        noted(db, ROLE, f"own.{asking.kind}", [person])
    return own_request.number_text(request)


def standing(asked: Standing) -> Told:
    """Return what became of a request.

    Raises:
        BadParameter: what was sent is no mobile.
        UnknownRequest: number and mobile do not belong together.
    """
    request, mobile = own_request.number_of(asked.number), e164(asked.mobile)
    return own_request.told(connection("upload"), request, mobile, keys=vault_keys())


def noted(db: Connection, role: str, action: str, about: Iterable[UUID]) -> None:
    """Write who asked for whom, by a person's own request, in the same transaction."""
    key: AuditKey = current_app.extensions["audit"]
    audit.record(
        db,
        audit.Who(role, None, current()),
        purpose=Purpose.GRIEVANCE,
        action=action,
        subject=audit.Subject("person", people=key.hashed(map(id_text, about))),
    )


def vault_keys() -> Keys:
    """Return the keys of the vault."""
    return keys(current_app.extensions["secrets"])


def _shown(db: Connection, own: Own) -> tuple[UUID, Kept]:
    """Return who shows ID and mobile; the transaction is then within their tenant."""
    person, mobile = id_of(own.id), e164(own.mobile)
    kept = own_request.kept_of(db, person, mobile, keys=vault_keys())
    enter(db, tenant=kept.tenant)
    return person, kept


def _seen(row: RowMapping) -> dict[str, str]:
    named = {name: str(row[name]) for name in ("role", "purpose", "action")}
    return {"at": row["at"].isoformat(timespec="seconds"), **named}
