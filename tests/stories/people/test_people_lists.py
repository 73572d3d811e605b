"""Lists: in order, page by page, filtered by what the reader is shown."""

import csv
import io
from base64 import b64encode
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.signing_in import begin_session
from tests.travellers import BIHAR, KERALA, MADHYA, MAHARASHTRA, PUNE, SOON, row

MOVEMENTS = "/api/v1/movements"
BY_DAY = [SOON + timedelta(days=n % 3) for n in range(12)]


@pytest.fixture(scope="module")
def crowd():
    return {}


@pytest.fixture
def people(crowd, regime, send, say):
    """Twelve people on three days, once for all: six departed, three requisitioned."""
    if not crowd:
        regime("notify")
        mode = ["train", "bus"]
        rows = [row(at, day=BY_DAY[at], mode=mode[at % 2]) for at in range(12)]
        crowd["ids"] = send(*rows)
        say("departed", crowd["ids"][:6], state=MAHARASHTRA)
        train = {"number": "01901", "day": SOON.isoformat()}
        say("requisitioned", crowd["ids"][6:12:2], state=MAHARASHTRA, train=train)
    return crowd["ids"]


def pages(client, path, kind="movements"):
    """Every row of a list, following its links."""
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        yield answer.json[kind]
        after = answer.json["next"]
        path = after and urlsplit(after)._replace(scheme="", netloc="").geturl()


@pytest.mark.parametrize("limit", [1, 5, 12, 1000])
def test_pages_hold_everybody_once_in_order_of_travel(people, as_, limit):
    path = f"{MOVEMENTS}?purpose=permit&limit={limit}"
    found = list(pages(as_("state", MAHARASHTRA), path))
    assert all(len(each) <= limit for each in found)
    rows = [each for page in found for each in page]
    assert sorted(r["id"] for r in rows) == sorted(people)
    keys = [(r["travel_date"], r["movement"]) for r in rows]
    assert keys == sorted(keys)


def test_people_come_with_their_journeys(people, as_):
    path = "/api/v1/people?purpose=own_batch&limit=5"
    found = list(pages(as_("uploader", MAHARASHTRA), path, "people"))
    everyone = [each for page in found for each in page]
    assert sorted(each["id"] for each in everyone) == sorted(people)
    assert all(len(each["journeys"]) == 1 for each in everyone)


def test_the_next_address_keeps_filters_and_purpose_and_names_nobody(people, as_):
    path = f"{MOVEMENTS}?purpose=permit&limit=2&mode=bus&stage=departed"
    answer = as_("state", MAHARASHTRA).get(path).json
    more = answer["next"]
    for part in ("purpose=permit", "mode=bus", "stage=departed", "limit=2", "after="):
        assert part in more
    assert all(each["id"] not in more for each in answer["movements"])


FILTERS = [
    (f"from={SOON}&to={SOON}", 4),
    ("mode=bus", 6),
    ("mode=bus&mode=train", 12),
    ("stage=departed", 6),
    ("stage=departed&mode=train", 3),
    ("category=student", 0),
    ("permission=notified", 12),
    ("origin_district=490", 12),
    ("origin_district=Pune", 12),
    ("destination_district=195", 0),
    ("destination_state=Bihar&side=origin", 12),
    ("train_number=01901", 3),
    (f"train_number=01901&train_date={SOON}", 3),
    ("train_number=01902", 0),
    ("side=destination", 0),
]


@pytest.mark.parametrize(("asked", "n"), FILTERS)
def test_filters(people, as_, asked, n):
    answer = as_("state", MAHARASHTRA).get(f"{MOVEMENTS}?purpose=permit&{asked}")
    assert len(answer.json["movements"]) == n, answer.text


def test_a_batch_is_its_uploaders_filter(people, as_):
    uploader = as_("uploader", MAHARASHTRA)
    batch = uploader.get(MOVEMENTS).json["movements"][0]["batch"]
    rows = uploader.get(f"{MOVEMENTS}?batch={batch}").json["movements"]
    assert len(rows) == 12
    answer = as_("state", MAHARASHTRA).get(f"{MOVEMENTS}?purpose=permit&batch={batch}")
    assert answer.json["code"] == "bad_parameter"
    assert "batch" in answer.json["detail"]


def test_the_railways_list_a_train(people, as_):
    path = f"{MOVEMENTS}?purpose=manifest&train_number=01901&train_date={SOON}"
    rows = as_("railways").get(path).json["movements"]
    assert len(rows) == 3
    for each in rows:
        assert {"id", "name", "age", "gender", "origin_district"} <= set(each)
        assert {"mobile", "aadhaar", "permanent_address", "category"}.isdisjoint(each)


