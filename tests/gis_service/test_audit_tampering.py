"""Whatever is done to the log in the database, a verification names it."""

import random
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from gis_service.audit.findings import Tally
from gis_service.audit.keys import audit_key, roots_file
from gis_service.audit.verify import findings
from gis_service.migrations import versions
from tests.auditing import signer, verified, write, written
from tests.tampering import WAYS

# Of each kind: in every run of the tests, and by `make tampering`.
FEW = 15
MANY = 77


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def log(database, var):
    """Three chains of some twenty entries, covered by several roots."""
    signs = signer(database, var)
    for _ in range(4):
        with database.upload.connect() as one, database.upload.connect() as two:
            write(one, 3)
            write(two, 2)
            written(database, 2)
            one.commit()
            two.commit()
        signs.sign("asked")
    return signs


@pytest.fixture(scope="module")
def superuser(database, server, log):
    url = server.set(database=database.owner.url.database)
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


def found_after(superuser, var, tamper):
    """What a verification finds while nothing of it is committed."""
    with superuser.connect() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        due = tamper(db)
        found = list(
            findings(
                db,
                public=audit_key(var).public,
                kept=roots_file(var),
                tally=Tally(),
            )
        )
        db.rollback()
    return due, found


def test_a_log_that_nobody_touched_is_whole(database, var, log):
    found, tally = verified(database, var)
    assert found == []
    assert (tally.writers, tally.entries, tally.roots) == (3, 28, 4)
    assert tally.unsigned == 0


# All that came behind the first root, and the roots behind it.
CUT = (
    """
    DELETE FROM audit.entry e WHERE seq > (
        SELECT max(seq) FROM audit.head h WHERE h.writer = e.writer AND number = 1
    )
    """,
    "DELETE FROM audit.root WHERE number > 1",
    "DELETE FROM audit.head WHERE number > 1",
)


def place(finding):
    return (finding.writer, finding.seq) if finding.root is None else finding.root


def tampered(superuser, var, way, *, times, seed):
    rng = random.Random(f"{way.__name__}{seed}")  # noqa: S311 - no secret
    for _ in range(times):
        due, found = found_after(superuser, var, lambda db: way(db, rng))
        named = {place(each) for each in found if each.kind in due.kinds}
        told = (due, found)
        assert named & due.places if due.any else named >= due.places, told
        assert not due.alone or {place(each) for each in found} <= due.places, told


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_tampering_is_found_and_named(superuser, var, way):
    tampered(superuser, var, way, times=FEW, seed="few")


@pytest.mark.tampering
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_thousand_tamperings_are_found_and_named(superuser, var, way):
    tampered(superuser, var, way, times=MANY, seed="many")


def test_without_the_file_of_roots_an_end_cut_off_with_its_roots_is_not_seen(
    superuser, var, tmp_path
):
    with superuser.connect() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in CUT:
            db.execute(text(statement))
        public = audit_key(var).public
        seen = {}
        for kept in (roots_file(var), tmp_path / "none"):
            seen[kept] = list(findings(db, public=public, kept=kept, tally=Tally()))
        db.rollback()
    assert {each.kind for each in seen[roots_file(var)]} == {"root_lost", "truncated"}
    assert seen[tmp_path / "none"] == []


BELOW = (
    "INSERT INTO audit.root VALUES (0, now(), 'x', '', 'x', '', '')",
    (
        "INSERT INTO audit.head SELECT writer, seq, true, 0, hash FROM audit.entry"
        " WHERE writer = 1 AND seq = 5"
    ),
    "DELETE FROM audit.entry WHERE writer = 1 AND seq <= 5",
)


def test_no_root_below_1_is_written_while_the_rule_stands(database, log):
    with (
        database.owner.connect() as db,
        pytest.raises(IntegrityError, match="root_number"),
    ):
        db.execute(text(BELOW[0]))


def test_the_owner_who_lifts_the_rule_is_found_by_the_root_below_1(database, var, log):
    """With every trigger on: a head that no signed root has lets entries go."""
    with database.owner.connect() as db:
        db.execute(text("ALTER TABLE audit.root DROP CONSTRAINT root_number"))
        gone = [db.execute(text(statement)).rowcount for statement in BELOW][-1]
        public, kept = audit_key(var).public, roots_file(var)
        found = list(findings(db, public=public, kept=kept, tally=Tally()))
        db.rollback()
    assert gone == 5
    assert [(each.kind, place(each)) for each in found] == [
        ("root_number", 0),
        ("missing", (1, 1)),
    ]


def test_a_log_with_a_root_below_1_is_migrated_and_told_of(database, log):
    rule = Path(versions.__file__).with_name("0023_roots_from_one.sql").read_text()
    checked = "SELECT convalidated FROM pg_constraint WHERE conname = 'root_number'"
    with database.owner.connect() as db:
        assert db.execute(text(checked)).scalar_one() is True
        db.execute(text("ALTER TABLE audit.root DROP CONSTRAINT root_number"))
        db.execute(text(BELOW[0]))
        db.exec_driver_sql(rule)
        assert db.execute(text(checked)).scalar_one() is False
        db.rollback()
