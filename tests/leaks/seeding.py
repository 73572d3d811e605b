"""A small crowd through HTTP: three tenants, every stage, a canary in every field."""

from datetime import date, timedelta

from gis_service.people_plane import today
from movements.columns import NAMES
from tests.leaks.oracle import Person
from tests.made_up import csv_body

MAHARASHTRA, UTTAR_PRADESH, BIHAR, MADHYA_PRADESH = 27, 9, 10, 23
PUNE, MUMBAI = (27, 490), (27, 482)
LUCKNOW, VARANASI = (9, 162), (9, 187)
PATNA, GAYA = (10, 212), (10, 196)
BHOPAL = (23, 400)
NAMES_OF = {
    PUNE: "Pune, Maharashtra",
    MUMBAI: "Mumbai, Maharashtra",
    LUCKNOW: "Lucknow, Uttar Pradesh",
    VARANASI: "Varanasi, Uttar Pradesh",
    PATNA: "Patna, Bihar",
    GAYA: "Gaya, Bihar",
}
ROUTE = "Maharashtra;Madhya Pradesh;Uttar Pradesh"

# From, to, mode, what is said of them in order, and by whom.
JOURNEYS = (
    (MAHARASHTRA, PUNE, PATNA, "train", ()),
    (MAHARASHTRA, PUNE, PATNA, "train", ("permission_requested",)),
    (
        MAHARASHTRA,
        MUMBAI,
        GAYA,
        "train",
        ("permission_requested", "permission_granted"),
    ),
    (MAHARASHTRA, PUNE, GAYA, "train", ("permission_requested", "permission_refused")),
    (MAHARASHTRA, PUNE, PATNA, "train", ("requisitioned",)),
    (MAHARASHTRA, MUMBAI, PATNA, "train", ("requisitioned", "departed")),
    (MAHARASHTRA, PUNE, LUCKNOW, "bus", ("departed",)),
    (MAHARASHTRA, PUNE, VARANASI, "bus", ("departed", "arrived")),
    (MAHARASHTRA, MUMBAI, PUNE, "train", ()),
    (UTTAR_PRADESH, LUCKNOW, PATNA, "train", ("departed",)),
    (UTTAR_PRADESH, VARANASI, PUNE, "train", ()),
    (UTTAR_PRADESH, LUCKNOW, VARANASI, "bus", ("cancelled",)),
    (BIHAR, PATNA, PUNE, "train", ("permission_requested",)),
    (BIHAR, GAYA, LUCKNOW, "train", ("requisitioned", "departed", "arrived")),
    (BIHAR, PUNE, GAYA, "train", ("departed",)),
)
AFTER = {
    "permission_requested": {"permission": "requested"},
    "permission_granted": {"permission": "granted", "stage": "permitted"},
    "permission_refused": {"permission": "refused"},
    "requisitioned": {"requisitioned": True},
    "departed": {"stage": "departed"},
    "arrived": {"stage": "arrived"},
    "cancelled": {"stage": "cancelled"},
}
AT_DESTINATION = ("permission_granted", "permission_refused", "arrived")
SEALED = ("name", "mobile", "current_address", "permanent_address", "source_ref")


def crowd() -> list[Person]:
    """Return the people as they will be sent."""
    return [_person(at, *journey[:4]) for at, journey in enumerate(JOURNEYS)]


def _person(
    at: int, tenant: int, origin: tuple[int, int], end: tuple[int, int], mode: str
) -> Person:
    by_bus = mode == "bus" and origin[0] != end[0]
    day = _day(at)
    canaries = {
        "name": f"Kanarika Namuna {chr(65 + at)}{chr(75 + at)}qzx",
        "mobile": f"6{7_310_000_000 + at * 7_919_33:010d}"[:10],
        "current_address": f"Qala{at}vux Gali {at + 40}",
        "permanent_address": f"Zore{at}wiq Tola {at + 60}",
        "source_ref": f"qref-{tenant}-{at}-wvz",
    }
    sent = dict.fromkeys(NAMES, "") | canaries
    sent |= {
        "age": str(20 + at),
        "gender": "female" if at % 2 else "male",
        "category": "labour",
        "origin_district": NAMES_OF[origin],
        "destination_district": NAMES_OF[end],
        "travel_date": day.isoformat(),
        "mode": mode,
        "route_states": ROUTE if by_bus else "",
    }
    transit = (MADHYA_PRADESH,) if by_bus else ()
    person = Person(at, tenant, origin, end, transit, mode, sent, day)
    person.canaries = canaries
    return person


def _day(at: int) -> date:
    # Around today, since transit states and the Railways see for some days only.
    return today() + timedelta(days=(0, 1, 5, -1, -9)[at % 5])


def seed(client, token) -> list[Person]:
    """Send the crowd, say what happened, and return it as it then stands."""
    people = crowd()
    for tenant in (MAHARASHTRA, UTTAR_PRADESH, BIHAR):
        own = [person for person in people if person.tenant == tenant]
        bearer = {"Authorization": f"Bearer {token('uploader', state=tenant)}"}
        body = csv_body([person.sent for person in own])
        sent = client.post(
            "/api/v1/batches", data=body, headers=bearer | {"Content-Type": "text/csv"}
        )
        assert sent.status_code == 201, sent.text
        assert sent.json["refused"] == 0, sent.json["faults"]
        at = f"/api/v1/batches/{sent.json['batch']}/people"
        listed = client.get(at, headers=bearer).json["people"]
        for person, row in zip(own, listed, strict=True):
            person.id = row["id"]
    for person, (*_, events) in zip(people, JOURNEYS, strict=True):
        for event in events:
            _say(client, token, person, event)
    return people


def _say(client, token, person: Person, event: str) -> None:
    end = person.destination if event in AT_DESTINATION else person.origin
    bearer = {"Authorization": f"Bearer {token('state', state=end[0])}"}
    sent = {"event": event, "people": [person.id]}
    done = client.post("/api/v1/events", json=sent, headers=bearer)
    assert done.json["applied"] == 1, done.text
    for name, value in AFTER[event].items():
        setattr(person, name, value)
