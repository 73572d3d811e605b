"""What a field hides of a person, shown whole: by the vault's login, with an entry."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection

from gis_service.audit import Subject
from gis_service.audit.purposes import Purpose
from gis_service.audit.seen import seen
from gis_service.intake import keys
from gis_service.settings import Settings
from movements.aadhaar import Held, NoAadhaar, aadhaar_of
from movements.errors import NothingToReveal
from movements.events import bucket
from movements.journal import Seen
from movements.people import known
from movements.people_shown import MASKED, profile_key
from movements.unique_id import id_text

_KEPT = {
    "off": "this installation keeps no Aadhaar numbers (NMIS_AADHAAR=off)",
    "last4": "this installation keeps the last four digits alone (NMIS_AADHAAR=last4)",
}


def refuse_bare(field: str, journeys: Sequence[Seen]) -> None:
    """Refuse a field that hides nothing from the reader, or that they never see.

    Raises:
        NothingToReveal: says which.
    """
    settings: Settings = current_app.extensions["settings"]
    if field not in MASKED:
        raise NothingToReveal(f"{field} is shown whole, or not at all")
    if not any(field in each.fields for each in journeys):
        raise NothingToReveal(f"{field} of this person is not shown to you")
    if settings.aadhaar in _KEPT:
        raise NothingToReveal(_KEPT[settings.aadhaar])


def aadhaar(
    db: Connection, vault: Connection, journeys: Sequence[Seen], purpose: Purpose | None
) -> str:
    """Return a person's Aadhaar number, the entry written by the vault's connection.

    Args:
        db: a connection within the reader's walls.
        vault: a connection on the vault plane.
        journeys: of one person, in order of travel.
        purpose: as the reader stated it.

    Raises:
        NothingToReveal: none was sent.
        NoPurpose: none was stated, or not one of the role's.
    """
    held = _held(db, [each for each in journeys if "aadhaar" in each.fields])
    about, person = Subject("person"), id_text(journeys[0].person)
    seen(vault, "person.reveal", purpose, about, ids=[person])
    if held is None:
        raise NothingToReveal("no Aadhaar number is kept of this person")
    place, tenant = held
    try:
        opened = keys(current_app.extensions["secrets"])
        return aadhaar_of(vault, place, tenant=tenant, keys=opened)
    except NoAadhaar as error:
        raise NothingToReveal(str(error)) from error


def _held(db: Connection, journeys: Sequence[Seen]) -> tuple[Held, int] | None:
    """Return where the number of the newest journey that has one lies."""
    profiles = known(db, journeys, keys=keys(current_app.extensions["secrets"]))
    for each in reversed(journeys):
        key = profile_key(each)
        reference = profiles.get(key, {}).get("aadhaar_ref")
        if reference:
            place = Held(bucket(key[0]), *key, UUID(reference))
            return place, each.row["tenant"]
    return None
