"""While an epidemic is notified: one person by mobile, and who rode with them."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import made_up
import pytest
from sqlalchemy import insert, select, text, update

from gis_service import audit
from gis_service.audit.reading import who_saw
from gis_service.audit.tables import ENTRY
from gis_service.intake import keys
from gis_service.retention_person import erase
from movements import tracing
from movements.tables import MOVEMENT, PROFILE
from movements.trace_tables import TRACE
from movements.unique_id import id_of
from tests.auditing import verified
from tests.travellers import MAHARASHTRA, TODAY, mobile, row

TRACES = "/api/v1/traces"
CASE = "BR-PAT/2020-0117"
DAY = timedelta(days=1)
TRAIN = {"number": "01901", "day": str(TODAY)}
SHOWN = {
    *("movement", "travel_date", "mode", "stage", "train_number", "train_date"),
    *("origin_state", "origin_district", "destination_state", "destination_district"),
    "vehicle",
}


@pytest.fixture
def epidemic(app, monkeypatch):
    """``epidemic(**settings)``: notified until tomorrow, unless they say otherwise."""

    def notify(**more):
        told = {"epidemic": "S.O. 1 (made up)", "epidemic_until": TODAY + DAY}
        settings = replace(app.extensions["settings"], **told | more)
        monkeypatch.setitem(app.extensions, "settings", settings)

    return notify


class Tracer:
    """A tracer with a session of their own."""

    def __init__(self, app, database, number, ago=None):
        from tests.signing_in import begin_session

        self.client = app.test_client()
        how = {"role": "tracer", "number": number, "ago": ago}
        self.header = begin_session(self.client, database, **how)

    def ask(self, number, *, purpose="trace", case_id=CASE, **more):
        body = {"mobile": number, "case_id": case_id} | more
        path = f"{TRACES}?purpose={purpose}"
        return self.client.post(path, json=body, headers=self.header)

    def told(self, number, **more):
        answer = self.ask(number, **more)
        assert answer.status_code == 200, answer.text
        return answer.json

    def decide(self, trace, *, approve=True):
        path = f"{TRACES}/{trace}/decision"
        return self.client.post(path, json={"approve": approve}, headers=self.header)

    def listed(self, **query):
        return self.client.get(TRACES, query_string=query).json


@pytest.fixture
def tracer(app, database, request):
    """``tracer(which="")``: one of this test's tracers; ``ago``: signed in so."""

    def begun(which="", ago=None):
        return Tracer(app, database, f"-{request.node.name}-{which}", ago=ago)

    return begun


@pytest.fixture
def departed(send, say, regime):
    """``departed(*rows, vehicle=None)``: people who departed, by bus in one vehicle."""
    regime("none")

    def gone(*rows, **told):
        people = send(*rows)
        say("departed", people, state=MAHARASHTRA, **told)
        return people

    return gone


@pytest.fixture
def ridden(send, say, regime):
    """``ridden(first, coaches)``: people of one train, who departed, by coach."""
    regime("none")

    def rode(first, coaches, train=TRAIN):
        people = send(*(row(first + at, day=TODAY) for at in range(len(coaches))))
        for coach in dict.fromkeys(coaches):
            own = [p for p, c in zip(people, coaches, strict=True) if c == coach]
            told = {"vehicle": coach} if coach else {}
            say("requisitioned", own, state=MAHARASHTRA, train=train, **told)
        say("departed", people, state=MAHARASHTRA)
        return people

    return rode


def ids(told):
    return {each["id"] for each in told["co_travellers"]}


def problem(answer):
    return answer.status_code, answer.json["code"]


def test_who_rode_in_the_same_coach_is_told_and_nobody_else(epidemic, tracer, ridden):
    epidemic()
    people = ridden(100, ["S4", "S4", "S5", "", "S4"])
    another = {"number": "01902", "day": str(TODAY)}
    ridden(110, ["S4"], train=another)
    told = tracer().told(mobile(100))
    assert (told["case_id"], told["epidemic"]) == (CASE, "S.O. 1 (made up)")
    assert told["person"]["id"] == people[0]
    assert ids(told) == {people[1], people[4]}
    assert told["notes"] == []
    assert told["quota"] == {"used": 1, "of": 20}


