"""Officers answer on pages what people ask of their own data, over HTTP."""

from datetime import timedelta
from itertools import count
from urllib.parse import unquote
from uuid import UUID

import made_up
import pyotp
import pytest
from signing_in import SAME, begin_session, form_token, from_anywhere, sign_in
from sqlalchemy import func, select

from gis_service import accounts
from gis_service.audit.reading import who_saw
from gis_service.audit.tables import ENTRY
from gis_service.endpoints import request_pages
from gis_service.grants import Grant
from movements.own_request import number_of, number_text
from movements.own_request_tables import OWN_REQUEST
from movements.tables import MOVEMENT, PROFILE
from movements.unique_id import id_of

MAHARASHTRA, BIHAR, PUNE, MUMBAI = 27, 10, 490, 482
MOBILE = "9840422100"
WHY = "Mera naam galat hai:\nAsha, <b>not</b> Usha."
GOOD = made_up.rows(1)[0] | {
    "name": "Asha Namuna", "age": "31", "gender": "female", "mobile": MOBILE,
    "category": "labour", "origin_district": "Pune, Maharashtra",
    "destination_district": "Patna, Bihar", "travel_date": "2020-05-21",
    "mode": "train", "permanent_address": "Gram Kalpit 5",
}  # fmt: skip
NUMBERS = count()
STATE = {"role": "state", "state": MAHARASHTRA}
OUTSIDERS = ("railways", "ministry", "analyst", "tracer", "auditor", "operator")


@pytest.fixture
def asha(sent) -> str:
    """Asha's unique ID; anew in each test, since some erase her."""
    (person,) = sent(GOOD | {"source_ref": f"page-{next(NUMBERS)}"})
    return person


@pytest.fixture
def file(app, asha):
    """``file(kind, **more)``: Asha's request by the web; returns its number."""

    def filed(kind="correction", **more) -> str:
        body = {"id": asha, "mobile": MOBILE, "kind": kind} | more
        answer = app.test_client().post(
            "/api/v1/own/requests", json=body, environ_base=from_anywhere()
        )
        assert answer.status_code == 202, answer.text
        return answer.json["number"]

    return filed


@pytest.fixture
def standing(app):
    """``standing(number)``: what the person is told of a request."""

    def told(number: str) -> dict:
        return app.test_client().post(
            "/api/v1/own/requests/state",
            json={"number": number, "mobile": MOBILE},
            environ_base=from_anywhere(),
        ).json  # fmt: skip

    return told


@pytest.fixture
def officer(app, database):
    """``officer(**who)``: a browser in which an officer has just signed in."""

    def opened(ago=None, **who):
        client = app.test_client()
        begin_session(client, database, **(who or STATE), ago=ago)
        return client

    return opened


def send(client, path, *, lang="en", headers=SAME, **data):
    """Send the form of a page as a browser does."""
    sent = {"csrf_token": form_token(client, "/sign-in")} | data
    return client.post(f"{path}?lang={lang}", data=sent, headers=headers)


def at(number: str) -> str:
    return f"/requests/{number}"


def leads(answer) -> tuple[int, str]:
    # A number may end in a sign that an address writes by its code.
    return answer.status_code, unquote(answer.location)


def state_of(database, number: str) -> str | None:
    found = select(OWN_REQUEST.c.state).where(
        OWN_REQUEST.c.request_id == number_of(number)
    )
    with database.owner.connect() as db:
        return db.execute(found).scalar()


def seen_of(app, database, person: str) -> list[tuple[str, str, str]]:
    with database.audit.connect() as db:
        rows = who_saw(db, person, key=app.extensions["audit"])
    return [(row["role"], row["purpose"], row["action"]) for row in rows]


DONE = {"outcome": "done", "reason": "corrected by the state", "checked": "1"}


def test_the_list_shows_what_waits_the_oldest_first(file, officer, asha, app, database):
    first, second = file(text=WHY), file("access")
    page = officer().get("/requests")
    assert page.status_code == 200, page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.text.index(first) < page.text.index(second)
    assert "Asha, &lt;b&gt;not&lt;/b&gt; Usha." in page.text
    assert "Filed today" in page.text
    assert "by the person, on the web" in page.text
    assert 'aria-current="page">Requests</a>' in page.text
    assert "<script" not in page.text
    assert seen_of(app, database, asha)[-1] == ("state", "grievance", "request.list")


