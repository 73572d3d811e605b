"""States' platforms pulled from a real HTTPS server, page by page."""

import json
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import made_up
import nmis_data
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from gis_service import intake
from gis_service.audit.tables import ENTRY
from gis_service.cli import main
from gis_service.connectors import pull as pulling
from gis_service.connectors.description import Description, described
from gis_service.connectors.each import pull_each
from gis_service.connectors.pull import Means
from gis_service.connectors.tables import CONNECTOR, CONNECTOR_PAGE
from gis_service.pulling import CONNECTORS, Puller
from movements.tables import BATCH, MOVEMENT
from tests.portal_server import certificate, portal

HOST, SECRET, STATE = "platform.test", "key-of-tests", 27
JSON = {"Content-Type": "application/json"}
PEOPLE = made_up.rows(7, seed=5, refs="pulled-")


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture
def there(tls):
    with portal(tls=tls[0]) as opened:
        yield opened


@pytest.fixture
def means(app, database, tls, clean):
    return Means(
        database,
        app.extensions["settings"],
        intake.keys(app.extensions["secrets"]),
        resolve=lambda host, _port: ["127.0.0.1" if host == HOST else host],
        trust=tls[1],
    )


@pytest.fixture
def clean(database):
    """No state is pulled yet."""
    with database.owner.begin() as db:
        for table in (CONNECTOR, CONNECTOR_PAGE):
            db.execute(table.delete())


@pytest.fixture
def describe(app, there):
    """``describe(**entries)``: the file of the state's platform."""
    folder = app.extensions["settings"].var / "connectors"
    folder.mkdir(exist_ok=True)
    secret = folder / "27.token"
    secret.write_text(SECRET)
    secret.chmod(0o600)

    def written(**entries):
        told = {
            "url": there.url("/rows", HOST),
            "networks": ["127.0.0.0/8"],
            "ports": [there.port],
        }
        (folder / "27.json").write_text(json.dumps(told | entries))
        return secret

    yield written
    (folder / "27.json").unlink(missing_ok=True)


@pytest.fixture
def run(means):
    """``run()``: whether a pull went well, and what it said."""

    def ran():
        said = []
        well = pull_each(means, [STATE], say=said.append)
        assert SECRET not in said[0]
        return well, said[0]

    return ran


@pytest.fixture
def kept(database):
    """``kept()``: the row of the state's connector."""

    def row():
        with database.owner.connect() as db:
            return db.execute(select(CONNECTOR)).one()

    return row


@pytest.fixture
def stored(database):
    """``stored()``: how many journeys there are of the pulled people."""

    def counted():
        mine = MOVEMENT.c.source_ref.startswith("pulled-")
        with database.owner.connect() as db:
            return db.execute(select(func.count()).where(mine)).scalar_one()

    return counted


def paged(there, answer, *, token=None):
    """Have ``/rows`` answer with ``answer(query)``: status, JSON, more headers."""

    def told(handler):
        query = {k: v[0] for k, v in parse_qs(urlsplit(handler.path).query).items()}
        status, body, more = answer(query)
        if token and handler.headers.get("X-Api-Key") != token:
            status, body, more = 401, {}, {}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        length = {"Content-Length": str(len(raw))}
        for name, value in (JSON | length | more).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(raw)

    there.routes["/rows"] = told


def by_cursor(query):
    at = int(query.get("after", "0"))
    items, then = PEOPLE[at : at + 3], at + 3 if at + 3 < len(PEOPLE) else None
    return 200, {"data": {"items": items, "next": then}}, {}


CURSOR = {
    "rows": "/data/items",
    "paging": {"kind": "cursor", "parameter": "after", "next": "/data/next"},
}
PAGE = {"paging": {"kind": "page", "parameter": "page"}}


