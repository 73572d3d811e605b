"""Tokens: hashed, scoped, expiring, revocable, rotated; what sessions may do."""

import base64
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from gis_service import access, tokens
from gis_service.access import BadGrant, BadToken
from gis_service.app import create_app
from gis_service.policy import ROLES, Permission, roles_with
from gis_service.tables import ACCESS_TOKEN
from tests.flow_rows import MAHARASHTRA, PUNE
from tests.signing_in import sign_in


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_secret_itself_is_never_stored(db):
    token = access.issue(db, role="state", state=MAHARASHTRA, label="x")
    _, token_id, secret = token.split("_")
    row = db.execute(
        select(ACCESS_TOKEN).where(ACCESS_TOKEN.c.token_id == token_id)
    ).one()
    assert len(row.hash) == 32
    assert secret not in str(row)
    assert bytes.fromhex(secret) not in bytes(row.hash)


def test_a_district_officer_gets_the_state_of_the_district(db):
    access.issue(db, role="district", district=PUNE)
    (row,) = access.tokens(db)
    assert (row.state_code, row.district_code) == (MAHARASHTRA, PUNE)
    assert not hasattr(row, "hash")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"role": "king"}, "role is 'king'; allowed: uploader, state"),
        ({"role": "state"}, "needs --state"),
        ({"role": "state", "state": 27, "district": 490}, "an LGD code, alone"),
        ({"role": "state", "state": 99}, "no state with LGD code 99"),
        ({"role": "district"}, "needs --district"),
        ({"role": "district", "district": 9999}, "no district with LGD code 9999"),
        ({"role": "district", "district": PUNE, "state": 10}, "state 27, not in 10"),
        ({"role": "ministry", "state": 27}, "answers for no state"),
        ({"role": "ministry", "days": 0}, "days is 0; allowed: 1 to 366"),
    ],
)  # fmt: skip
def test_what_cannot_be_issued_is_said_in_words(db, given, words):
    with pytest.raises(BadGrant, match=words):
        access.issue(db, **given)


def test_a_live_token_opens_and_a_strange_or_broken_one_does_not(client, token):
    good = token("state", state=MAHARASHTRA)
    assert client.get("/flows/state", headers=bearer(good)).status_code == 200
    _, token_id, secret = good.split("_")
    for bad in (
        "x",
        "nmis_",
        f"nmis_{token_id}_{'0' * 64}",
        f"nmis_000000000000_{secret}",
        f"other_{token_id}_{secret}",
        f"nmis_{token_id}_{secret}0",
        "nmis_\u00e9_x",
    ):
        answer = client.get("/flows/state", headers=bearer(bad))
        assert answer.status_code == 401
        assert answer.json["code"] == "token_invalid"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    basic = client.get("/flows/state", headers={"Authorization": f"Basic {good}"})
    assert basic.status_code == 401


def test_a_token_stops_at_once_when_revoked(client, token, database):
    good = token("state", state=MAHARASHTRA)
    with database.owner.begin() as db:
        access.revoke(db, good.split("_")[1])
    assert client.get("/flows/state", headers=bearer(good)).status_code == 401
    with database.owner.begin() as db, pytest.raises(BadToken):
        access.revoke(db, good)


def test_a_token_stops_when_its_time_is_over(client, token, database):
    good = token("state", state=MAHARASHTRA)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with database.owner.begin() as db:
        db.execute(
            update(ACCESS_TOKEN)
            .where(ACCESS_TOKEN.c.token_id == good.split("_")[1])
            .values(expires_at=past)
        )
    assert client.get("/flows/state", headers=bearer(good)).status_code == 401


def test_a_session_reads_until_its_token_is_revoked(client, token, database):
    good = token("state", state=MAHARASHTRA)
    sign_in(client, good)
    assert client.get("/flows/state").status_code == 200
    with database.owner.begin() as db:
        access.revoke(db, good)
    ended = client.get("/flows/state")
    assert (ended.status_code, ended.json["code"]) == (401, "session_ended")


def test_a_bad_bearer_is_not_saved_by_a_good_session(client, token):
    sign_in(client, token("state", state=MAHARASHTRA))
    assert client.get("/flows/state", headers=bearer("nmis_a_b")).status_code == 401


