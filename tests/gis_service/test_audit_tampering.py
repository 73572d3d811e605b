"""Whatever is done to the log in the database, a verification names it."""

import random

import pytest
from sqlalchemy import create_engine, text

from gis_service.audit.findings import Tally
from gis_service.audit.keys import audit_key, roots_file
from gis_service.audit.verify import findings
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
    return finding.root or (finding.writer, finding.seq)


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