def test_of_each_the_contact_fields_are_told_and_the_shared_journey(
    epidemic, tracer, ridden, database
):
    epidemic()
    people = ridden(120, ["B1", "B1"])
    _journey_of_before(database, people[1])
    told = tracer().told(mobile(120))
    (other,) = told["co_travellers"]
    for one, at in ((told["person"], 120), (other, 121)):
        assert set(one) == {"id", "name", "mobile", "mobile_borrowed", "journeys"}
        assert (one["name"], one["mobile"]) == (f"Namuna {at}", mobile(at))
        (journey,) = one["journeys"]
        assert set(journey) == SHOWN
        assert (journey["vehicle"], journey["train_number"]) == ("B1", "01901")
    assert [len(each["journeys"]) for each in _both(tracer().told(mobile(121)))] == [
        2,
        1,
    ]


def _both(told):
    return [told["person"], *told["co_travellers"]]


def _journey_of_before(database, person):
    """Let somebody have travelled alone a week before, too."""
    with database.owner.begin() as db:
        of = MOVEMENT.c
        own = select(MOVEMENT).where(of.person_id == id_of(person))
        other = dict(db.execute(own).mappings().one())
        other |= {
            "movement_id": uuid4(),
            "travel_date": TODAY - 7 * DAY,
            "vehicle": None,
            "carriage": None,
            "train_number": None,
            "train_date": None,
            "source_ref": None,
        }
        db.execute(insert(MOVEMENT).values(other))


def test_people_of_one_coach_board_on_different_days(epidemic, tracer, send, say):
    epidemic()
    on_the_way = send(row(130, day=TODAY), row(131, day=TODAY - DAY))
    train = {"number": "01903", "day": str(TODAY - DAY)}
    told = {"train": train, "vehicle": "S1"}
    say("requisitioned", on_the_way, state=MAHARASHTRA, **told)
    say("departed", on_the_way, state=MAHARASHTRA)
    assert ids(tracer().told(mobile(130))) == {on_the_way[1]}


def test_who_rode_in_the_same_bus_on_the_same_day(epidemic, tracer, departed):
    epidemic()
    by_bus = {"mode": "bus", "day": TODAY}
    bus = departed(row(140, **by_bus), row(141, **by_bus), vehicle="MH 12 AB 1234")
    departed(row(142, **by_bus), vehicle="MH12AB9999")
    departed(row(143, mode="bus", day=TODAY - DAY), vehicle="MH12AB1234")
    told = tracer().told(mobile(140))
    assert ids(told) == {bus[1]}
    assert told["person"]["journeys"][0]["vehicle"] == "MH12AB1234"


def test_of_a_whole_train_nobody_is_told(epidemic, tracer, ridden):
    epidemic()
    ridden(150, ["", ""], train={"number": "01904", "day": str(TODAY)})
    told = tracer().told(mobile(150))
    assert told["co_travellers"] == []
    (note,) = told["notes"]
    journey = told["person"]["journeys"][0]
    assert (note["code"], note["movement"]) == ("no_vehicle", journey["movement"])


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"epidemic": "", "epidemic_until": None}, "NMIS_EPIDEMIC"),
        ({"epidemic_until": TODAY - DAY}, f"until {TODAY - DAY}"),
    ],
)
def test_without_a_notified_epidemic_nobody_is_traced(epidemic, tracer, settings, why):
    epidemic(**settings)
    answer = tracer().ask(mobile(100))
    assert problem(answer) == (403, "no_epidemic")
    assert why in answer.json["detail"]


def test_on_its_last_day_it_is_notified_still(epidemic, tracer):
    epidemic(epidemic_until=TODAY)
    assert tracer().told("9000000000")["person"] is None


