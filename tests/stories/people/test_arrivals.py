"""The first screen of a destination's officer: who comes on a day."""

import csv
import io
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from gis_service.audit.reading import who_saw
from tests.signing_in import begin_session, sign_in
from tests.travellers import BIHAR, GAYA, KERALA, MAHARASHTRA, PATNA, SOON, row

ARRIVALS = "/api/v1/arrivals?purpose=reception"
TRAIN = {"number": "01901", "day": SOON.isoformat()}


@pytest.fixture(scope="module")
def told():
    return {}


@pytest.fixture
def coming(told, regime, send, say):
    """Seven for Patna by train and bus, two for Gaya, one a day later; once for all."""
    if not told:
        regime("notify")
        trains = [row(at) for at in range(4)]
        buses = [row(at, mode="bus") for at in range(4, 7)]
        gaya = [row(at, to="Gaya, Bihar") for at in range(7, 9)]
        later = row(9, day=SOON + timedelta(days=1))
        ids = send(*trains, *buses, *gaya, later)
        say("requisitioned", ids[:4], state=MAHARASHTRA, train=TRAIN)
        say("departed", ids[:3], state=MAHARASHTRA)
        say("arrived", ids[:1], state=BIHAR)
        say("cancelled", ids[6:7], state=MAHARASHTRA)
        say("permission_requested", ids[7:8], state=MAHARASHTRA)
        told["ids"] = ids
    return told["ids"]


def test_one_request_tells_numbers_trains_and_people(coming, as_):
    body = as_("district", None, PATNA).get(ARRIVALS).json
    assert body["day"] == SOON.isoformat()
    assert body["totals"] == {
        "people": 6, "expected": 3, "departed": 2, "arrived": 1, "walk_ins": 0,
        "notified": 6, "requested": 0, "granted": 0, "cancelled": 1,
    }  # fmt: skip
    train, bus = body["groups"]
    assert (train["mode"], train["train_number"], train["people"]) == (
        "train", "01901", 4,
    )  # fmt: skip
    assert train["train_date"] == SOON.isoformat()
    assert (train["origin_district"], train["hour"]) == (490, None)
    assert (bus["mode"], bus["people"], bus["cancelled"]) == ("bus", 2, 1)
    assert {each["id"] for each in body["people"]} == set(coming[:7])
    assert all(each["name"] for each in body["people"])


def test_a_state_sees_its_districts_and_who_waits_for_its_permission(coming, as_):
    body = as_("state", BIHAR).get(ARRIVALS).json
    assert body["totals"]["people"] == 8
    assert body["totals"]["requested"] == 1
    ends = {each["destination_district"] for each in body["people"]}
    assert ends == {PATNA, GAYA}


def test_another_day_and_others(coming, as_):
    next_day = SOON + timedelta(days=1)
    later = as_("state", BIHAR).get(f"{ARRIVALS}&day={next_day}").json
    assert [each["id"] for each in later["people"]] == [coming[9]]
    for client in (as_("state", KERALA), as_("state", MAHARASHTRA)):
        body = client.get(ARRIVALS).json
        assert (body["totals"]["people"], body["groups"], body["people"]) == (0, [], [])


def test_the_list_goes_on_and_the_links_lead_there(coming, as_, app, database):
    client = as_("state", BIHAR)
    body = client.get(f"{ARRIVALS}&limit=5").json
    assert len(body["people"]) == 5
    rest = urlsplit(body["next"])
    more = client.get(f"{rest.path}?{rest.query}").json
    ids = {each["id"] for each in (*body["people"], *more["movements"])}
    assert ids == set(coming[:9])
    assert "direction=in" in body["links"]["map"]
    assert f"unit={BIHAR}" in body["links"]["map"]
    table = urlsplit(body["links"]["csv"])
    signed_in = app.test_client()
    begin_session(signed_in, database, role="state", state=BIHAR)
    file = signed_in.get(f"{table.path}?{table.query}")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert {each["id"] for each in rows} == set(coming[:9])


def test_it_needs_a_purpose_and_leaves_one_entry(app, database, coming, as_):
    client = as_("district", None, PATNA)
    assert client.get("/api/v1/arrivals").json["code"] == "purpose_required"
    key = app.extensions["audit"]
    with database.audit.connect() as db:
        before = len(who_saw(db, coming[0], key=key))
    client.get(ARRIVALS)
    with database.audit.connect() as db:
        entries = who_saw(db, coming[0], key=key)
    assert len(entries) == before + 1
    assert (entries[-1]["action"], entries[-1]["n"]) == ("arrivals.read", 7)


@pytest.mark.parametrize("role", ["uploader", "railways", "ministry", "auditor"])
def test_it_is_for_those_at_the_destination(as_, role):
    client = as_(role, MAHARASHTRA if role == "uploader" else None)
    assert client.get(ARRIVALS).json["code"] == "not_permitted"


def test_the_page_shows_the_same_in_two_languages(coming, app, token):
    client = app.test_client()
    sign_in(client, token("district", district=PATNA))
    page = client.get("/arrivals")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    for text in ("Namuna 3", "01901", "Pune, Maharashtra", "On the way", coming[0]):
        assert text in page.text
    assert f"/arrivals?day={SOON + timedelta(days=1)}" in page.text
    assert 'aria-current="page"' in page.text
    hindi = client.get("/arrivals?lang=hi").text
    assert "रास्ते में" in hindi
    assert "<script" not in page.text


def test_the_page_says_what_is_not_a_day(coming, app, token):
    client = app.test_client()
    sign_in(client, token("state", state=BIHAR))
    page = client.get("/arrivals?day=<tomorrow>")
    assert page.status_code == 422
    assert "&lt;tomorrow&gt;" in page.text
    empty = client.get("/arrivals?day=2021-01-01")
    assert "Nobody whom you may see" in empty.text


def test_the_page_is_for_officers_who_are_signed_in(app, token):
    client = app.test_client()
    answer = client.get("/arrivals?day=2026-01-01")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")
    sign_in(client, token("auditor"))
    assert client.get("/arrivals").status_code == 403
    assert "/arrivals" not in client.get("/").text


def test_its_table_needs_a_fresh_sign_in(coming, app, database):
    client = app.test_client()
    who = {"role": "state", "state": BIHAR}
    begin_session(client, database, **who, ago=timedelta(minutes=6))
    asked = client.get("/arrivals.csv")
    assert asked.status_code == 303
    assert asked.location.startswith("/sign-in/again?next=")
    begin_session(client, database, **who)
    file = client.get("/arrivals.csv")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert {each["id"] for each in rows} == set(coming[:9])
    assert f"arrivals-{SOON}.csv" in file.headers["Content-Disposition"]


def test_its_table_is_everybody_however_many_are_read_at_once(
    coming, app, database, monkeypatch
):
    client = app.test_client()
    begin_session(client, database, role="state", state=BIHAR)
    whole = client.get("/arrivals.csv")
    monkeypatch.setattr("gis_service.arrivals_told.MOST_ROWS", 2)
    by_twos = client.get("/arrivals.csv")
    assert by_twos.data == whole.data
    assert "Link" not in by_twos.headers
    with database.audit.connect() as db:
        for person in coming[:9]:
            last = who_saw(db, person, key=app.extensions["audit"])[-1]
            assert (last["action"], last["n"]) == ("arrivals.read", 9)
