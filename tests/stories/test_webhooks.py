"""Webhooks told to a real HTTPS server: signed, tried again, dead, sent again."""

import base64
import hashlib
import hmac
import json
import logging
from datetime import datetime, timedelta
from ipaddress import ip_network

import made_up
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update
from sqlalchemy.exc import ProgrammingError

from gis_service.cli import main
from gis_service.webhooks import due
from gis_service.webhooks.delivery import Deliverer
from gis_service.webhooks.tables import WEBHOOK, WEBHOOK_MESSAGE
from layers.fetch_post import Allowed
from tests.portal_server import certificate, portal

HOST = "receiver.test"
ROW = made_up.rows(1)[0]
OF, HOOK = WEBHOOK_MESSAGE.c, WEBHOOK.c
BIHAR = 10


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture
def there(tls):
    with portal(tls=tls[0]) as opened:
        opened.tells("/in", b"", 204)
        yield opened


@pytest.fixture
def allowed(there, tls):
    return Allowed(
        networks=(ip_network("127.0.0.0/8"),),
        ports=(there.port,),
        resolve=lambda _host, _port: ["127.0.0.1"],
        trust=tls[1],
    )


@pytest.fixture
def deliver(app, database, allowed):
    """``deliver()``: how many messages arrived now."""
    ring = app.extensions["secrets"].kek
    return Deliverer(database.owner, ring, allowed).delivered


@pytest.fixture
def hook(ask, there, monkeypatch, allowed):
    """``hook(*events)``: a webhook to the server there, with its secret."""
    monkeypatch.setattr("gis_service.endpoints.webhooks.allowed", lambda _: allowed)
    made = []

    def registered(*events, path="/in", state=27):
        body = {"url": there.url(path, HOST), "events": list(events)}
        answer = ask("POST", "/api/v1/webhooks", state=state, json=body)
        assert answer.status_code == 201, answer.text
        made.append((answer.json["id"], state))
        return answer.json

    yield registered
    for webhook, state in made:
        ask("DELETE", f"/api/v1/webhooks/{webhook}", state=state)


@pytest.fixture
def hurry(database):
    """``hurry()``: what waits for its next attempt is due now."""

    def hurried():
        with database.owner.begin() as db:
            db.execute(
                update(WEBHOOK_MESSAGE)
                .where(OF.state == "waiting")
                .values(due_at=func.now())
            )

    return hurried


@pytest.fixture
def long_ago(database, hurry):
    """``long_ago()``: what fails has failed for six days, and is due."""

    def began():
        with database.owner.begin() as db:
            since = func.now() - timedelta(days=6)
            late = update(WEBHOOK).where(HOOK.failing_since.is_not(None))
            db.execute(late.values(failing_since=since))
        hurry()

    return began


@pytest.fixture
def nmis(database, app, monkeypatch, allowed):
    """``nmis(*words)``: what ``nmis webhook`` says."""
    settings = app.extensions["settings"]
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(settings.var))
    monkeypatch.setattr("gis_service.cli.webhook.allowed", lambda _: allowed)

    def ran(*words):
        done = CliRunner().invoke(main, ["webhook", *words])
        assert done.exit_code == 0, done.output
        assert "whsec" not in done.output
        assert HOST not in done.output
        return done.output

    return ran


def messages(ask, hook, **query):
    at = f"/api/v1/webhooks/{hook['id']}/messages"
    return ask("GET", at, query_string=query).json["messages"]


def upload(post, ref):
    answer = post(made_up.csv_body([ROW | {"source_ref": ref}]))
    assert answer.status_code == 201, answer.text
    return answer.json["batch"]


