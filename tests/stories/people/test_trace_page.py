"""The tracer's page: a question in words, and another's question decided."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert

from gis_service.audit.reading import who_saw
from movements.trace_tables import TRACE
from tests.signing_in import SAME, begin_session, form_token
from tests.travellers import MAHARASHTRA, TODAY, mobile, row

PAGE = "/traces"
CASE = "BR-PAT/2020-0118"
TRAIN = {"number": "01941", "day": str(TODAY)}


@pytest.fixture
def epidemic(app, monkeypatch):
    """``epidemic(**settings)``: notified until tomorrow, unless they say otherwise."""

    def notify(**more):
        told = {
            "epidemic": "S.O. 2 (made up)",
            "epidemic_until": TODAY + timedelta(days=1),
        }
        settings = replace(app.extensions["settings"], **told | more)
        monkeypatch.setitem(app.extensions, "settings", settings)

    return notify


@pytest.fixture
def tracer(app, database, request):
    """``tracer(which="")``: a signed-in tracer's browser; ``send`` posts the form."""

    def begun(which="", ago=None):
        client = app.test_client()
        number = f"-{request.node.name}-{which}"
        begin_session(client, database, role="tracer", number=number, ago=ago)

        def send(path=PAGE, **typed):
            carried = {"csrf_token": form_token(client, PAGE)}
            return client.post(path, data=carried | typed, headers=SAME)

        client.send = send
        return client

    return begun


@pytest.fixture(scope="module")
def riders():
    return {}


@pytest.fixture
def three(riders, send, say, regime):
    """Two of one coach and one of another, who departed."""
    if not riders:
        regime("none")
        people = send(*(row(at, day=TODAY) for at in range(3100, 3103)))
        for coach, own in (("S4", people[:2]), ("S5", people[2:])):
            more = {"train": TRAIN, "vehicle": coach}
            say("requisitioned", own, state=MAHARASHTRA, **more)
        say("departed", people, state=MAHARASHTRA)
        riders["people"] = people
    return riders["people"]


def test_a_question_is_answered_in_words_and_written(
    epidemic, tracer, three, app, database
):
    epidemic()
    answer = tracer().send(mobile=mobile(3100), case_id=CASE)
    assert answer.status_code == 200, answer.text
    assert "Namuna 3100" in answer.text
    assert "Namuna 3101" in answer.text
    assert "Namuna 3102" not in answer.text
    assert "01941 · S4" in answer.text
    # What is of the case stays for the next question; the number does not.
    assert f'value="{CASE}"' in answer.text
    assert f'value="{mobile(3100)}"' not in answer.text
    with database.audit.connect() as db:
        saw = who_saw(db, three[1], key=app.extensions["audit"])
    assert (saw[-1]["action"], saw[-1]["case_ref"]) == ("trace", CASE)


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"mobile": "123"}, 422, "ten digits"),
        ({"mobile": ""}, 422, "ten digits"),
        ({"case_id": "a b"}, 422, "3 to 64 letters"),
        ({"case_id": "98765-00100"}, 422, "without any mobile"),
        ({"from": "x"}, 422, "first day"),
        ({"from": "2020-05-02", "to": "2020-05-01"}, 422, "not before"),
        ({"approval": "x"}, 422, "approval"),
        ({"approval": "00000000-0000-0000-0000-000000000001"}, 404, "approval"),
        ({"name": "Somebody Else"}, 409, "other names"),
        ({"name": "a\0b"}, 409, "other names"),
    ],
)
def test_what_is_wrong_is_said(epidemic, tracer, three, typed, status, words):
    epidemic()
    given = {"mobile": mobile(3100), "case_id": CASE} | typed
    answer = tracer().send(**given)
    assert answer.status_code == status, answer.text
    assert words in re.search(r'id="fault">([^<]+)', answer.text)[1]


def test_without_an_epidemic_there_is_no_form_and_no_answer(tracer, three):
    client = tracer()
    assert "No epidemic is notified" in client.get(PAGE).text
    assert 'id="trace-form"' not in client.get(PAGE).text
    answer = client.send(mobile=mobile(3100), case_id=CASE)
    assert answer.status_code == 403
    assert "Namuna" not in answer.text


