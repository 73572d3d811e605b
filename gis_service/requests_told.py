"""What people ask of their own data, as the address and the page tell it to officers.

Within views that are marked ``reads_people``: each writes its entry.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from gis_service import own_handling
from gis_service.access import current_officer
from gis_service.address import root
from gis_service.audit import Subject
from gis_service.audit.purposes import Purpose
from gis_service.audit.seen import seen
from gis_service.own_access import vault_keys
from gis_service.own_bodies import Wanted
from gis_service.people_plane import eye, opened
from movements import people
from movements.own_request import number_of, number_text
from movements.own_request_list import known, listed, text_of
from movements.people_shown import person_shown
from movements.unique_id import id_of, id_text

_PLAIN = ("kind", "state", "filed_at", "filed_by", "answered_at", "answer")


@dataclass(frozen=True, slots=True)
class Requests:
    """A page of requests, the oldest first; ``next``: after which one it goes on."""

    requests: list[dict[str, Any]]
    next: str | None


def told(query: Wanted) -> Requests:
    """Return requests of people who depart from the officer's places.

    Raises:
        NoPurpose: none was stated, or not one of the role's.
        UnknownRequest, BadParameter: ``after`` is no number, or none that is seen.
    """
    looking = own_handling.looking()
    after = number_of(query.after) if query.after else None
    db = opened(looking)
    rows = listed(
        db, looking.scope, state=query.state, after=after, limit=query.limit + 1
    )
    bodies = [_body(row) for row in rows[: query.limit]]
    ids = [each["id"] for each in bodies if each["id"]]
    seen(db, "request.list", query.purpose, Subject("person"), ids=ids)
    more = len(rows) > query.limit
    return Requests(bodies, bodies[-1]["number"] if more else None)


def one(number: str, *, purpose: Purpose | None) -> dict[str, Any]:
    """Return a request, open or answered, with where it leads.

    Raises:
        NoPurpose: as ``told``.
        UnknownRequest: there is none, or it is not one of the officer's places.
    """
    looking = own_handling.looking()
    request = number_of(number)
    db = opened(looking)
    body = _body(known(db, looking.scope, request))
    ids = [body["id"]] if body["id"] else []
    seen(db, "request.read", purpose, Subject("person"), ids=ids)
    return body | {"links": links(body)}


def links(body: dict[str, Any]) -> dict[str, str]:
    """Return the addresses to which a request leads: of its person, of its answer."""
    api, found = f"{root()}/api/v1", {}
    if body["id"]:
        found["person"] = f"{api}/people/{body['id']}"
        if body["kind"] == "correction":
            found["correct"] = found["person"]
    if body["state"] == "open":
        found["answer"] = f"{api}/requests/{body['number']}/answer"
    return found


def held(person: str, *, purpose: Purpose | None) -> dict[str, Any] | None:
    """Return a person as ``/api/v1/people`` shows them to the officer.

    ``None`` where none of their journeys is in view: they were taken back.

    Raises:
        NoPurpose: as ``told``.
    """
    looking = eye(current_officer())
    db = opened(looking)
    found = people.of(db, looking, [id_of(person)])
    if not found:
        return None
    seen(db, "person.read", purpose, Subject("person"), ids=[person])
    profiles = people.known(db, found[0], keys=vault_keys())
    return person_shown(found[0], profiles)


def _body(row: RowMapping) -> dict[str, Any]:
    person: UUID | None = row["person_id"]
    return {
        "number": number_text(row["request_id"]),
        "id": id_text(person) if person else None,
        **{name: row[name] for name in _PLAIN},
        "text": text_of(row, keys=vault_keys()),
    }