def test_pages_by_cursor_become_batches_with_receipts_and_audit(
    describe, there, run, stored, database
):
    describe(**CURSOR)
    paged(there, by_cursor)
    assert run() == (True, "state 27: 3 pages, 7 rows, 7 accepted, 0 refused")
    assert stored() == 7
    with database.owner.connect() as db:
        pages = db.execute(select(CONNECTOR_PAGE)).all()
        ids = [each.batch_id for each in pages]
        receipts = db.execute(select(BATCH).where(BATCH.c.batch_id.in_(ids))).all()
        entries = db.execute(select(ENTRY).where(ENTRY.c.subject.in_(ids))).all()
    assert sorted(each.rows for each in pages) == [1, 3, 3]
    assert {each.tenant for each in receipts} == {STATE}
    assert {(e.role, e.action) for e in entries} == {("uploader", "batch.accept")}
    assert len(entries) == 3


def by_page(query):
    at = (int(query["page"]) - 1) * 3
    return 200, PEOPLE[at : at + 3], {}


def by_offset(query):
    at = int(query.get("skip", "0"))
    return 200, PEOPLE[at : at + int(query["top"])], {}


def by_link(query):
    at = int(query.get("at", "0"))
    more = {"Link": f'</rows?at={at + 4}>; rel="next", </rows>; rel="first"'}
    return 200, PEOPLE[at : at + 4], more if at + 4 < len(PEOPLE) else {}


@pytest.mark.parametrize(
    "by",
    [
        ({"kind": "page", "parameter": "page"}, by_page, 3),
        (
            {"kind": "offset", "parameter": "skip", "size_parameter": "top", "size": 4},
            by_offset,
            2,
        ),
        ({"kind": "link"}, by_link, 2),
        ({"kind": "none"}, lambda _: (200, PEOPLE, {}), 1),
    ],
    ids=lambda by: by[0]["kind"],
)
def test_each_kind_of_paging_reads_every_row_once(describe, there, run, stored, by):
    paging, answer, pages = by
    describe(paging=paging)
    paged(there, answer)
    assert run()[1].startswith(f"state 27: {pages} pages, 7 rows, 7 accepted")
    assert stored() == 7


def test_a_repeated_pull_changes_nothing(describe, there, run, stored, database):
    describe(**PAGE)
    paged(there, by_page)
    run()
    assert run()[0]
    assert stored() == 7
    with database.owner.connect() as db:
        newest = select(BATCH.c.receipt).order_by(BATCH.c.created_at.desc()).limit(3)
        receipts = db.execute(newest).scalars().all()
    assert sum(each["unchanged"] for each in receipts) == 7
    assert sum(each["new"] for each in receipts) == 0


def test_a_page_that_is_cut_half_way_is_asked_again_and_the_others_are_not(
    describe, there, run, kept, stored
):
    describe(**CURSOR)
    broken = [True]

    def answer(query):
        if query.get("after") == "3" and broken:
            return 200, b'{"data": {"items": [{"na', {"Content-Length": "5000"}
        return by_cursor(query)

    paged(there, answer)
    well, said = run()
    assert not well
    assert "failed" in said
    assert (kept().pages, kept().failures) == (1, 1)
    assert kept().due_at - kept().failing_since > timedelta(seconds=55)
    broken.clear()
    there.asked.clear()
    assert run()[0]
    assert [path for path, _ in there.asked] == ["/rows?after=3", "/rows?after=6"]
    assert stored() == 7
    assert (kept().failures, kept().failure, kept().run_id) == (0, None, None)


def test_a_token_that_expires_on_the_way_is_renewed_and_the_pull_goes_on(
    describe, there, run, kept, stored
):
    secret = describe(**CURSOR, token={"header": "X-Api-Key", "file": "27.token"})
    paged(there, by_cursor, token=SECRET)

    def expiring(query):
        if query.get("after") == "6":
            paged(there, by_cursor, token="renewed")
            return 401, {}, {}
        return by_cursor(query)

    paged(there, expiring, token=SECRET)
    assert run() == (
        False,
        "state 27: failed: it answered 401: is its token still good?",
    )
    assert kept().pages == 2
    assert not run()[0]
    secret.write_text("renewed")
    assert run()[0]
    assert stored() == 7