def signature(secret, told, body):
    """The signature by our own reading of standardwebhooks.com."""
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret[len("whsec_") :])
    signed = b".".join(
        [told["webhook-id"].encode(), told["webhook-timestamp"].encode(), body]
    )
    made = hmac.new(key, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def test_a_batch_is_told_once_signed_and_without_a_person(
    ask, post, hook, deliver, there, caplog
):
    caplog.set_level(logging.DEBUG)
    mine = hook("batch.accepted")
    batch = upload(post, "told-1")
    assert messages(ask, mine)[0]["state"] == "waiting"
    assert deliver() == 1
    assert deliver() == 0
    (body, headers) = there.bodies[0]
    told = {name.lower(): value for name, value in headers.items()}
    assert told["webhook-signature"] == signature(mine["secret"], told, body)
    read = json.loads(body)
    assert read["type"] == "batch.accepted"
    assert read["data"]["batch"] == batch
    assert (read["data"]["rows"], read["data"]["accepted"]) == (1, 1)
    assert set(read["data"]["links"].values()) == {
        f"/api/v1/batches/{batch}",
        f"/api/v1/batches/{batch}/faults",
        f"/api/v1/batches/{batch}/people",
    }
    for value in ROW.values():
        if len(value) > 6:
            assert value.encode() not in body
    (message,) = messages(ask, mine)
    assert (message["state"], message["id"]) == ("delivered", told["webhook-id"])
    listing = ask("GET", "/api/v1/webhooks").text
    assert mine["secret"] not in listing + caplog.text


def test_what_is_rolled_back_is_told_to_nobody(ask, post, hook):
    mine = hook("batch.accepted")
    bad = ROW | {"age": "900"}
    assert post(made_up.csv_body([bad]), mode="atomic").status_code == 422
    assert post(made_up.csv_body([ROW]), dry_run="true").status_code == 200
    assert messages(ask, mine) == []


def test_the_same_upload_again_is_not_told_again(ask, post, hook):
    mine = hook("batch.accepted")
    body = made_up.csv_body([ROW | {"source_ref": "again-1"}])
    for _ in range(2):
        assert post(body, headers={"Idempotency-Key": "again"}).status_code == 201
    assert len(messages(ask, mine)) == 1


def test_an_officers_event_is_told_to_who_sent_the_people_as_a_number(
    ask, sent, say, hook, deliver, there
):
    mine = hook("event.recorded")
    ids = sent(ROW | {"source_ref": "event-1"})
    say("permission_requested", ids)
    assert deliver() == 1
    body = there.bodies[-1][0]
    data = json.loads(body)["data"]
    assert (data["event"], data["people"]) == ("permission_requested", 1)
    assert ids[0].encode() not in body
    assert messages(ask, mine)[0]["state"] == "delivered"


def test_a_failure_is_tried_again_with_the_same_id_later_each_time(
    ask, post, hook, deliver, there, hurry
):
    mine = hook("batch.accepted")
    there.tells("/in", b"", 500)
    upload(post, "retry-1")
    assert deliver() == 0
    (message,) = messages(ask, mine)
    assert (message["state"], message["attempts"]) == ("waiting", 1)
    assert message["failure"] == "it answered 500"
    assert deliver() == 0
    assert len(there.bodies) == 1  # not yet due
    hurry()
    there.tells("/in", b"", 200)
    assert deliver() == 1
    first, second = (headers["webhook-id"] for _, headers in there.bodies)
    assert first == second == messages(ask, mine)[0]["id"]
    pauses = [due.PAUSE_S * due.LONGER**n for n in range(due.ATTEMPTS - 1)]
    assert timedelta(hours=18) < timedelta(seconds=sum(pauses)) < timedelta(days=1)


def test_a_receiver_that_is_busy_is_left_alone_for_as_long_as_it_says(
    ask, post, hook, deliver, there
):
    mine = hook("batch.accepted")
    there.tells("/in", b"", 503, Retry_After="7200")
    upload(post, "busy-1")
    deliver()
    (message,) = messages(ask, mine)
    waits = datetime.fromisoformat(message["due_at"]) - datetime.fromisoformat(
        message["made_at"]
    )
    assert waits > timedelta(seconds=7190)


def test_what_never_arrives_is_dead_listed_and_sent_again(
    ask, post, hook, deliver, there, hurry
):
    mine = hook("batch.accepted")
    there.tells("/in", b"", 500)
    upload(post, "dead-1")
    for _ in range(due.ATTEMPTS):
        deliver()
        hurry()
    (dead,) = messages(ask, mine, state="dead")
    assert dead["failure"] == "tried 8 times: it answered 500"
    assert len(there.bodies) == due.ATTEMPTS
    there.tells("/in", b"", 200)
    again = f"/api/v1/webhooks/{mine['id']}/redeliver"
    assert ask("POST", again, json={}).json == {"redelivered": 1}
    assert deliver() == 1
    assert there.bodies[-1][1]["webhook-id"] == dead["id"]
    named = ask("POST", again, json={"messages": [dead["id"]]})
    assert named.json == {"redelivered": 1}
    assert deliver() == 1


def test_a_webhook_is_disabled_after_days_and_says_why(
    ask, post, hook, deliver, there, long_ago
):
    mine = hook("batch.accepted")
    there.tells("/in", b"", 500)
    upload(post, "days-1")
    deliver()
    long_ago()
    deliver()
    shown = ask("GET", f"/api/v1/webhooks/{mine['id']}").json
    assert shown["disabled_reason"].startswith("nothing was delivered for 5 days")
    upload(post, "days-2")
    assert [m["state"] for m in messages(ask, mine)] == ["dead", "dead"]
    there.tells("/in", b"", 200)
    ask("POST", f"/api/v1/webhooks/{mine['id']}/redeliver", json={})
    assert deliver() == 2
    assert ask("GET", f"/api/v1/webhooks/{mine['id']}").json["disabled_at"] is None


def test_a_receiver_that_is_gone_is_told_nothing_more(ask, post, hook, deliver, there):
    mine = hook("batch.accepted")
    there.tells("/in", b"", 410)
    upload(post, "gone-1")
    deliver()
    assert "410" in ask("GET", f"/api/v1/webhooks/{mine['id']}").json["disabled_reason"]


def test_a_redirect_is_a_failure_and_is_not_followed(ask, post, hook, deliver, there):
    mine = hook("batch.accepted")
    there.leads("/in", there.url("/inside", HOST))
    upload(post, "redirect-1")
    assert deliver() == 0
    assert [path for path, _ in there.asked] == ["/in"]
    assert messages(ask, mine)[0]["failure"] == "it answered 302"


def test_a_name_that_leads_inside_is_not_asked(ask, post, hook, database, app, there):
    mine = hook("batch.accepted")
    upload(post, "inside-1")
    inside = Allowed(ports=(there.port,), resolve=lambda *_: ["10.1.2.3"])
    ring = app.extensions["secrets"].kek
    assert Deliverer(database.owner, ring, inside).delivered() == 0
    failure = messages(ask, mine)[0]["failure"]
    assert "may not be asked" in failure
    assert "10.1.2.3" not in failure
    assert there.asked == []


def test_one_that_fails_holds_up_no_other_state(ask, post, hook, deliver, there):
    mine = hook("batch.accepted")
    theirs = hook("batch.accepted", path="/other", state=BIHAR)
    there.tells("/in", b"", 500)
    there.tells("/other", b"", 200)
    upload(post, "both-1")
    body = made_up.csv_body(
        [ROW | {"origin_district": "212", "destination_district": "490"}]
    )
    assert post(body, state=BIHAR).status_code == 201
    assert deliver() == 1
    at = f"/api/v1/webhooks/{theirs['id']}"
    assert ask("GET", at, state=BIHAR).json["delivered_at"]
    assert ask("GET", f"/api/v1/webhooks/{mine['id']}").json["failing_since"]


def test_others_webhooks_are_not_there(ask, hook):
    mine = hook("batch.accepted")
    at = f"/api/v1/webhooks/{mine['id']}"
    for method, path, more in (
        ("GET", at, {}),
        ("DELETE", at, {}),
        ("GET", f"{at}/messages", {}),
        ("POST", f"{at}/redeliver", {"json": {}}),
        ("GET", "/api/v1/webhooks/none", {}),
    ):
        answer = ask(method, path, state=BIHAR, **more)
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_webhook")
    assert ask("GET", "/api/v1/webhooks", state=BIHAR).json == {"webhooks": []}
    assert ask("GET", "/api/v1/webhooks", role="state").status_code == 403


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://public.example/in", "https"),
        ("https://127.0.0.1/in", "loopback"),
        ("https://localhost/in", "loopback"),
        ("https://[::1]/in", "loopback"),
        ("https://169.254.169.254/latest", "link-local"),
        ("https://public.example:8443/in", "port"),
        ("https://name:word@public.example/in", "token"),
        ("nonsense", "scheme"),
    ],
)
def test_an_address_that_is_not_for_webhooks_is_refused(ask, url, said):
    body = {"url": url, "events": ["batch.accepted"]}
    answer = ask("POST", "/api/v1/webhooks", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "bad_webhook")
    assert said in answer.json["detail"]


def test_the_secret_is_sealed_and_the_upload_login_cannot_read_it(hook, database, app):
    mine = hook("batch.accepted")
    secret = base64.b64decode(mine["secret"].removeprefix("whsec_"))
    with database.owner.connect() as db:
        kept = [bytes(row[0]) for row in db.execute(select(HOOK.wrapped))]
    assert kept
    assert not any(secret in each for each in kept)
    with database.upload.connect() as db, pytest.raises(ProgrammingError):
        db.execute(select(HOOK.wrapped))


def test_the_command_lists_delivers_and_sends_again(post, hook, nmis, there):
    mine = hook("batch.accepted")
    there.tells("/in", b"", 410)
    upload(post, "command-1")
    assert "1 waiting" in nmis("list")
    assert "0 delivered" in nmis("deliver")
    assert "1 dead" in nmis("list")
    assert "disabled" in nmis("list")
    there.tells("/in", b"", 200)
    assert "1 are sent again" in nmis("redeliver", mine["id"])
    assert "1 delivered" in nmis("deliver")