def test_who_is_not_found_counts_and_is_written(epidemic, tracer, database):
    epidemic()
    told = tracer().told("9000000000")
    assert (told["person"], told["co_travellers"]) == (None, [])
    assert told["notes"][0]["code"] == "nobody"
    assert told["quota"]["used"] == 1
    entry = _entry(database, told["trace"])
    assert (entry.action, entry.n, entry.case_ref) == ("trace", 0, CASE)


def test_who_has_not_departed_is_not_seen(epidemic, tracer, send, say, regime):
    epidemic()
    regime("none")
    stay, go = send(row(160, day=TODAY), row(161, day=TODAY))
    train = {"number": "01905", "day": str(TODAY)}
    say("requisitioned", [stay, go], state=MAHARASHTRA, train=train, vehicle="S4")
    assert tracer().told(mobile(160))["person"] is None
    say("departed", [go], state=MAHARASHTRA)
    told = tracer().told(mobile(161))
    assert (told["person"]["id"], ids(told)) == (go, set())


def test_a_borrowed_mobile_never_traces_its_borrower(
    epidemic, tracer, sent, say, regime
):
    epidemic()
    regime("none")
    lent = {"mobile": mobile(170)[3:], "travel_date": str(TODAY), "mode": "train"}
    rows = [each | lent for each in made_up.rows(2, seed=17, refs="lent-")]
    rows[1] |= {"mobile_borrowed": "yes"}
    lender, borrower = sent(*rows)
    train = {"number": "01906", "day": str(TODAY)}
    both = {"train": train, "vehicle": "S4"}
    say("requisitioned", [lender, borrower], state=MAHARASHTRA, **both)
    say("departed", [lender, borrower], state=MAHARASHTRA)
    told = tracer().told(mobile(170))
    assert told["person"]["id"] == lender
    (other,) = told["co_travellers"]
    assert (other["id"], other["mobile_borrowed"]) == (borrower, True)


def test_a_number_of_several_people_needs_a_name(epidemic, tracer, departed):
    epidemic()
    shared = [
        row(at, day=TODAY, name=name).replace(mobile(at)[3:], mobile(180)[3:])
        for at, name in ((180, "Namuna Ek"), (181, "नमूना दो"))
    ]
    one, two = departed(*shared)
    asking = tracer()
    answer = asking.ask(mobile(180))
    assert problem(answer) == (409, "several_people")
    assert answer.json["people"] == 2
    assert "Namuna" not in answer.text
    assert one not in answer.text
    assert asking.told(mobile(180), name="NAMUNA  ek")["person"]["id"] == one
    assert asking.told(mobile(180), name="नमूना दो")["person"]["id"] == two
    nobody = asking.ask(mobile(180), name="Namuna Teen")
    assert problem(nobody) == (409, "name_differs")
    assert one not in nobody.text
    # What was asked in vain is counted too.
    assert asking.told("9000000000")["quota"]["used"] == 5


def test_a_number_made_up_for_whole_lists_is_refused_at_once(
    epidemic, tracer, departed
):
    epidemic(trace_quota=2)
    many = tracing.MOST_SHARING + 1
    shared = [
        row(at, day=TODAY, name=f"Namuna {at}").replace(mobile(at)[3:], "9999999999")
        for at in range(2000, 2000 + many)
    ]
    departed(*shared)
    asking = tracer()
    answer = asking.ask("9999999999")
    assert problem(answer) == (409, "several_people")
    assert answer.json["people"] == many
    assert "Retry-After" not in answer.headers
    # By name somebody among them is found all the same.
    found = asking.told("9999999999", name="namuna 2007")
    assert found["person"]["name"] == "Namuna 2007"
    assert found["quota"]["used"] == 2


