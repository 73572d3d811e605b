"""Uploads that meet each other, or whose server is killed: nothing lost or doubled."""

import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import made_up
import pytest
from sqlalchemy import func, select

from movements.batch import Upload, accept
from movements.flow import FLOW_DAY, FLOW_DELTA, ROUTE_DAY
from movements.keys import Keys
from movements.reading import read
from movements.record import Terms
from movements.tables import BATCH, MOVEMENT, PERSON, PROFILE, SOURCE_REF

TERMS = Terms(27, date(2020, 3, 1), date(2027, 2, 1))
KEYS = Keys(b"k" * 32, b"i" * 32, b"d" * 32)


def journeys(database) -> int:
    """The journeys stored, by every count there is."""
    n = func.count()
    questions = [select(n).select_from(table) for table in (MOVEMENT, PERSON, PROFILE)]
    questions += [
        select(func.coalesce(func.sum(table.c.n), 0))
        for table in (FLOW_DAY, FLOW_DELTA, ROUTE_DAY)
    ]
    with database.owner.connect() as db:
        counts = {db.execute(question).scalar_one() for question in questions}
    assert len(counts) == 1
    return counts.pop()


def at_once(database, bodies: list[bytes]) -> list:
    start = threading.Barrier(len(bodies))

    def one(sent: bytes):
        sheet = read(sent)
        start.wait()
        with database.owner.begin() as db:
            return accept(db, Upload(sheet, TERMS, KEYS))

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(one, bodies))


def test_four_uploads_of_the_same_pairs_at_once_do_not_deadlock(database):
    before = journeys(database)
    for turn in range(3):
        people = made_up.rows(1500, seed=turn)
        mixed = [random.Random(n).sample(people, len(people)) for n in range(4)]  # noqa: S311 - made up
        found = at_once(database, [made_up.csv_body(each) for each in mixed])
        assert [each.new for each in found] == [1500] * 4
    assert journeys(database) == before + 18_000


def test_four_uploads_of_the_same_refs_at_once_store_each_person_once(database):
    before = journeys(database)
    people = made_up.rows(1500, refs="same-")
    mixed = [random.Random(n).sample(people, len(people)) for n in range(4)]  # noqa: S311 - made up
    found = at_once(database, [made_up.csv_body(each) for each in mixed])
    assert sorted(each.new for each in found) == [0, 0, 0, 1500]
    assert sorted(each.unchanged for each in found) == [0, 1500, 1500, 1500]
    assert journeys(database) == before + 1500


def test_four_uploads_that_change_the_same_refs_at_once_leave_one_journey_each(
    database,
):
    before = journeys(database)
    bodies = []
    for n in range(4):
        people = made_up.rows(800, seed=n, refs="moved-")
        random.Random(n).shuffle(people)  # noqa: S311 - made up
        bodies.append(made_up.csv_body(people))
    found = at_once(database, bodies)
    assert sum(each.new for each in found) == 800
    assert journeys(database) == before + 800


# Uploads the same keyed batch until told to stop, and prints what was answered.
CLIENT = """
import sys
from datetime import date
sys.path.insert(0, sys.argv[2])
import made_up
from gis_service.db import PLANES, database
from movements.batch import Upload, accept
from movements.keys import Keys
from movements.record import Terms
from movements.reading import read
opened = database(dict.fromkeys(PLANES, sys.argv[1]))
sheet = read(made_up.csv_body(made_up.rows(400, refs=sys.argv[3])))
terms = Terms(27, date(2020, 3, 1), date(2027, 2, 1))
keys = Keys(b"k" * 32, b"i" * 32, b"d" * 32)
# Warmed by a dry run, so that the kill falls into the upload itself.
with opened.owner.begin() as db:
    accept(db, Upload(sheet, terms, keys, dry_run=True))
print("ready", flush=True)
with opened.owner.begin() as db:
    found = accept(db, Upload(sheet, terms, keys, idempotency_key=sys.argv[3],
                              digest=b"d"))
print(found.batch, flush=True)
"""


@pytest.mark.parametrize("turn", range(6))
def test_a_kill_between_upload_and_answer_loses_and_doubles_nothing(database, turn):
    before = journeys(database)
    key = f"kill-{turn}-"
    first = _started(database, key)
    # From before the first statement to after COMMIT, in steps.
    time.sleep(turn * 0.06)
    first.send_signal(signal.SIGKILL)
    answered = first.communicate()[0].strip()
    assert journeys(database) in (before, before + 400)
    second = _started(database, key)
    batch = second.communicate()[0].strip()
    assert second.returncode == 0
    assert answered in ("", batch)
    assert journeys(database) == before + 400
    with database.owner.connect() as db:
        kept = select(BATCH.c.accepted).where(BATCH.c.idempotency_key == key)
        assert db.execute(kept).scalars().all() == [400]
        refs = select(func.count()).where(SOURCE_REF.c.source_ref.startswith(key))
        assert db.execute(refs).scalar_one() == 400


def _started(database, key: str) -> subprocess.Popen:
    url = database.owner.url.render_as_string(hide_password=False)
    tests = made_up.__file__.rpartition("/")[0]
    running = subprocess.Popen(
        [sys.executable, "-c", CLIENT, url, tests, key],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    return running