def test_a_place_sees_its_own_requests_and_no_others(file, officer, database):
    number = file()
    own = officer(role="district", district=PUNE)
    assert number in own.get("/requests").text
    assert own.get(at(number)).status_code == 200
    for who in (
        {"role": "state", "state": BIHAR},
        {"role": "district", "district": MUMBAI},
        {"role": "district", "district": 212},
    ):
        other = officer(**who)
        empty = other.get("/requests")
        assert (empty.status_code, number in empty.text) == (200, False)
        assert "No request waits" in empty.text
        page = other.get(at(number))
        assert (page.status_code, "There is no such page" in page.text) == (404, True)
        assert "Asha" not in page.text
        assert send(other, at(number), **DONE).status_code == 404
    assert state_of(database, number) == "open"


def test_a_number_that_is_none_is_no_page(officer):
    client = officer()
    for number in ("R-1", "x" * 5_000, number_text(UUID(int=7)), "%00"):
        assert client.get(at(number)).status_code == 404
        assert send(client, at(number), **DONE).status_code == 404


def test_the_list_goes_on_page_by_page(file, officer, monkeypatch):
    monkeypatch.setattr(request_pages, "LISTED", 2)
    numbers, client = [file("access") for _ in range(3)], officer()
    path, found = "/requests", ""
    while path:
        page = client.get(path).text
        found += page
        path = page.partition('" rel="next"')[0].rpartition('href="')[2]
        path = path.replace("&amp;", "&") if path.startswith("/requests") else ""
    places = [found.index(number) for number in numbers]
    assert places == sorted(places)
    for wrong in ("after=R-1", f"after={number_text(UUID(int=7))}", "state=lost"):
        page = client.get(f"/requests?{wrong}")
        assert (page.status_code, "It begins here" in page.text) == (422, True)


def test_a_request_shows_its_person_as_the_policy_gives_and_logs_that(
    file, officer, asha, app, database
):
    number = file(text=WHY)
    page = officer().get(at(number))
    assert page.status_code == 200, page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    for text in ("Asha Namuna", "Gram Kalpit 5", f"+91{MOBILE}", "female", asha,
                 "21 May 2020: Pune, Maharashtra to Patna, Bihar", "Train",
                 f"PUT http://localhost/api/v1/people/{asha}"):  # fmt: skip
        assert text in page.text, text
    assert "&lt;b&gt;not&lt;/b&gt;" in page.text
    assert "<script" not in page.text
    assert seen_of(app, database, asha)[-2:] == [
        ("state", "grievance", "request.read"),
        ("state", "grievance", "person.read"),
    ]


@pytest.mark.parametrize("role", ["uploader", *OUTSIDERS])
def test_roles_that_answer_no_requests_are_told_so(file, app, token, role, database):
    number, client = file(), app.test_client()
    sign_in(client, token(role, state=MAHARASHTRA if role == "uploader" else None))
    for path in ("/requests", "/requests/new", at(number)):
        page = client.get(path)
        assert page.status_code == 403
        assert "officers of the states and districts" in page.text
        assert "Correction" not in page.text
    assert "/requests" not in client.get("/").text
    assert send(client, at(number), **DONE).status_code == 403
    assert send(client, "/requests/new", id="x", kind="access").status_code == 403
    assert state_of(database, number) == "open"


def test_whoever_is_not_signed_in_is_asked_to(file, client, database):
    number = file()
    for path in ("/requests?state=done", "/requests/new", at(number)):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=/requests")
    answer = send(client, at(number), **DONE)
    assert leads(answer) == (303, f"/sign-in?next={at(number)}")
    assert state_of(database, number) == "open"


def test_a_form_that_is_not_of_this_browser_changes_nothing(file, officer, database):
    number, client, stranger = file(), officer(), officer(role="state", state=BIHAR)
    forms = (
        client.post(at(number), data=DONE, headers=SAME),
        send(client, at(number), headers={"Sec-Fetch-Site": "cross-site"}, **DONE),
        send(client, at(number), **DONE, csrf_token=form_token(stranger, "/")),
        client.post("/requests/new", data={"id": "x", "kind": "access"}, headers=SAME),
    )
    for answer in forms:
        assert answer.status_code == 403
        assert "Nothing was done" in answer.text
    assert state_of(database, number) == "open"


