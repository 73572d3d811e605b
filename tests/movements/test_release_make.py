"""Making releases: corrected for four weeks, never drawn a second time."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from boundaries.version import versions
from gis_service.secrets import NoReleaseKey, release_key
from movements.flow import FLOW_DAY
from movements.release import make as making
from movements.release.check import Unpublishable
from movements.release.draw import ReleaseKey
from movements.release.make import KeyChanged, NothingToRelease, make
from movements.release.tables import (
    CATEGORY_RELEASE,
    FLOW_RELEASE,
    RELEASE,
    RELEASE_AGAIN,
    RELEASE_WEEK,
)
from movements.release.verify import faults
from tests.flow_rows import MUMBAI, PUNE, add, flow

KEY = ReleaseKey("test", b"k" * 32)
MONDAY = date(2020, 5, 4)
SOON, LATER = MONDAY + timedelta(days=10), MONDAY + timedelta(days=200)


@pytest.fixture(autouse=True)
def empty(database):
    yield
    with database.owner.begin() as db:
        for table in (
            *(RELEASE_WEEK, RELEASE, RELEASE_AGAIN, FLOW_RELEASE, CATEGORY_RELEASE),
            FLOW_DAY,
        ):
            db.execute(delete(table))


def travelled(database, *rows) -> None:
    with database.owner.begin() as db:
        add(db, [flow(MUMBAI, PUNE, n, day=day) | more for day, n, more in rows])


def released(database) -> list[tuple]:
    """The newest release's atoms."""
    newest = select(func.max(RELEASE.c.release)).scalar_subquery()
    columns = FLOW_RELEASE.c
    found = (
        select(columns.week, columns.edition, columns.level, columns.n)
        .join(
            RELEASE_WEEK,
            (RELEASE_WEEK.c.week == columns.week)
            & (RELEASE_WEEK.c.edition == columns.edition),
        )
        .where(RELEASE_WEEK.c.release == newest)
        .order_by(columns.week, columns.object_id)
    )
    with database.release.connect() as db:
        return [tuple(row) for row in db.execute(found)]


def test_weeks_that_are_over_are_released_and_no_other(database):
    with pytest.raises(NothingToRelease):
        make(database.owner, key=KEY, today=SOON)
    travelled(
        database,
        (MONDAY, 400, {}),
        (MONDAY + timedelta(days=6), 30, {"mode": "bus"}),
        (MONDAY + timedelta(days=7), 500, {}),
        (MONDAY, 900, {"status": "cancelled"}),
    )
    steps = []
    with database.read.connect() as db:
        before = versions(db)["release"]
    made = make(
        database.owner, key=KEY, today=SOON, progress=lambda *at: steps.append(at)
    )
    assert (made.release, made.weeks, made.corrected, steps) == (1, 1, 1, [(1, 1)])
    (first, bus), others = released(database)[:2], released(database)[2:]
    assert first[:3] == (MONDAY, 1, "district")
    assert abs(first[3] - 400) <= 10
    assert abs(bus[3] - 30) <= 10
    assert not others
    with database.read.connect() as db:
        assert versions(db)["release"] == before + 1


def test_no_change_is_no_release(database):
    travelled(database, (MONDAY, 400, {}))
    make(database.owner, key=KEY, today=SOON)
    again = make(database.owner, key=KEY, today=SOON + timedelta(days=1))
    assert (again.release, again.corrected) == (1, 0)
    with database.release.connect() as db:
        assert db.execute(select(func.count()).select_from(RELEASE)).scalar_one() == 1


def test_a_correction_keeps_the_draw_and_the_edition_of_before(database):
    travelled(database, (MONDAY, 400, {}))
    make(database.owner, key=KEY, today=SOON)
    ((*_, first),) = released(database)
    with database.owner.begin() as db:
        db.execute(update(FLOW_DAY).values(n=FLOW_DAY.c.n + 11))
    made = make(database.owner, key=KEY, today=SOON)
    assert (made.release, made.corrected) == (2, 1)
    assert [row[1:] for row in released(database)] == [(2, "district", first + 11)]
    with database.release.connect() as db:
        kept = select(FLOW_RELEASE.c.n).where(FLOW_RELEASE.c.edition == 1)
        assert db.execute(kept).scalars().all() == [first]
        assert list(faults(db)) == []