def test_a_filter_tells_nothing_of_a_field_that_is_not_shown(people, as_):
    """A transit state may list who passes, and not ask them for where they go."""
    passing = f"{MOVEMENTS}?purpose=reception&side=transit"
    assert len(as_("state", MADHYA).get(passing).json["movements"]) == 2
    for hidden in ("category=labour", "destination_state=Bihar", "permission=notified"):
        answer = as_("state", MADHYA).get(f"{passing}&{hidden}")
        assert answer.json["movements"] == []
    shown = as_("state", MADHYA).get(f"{passing}&mode=bus").json["movements"]
    assert all(each["mode"] == "bus" for each in shown)
    refused = as_("railways").get(f"{MOVEMENTS}?purpose=manifest&category=labour")
    assert refused.json["code"] == "bad_parameter"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("limit=1001", "bad_question"),
        ("limit=0", "invalid_parameters"),
        ("after=none", "bad_parameter"),
        ("after=_", "bad_parameter"),
        ("side=tenant", "bad_parameter"),
        ("side=above", "invalid_parameters"),
        ("mode=boat", "invalid_parameters"),
        ("from=2020-05-02&to=2020-05-01", "bad_question"),
        ("origin_district=Atlantis", "unknown_unit"),
        ("origin_district=Aurangabad", "ambiguous_unit"),
        ("train_number=1", "invalid_parameters"),
        ("batch=1", "invalid_parameters"),
        ("name=Asha", "invalid_parameters"),
        ("purpose=permit", "bad_question"),
    ],
)
def test_what_is_not_allowed_is_said(as_, asked, code):
    for kind in ("movements", "people"):
        path = f"/api/v1/{kind}?purpose=permit&{asked}"
        answer = as_("state", MAHARASHTRA).get(path)
        assert (answer.status_code, answer.json["code"]) == (422, code)


def table(answer):
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def signed_in(app, database):
    """An officer of Maharashtra who has signed in a moment ago."""
    client = app.test_client()
    begin_session(client, database, role="state", state=MAHARASHTRA)
    return client


def test_as_a_table_with_a_column_for_each_field_of_the_role(people, as_, signed_in):
    rows = table(as_("railways").get(f"{MOVEMENTS}?purpose=manifest&f=csv"))
    assert len(rows) == 3
    assert "mobile" not in rows[0]
    rows = table(signed_in.get(f"{MOVEMENTS}?purpose=permit&f=csv"))
    assert len(rows) == 12
    assert rows[0]["route_states"] == "27;23;9;10"
    assert float(rows[0]["origin_lon"]) == pytest.approx(74, abs=1.5)
    both = table(as_("uploader", MAHARASHTRA).get("/api/v1/people?f=csv"))
    assert {each["source_ref"] for each in both} == {f"ref-{at}" for at in range(12)}


def test_a_table_runs_no_formula(regime, send, signed_in):
    regime("notify")
    (person,) = send(row(40, name="- Namuna"))
    rows = table(signed_in.get(f"{MOVEMENTS}?purpose=permit&f=csv"))
    name = next(each["name"] for each in rows if each["id"] == person)
    assert name == "'- Namuna"


def test_a_session_takes_a_table_away_only_after_a_fresh_sign_in(people, app, database):
    path = f"{MOVEMENTS}?purpose=permit&f=csv"
    client = app.test_client()
    old = timedelta(minutes=6)
    who = {"role": "district", "district": PUNE}
    begin_session(client, database, **who, ago=old)
    assert client.get(f"{MOVEMENTS}?purpose=permit").status_code == 200
    refused = client.get(path)
    assert (refused.status_code, refused.json["code"]) == (403, "step_up_needed")
    begin_session(client, database, **who)
    assert len(table(client.get(path))) >= 12


@pytest.mark.parametrize("way", ["bearer", "basic"])
def test_an_officers_own_token_takes_no_table_away(people, client, token, way):
    shown = token("district", district=PUNE)
    basic = b64encode(f"x:{shown}".encode()).decode()
    headers = {
        "Authorization": f"Bearer {shown}" if way == "bearer" else f"Basic {basic}"
    }
    path = f"{MOVEMENTS}?purpose=permit"
    assert client.get(path, headers=headers).status_code == 200
    refused = client.get(f"{path}&f=csv", headers=headers)
    assert (refused.status_code, refused.json["code"]) == (403, "step_up_needed")


def test_a_district_lists_its_own(people, as_):
    path = f"{MOVEMENTS}?purpose=reception"
    ends = {row["origin_district"] for row in as_("district", None, PUNE)
            .get(path).json["movements"]}  # fmt: skip
    assert ends == {PUNE}
    assert as_("state", KERALA).get(path).json["movements"] == []
    at_end = as_("state", BIHAR).get(path).json["movements"]
    assert {row["id"] for row in at_end} >= set(people)
