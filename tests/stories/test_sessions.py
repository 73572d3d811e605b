"""A session: ends by itself, writes for its own pages, and is fresh for minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Blueprint
from sqlalchemy import event, select, update

from gis_service import access, accounts, sessions
from gis_service.access import require, require_fresh
from gis_service.app import create_app
from gis_service.policy import Permission
from gis_service.settings import Settings
from gis_service.tables import SESSION
from tests.signing_in import SAME, begin_session, form_token, sign_in

MAHARASHTRA, PUNE = 27, 490
UPLOAD = "/api/v1/batches?dry_run=true"
CSV = b"name,age,category,origin_district,destination_district,travel_date,mode\n"


def moved(database, client, **columns):
    """Move instants of the client's session back by some time."""
    mine = SESSION.c.hash == sessions.hashed(client.get_cookie("nmis").value)
    back = {name: SESSION.c[name] - by for name, by in columns.items()}
    with database.owner.begin() as db:
        db.execute(update(SESSION).where(mine).values(back))


def row(database, client):
    mine = SESSION.c.hash == sessions.hashed(client.get_cookie("nmis").value)
    with database.owner.connect() as db:
        return db.execute(select(SESSION).where(mine)).one()


def test_the_database_holds_no_id_of_a_session(client, database, token):
    sign_in(client, token("state", state=MAHARASHTRA))
    kept = client.get_cookie("nmis").value
    assert len(kept) == 43  # 256 random bits
    assert kept not in str(row(database, client))


def test_signing_in_again_is_another_session_and_ends_the_first(client, token):
    sign_in(client, token("state", state=MAHARASHTRA))
    first = client.get_cookie("nmis").value
    sign_in(client, token("state", state=MAHARASHTRA))
    assert client.get_cookie("nmis").value != first
    client.set_cookie("nmis", first)
    assert client.get("/flows/state").status_code == 401


@pytest.mark.parametrize(
    ("grant", "minutes", "lives"),
    [
        ({"role": "state", "state": MAHARASHTRA}, 14, True),
        ({"role": "state", "state": MAHARASHTRA}, 16, False),
        ({"role": "district", "district": PUNE}, 7 * 60, True),
    ],
)
def test_a_session_ends_unused_at_a_desk_with_the_shift(
    client, database, token, grant, minutes, lives
):
    sign_in(client, token(**grant))
    moved(database, client, seen_at=timedelta(minutes=minutes))
    assert (client.get("/flows/state").status_code == 200) == lives


def test_a_session_ends_with_the_shift_however_much_it_is_used(client, database, token):
    sign_in(client, token("district", district=PUNE))
    moved(database, client, expires_at=timedelta(hours=8))
    assert client.get("/flows/state").json["code"] == "session_ended"
    sign_in(client, token("district", district=PUNE))
    with database.owner.connect() as db:  # and is swept
        assert not db.execute(
            select(SESSION.c.hash).where(SESSION.c.expires_at <= datetime.now(UTC))
        ).all()


def test_a_use_is_noted_once_a_minute(client, database, token):
    sign_in(client, token("state", state=MAHARASHTRA))
    written = []

    def noted(_db, _cursor, statement, *_):
        written.append(statement)

    event.listen(database.access, "before_cursor_execute", noted)
    try:
        client.get("/flows/state")
        assert not written
        moved(database, client, seen_at=timedelta(minutes=2))
        for _ in range(3):
            assert client.get("/flows/state").status_code == 200
    finally:
        event.remove(database.access, "before_cursor_execute", noted)
    assert len(written) == 1
    assert datetime.now(UTC) - row(database, client).seen_at < timedelta(minutes=1)


def test_session_and_versions_are_one_turn_to_the_server(client, database, token):
    sign_in(client, token("state", state=MAHARASHTRA))
    etag = client.get("/flows/state").headers["ETag"]
    statements = []

    def noted(_db, _cursor, statement, *_):
        statements.append(statement)

    event.listen(database.read, "before_cursor_execute", noted)
    try:
        again = client.get("/flows/state", headers={"If-None-Match": etag})
        assert again.status_code == 304
    finally:
        event.remove(database.read, "before_cursor_execute", noted)
    (statement,) = [each for each in statements if "nmis.session" in each]
    assert "subject_version" in statement
    assert len(statements) <= 2


def test_a_page_takes_the_cookie_of_an_ended_session_back(client, database, token):
    sign_in(client, token("state", state=MAHARASHTRA))
    moved(database, client, expires_at=timedelta(hours=8))
    assert "sign-out" not in client.get("/").text
    assert client.get_cookie("nmis") is None


