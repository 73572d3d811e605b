"""How many pass a state, and the loads of trains: numbers, and nobody's name."""

import csv
import io
from datetime import timedelta

import pytest

from tests.travellers import BIHAR, KERALA, MADHYA, MAHARASHTRA, SOON, TODAY, row

COUNTS = "/api/v1/headcounts"
TRAIN = {"number": "01921", "day": TODAY.isoformat()}


@pytest.fixture(scope="module")
def told():
    return {}


@pytest.fixture
def passing(told, regime, send, say):
    """Five by a train in two coaches, two of them not departed; three by bus."""
    if not told:
        regime("notify")
        trains = send(*(row(at, day=TODAY) for at in range(800, 805)))
        buses = send(*(row(at, day=TODAY, mode="bus") for at in range(805, 808)))
        for coach, people in (("S4", trains[:2]), ("S5", trains[2:])):
            more = {"train": TRAIN, "vehicle": coach}
            say("requisitioned", people, state=MAHARASHTRA, **more)
        say("departed", trains[:3], state=MAHARASHTRA)
        say("departed", buses, state=MAHARASHTRA, vehicle="XX00 AB-1234")
        told["ids"] = [*trains, *buses]
    return told["ids"]


def groups(client, **asked) -> dict[tuple, tuple[int, int, int]]:
    given = {"purpose": "manifest"} | asked
    body = client.get(COUNTS, query_string=given)
    assert body.status_code == 200, body.text
    return {
        (g["mode"], g["train_number"], g["vehicle"]): (
            g["people"], g["expected"], g["departed"],
        )
        for g in body.json["groups"]
    }  # fmt: skip


def test_a_state_on_the_way_counts_who_has_departed_by_vehicle(passing, as_):
    client = as_("state", MADHYA)
    assert groups(client) == {
        ("train", "01921", "S4"): (2, 0, 2),
        ("train", "01921", "S5"): (1, 0, 1),
        ("bus", None, "XX00AB1234"): (3, 0, 3),
    }
    body = client.get(f"{COUNTS}?purpose=manifest")
    assert body.json["people"] == 6
    assert (body.json["side"], body.json["from"]) == ("transit", TODAY.isoformat())
    # Neither an end, nor anybody.
    assert {"origin_state", "origin_district"}.isdisjoint(body.json["groups"][0])
    assert not [each for each in passing if each in body.text]


def test_the_railways_see_the_loads_of_trains_asked_for(passing, as_):
    found = groups(as_("railways"))
    assert found == {
        ("train", "01921", "S4"): (2, 0, 2),
        ("train", "01921", "S5"): (3, 2, 1),
    }
    (first, *_) = as_("railways").get(f"{COUNTS}?purpose=manifest").json["groups"]
    assert (first["origin_state"], first["origin_district"]) == (MAHARASHTRA, 490)


@pytest.mark.parametrize("state", [KERALA, BIHAR, MAHARASHTRA])
def test_others_count_nobody(passing, as_, state):
    assert groups(as_("state", state)) == {}


def test_it_is_the_days_of_the_policy_and_those_asked_for(passing, as_):
    client = as_("state", MADHYA)
    assert groups(client, to=str(TODAY - timedelta(days=1))) == {}
    week = {"from": str(TODAY - timedelta(days=3)), "to": str(SOON)}
    assert groups(client, **week) == groups(client)


@pytest.mark.parametrize(
    "asked",
    [
        {"from": str(SOON), "to": str(TODAY)},
        {"from": "2020-01-01", "to": "2020-02-01"},
        {"from": "x"},
        {"f": "xml"},
    ],
)
def test_what_cannot_be_asked_is_said(as_, asked):
    given = {"purpose": "manifest"} | asked
    assert as_("state", MADHYA).get(COUNTS, query_string=given).status_code == 422


def test_as_a_table(passing, as_):
    file = as_("railways").get(f"{COUNTS}?purpose=manifest&f=csv")
    lines = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert [each["people"] for each in lines] == ["2", "3"]
    assert "origin_district" in lines[0]


def test_it_needs_a_purpose_and_leaves_an_entry(passing, as_, database):
    client = as_("state", MADHYA)
    assert client.get(COUNTS).json["code"] == "purpose_required"
    client.get(f"{COUNTS}?purpose=manifest")
    entry = as_("auditor").get("/api/v1/audit?limit=1").json["entries"][0]
    assert (entry["action"], entry["n"]) == ("headcount.read", 6)


@pytest.mark.parametrize("role", ["district", "ministry", "analyst", "uploader"])
def test_others_may_not_ask(as_, role):
    unit = {"district": (None, 212), "uploader": (27, None)}.get(role, (None, None))
    assert as_(role, *unit).get(f"{COUNTS}?purpose=manifest").status_code == 403
