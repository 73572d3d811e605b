"""Roots are signed when due, kept in a file, and let old entries go."""

import json
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, delete, func, literal_column, select, update

from gis_service.audit import kept, roots, signing
from gis_service.audit.findings import Tally
from gis_service.audit.kept import BadRootsFile, kept_now, line, roots_in
from gis_service.audit.keys import LostAuditKey, audit_key, roots_file
from gis_service.audit.retention import retain
from gis_service.audit.root import Head, Root, signed
from gis_service.audit.signing import OtherKey
from gis_service.audit.tables import ENTRY, ROOT
from gis_service.audit.verify import findings
from tests.auditing import signer, verified, written


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def signs(database, var):
    return signer(database, var)


def count(database, table):
    with database.owner.connect() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_the_keys_file_is_closed_and_is_not_shown(var):
    key = audit_key(var)
    assert (var / "secrets" / "audit.key").stat().st_mode & 0o777 == 0o600
    assert repr(key) == "AuditKey(...)"
    assert audit_key(var).people == key.people


def test_a_root_is_signed_of_what_came_since_the_last(database, signs, var):
    assert signs.sign("start") is None
    written(database, 3)
    first = signs.sign("asked")
    assert [(head.writer, head.seq) for head in first.heads] == [(1, 3)]
    assert signs.sign("asked") is None
    written(database)
    second = signs.sign("asked")
    assert (second.number, second.prev) == (2, first.hash)
    assert second.is_signed(audit_key(var).public)
    assert list(roots_in(kept_now(roots_file(var)))) == [first, second]
    assert verified(database, var)[0] == []


def test_a_root_is_due_after_so_many_entries_or_so_long(database, signs, monkeypatch):
    signs.sign("asked")
    assert signs.sign_if_due() is None
    written(database, 3)
    assert signs.sign_if_due() is None
    monkeypatch.setattr(signing, "MOST_ENTRIES", 3)
    assert signs.sign_if_due().reason == "due"
    written(database)
    assert signs.sign_if_due() is None
    monkeypatch.setattr(signing, "MOST_AGE", timedelta(0))
    assert signs.sign_if_due().reason == "due"


def test_the_file_catches_up_after_a_crash_between_commit_and_file(
    database, signs, var, monkeypatch
):
    monkeypatch.setattr(signing, "keep", lambda *_: None)
    written(database)
    signs.sign("asked")
    monkeypatch.undo()
    path = roots_file(var)
    path.write_bytes(path.read_bytes() + b'{"number": 99, "cut sho')
    written(database)
    signs.sign("asked")
    numbers = [root.number for root in roots_in(kept_now(path))]
    assert numbers == list(range(1, count(database, ROOT) + 1))
    assert verified(database, var)[0] == []


def test_what_is_signed_while_one_verifies_is_no_finding(database, signs, var):
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            written(database)
            signs.sign("asked")

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        found = [verified(database, var)[0] for _ in range(30)]
    finally:
        stop.set()
        thread.join()
    assert found == [[]] * 30


ROOT_LINE = {
    "number": 1,
    "at": "2026-01-01T00:00:00+00:00",
    "reason": "",
    "prev": "",
    "heads": [],
    "key_id": "",
    "hash": "",
    "signature": "",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 10**30},
        {"at": "2026-01-01"},
        {"prev": "x"},
        {"heads": [[1, 2, "00"]]},
        {"heads": 1},
        {"heads": [[1, 2**63, "00", False]]},
    ],
)
def test_a_line_that_is_no_root_is_named(tmp_path, wrong):
    path = tmp_path / "roots.ndjson"
    path.write_text(f"{json.dumps(ROOT_LINE)}\n{json.dumps(ROOT_LINE | wrong)}\n")
    with pytest.raises(BadRootsFile, match=r"line 2 of .* is no root"):
        list(roots_in(kept_now(path)))


def test_a_file_that_ends_in_no_root_is_not_written_to(tmp_path):
    path = tmp_path / "roots.ndjson"
    path.write_text("{}\n")
    with pytest.raises(BadRootsFile, match="the last line"):
        kept.keep(path, lambda _: [])