def test_a_session_writes_with_the_header_of_its_page_only(client, database, token):
    headers = begin_session(client, database, role="uploader", state=MAHARASHTRA)
    told = client.post(UPLOAD, data=CSV, headers=headers | {"Content-Type": "text/csv"})
    assert told.json.get("code") not in ("bearer_needed", "form_refused"), told.json
    bare = client.post(UPLOAD, data=CSV, headers=SAME)
    assert (bare.status_code, bare.json["code"]) == (403, "bearer_needed")
    good = headers["X-CSRF-Token"]
    other = client.application.test_client()
    sign_in(other, token("uploader", state=MAHARASHTRA))
    for wrong in ("", "x", good[:-4], good[::-1], form_token(other, "/")):
        answer = client.post(UPLOAD, data=CSV, headers={"X-CSRF-Token": wrong})
        assert (answer.status_code, answer.json["code"]) == (403, "form_refused")
    far = headers | {"Sec-Fetch-Site": "cross-site"}
    assert client.post(UPLOAD, data=CSV, headers=far).json["code"] == "form_refused"


def test_what_a_form_carries_differs_each_time_and_holds_until_the_session_ends(
    client, token
):
    sign_in(client, token("state", state=MAHARASHTRA))
    first, second = form_token(client, "/"), form_token(client, "/")
    assert first != second
    answer = client.post("/sign-out", data={"csrf_token": first}, headers=SAME)
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_a_form_without_its_token_does_nothing(client, token, path):
    key = token("state", state=MAHARASHTRA)
    answer = client.post(path, data={"token": key}, headers=SAME)
    assert answer.status_code == 403
    assert client.get("/flows/state").status_code == 401


@pytest.fixture(scope="module")
def guarded(database, tmp_path_factory):
    """The service with two views more, as those that open people will be marked."""
    made = create_app(Settings(var=tmp_path_factory.mktemp("var")), database)
    bp = Blueprint("guarded", __name__)

    @bp.get("/guarded")
    @require(Permission.STAGE_READ)
    @require_fresh
    def opened():
        return "opened"

    made.register_blueprint(bp)
    return made


def test_people_are_opened_after_a_fresh_sign_in_of_ones_own(guarded, database, token):
    client = guarded.test_client()
    begin_session(client, database, role="state", state=MAHARASHTRA)
    assert client.get("/guarded").text == "opened"
    moved(database, client, fresh_until=timedelta(minutes=5))
    answer = client.get("/guarded?unit=27")
    assert (answer.status_code, answer.json["code"]) == (403, "step_up_needed")
    link = answer.json["links"]["sign_in"]
    assert link == "/sign-in/again?next=/guarded?unit%3D27"
    page = client.get(link).text
    assert 'value="/guarded?unit=27"' in page
    assert 'id="token-form"' not in page


def test_a_token_is_never_fresh_neither_sent_nor_signed_in_with(guarded, token):
    client = guarded.test_client()
    key = token("state", state=MAHARASHTRA)
    sent = client.get("/guarded", headers={"Authorization": f"Bearer {key}"})
    assert sent.json["code"] == "step_up_needed"
    sign_in(client, key)
    assert client.get("/guarded").json["code"] == "step_up_needed"
    assert "token is not enough" in client.get("/sign-in/again").text


def test_a_stranger_or_another_role_is_refused_before(guarded, token):
    client = guarded.test_client()
    assert client.get("/guarded").json["code"] == "token_required"
    other = {"Authorization": f"Bearer {token('auditor')}"}
    assert client.get("/guarded", headers=other).json["code"] == "not_permitted"


def test_a_disabled_account_is_out_at_once(client, database):
    begin_session(client, database, role="state", state=MAHARASHTRA)
    assert client.get("/flows/state").status_code == 200
    with database.owner.begin() as db:
        accounts.disable(db, f"test-state-{MAHARASHTRA}-None")
    assert client.get("/flows/state").status_code == 401
    with database.owner.begin() as db:
        accounts.enable(db, f"test-state-{MAHARASHTRA}-None")


def test_the_cookie_is_bound_to_the_host_behind_https(database, tmp_path):
    settings = Settings(var=tmp_path, public_url="https://nmis.example")
    client = create_app(settings, database).test_client()
    with database.owner.begin() as db:
        key = access.issue(db, role="state", state=MAHARASHTRA, days=1)
    base = "https://nmis.example"
    form = client.get("/sign-in", base_url=base)
    carried = form.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        data={"token": key, "csrf_token": carried},
        headers=SAME,
        base_url=base,
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-nmis=")
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=28800"):
        assert word in cookie
    assert "Domain" not in cookie
    back = client.get("/sign-in/provider/back", base_url=base)
    assert back.status_code == 403  # no sign-in is under way
    over = back.headers.getlist("Set-Cookie")[0]
    assert over.startswith("__Host-nmis-provider=;")
    assert "Secure" in over