def test_what_is_wrong_with_an_answer_is_said_and_nothing_is_done(
    file, officer, database
):
    number, client = file(), officer()
    unchecked = {"outcome": "done", "reason": "kept words"}
    wrong = (
        (unchecked, "Tick that you have checked"),
        (DONE | {"reason": " "}, "Write an answer"),
        (DONE | {"reason": "x" * 301}, "Write an answer"),
        (DONE | {"reason": "two\nlines"}, "Write an answer"),
        (DONE | {"outcome": "perhaps"}, "Write an answer"),
        ({}, "Write an answer"),
    )
    for data, words in wrong:
        page = send(client, at(number), **data)
        assert (page.status_code, words in page.text) == (422, True), data
        assert 'role="alert"' in page.text
    assert 'value="kept words"' in send(client, at(number), **unchecked).text
    assert state_of(database, number) == "open"


def test_an_answer_reaches_the_person_and_is_found_among_those_done(
    file, officer, standing, asha, app, database
):
    number, client = file(text=WHY), officer()
    answer = send(client, at(number), **DONE)
    assert leads(answer) == (303, at(number))
    page = client.get(answer.location)
    assert "Correction: done" in page.text
    assert "corrected by the state" in page.text
    assert "Asha Namuna" not in page.text  # who is answered need not be shown again
    assert "done-form" not in page.text
    told = standing(number)
    assert (told["state"], told["answer"]) == ("done", "corrected by the state")
    assert number not in client.get("/requests").text
    done = client.get("/requests?state=done").text
    assert number in done
    assert "corrected by the state" in done
    assert ("state", "grievance", "request.done") in seen_of(app, database, asha)
    twice = send(client, at(number), **DONE)
    assert (twice.status_code, "answered before" in twice.text) == (409, True)
    refused = {"outcome": "refused", "reason": "no"}
    assert send(client, at(number), **refused).status_code == 409


def test_the_pages_speak_hindi_too(file, officer, standing):
    number, client = file("access"), officer(role="district", district=PUNE)
    listed = client.get("/requests?lang=hi").text
    assert "लोग अपने डेटा के बारे में क्या माँगते हैं" in listed
    assert "कोई अनुरोध" not in listed
    page = client.get(f"{at(number)}?lang=hi").text
    assert '<html lang="hi">' in page
    for words in ("क्या करें", "पूरा डेटा: अभी उत्तर नहीं मिला", "महिला"):
        assert words in page
    wrong = send(client, at(number), lang="hi", outcome="refused", reason="")
    assert (wrong.status_code, "उत्तर लिखें" in wrong.text) == (422, True)
    why = "पहचान पत्र नहीं था"
    answer = send(client, at(number), lang="hi", outcome="refused", reason=why)
    assert answer.status_code == 303
    assert "पूरा डेटा: अस्वीकृत" in client.get(answer.location).text
    assert (standing(number)["state"], standing(number)["answer"]) == ("refused", why)


def test_an_erasure_asks_for_a_fresh_sign_in_and_comes_back(
    file, officer, app, token, database, asha
):
    number = file("erasure")
    with_token = app.test_client()
    sign_in(with_token, token("state", state=MAHARASHTRA))
    for client in (officer(**STATE, ago=timedelta(minutes=6)), with_token):
        again = f"/sign-in/again?next={at(number)}"
        page = client.get(at(number)).text
        assert f'href="{again}"' in unquote(page)
        assert "Erase this person" not in page
        answer = send(client, at(number), **DONE)
        assert leads(answer) == (303, again)
    assert state_of(database, number) == "open"
    with database.owner.begin() as db:
        shown = accounts.add(
            db, app.extensions["accounts"], name="page.officer",
            grant=Grant("state", MAHARASHTRA),
        )  # fmt: skip
    form = {
        "name": shown.name, "password": shown.password, "again": "1",
        "code": pyotp.parse_uri(shown.address).now(), "next": at(number),
        "csrf_token": form_token(with_token, again),
    }  # fmt: skip
    back = with_token.post(
        "/sign-in", data=form, headers=SAME, environ_base=from_anywhere()
    )
    assert leads(back) == (303, at(number))
    assert "Erase this person" in with_token.get(at(number)).text
    stale = officer(**STATE, ago=timedelta(minutes=6))
    refused = {"outcome": "refused", "reason": "somebody else asked"}
    assert send(stale, at(number), **refused).status_code == 303
    assert state_of(database, number) == "refused"
    with database.owner.connect() as db:
        left = select(func.count()).where(MOVEMENT.c.person_id == id_of(asha))
        assert db.execute(left).scalar_one() == 1