def test_a_key_lost_is_not_replaced_in_silence(database, signs, var, tmp_path):
    written(database)
    with pytest.raises(OtherKey, match=r"put the backup of secrets/audit\.key"):
        signer(database, tmp_path).sign("asked")
    roots_file(tmp_path).parent.mkdir()
    roots_file(tmp_path).write_text("")
    (tmp_path / "secrets" / "audit.key").unlink()
    with pytest.raises(LostAuditKey, match=r"audit\.key is missing"):
        audit_key(tmp_path)


def test_a_root_of_another_key_is_not_believed(database, signs, var, tmp_path):
    other = audit_key(tmp_path)
    found, _ = verified(database, var, public=other.public)
    assert {each.kind for each in found} == {"root_changed"}
    assert len(found) == count(database, ROOT)


def test_every_field_of_a_root_is_signed(var):
    key = audit_key(var)
    root = signed(
        key,
        number=1,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        reason="asked",
        prev=bytes(32),
        heads=(Head(False, 1, 2, bytes(32)), Head(True, 1, 1, bytes(32))),
    )
    assert root.is_signed(key.public)
    told = json.loads(line(root))
    for name in ("number", "at", "reason", "prev", "heads", "key_id"):
        value = {
            "number": 2,
            "at": datetime(2026, 1, 2, tzinfo=UTC),
            "heads": root.heads[:1],
            "prev": b"x" * 32,
        }.get(name, "x")
        fields = {each: getattr(root, each) for each in told}
        assert not Root(**fields | {name: value}).is_signed(key.public), name


def test_a_worker_signs_at_its_start_and_whenever_it_is_due(
    database, signs, var, monkeypatch, tmp_path, caplog
):
    class Enough(BaseException):
        pass

    def slept(_seconds):
        if len(reasons()) - before == 2:
            raise Enough
        written(database)

    def reasons():
        with database.audit.connect() as db:
            return db.scalars(select(ROOT.c.reason).order_by(ROOT.c.number)).all()

    written(database)
    before = len(reasons())
    monkeypatch.setattr(signing, "MOST_ENTRIES", 1)
    monkeypatch.setattr(signing.time, "sleep", slept)
    with pytest.raises(Enough):
        signing._watch(signs)
    assert reasons()[before:] == ["start", "due"]

    def enough(_seconds):
        raise Enough

    monkeypatch.setattr(signing.time, "sleep", enough)
    written(database)
    with pytest.raises(Enough):
        signing._watch(signer(database, tmp_path))
    assert "no root of the audit log is signed: root" in caplog.text


@pytest.fixture
def superuser(database, server):
    url = server.set(database=database.owner.url.database)
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.connect() as db:
        db.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield db
        db.rollback()
    engine.dispose()


def found_by(db, var):
    """What is found on a connection that has tampered and not committed."""
    public, kept = audit_key(var).public, roots_file(var)
    return list(findings(db, public=public, kept=kept, tally=Tally()))


def test_another_history_signed_with_the_very_key_differs_from_the_file(
    database, signs, var, superuser
):
    for _ in range(3):
        written(database)
        signs.sign("asked")
    every = list(roots.after(superuser, 0))
    forged = signed(
        audit_key(var),
        number=every[-2].number,
        at=every[-2].at,
        reason="forged",
        prev=every[-2].prev,
        heads=every[-2].heads,
    )
    named = ("reason", "hash", "signature")
    superuser.execute(
        update(ROOT)
        .where(ROOT.c.number == forged.number)
        .values({name: getattr(forged, name) for name in named})
    )
    found = {(each.kind, each.root) for each in found_by(superuser, var)}
    last = every[-1].number
    assert found == {("root_forged", forged.number), ("root_order", last)}