def test_one_that_is_busy_is_left_alone_for_as_long_as_it_says(
    describe, there, run, kept
):
    describe(**PAGE)
    for status in (429, 503):
        paged(there, lambda _, s=status: (s, {}, {"Retry-After": "5000"}))
        assert run()[1] == f"state 27: failed: it answered {status}"
        waits = kept().due_at.timestamp() - time.time()
        assert 4900 < waits <= 5000


def test_a_failure_is_tried_again_later_each_time(describe, there, run, kept):
    describe(**PAGE)
    paged(there, lambda _: (500, {}, {}))
    waits = []
    for _ in range(4):
        run()
        waits.append(kept().due_at.timestamp() - time.time())
    assert [round(w / 60) for w in waits] == [1, 2, 4, 8]


@pytest.mark.parametrize("inside", ["https://10.1.2.3/rows", "http://127.0.0.1/rows"])
def test_a_redirect_to_an_inner_address_is_refused(describe, there, run, kept, inside):
    describe(**PAGE)
    there.leads("/rows", inside)
    well, said = run()
    assert not well
    assert "private" in said or "https to http" in said
    assert kept().failure


def test_a_next_page_at_another_host_is_refused(describe, there, run, stored):
    describe(paging={"kind": "link"})
    more = {"Link": '<https://elsewhere.test/rows>; rel="next"'}
    paged(there, lambda _: (200, PEOPLE, more))
    assert run() == (False, "state 27: failed: its next page is at another host")


def test_a_page_that_comes_again_and_again_is_an_end(describe, there, run):
    describe(**PAGE)
    paged(there, lambda _: (200, PEOPLE, {}))
    assert run() == (False, "state 27: failed: it gives the same page again")


def test_a_row_without_the_states_own_id_is_refused_and_the_others_are_not(
    describe, there, run, database
):
    describe()
    bad = PEOPLE[0] | {"source_ref": ""}
    paged(there, lambda _: (200, [bad, *PEOPLE[1:3]], {}))
    assert run()[1] == "state 27: 1 pages, 3 rows, 2 accepted, 1 refused"
    with database.owner.connect() as db:
        batch = select(CONNECTOR_PAGE.c.batch_id)
        receipt = select(BATCH.c.receipt).where(BATCH.c.batch_id.in_(batch))
        (fault,) = db.execute(receipt).scalar_one()["faults"]
    assert (fault["row"], fault["field"]) == (1, "source_ref")
    assert fault["code"] == "required"


def test_only_what_is_new_is_asked_for_after_the_first_pull(describe, there, run, kept):
    since = {"parameter": "after", "field": "changed_at", "first": "2020-05-01"}
    describe(since=since)
    marked = [
        row | {"changed_at": f"2020-05-0{n}T00:00:00Z"}
        for n, row in enumerate(PEOPLE, 2)
    ]
    paged(there, lambda _: (200, marked, {}))
    run()
    assert kept().since == "2020-05-08T00:00:00Z"
    paged(there, lambda _: (200, [], {}))
    assert run()[0]
    assert [path for path, _ in there.asked] == [
        "/rows?after=2020-05-01",
        "/rows?after=2020-05-08T00%3A00%3A00Z",
    ]
    assert kept().since == "2020-05-08T00:00:00Z"


def test_their_own_words_are_mapped(describe, there, run, stored):
    columns = {"Worker": "name", "Reg": "source_ref"}
    describe(mapping={"columns": columns, "values": {"mode": {"rail": "train"}}})
    theirs = [
        {"Worker": row["name"], "Reg": row["source_ref"], "mode": "RAIL"}
        | {k: v for k, v in row.items() if k not in ("name", "source_ref", "mode")}
        for row in PEOPLE
    ]
    paged(there, lambda _: (200, theirs, {}))
    assert "7 accepted" in run()[1]