@pytest.mark.parametrize("failed", ["slow", "damaged"])
def test_what_cannot_be_answered_is_counted_and_written(
    epidemic, tracer, departed, database, monkeypatch, failed
):
    epidemic(trace_quota=1)
    at = {"slow": 2200, "damaged": 2201}[failed]
    (person,) = departed(row(at, day=TODAY))
    if failed == "damaged":
        with database.owner.begin() as db:
            own = update(PROFILE).where(PROFILE.c.person_id == id_of(person))
            db.execute(own.values(sealed=b"\1" * 60))
    else:
        wanted = tracing.contacts

        def slow(db, *given, **more):
            db.execute(text("SET LOCAL statement_timeout = '5ms'"))
            db.execute(text("SELECT pg_sleep(1)"))
            return wanted(db, *given, **more)

        monkeypatch.setattr(tracing, "contacts", slow)
    asking = tracer()
    code = {"slow": "too_slow", "damaged": "vault_shut"}[failed]
    assert problem(asking.ask(mobile(at))) == (503, code)
    with database.audit.connect() as db:
        last = db.execute(
            select(ENTRY.c.action, ENTRY.c.case_ref)
            .order_by(ENTRY.c.at.desc())
            .limit(1)
        ).one()
    assert tuple(last) == ("trace.in_vain", CASE)
    assert problem(asking.ask(mobile(at))) == (403, "second_approval_needed")


@pytest.mark.parametrize(
    "case",
    [
        *("919876500100", "98765-00100", "98765.00100", "98765_00100"),
        *("9876500100/1", "0091-9876500100", "09876500100", "BR/9876500100"),
        *("C1-98765-00100", "2020/98765-00100", "98765_00100.2", "987.650.0100"),
        *("234567890124", "2345-6789-0124", "Namuna.Ek", "Ravi_Kumar/Patna"),
    ],
)
def test_a_case_names_nobody(epidemic, tracer, case):
    epidemic()
    answer = tracer().ask(mobile(100), case_id=case)
    assert problem(answer) == (422, "bad_parameter")
    assert case not in answer.text


@pytest.mark.parametrize(
    "case",
    [
        *("BR-PAT/2020-0117", "2952503211287", "C19.5_a", "DL/7/2020/00117"),
        *("NCDC/9/2020-12345", "BR-PAT/6-2020-05-117"),
    ],
)
def test_a_case_is_numbered_as_authorities_do(epidemic, tracer, case):
    epidemic()
    assert tracer().told(mobile(100), case_id=case)["case_id"] == case


def test_people_who_board_one_coach_on_two_days_are_contacts_and_no_others(
    epidemic, tracer, send, say, as_, regime
):
    regime("none")
    epidemic()
    early, late, other = send(
        row(2300, day=TODAY - DAY), row(2301, day=TODAY), row(2302, day=TODAY)
    )
    first = {"number": "01920", "day": str(TODAY - DAY)}
    say("requisitioned", [early, late], state=MAHARASHTRA, train=first, vehicle="S1")
    next_day = {"number": "01920", "day": str(TODAY)}
    say("requisitioned", [other], state=MAHARASHTRA, train=next_day, vehicle="S1")
    say("departed", [early, late, other], state=MAHARASHTRA)
    assert ids(tracer().told(mobile(2301))) == {early}
    # A coach of a train whose day is not told says of nobody who was in it.
    (lost,) = send(row(2303, day=TODAY))
    sent = {"event": "requisitioned", "people": [lost], "vehicle": "S1"}
    sent["train"] = {"number": "01920"}
    (fault,) = (
        as_("state", MAHARASHTRA).post("/api/v1/events", json=sent).json["faults"]
    )
    assert fault["code"] == "no_train"


def test_of_one_name_too_several_stay_several(epidemic, tracer, departed):
    epidemic()
    departed(
        *(
            row(at, day=TODAY, name="Namuna").replace(mobile(at)[3:], mobile(190)[3:])
            for at in (190, 191)
        )
    )
    assert problem(tracer().ask(mobile(190), name="namuna")) == (409, "several_people")


@pytest.mark.parametrize("name", ["\x00", "\u200d", "…"])
def test_a_name_of_no_letters_is_nobodys(epidemic, tracer, departed, name):
    epidemic()
    at = 196 + ["\x00", "\u200d", "…"].index(name)
    departed(row(at, day=TODAY))
    assert problem(tracer().ask(mobile(at), name=name)) == (409, "name_differs")