def test_an_erasure_on_the_page_erases_as_the_api_does(
    file, officer, standing, asha, database
):
    number, other, client = file("erasure", text=WHY), file(), officer()
    erase = {"outcome": "done", "reason": "as asked"}
    assert send(client, at(number), **erase).status_code == 422  # nobody was checked
    answer = send(client, at(number), **erase, checked="1")
    assert answer.status_code == 303, answer.text
    with database.owner.connect() as db:
        for table in (MOVEMENT, PROFILE):
            left = select(func.count()).where(table.c.person_id == id_of(asha))
            assert db.execute(left).scalar_one() == 0
        row = db.execute(
            select(OWN_REQUEST).where(OWN_REQUEST.c.request_id == number_of(number))
        ).mappings().one()  # fmt: skip
        actions = db.execute(select(ENTRY.c.action)).scalars().all()
    kept = [row[name] for name in ("person_id", "bucket", "wrapped_text", "answer")]
    assert kept == [None] * 4
    assert {"person.erase", "request.done"} <= set(actions)
    page = client.get(answer.location)
    assert page.status_code == 200, page.text
    assert "Erasure: done" in page.text
    assert "The person was erased" in page.text
    for gone in (asha, "Asha", "naam galat"):
        assert gone not in page.text
    assert number in client.get("/requests?state=done").text
    assert client.get(at(other)).status_code == 404
    assert standing(number)["state"] == "done"


def test_an_officer_files_for_who_stands_before_them(officer, standing, asha, database):
    client, new = officer(role="district", district=PUNE), "/requests/new"
    form = client.get(new)
    assert form.headers["Cache-Control"] == "private, no-store"
    asked = {"id": asha.lower(), "kind": "correction", "text": "ek\r\ndo"}
    answer = send(client, new, **asked, mobile=MOBILE)
    assert answer.status_code == 303, answer.text
    assert asha not in answer.location
    page = client.get(answer.location).text
    assert "The request is filed" in page
    assert "district nodal officer" in page
    number = leads(answer)[1].removeprefix("/requests/").partition("?")[0]
    assert number in page
    assert (standing(number)["kind"], standing(number)["state"]) == (
        "correction", "open",
    )  # fmt: skip
    mumbai = officer(role="district", district=MUMBAI)
    for who, data, status, words in (
        (mumbai, asked, 404, "Nobody who leaves from your places"),
        (client, asked | {"id": "7ZZZ"}, 422, "not a unique ID"),
        (client, asked | {"mobile": "12"}, 422, "Write the mobile"),
        (client, asked | {"kind": ""}, 422, "Choose what you want"),
        (client, asked | {"text": "x" * 1_001}, 422, "Choose what you want"),
    ):
        wrong = send(who, new, **data)
        assert (wrong.status_code, words in wrong.text) == (status, True), wrong.text
        assert f'value="{data["id"]}"' in wrong.text


def test_somebody_who_was_taken_back_is_in_view_no_more(file, officer, ask, asha):
    number = file("access")
    gone = ask("DELETE", f"/api/v1/people/{asha}?reason=sent+twice")
    assert gone.status_code in (200, 204), gone.text
    page = officer().get(at(number))
    assert page.status_code == 200, page.text
    assert "is in view any more" in page.text
    assert "Asha" not in page.text


def test_one_request_is_an_address_of_its_own(file, ask, asha, app, database):
    number = file(text=WHY)
    path = f"/api/v1/requests/{number}"
    assert ask("GET", path, role="state").json["code"] == "purpose_required"
    path += "?purpose=grievance"
    body = ask("GET", path, role="state").json
    assert (body["number"], body["id"], body["text"]) == (number, asha, WHY)
    assert body["links"] == {
        "person": f"http://localhost/api/v1/people/{asha}",
        "correct": f"http://localhost/api/v1/people/{asha}",
        "answer": f"http://localhost/api/v1/requests/{number}/answer",
    }
    assert seen_of(app, database, asha)[-1] == ("state", "grievance", "request.read")
    other = ask("GET", path, role="state", state=BIHAR)
    assert (other.status_code, other.json["code"]) == (404, "unknown_request")
    said = {"outcome": "refused", "reason": "no"}
    ask("POST", f"/api/v1/requests/{number}/answer", role="state", json=said)
    answered = ask("GET", path, role="state").json
    assert (answered["state"], answered["answer"]) == ("refused", "no")
    assert "answer" not in answered["links"]