@pytest.mark.parametrize("changed", ["reason", "number"])
def test_a_file_that_was_changed_is_named_and_not_believed(
    database, signs, var, superuser, changed
):
    path = roots_file(var)
    whole = path.read_bytes()
    *_, last = whole.splitlines(keepends=True)
    told = json.loads(last)
    told[changed] = {"reason": "x", "number": told["number"] + 1}[changed]
    told["heads"] = [[1, 10**6, "00" * 32, False]]
    before = whole.removesuffix(last) if changed == "reason" else whole
    path.write_bytes(before + json.dumps(told).encode() + b"\n")
    try:
        found = found_by(superuser, var)
        assert [(each.kind, each.root) for each in found] == [
            ("file_changed", told["number"])
        ]
        # What the database's own roots say still holds.
        superuser.execute(delete(ENTRY).where(ENTRY.c.writer == 1))
        assert "truncated" in {each.kind for each in found_by(superuser, var)}
    finally:
        path.write_bytes(whole)


def test_old_entries_go_and_what_stays_is_provable(database, signs, var):
    written(database, 5)
    before = count(database, ENTRY)
    assert retain(database.owner, signs, keep_from=date(2020, 1, 1)) == 0
    # Everything is older than tomorrow; each chain keeps its last entry.
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    gone = retain(database.owner, signs, keep_from=tomorrow)
    assert gone == before - verified(database, var)[1].writers
    found, tally = verified(database, var)
    assert (found, tally.entries) == ([], before - gone)
    written(database, 3)
    signs.sign("asked")
    assert verified(database, var)[0] == []
    assert retain(database.owner, signs, keep_from=tomorrow) == 3
    assert verified(database, var)[0] == []


def test_the_last_root_is_signed_when_everything_stops(database, signs, var):
    from gis_service.settings import Settings

    url = database.owner.url.render_as_string(hide_password=False)
    written(database)
    assert signing.at_stop(Settings(var=var, database_url=url)) is None
    with database.audit.connect() as db:
        last = select(ROOT.c.reason).order_by(ROOT.c.number.desc()).limit(1)
        assert db.scalar(last) == "stop"
    away = Settings(var=var, database_url="postgresql://nobody@127.0.0.1:9/none")
    assert signing.at_stop(away) == "OperationalError"


def test_a_long_log_is_verified_in_flat_memory(database, signs, var):
    import tracemalloc

    def peak(entries):
        with database.owner.begin() as db:
            db.exec_driver_sql(
                "SELECT audit.append('state', 'tok', 'trace', 'person.show', 'person',"
                " gen_random_uuid(), ARRAY[gen_random_uuid()], 1, 'r')"
                " FROM generate_series(1, %s)",
                (entries,),
            )
        tracemalloc.start()
        try:
            assert verified(database, var)[0] == []
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    verified(database, var)
    short, long = peak(3_000), peak(12_000)
    assert long < short * 1.3


def test_what_is_left_behind_a_cut_must_follow_it(database, signs, var, superuser):
    day = datetime.now(UTC).date() + timedelta(days=2)
    retain(database.owner, signs, keep_from=day)
    own = (ENTRY.c.writer == 1,)
    superuser.execute(update(ENTRY).where(*own).values(prev=b"x" * 32))
    hashed = func.audit.entry_hash(literal_column("entry"))
    superuser.execute(update(ENTRY).where(*own).values(hash=hashed))
    found = [each for each in found_by(superuser, var) if each.writer == 1]
    assert [each.kind for each in found] == ["replaced"]


def test_what_no_cut_gave_up_is_missed_behind_a_cut(database, signs, var, server):
    written(database, 4)
    signs.sign("asked")
    with database.audit.connect() as db:
        first = db.scalar(select(func.min(ENTRY.c.seq)).where(ENTRY.c.writer == 1))
    url = server.set(database=database.owner.url.database)
    superuser = create_engine(url.set(drivername="postgresql+psycopg"))
    with superuser.begin() as db:
        db.exec_driver_sql("SET LOCAL session_replication_role = replica")
        db.execute(delete(ENTRY).where(ENTRY.c.writer == 1, ENTRY.c.seq == first))
    superuser.dispose()
    (found,) = verified(database, var)[0]
    assert (found.kind, found.writer, found.seq) == ("missing", 1, first)