def test_a_name_is_asked_of_one_as_well(epidemic, tracer, departed):
    epidemic()
    departed(row(195, day=TODAY))
    assert problem(tracer().ask(mobile(195), name="X")) == (409, "name_differs")


def test_the_days_are_those_of_the_question(epidemic, tracer, departed):
    epidemic()
    departed(row(200, day=TODAY - 40 * DAY))
    assert tracer().told(mobile(200))["person"] is None
    far = {"from": str(TODAY - 60 * DAY)}
    told = tracer().told(mobile(200), **far, to=str(TODAY))
    assert told["person"]["journeys"][0]["travel_date"] == str(TODAY - 40 * DAY)
    assert (told["from"], told["to"]) == (far["from"], str(TODAY))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"to": "2020-05-01", "from": "2020-05-02"}, "bad_question"),
        ({"to": "2021-05-01", "from": "2020-05-01"}, "bad_question"),
        ({"to": "9999-12-31", "from": "9999-12-30"}, "invalid_parameters"),
        ({"to": "0001-01-02"}, "invalid_parameters"),
        ({"number": "12345"}, "bad_parameter"),
        ({"case_id": "9876500100"}, "bad_parameter"),
        ({"case_id": "x"}, "invalid_parameters"),
        ({"case_id": "Namuna Ek"}, "invalid_parameters"),
        ({"purpose": "reception"}, "purpose_required"),
        ({"name": ""}, "invalid_parameters"),
        ({"approve": True}, "invalid_parameters"),
        ({"number": "\x00"}, "bad_parameter"),
        ({"name": "\ud800"}, "invalid_parameters"),
        ({"case_id": "CASE-1\n"}, "invalid_parameters"),
    ],
)
def test_what_cannot_be_asked_is_not_counted(epidemic, tracer, database, body, code):
    epidemic()
    asking = tracer()
    answer = asking.ask(body.pop("number", mobile(100)), **body)
    assert problem(answer) == (422, code)
    assert "12345" not in answer.text
    assert asking.told("9000000000")["quota"]["used"] == 1


def test_more_than_a_vehicle_holds_are_refused_and_not_cut(
    epidemic, tracer, ridden, monkeypatch
):
    epidemic()
    people = ridden(210, ["S4"] * 3, train={"number": "01907", "day": str(TODAY)})
    monkeypatch.setattr(tracing, "MOST", 1)
    answer = tracer().ask(mobile(210))
    assert problem(answer) == (422, "too_many_contacts")
    assert people[0] not in answer.text
    monkeypatch.setattr(tracing, "MOST", 2)
    assert len(tracer().told(mobile(210))["co_travellers"]) == 2


def test_it_takes_a_sign_in_of_a_moment_ago(epidemic, tracer, as_):
    epidemic()
    stale = tracer(ago=timedelta(minutes=6)).ask(mobile(100))
    assert problem(stale) == (403, "step_up_needed")
    body = {"mobile": mobile(100), "case_id": CASE}
    token = as_("tracer").post(f"{TRACES}?purpose=trace", json=body)
    assert problem(token) == (403, "step_up_needed")
    decided = as_("tracer").post(f"{TRACES}/{uuid4()}/decision", json={"approve": True})
    assert problem(decided) == (403, "step_up_needed")
    for role in ("auditor", "ministry", "analyst", "railways", "operator"):
        refused = as_(role).post(f"{TRACES}?purpose=trace", json=body)
        assert problem(refused) == (403, "not_permitted")
    assert problem(as_("state", 27).get(TRACES)) == (403, "not_permitted")


def test_everybody_shown_may_be_told_who_saw_them(
    app, database, epidemic, tracer, ridden
):
    epidemic()
    people = ridden(
        220, ["S9", "S9", "S8"], train={"number": "01908", "day": str(TODAY)}
    )
    told = tracer().told(mobile(220))
    with database.audit.connect() as db:
        key = app.extensions["audit"]
        saw = [who_saw(db, each, key=key) for each in people]
    for entries in saw[:2]:
        assert entries[-1]["action"] == "trace"
        assert entries[-1]["purpose"] == "trace"
        assert entries[-1]["case_ref"] == CASE
        assert str(entries[-1]["subject"]) == told["trace"]
        assert entries[-1]["n"] == 2
    assert saw[2][-1]["action"] != "trace"