def test_above_the_quota_another_tracer_decides_on_the_page(epidemic, tracer, three):
    epidemic(trace_quota=0)
    one, two = tracer("one"), tracer("two")
    waits = one.send(mobile=mobile(3100), case_id="Q-1")
    assert (waits.status_code, "Namuna" in waits.text) == (403, False)
    assert "waits for another tracer" in one.get(PAGE).text
    (path,) = re.findall(r'action="(/traces/[0-9a-f-]+)"', two.get(PAGE).text)
    # One's own is not offered, and not taken.
    assert path not in one.get(PAGE).text
    assert one.send(path, say="approve").status_code == 409
    assert two.send(path).status_code == 422
    assert two.send(path, say="approve").status_code == 303
    assert two.send(path, say="decline").status_code == 409
    approval = path.rpartition("/")[2]
    assert f'value="{approval}"' in one.get(PAGE).text
    # Who forgets to choose it is told, and finds it chosen.
    forgot = one.send(mobile=mobile(3100), case_id="Q-1")
    assert (forgot.status_code, "is approved" in forgot.text) == (403, True)
    assert f'value="{approval}" selected' in forgot.text
    found = one.send(mobile=mobile(3100), case_id="Q-1", approval=approval)
    assert "Namuna 3101" in found.text
    again = one.send(mobile=mobile(3100), case_id="Q-1", approval=approval)
    assert again.status_code == 409


def test_an_old_sign_in_is_asked_for_again(epidemic, tracer, three):
    epidemic()
    client = tracer(ago=timedelta(minutes=6))
    page = client.get(PAGE)
    assert 'id="trace-form"' not in page.text
    assert "/sign-in/again?next=/traces" in page.text
    refused = client.send(mobile=mobile(3100), case_id=CASE)
    assert (refused.status_code, "/sign-in/again" in refused.location) == (303, True)


def test_signing_in_again_for_a_decision_comes_back_to_the_list(epidemic, tracer):
    epidemic(trace_quota=0)
    tracer("one").send(mobile=mobile(3100), case_id="Q-2")
    late = tracer("two", ago=timedelta(minutes=6))
    with_id = "/traces/00000000-0000-0000-0000-000000000001"
    asked = late.send(with_id, say="approve")
    assert (asked.status_code, with_id in asked.location) == (303, True)
    back = late.get(with_id)
    assert (back.status_code, back.location) == (303, PAGE)


def test_others_questions_do_not_hide_ones_own(epidemic, tracer, database):
    epidemic(trace_quota=0)
    one = tracer("mine")
    one.send(mobile=mobile(3100), case_id="Q-3")
    assert "Q-3" in one.get(PAGE).text
    rows = [
        {
            "trace_id": uuid4(),
            "asker": f"account:other-{at}",
            "case_ref": f"OTHER-{at}",
            "day": TODAY,
            "asked_at": datetime.now(UTC) - timedelta(hours=1),
            "state": "waiting",
        }
        for at in range(120)
    ]
    with database.owner.begin() as db:
        db.execute(insert(TRACE), rows)
    page = one.get(PAGE).text
    assert "Q-3" in page
    assert page.count("OTHER-") == 100
    with database.owner.begin() as db:
        db.execute(delete(TRACE).where(TRACE.c.case_ref.like("OTHER-%")))


@pytest.mark.parametrize("role", ["state", "auditor", "analyst"])
def test_it_is_for_tracers(app, database, role):
    client = app.test_client()
    state = MAHARASHTRA if role == "state" else None
    begin_session(client, database, role=role, state=state)
    assert client.get(PAGE).status_code == 403


def test_a_form_of_another_site_asks_nothing(epidemic, tracer, three):
    epidemic()
    typed = {"mobile": mobile(3100), "case_id": CASE}
    answer = tracer().post(PAGE, data=typed, headers=SAME)
    assert (answer.status_code, "Namuna" in answer.text) == (403, False)


def test_it_speaks_hindi(epidemic, tracer, three):
    epidemic()
    client = tracer()
    client.get(f"{PAGE}?lang=hi")
    answer = client.send(mobile=mobile(3100), case_id=CASE)
    assert "उसी कोच या बस में: 1" in answer.text