@pytest.mark.parametrize("media", ["csv", "ndjson"])
def test_csv_and_ndjson_are_read(describe, there, run, media):
    describe(media=media)
    body = made_up.csv_body(PEOPLE)
    kind = "text/csv"
    if media == "ndjson":
        body = "\n".join(map(json.dumps, PEOPLE)).encode()
        kind = "application/x-ndjson"
    paged(there, lambda _: (200, body, {"Content-Type": kind}))
    assert "7 accepted" in run()[1]


def test_one_that_was_overtaken_stores_nothing(describe, there, run, means, stored):
    describe(**CURSOR)

    def answer(query):
        if not query.get("after") and len(there.asked) == 1:
            pulling.pull(means, STATE)  # another process comes to the end meanwhile
        return by_cursor(query)

    paged(there, answer)
    before = stored()
    assert run() == (True, "state 27: another process is pulling it")
    assert stored() in (before, 7)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"url": "nonsense"}, "url"),
        ({"url": "http://platform.test/rows", "token": {"file": "27.token"}}, "https"),
        ({"token": {"file": "../secret"}}, "token.file"),
        ({"token": {"file": "27.token", "header": "Host"}}, "not for tokens"),
        ({"paging": {"kind": "cursor", "parameter": "after"}}, "needs next"),
        ({"every_minutes": 1}, "every_minutes"),
        ({"secret": "oops"}, "secret: Extra inputs"),
        ({"mapping": {"columns": {"Age": "nonsense"}}}, "no column of ours"),
    ],
)
def test_a_description_that_is_wrong_says_where(describe, there, run, entries, said):
    describe(**entries)
    well, told = run()
    assert not well
    assert said in told
    assert "oops" not in told
    assert there.asked == []


def test_a_token_that_others_may_read_is_refused(describe, there, run):
    describe(token={"file": "27.token"}).chmod(0o644)
    assert "allowed: 600" in run()[1]
    assert there.asked == []


def test_the_sample_is_a_description():
    sample = Path(nmis_data.__file__).parent / "connectors" / "sample.json"
    assert Description.model_validate_json(sample.read_bytes()).token


@pytest.fixture
def plain(app, database, monkeypatch):
    """``nmis connector`` and a platform asked by plain HTTP on this machine."""
    settings = app.extensions["settings"]
    address = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NMIS_DATABASE_URL", address)
    monkeypatch.setenv("NMIS_VAR", str(settings.var))
    with portal() as opened:
        paged(opened, by_cursor)
        yield opened


def nmis(*words, code=0):
    done = CliRunner().invoke(main, ["connector", *words])
    assert done.exit_code == code, done.output
    return done.output


def test_the_command_checks_pulls_and_lists(describe, plain, clean, stored):
    describe(url=plain.url("/rows?key=oops"), ports=[plain.port], **CURSOR)
    assert "3 rows on the first page, 3 good" in nmis("check", "27")
    assert "not pulled yet" in nmis("list")
    assert "3 pages, 7 rows" in nmis("pull", "--due")
    assert nmis("pull", "--due") == ""
    listed = nmis("list")
    assert "3 batches: 7 rows, 7 accepted, 0 refused" in listed
    assert "oops" not in listed
    paged(plain, lambda _: (500, {}, {}))
    assert "failed: it answered 500" in nmis("pull", code=1)
    assert "1 times: it answered 500" in nmis("list")


def test_the_supervisor_pulls_what_is_due(app, database, describe, plain, clean):
    settings = app.extensions["settings"]
    address = database.owner.url.render_as_string(hide_password=False)
    puller = Puller(settings, address, CONNECTORS)
    puller.step()
    assert puller.process is None  # there is no description
    describe(url=plain.url("/rows"), ports=[plain.port], **CURSOR)
    puller.looked = 0.0
    puller.step()
    assert puller.process is not None
    assert puller.process.wait(60) == 0, puller.log.read_text()
    assert "3 pages, 7 rows" in puller.log.read_text()
    puller.looked = 0.0
    puller.step()
    assert puller.process is None
    assert described(settings.var, STATE).every_minutes == 60