def test_the_log_with_cases_is_whole(app, database, epidemic, tracer, as_):
    epidemic()
    tracer().told("9000000000")
    var = app.extensions["settings"].var
    assert verified(database, var)[0] == []
    read = as_("auditor").get("/api/v1/audit?action=trace").json["entries"]
    cases = {each["case_ref"] for each in read}
    assert CASE in cases
    assert None not in cases
    assert {each["role"] for each in read} == {"tracer"}


def test_nobody_of_a_sandbox_is_found(epidemic, tracer, post, ask):
    epidemic()
    body = {"mobile": mobile(230)[3:], "travel_date": str(TODAY), "mode": "bus"}
    rows = [made_up.rows(1, seed=23, refs="tried-")[0] | body]
    state = -MAHARASHTRA
    answer = post(made_up.csv_body(rows), state=state)
    assert answer.json["accepted"] == 1, answer.text
    path = f"/api/v1/batches/{answer.json['batch']}/people"
    listed = ask("GET", path, state=state).json["people"]
    sent = {"event": "departed", "people": [listed[0]["id"]], "vehicle": "MH12AB1"}
    done = ask("POST", "/api/v1/events", state=state, json=sent)
    assert done.json["applied"] == 1, done.text
    assert tracer().told(mobile(230))["person"] is None


def test_nor_who_was_erased(app, database, epidemic, tracer, ridden):
    epidemic()
    people = ridden(240, ["S4", "S4"], train={"number": "01909", "day": str(TODAY)})
    with database.owner.begin() as db:
        erase(
            db,
            id_of(people[1]),
            key=app.extensions["audit"],
            keys=keys(app.extensions["secrets"]),
            who=audit.operator(),
            today=TODAY,
        )
    assert ids(tracer().told(mobile(240))) == set()
    assert tracer().told(mobile(241))["person"] is None


# Above the quota.


def test_above_the_quota_another_tracer_approves_each(epidemic, tracer, database):
    epidemic(trace_quota=1)
    one, two = tracer("one"), tracer("two")
    one.told("9000000000")
    waits = one.ask(mobile(100))
    assert problem(waits) == (403, "second_approval_needed")
    trace = waits.json["trace"]
    entry = _entry(database, trace)
    assert (entry.action, entry.n, entry.case_ref) == ("trace.wait", 0, CASE)
    # Nothing says whom it was about.
    with database.owner.connect() as db:
        kept = db.execute(select(TRACE).where(TRACE.c.trace_id == UUID(trace))).one()
    assert mobile(100)[3:] not in str(kept)

    (listed,) = [e for e in two.listed()["traces"] if e["trace"] == trace]
    assert (listed["case_id"], listed["state"]) == (CASE, "waiting")
    assert listed["asker"].startswith("account:")
    assert (listed["yours"], listed["decided_by"]) == (False, None)
    decided = two.decide(trace)
    assert (decided.status_code, decided.json["state"]) == (200, "approved")
    assert _entry(database, trace).action == "trace.approve"

    told = one.told(mobile(100), approval=trace)
    assert (told["trace"], told["quota"]) == (trace, {"used": 2, "of": 1})
    again = one.ask(mobile(100), approval=trace)
    assert problem(again) == (409, "approval_unusable")


def test_not_oneself(epidemic, tracer):
    epidemic(trace_quota=0)
    one = tracer()
    trace = one.ask(mobile(100)).json["trace"]
    assert problem(one.decide(trace)) == (403, "not_your_own")
    assert problem(one.ask(mobile(100), approval=trace)) == (409, "approval_unusable")
    (mine,) = [e for e in one.listed()["traces"] if e["trace"] == trace]
    assert mine["yours"]