def test_four_weeks_later_a_week_stays_as_it_is(database):
    travelled(database, (MONDAY, 400, {}))
    make(database.owner, key=KEY, today=SOON)
    before = released(database)
    with database.owner.begin() as db:
        db.execute(update(FLOW_DAY).values(n=4_000))
    assert make(database.owner, key=KEY, today=LATER).corrected == 0
    assert released(database) == before
    last = MONDAY + timedelta(days=6 + making.CORRECTED_DAYS)
    assert make(database.owner, key=KEY, today=last).corrected == 1


def test_a_release_broken_off_goes_on_where_it_was(database, monkeypatch):
    weeks = [MONDAY + timedelta(days=7 * at) for at in range(4)]
    travelled(database, *((week, 100, {}) for week in weeks))

    def killed(done, _of):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(database.owner, key=KEY, today=LATER, progress=killed)
    with database.release.connect() as db:
        assert db.execute(select(RELEASE.c.published_at)).scalars().all() == [None]
    counted = []
    real = making.rows.counts
    monkeypatch.setattr(
        making.rows, "counts", lambda db, week: counted.append(week) or real(db, week)
    )
    assert make(database.owner, key=KEY, today=LATER).weeks == 4
    assert counted == weeks[2:]


def test_another_key_is_refused_in_words(database):
    travelled(database, (MONDAY, 400, {}))
    make(database.owner, key=KEY, today=SOON)
    other = ReleaseKey("other", b"o" * 32)
    with pytest.raises(KeyChanged, match="drawn by the key test, not by other"):
        make(database.owner, key=other, today=SOON)


def test_a_lost_key_is_never_made_anew(tmp_path):
    made = release_key(tmp_path, may_make=True)
    assert release_key(tmp_path, may_make=False) == made
    file = tmp_path / "secrets" / "release.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    with pytest.raises(NoReleaseKey, match="put its backup in place"):
        release_key(tmp_path, may_make=False)


def test_a_restored_database_is_drawn_as_before(database):
    travelled(database, (MONDAY, 400, {}), (MONDAY, 31, {"mode": "bus"}))
    make(database.owner, key=KEY, today=SOON)
    before = released(database)
    with database.owner.begin() as db:
        for table in (RELEASE_WEEK, RELEASE, FLOW_RELEASE, CATEGORY_RELEASE):
            db.execute(delete(table))
    make(database.owner, key=KEY, today=SOON)
    assert released(database) == before


def test_what_is_out_is_not_drawn_again_for_a_correction(database, monkeypatch):
    travelled(database, (MONDAY, 400, {}))
    make(database.owner, key=KEY, today=SOON)
    before = released(database)
    with database.owner.begin() as db:
        db.execute(update(FLOW_DAY).values(n=800))

    def exposed(*_, draws, **__):
        assert draws == 1
        raise Unpublishable

    monkeypatch.setattr(making, "checked", exposed)
    assert make(database.owner, key=KEY, today=SOON).corrected == 0
    assert released(database) == before


def test_verify_finds_a_row_that_was_changed_added_or_removed(database):
    travelled(database, (MONDAY, 400, {}), (MONDAY, 300, {"mode": "bus"}))
    make(database.owner, key=KEY, today=SOON)
    first = select(func.min(FLOW_RELEASE.c.object_id)).scalar_subquery()
    one = FLOW_RELEASE.c.object_id == first
    for change, said in (
        (update(FLOW_RELEASE).where(one).values(n=FLOW_RELEASE.c.n + 11), "rows are"),
        (update(FLOW_RELEASE).where(one).values(n=FLOW_RELEASE.c.n + 1), "multiple"),
        (delete(FLOW_RELEASE).where(one), "rows are not"),
        (
            insert(CATEGORY_RELEASE).values(
                week=MONDAY,
                edition=1,
                level="category_of_state",
                origin_state=1,
                category="other",
                n=11,
            ),
            "rows are not",
        ),
    ):
        with database.owner.connect() as db:
            assert list(faults(db)) == []
            db.execute(change)
            assert any(said in fault for fault in faults(db))
            db.rollback()


def test_an_atom_has_one_object_id_in_every_release(database):
    travelled(database, (MONDAY, 400, {}), (MONDAY, 300, {"mode": "bus"}))
    make(database.owner, key=KEY, today=SOON)
    with database.owner.begin() as db:
        db.execute(update(FLOW_DAY).values(n=FLOW_DAY.c.n + 22))
    make(database.owner, key=KEY, today=SOON)
    columns = FLOW_RELEASE.c
    with database.release.connect() as db:
        ids = [
            set(
                db.execute(
                    select(columns.object_id).where(columns.edition == at)
                ).scalars()
            )
            for at in (1, 2)
        ]
    assert ids[0] == ids[1]
    assert max(ids[0]) < 2**53, "exact in JavaScript"
