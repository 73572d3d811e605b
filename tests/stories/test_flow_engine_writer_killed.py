"""A writer of bases, killed at any moment, leaves nothing that hurts."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from layers.cube.keeper import Keeper
from tests.keeping import asked, commit, known, people, people_now, renew

WRITER = """
import os, signal
from pathlib import Path
from gis_service import cube_writer
from layers.cube import container, folder

def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def half(*given, truly=container._parts):
    for at, part in enumerate(truly(*given)):
        yield kill() if at == 9 else part

{step}
cube_writer.main()
"""
# What makes the writer kill itself as it comes to a step; what it leaves behind: files
# half-written, and bases (two stood there before).
STEPS = [
    pytest.param("folder.read = kill", 0, 2, id="as it holds the lock"),
    pytest.param("container._parts = half", 1, 2, id="as it has written half"),
    pytest.param("Path.replace = kill", 1, 2, id="between write and rename"),
    pytest.param("folder._tidied = kill", 0, 3, id="as it has renamed"),
    pytest.param("folder.forget = kill", 0, 2, id="as it deletes deltas"),
]


def started(database, folder, *command: str) -> subprocess.Popen:
    url = database.owner.url.render_as_string(hide_password=False)
    needs = json.dumps({"url": url, "folder": str(folder)}).encode()
    running = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE)
    with running.stdin as told:
        told.write(needs)
    return running


def agrees(kept: Keeper, database) -> bool:
    cube = asked(kept, database)
    now = known(database)
    return (people(cube), cube.version) == (people_now(database), now["flows"])


def renewed_again(database, folder):
    """Write a base as soon as the killed writer's session has ended."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        path = renew(database, folder)
        if path:
            return path
        time.sleep(0.02)
    raise AssertionError("the lock is not free")


@pytest.fixture
def reader(database, tmp_path) -> Keeper:
    """A worker on a base, with deltas on top; two bases, so that deltas may go."""
    for n in (20, 5):
        commit(database, n)
        renew(database, tmp_path)
    kept = Keeper(folder=tmp_path, renew=lambda: None)
    asked(kept, database)
    commit(database, 7)
    return kept


@pytest.mark.parametrize(("step", "halves", "bases"), STEPS)
def test_killed_at_a_step_it_leaves_the_lock_free_and_answers_right(
    database, tmp_path, reader, step, halves, bases
):
    running = started(database, tmp_path, "-c", WRITER.format(step=step))
    assert running.wait(30) == -signal.SIGKILL
    assert len(list(tmp_path.glob("*.part"))) == halves
    assert len(list(tmp_path.glob("*.cube"))) == bases
    fresh = Keeper(folder=tmp_path, renew=lambda: None)
    assert agrees(reader, database)
    assert agrees(fresh, database)
    commit(database, 1)
    path = renewed_again(database, tmp_path)
    left = set(tmp_path.iterdir())
    assert path in left
    assert len(left) == 2
    for kept in (reader, fresh, Keeper(folder=tmp_path, renew=lambda: None)):
        assert agrees(kept, database)


def test_killed_at_random_moments_it_leaves_answers_right(database, tmp_path, reader):
    drawn = random.Random(8170)  # noqa: S311 - moments of a test
    ended = []
    for _ in range(4):
        commit(database, 3)
        running = started(database, tmp_path, "-m", "gis_service.cube_writer")
        time.sleep(drawn.uniform(0.3, 0.9))
        os.kill(running.pid, signal.SIGKILL)
        ended.append(running.wait(30))
        assert agrees(reader, database)
        assert agrees(Keeper(folder=tmp_path, renew=lambda: None), database)
    assert set(ended) <= {0, -signal.SIGKILL}
    path = renewed_again(database, tmp_path)
    assert path in set(tmp_path.iterdir())
    assert not list(tmp_path.glob("*.part"))
    assert agrees(Keeper(folder=tmp_path, renew=lambda: None), database)