def test_the_database_refuses_ones_own_approval_too(epidemic, tracer, database):
    epidemic(trace_quota=0)
    trace = UUID(tracer().ask(mobile(100)).json["trace"])
    own = update(TRACE).where(TRACE.c.trace_id == trace)
    with database.officer.connect() as db, pytest.raises(Exception, match="check"):
        db.execute(own.values(state="approved", decided_by=TRACE.c.asker))
    for said in ("approved", "used", "declined"):
        with database.officer.connect() as db, pytest.raises(Exception, match="check"):
            db.execute(own.values(state=said))


def test_what_is_declined_or_decided_stays_so(epidemic, tracer):
    epidemic(trace_quota=0)
    one, two = tracer("one"), tracer("two")
    trace = one.ask(mobile(100)).json["trace"]
    assert two.decide(trace, approve=False).json["state"] == "declined"
    assert problem(two.decide(trace)) == (409, "trace_decided")
    assert problem(one.ask(mobile(100), approval=trace)) == (409, "approval_unusable")
    # A later one waits anew.
    assert one.ask(mobile(100)).json["trace"] != trace


def test_an_approval_is_of_its_asker_case_and_day(epidemic, tracer, database):
    epidemic(trace_quota=0)
    one, two = tracer("one"), tracer("two")
    trace = one.ask(mobile(100)).json["trace"]
    assert one.ask(mobile(101)).json["trace"] == trace  # of one case one waits
    two.decide(trace)
    assert one.ask(mobile(100)).json["trace"] == trace  # and says that it is approved
    for asking, more, code_ in (
        (two, {}, "unknown_trace"),
        (one, {"case_id": "ANOTHER-1"}, "approval_unusable"),
    ):
        answer = asking.ask(mobile(100), approval=trace, **more)
        assert answer.json["code"] == code_
    unknown = one.ask(mobile(100), approval=str(uuid4()))
    assert problem(unknown) == (404, "unknown_trace")
    with database.owner.begin() as db:
        of = TRACE.c.trace_id == UUID(trace)
        db.execute(update(TRACE).where(of).values(day=TODAY - DAY))
    late = one.ask(mobile(100), approval=trace)
    assert problem(late) == (409, "approval_unusable")
    assert problem(two.decide(trace)) == (404, "unknown_trace")


def test_the_list_goes_on_page_by_page(epidemic, tracer):
    epidemic(trace_quota=0)
    one = tracer()
    made = [one.ask("9000000000", case_id=f"CASE-{at}").json["trace"] for at in "123"]
    seen, page = [], one.listed(limit=2)
    while True:
        seen += [each["trace"] for each in page["traces"]]
        if not page["next"]:
            break
        page = one.client.get(page["next"].removeprefix("http://localhost")).json
    assert [each for each in seen if each in made] == made
    bad = one.client.get(TRACES, query_string={"after": str(uuid4())})
    assert problem(bad) == (422, "bad_parameter")


def test_two_at_once_do_not_exceed_the_quota(epidemic, tracer, database, app):
    epidemic(trace_quota=3)
    asking = [tracer("same") for _ in range(6)]
    answers = []

    def work(one):
        answers.append(one.ask("9000000000").status_code)

    threads = [threading.Thread(target=work, args=(one,)) for one in asking]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [200, 200, 200, 403, 403, 403]


def test_another_day_begins_anew(epidemic, tracer, database):
    epidemic(trace_quota=1)
    one = tracer()
    trace = UUID(one.told("9000000000")["trace"])
    with database.owner.begin() as db:
        of = TRACE.c.trace_id == trace
        db.execute(update(TRACE).where(of).values(day=TODAY - DAY))
    assert one.told("9000000000")["quota"]["used"] == 1


def _entry(database, trace):
    """The newest entry of a question."""
    with database.audit.connect() as db:
        own = select(ENTRY).where(ENTRY.c.subject == UUID(trace))
        return db.execute(own.order_by(ENTRY.c.at.desc()).limit(1)).one()