def test_a_session_may_only_read_without_its_pages_header(client, token):
    sign_in(client, token("uploader", state=MAHARASHTRA))
    answer = client.post("/api/v1/batches", data=b"name\n")
    assert (answer.status_code, answer.json["code"]) == (403, "bearer_needed")


def test_every_role_has_words_and_what_is_unlisted_is_refused():
    assert set(ROLES) == {
        "uploader", "state", "district", "railways", "ministry", "analyst", "tracer",
        "auditor", "operator",
    }  # fmt: skip
    for name, role in ROLES.items():
        assert role.title
        reads = Permission.FLOW_READ in role.permissions
        assert reads == (role.grain is not None)
        assert reads or role.refusal, name
        told = Permission.RELEASE_READ in role.permissions
        assert told == (role.told is not None), name
    assert roles_with(Permission.BATCH_CREATE) == ("uploader",)


@pytest.mark.parametrize("role", ["railways", "tracer", "auditor", "uploader"])
def test_roles_without_flows_are_told_why_and_who_may(client, token, role):
    state = MAHARASHTRA if role == "uploader" else None
    answer = client.get("/flows/state", headers=bearer(token(role, state=state)))
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
    assert ROLES[role].refusal in answer.json["detail"]
    assert "permitted: state, district, ministry, analyst" in answer.json["detail"]


def test_a_ministry_reads_state_pairs_and_of_what_is_finer_the_release(client, token):
    key = bearer(token("ministry"))
    assert client.get("/flows/country", headers=key).status_code == 200
    assert client.get("/flows/state", headers=key).status_code == 200
    finer = client.get("/flows/district", headers=key)
    assert (finer.status_code, finer.json["code"]) == (404, "no_release")
    tiles = "/tiles/arrivals/4/11/6.mvt"
    assert client.get(tiles, headers=key).status_code == 403
    assert client.get(f"{tiles}?level=state", headers=key).status_code == 200
    assert client.get("/layers/routes.geojson", headers=key).status_code == 403


def test_a_ministry_reads_all_exactly_where_the_installation_says_so(
    app, database, token
):
    exact = replace(app.extensions["settings"], ministry_grain="exact")
    client = create_app(exact, database).test_client()
    key = bearer(token("ministry"))
    finer = client.get("/flows/district", headers=key)
    assert finer.status_code == 200
    assert client.get("/tiles/arrivals/4/11/6.mvt", headers=key).status_code == 200
    about = client.get("/about-data").text
    assert "by district and day, of the whole country" in about
    # Nobody else's changes.
    analyst = client.get("/flows/district", headers=bearer(token("analyst")))
    assert (analyst.status_code, analyst.json["code"]) == (404, "no_release")


def test_token_and_versions_are_one_turn_to_the_server(client, token, database):
    asked = {"headers": bearer(token("state", state=MAHARASHTRA))}
    etag = client.get("/flows/state", **asked).headers["ETag"]
    asked["headers"]["If-None-Match"] = etag
    statements = []

    def noted(_db, _cursor, statement, *_):
        statements.append(statement)

    event.listen(database.read, "before_cursor_execute", noted)
    try:
        assert client.get("/flows/state", **asked).status_code == 304
    finally:
        event.remove(database.read, "before_cursor_execute", noted)
    (statement,) = [each for each in statements if "access_token" in each]
    assert "subject_version" in statement
    # Beside it only the version of kept answers, which may be due.
    assert len(statements) <= 2


def basic(password: str, user: str = "anybody") -> dict[str, str]:
    told = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {told}"}


def test_programs_that_know_no_bearer_read_with_the_token_as_a_password(client, token):
    key = token("state", state=MAHARASHTRA)
    assert client.get("/flows/state", headers=basic(key)).status_code == 200
    assert client.head("/flows/state", headers=basic(key)).status_code == 200
    for bad in (basic(""), basic("nmis_a_b"), basic(key[:-1]), basic("", user=key)):
        answer = client.get("/flows/state", headers=bad)
        assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")
        # A browser that saw Basic here would ask for a password.
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    broken = {"Authorization": "Basic ???"}
    assert client.get("/flows/state", headers=broken).status_code == 401


