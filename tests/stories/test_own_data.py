"""A person asks of their own data, and officers answer, over HTTP."""

from dataclasses import replace
from uuid import UUID

import made_up
import pytest
from signing_in import SAME, begin_session, form_token, from_anywhere
from sqlalchemy import func, select

from gis_service.audit.tables import ENTRY
from gis_service.policy import ROLES
from gis_service.retention_kept import erased_file
from gis_service.retention_key import hash_key
from movements import own_request_list as requests
from movements.own_request_tables import OWN_REQUEST
from movements.retention_people import hashed
from movements.tables import MOVEMENT, PROFILE
from movements.unique_id import id_of, id_text

MAHARASHTRA, BIHAR, PUNE, MUMBAI = 27, 10, 490, 482
MOBILE, OTHER = "9840411100", "9840411199"
WHY = "Mera naam galat hai: Asha, not Usha."
GOOD = made_up.rows(1)[0] | {
    "name": "Asha Namuna", "age": "31", "mobile": MOBILE, "category": "labour",
    "origin_district": "Pune, Maharashtra", "destination_district": "Patna, Bihar",
    "travel_date": "2020-05-21", "mode": "train", "permanent_address": "Gram Kalpit 5",
}  # fmt: skip


@pytest.fixture
def asha(sent) -> str:
    """Asha's unique ID."""
    (person,) = sent(GOOD | {"source_ref": "own-1"})
    return person


@pytest.fixture
def own(app):
    """``own(path, **body)``: a person's request, from an address of its own."""

    def asked(path: str, **body):
        return app.test_client().post(
            f"/api/v1/own/{path}", json=body, environ_base=from_anywhere()
        )

    return asked


def file(own, person, kind="correction", **more):
    answer = own("requests", id=person, mobile=MOBILE, kind=kind, **more)
    assert answer.status_code == 202, answer.text
    return answer.json["number"]


def test_a_person_reads_what_is_held_of_them_masked_and_who_saw_it(asha, own, ask):
    ask("GET", f"/api/v1/people/{asha}?purpose=reception", role="state")
    answer = own("access", id=asha.lower(), mobile=f"0{MOBILE}")
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert told["held"]["name"] == "A••• N•••"
    assert told["held"]["mobile"] == "+91 ••• 00"
    assert (told["held"]["age"], told["held"]["aadhaar"]) == ("•••", None)
    for hidden in ("Asha", "Kalpit", MOBILE, "490", "tok"):
        assert hidden not in answer.text
    (journey,) = told["journeys"]
    assert (journey["travel_date"], journey["stage"]) == ("2020-05-21", "planned")
    assert (journey["origin_state"], journey["destination_state"]) == (27, 10)
    seen = [(each["role"], each["purpose"], each["action"]) for each in told["seen_by"]]
    assert ("state", "reception", "person.read") in seen
    assert told["clocks"] == {"view_days": 30, "keep_days": 365}
    again = own("access", id=asha, mobile=MOBILE).json
    assert again["seen_by"][0]["action"] == "own.access"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_every_other_pair_of_id_and_mobile_is_answered_with_the_same_words(
    sent, own, asha
):
    (none, lent) = sent(
        GOOD | {"source_ref": "own-none", "mobile": ""},
        GOOD | {"source_ref": "own-lent", "mobile": OTHER, "mobile_borrowed": "yes"},
    )
    unknown = id_text(UUID(int=7))
    told = {
        (answer.status_code, answer.json["code"], answer.json["detail"])
        for answer in (
            own("access", id=asha, mobile=OTHER),
            own("access", id=unknown, mobile=MOBILE),
            own("access", id=none, mobile=MOBILE),
            own("access", id=lent, mobile=OTHER),
            own("requests", id=asha, mobile=OTHER, kind="erasure"),
        )
    }
    assert [each[:2] for each in told] == [(404, "unknown_person")]


def test_guessing_is_slow(app, asha):
    here, client = from_anywhere(), app.test_client()
    asked = [
        client.post("/api/v1/own/access", json={"id": asha, "mobile": mobile},
                    environ_base=here).status_code
        for mobile in [OTHER] * 6
    ]  # fmt: skip
    assert asked == [404] * 5 + [429]


def test_a_request_is_sealed_seen_at_the_place_of_departure_and_answered(
    asha, own, ask, database
):
    number = file(own, asha, text=WHY)
    with database.owner.connect() as db:
        row = db.execute(select(OWN_REQUEST)).mappings().all()[-1]
    assert WHY.encode() not in bytes(row["wrapped_text"])
    path = "/api/v1/requests?purpose=grievance"
    listed = ask("GET", path, role="state").json["requests"]
    mine = next(each for each in listed if each["number"] == number)
    assert (mine["id"], mine["text"], mine["filed_by"]) == (asha, WHY, "person")
    assert ask("GET", path, role="state", state=BIHAR).json["requests"] == []
    with database.owner.connect() as db:  # whom the second wall lets see everything
        assert requests.listed(db, {"origin": BIHAR}, state="open") == []
        assert requests.listed(db, {"origin_district": MUMBAI}, state="open") == []
    answer = {"outcome": "done", "reason": "corrected by the state"}
    at = f"/api/v1/requests/{number}/answer"
    other = ask("POST", at, role="state", state=BIHAR, json=answer)
    assert (other.status_code, other.json["code"]) == (404, "unknown_request")
    done = ask("POST", at, role="state", json=answer)
    assert done.json["links"]["correct"].endswith(f"/api/v1/people/{asha}")
    twice = ask("POST", at, role="state", json=answer)
    assert (twice.status_code, twice.json["code"]) == (409, "request_answered")
    told = own("requests/state", number=number, mobile=MOBILE).json
    assert (told["state"], told["answer"]) == ("done", "corrected by the state")
    wrong = own("requests/state", number=number, mobile=OTHER)
    assert (wrong.status_code, wrong.json["code"]) == (404, "unknown_request")
    seen = own("access", id=asha, mobile=MOBILE).json["seen_by"]
    assert {"own.correction", "request.list", "request.done"} <= {
        each["action"] for each in seen
    }


def test_requests_are_listed_page_by_page(asha, own, ask):
    numbers = [file(own, asha, kind="access") for _ in range(3)]
    path, found = "/api/v1/requests?purpose=grievance&limit=2", []
    while path:
        page = ask("GET", path, role="state").json
        found += [each["number"] for each in page["requests"]]
        path = (page["next"] or "").removeprefix("http://localhost")
    assert [each for each in found if each in numbers] == numbers
    bad = ask("GET", "/api/v1/requests?purpose=grievance&after=R-1", role="state")
    assert bad.status_code == 404


def test_a_district_handles_its_own_and_files_for_who_stands_before_it(
    asha, client, token, own
):
    def of(district):
        bearer = {"Authorization": f"Bearer {token('district', district=district)}"}
        return lambda method, path, **more: client.open(
            path, method=method, headers=bearer, **more
        )

    body = {"id": asha, "kind": "access", "mobile": MOBILE}
    filed = of(PUNE)("POST", "/api/v1/requests", json=body)
    assert filed.status_code == 201, filed.text
    foreign = of(MUMBAI)("POST", "/api/v1/requests", json=body)
    assert (foreign.status_code, foreign.json["code"]) == (404, "unknown_person")
    path = "/api/v1/requests?purpose=grievance"
    number = filed.json["number"]
    assert number in of(PUNE)("GET", path).text
    assert of(MUMBAI)("GET", path).json["requests"] == []
    told = own("requests/state", number=number, mobile=MOBILE).json
    assert (told["kind"], told["state"]) == ("access", "open")