def test_basic_changes_nothing(client, token):
    key = token("uploader", state=MAHARASHTRA)
    answer = client.post("/api/v1/batches", data=b"name\n", headers=basic(key))
    assert (answer.status_code, answer.json["code"]) == (403, "bearer_needed")


def test_a_token_is_a_persons_or_a_systems(db):
    access.issue(db, role="state", state=MAHARASHTRA, label="kinds")
    access.issue(db, role="uploader", state=MAHARASHTRA, label="kinds")
    tokens.issue_shared(db, role="analyst", label="kinds")
    kinds = {row.role: row.kind for row in tokens.tokens(db) if row.label == "kinds"}
    assert kinds == {"state": "personal", "uploader": "machine", "analyst": "shared"}


@pytest.mark.parametrize("role", ["ministry", "auditor", "operator"])
def test_a_shared_token_reads_the_release_alone(db, role):
    with pytest.raises(BadGrant, match="officers sign in as themselves"):
        tokens.issue_shared(db, role=role)
    with pytest.raises(BadGrant, match="needs --state"):
        tokens.issue_shared(db, role="state")


def test_two_keys_live_while_a_system_changes_over(client, database):
    label = "rotated"
    with database.owner.begin() as db:
        old = access.issue(db, role="uploader", state=MAHARASHTRA, label=label)
        made = tokens.rotate(db, old.split("_")[1], days=30, overlap=3)
    for key in (old, made.token):
        assert client.get("/flows/state", headers=bearer(key)).status_code == 403
    with database.owner.begin() as db:
        rows = [row for row in tokens.tokens(db) if row.label == label]
        new, first = sorted(rows, key=lambda row: row.replaces is None)
        assert new.replaces == made.old_id == first.token_id
        assert (new.role, new.state_code, new.kind) == ("uploader", 27, "machine")
        three = timedelta(days=3)
        assert abs(first.expires_at - datetime.now(UTC) - three).total_seconds() < 60
        assert first.expires_at == made.until
    with database.owner.begin() as db, pytest.raises(BadGrant, match="allowed: 2"):
        tokens.rotate(db, made.token)
    with database.owner.begin() as db:
        access.revoke(db, old)
        tokens.rotate(db, made.token, overlap=0)
    answer = client.get("/flows/state", headers=bearer(made.token))
    assert answer.json["code"] == "token_invalid"  # no overlap was asked for


def test_of_two_who_rotate_a_token_at_once_one_is_refused(database):
    with database.owner.begin() as db:
        old = access.issue(db, role="analyst", label="at once")
    counted = threading.Barrier(2)
    made, refused = [], []

    def both_hold(_db, _cursor, statement, *_):
        # Neither has made its own when the other begins to count, if nothing holds it.
        if "INSERT INTO nmis.access_token" in statement:
            with suppress(threading.BrokenBarrierError):
                counted.wait(1)

    def rotate():
        try:
            with database.owner.begin() as db:
                made.append(tokens.rotate(db, old))
        except BadGrant as error:
            refused.append(str(error))

    event.listen(database.owner, "before_cursor_execute", both_hold)
    try:
        threads = [threading.Thread(target=rotate) for _ in range(2)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        event.remove(database.owner, "before_cursor_execute", both_hold)
    assert (len(made), len(refused)) == (1, 1)
    assert "2 tokens of this label, role and unit are live" in refused[0]
    with database.owner.connect() as db:
        rows = [row for row in tokens.tokens(db) if row.label == "at once"]
    assert {row.token_id for row in rows} == {
        tokens.bare_id(old),
        tokens.bare_id(made[0].token),
    }


def test_a_token_that_is_over_cannot_be_rotated_nor_made_to_last(db):
    token = access.issue(db, role="analyst", days=1, label="short")
    made = tokens.rotate(db, token, overlap=30)
    assert made.until < datetime.now(UTC) + timedelta(days=1)
    access.revoke(db, token)
    with pytest.raises(BadToken, match="no live token"):
        tokens.rotate(db, token)