def test_an_erasure_needs_a_fresh_sign_in_and_leaves_the_number_alone(
    sent, own, ask, app, database
):
    # A row id of her own: what was erased on request is not taken again.
    (asha,) = sent(GOOD | {"source_ref": "own-erased"})
    number, other = file(own, asha, kind="erasure", text=WHY), file(own, asha)
    at = f"/api/v1/requests/{number}/answer"
    answer = {"outcome": "done", "reason": "as asked"}
    token = ask("POST", at, role="state", json=answer)
    assert (token.status_code, token.json["code"]) == (403, "step_up_needed")
    officer = app.test_client()
    header = begin_session(officer, database, role="state", state=MAHARASHTRA)
    done = officer.post(at, json=answer, headers=header)
    assert done.status_code == 200, done.text
    with database.owner.connect() as db:
        for table in (MOVEMENT, PROFILE):
            left = select(func.count()).where(table.c.person_id == id_of(asha))
            assert db.execute(left).scalar_one() == 0
        row = db.execute(
            select(OWN_REQUEST).where(OWN_REQUEST.c.kind == "erasure")
        ).mappings().one()  # fmt: skip
        actions = db.execute(select(ENTRY.c.action)).scalars().all()
    assert [
        row[name] for name in ("person_id", "bucket", "wrapped_text", "answer")
    ] == ([None] * 4)
    assert {"person.erase", "request.done"} <= set(actions)
    told = own("requests/state", number=number, mobile=MOBILE).json
    assert (told["state"], told["answer"]) == ("done", None)
    assert own("requests/state", number=other, mobile=MOBILE).status_code == 404
    assert own("access", id=asha, mobile=MOBILE).status_code == 404
    path = f"/api/v1/people/{asha}?purpose=grievance"
    assert ask("GET", path, role="state").status_code == 410
    kept = erased_file(app.extensions["settings"].var).read_text()
    assert hashed(id_of(asha), key=hash_key(app.extensions["audit"])).hex() in kept


def test_the_page_answers_without_a_script_in_two_languages(asha, client, ask):
    ask("GET", f"/api/v1/people/{asha}?purpose=reception", role="state")
    here = from_anywhere()

    def post(lang="en", **data):
        sent = {"csrf_token": form_token(client, "/own-data"), "mobile": MOBILE} | data
        return client.post(
            f"/own-data?lang={lang}", data=sent, headers=SAME, environ_base=here
        )

    held = post(id=asha, want="seen")
    assert held.status_code == 200, held.text
    assert "A••• N•••" in held.text
    assert "state nodal officer, saw it (reception)" in held.text
    assert "Maharashtra to Bihar" in held.text
    assert held.headers["Cache-Control"] == "private, no-store"
    filed = post("hi", id=asha, want="correction", text="ek\r\ndo")
    number = filed.text.partition('<p class="number">')[2].partition("<")[0]
    assert number.startswith("R-")
    standing = post(number=number, want="state")
    assert "Correction: not answered yet" in standing.text
    wrong = post(id=asha, mobile=OTHER, want="seen")
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (404, True)
    assert post(id="R", want="seen").status_code == 422
    assert post(id=asha, want="seen").status_code == 429
    forged = client.post("/own-data", data={"id": asha}, environ_base=from_anywhere())
    assert forged.status_code == 403


def test_the_page_names_whom_to_complain_to(app, client, monkeypatch):
    whom = "Shikayat Office <5>, Kalpit Nagar"
    named = replace(app.extensions["settings"], grievance=whom)
    monkeypatch.setitem(app.extensions, "settings", named)
    assert "Shikayat Office &lt;5&gt;" in client.get("/about-data").text
    assert client.get("/api/v1/about-data").json["grievance"] == whom


def test_who_sees_what_is_told_from_the_policy_to_everybody(client):
    told = client.get("/api/v1/about-data?lang=en").json
    who = {each["role"]: each for each in told["who"]}
    assert set(who) == {*ROLES, "public"}
    for name, role in ROLES.items():
        assert len(who[name]["people"]) == len(role.sights)
        assert bool(who[name]["nobody"]) == (not role.sights)
    (railways,) = who["railways"]["people"]
    assert railways["when"] == "until 7 days after the day of travel"
    assert "mobile" not in railways["fields"]
    assert (told["grievance"], told["sunset"]) == (None, None)
    assert "has named nobody" in client.get("/about-data?lang=en").text
    hindi = client.get("/api/v1/about-data?lang=hi").json
    assert hindi["who"][0]["title"] != told["who"][0]["title"]
    assert client.get("/api/v1/about-data?lang=xx").status_code == 422
    assert "/about-data" in client.get("/").text
