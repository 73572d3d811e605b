"""Two workers' cubes while batches come, bases are written and deltas deleted."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gis_service.db import Database
from layers.cube import keeper
from layers.cube.keeper import Keeper
from tests.keeping import asked, commit, known, people, people_now, renew, tended

COMMITS = 80


@dataclass(slots=True)
class Day:
    """What is written and read at once, and what was seen.

    Attributes:
        truth: people by version, noted before they are committed.
        committed: versions, as they are committed.
        bases: versions of bases that readers were answered from.
        seen: versions that readers saw.
    """

    database: Database
    truth: dict[int, int]
    committed: list[int]
    bases: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        first = self.committed[0]
        for at in range(COMMITS):
            n = -2 if at % 3 == 2 else at
            self.truth[first + at + 1] = self.truth[first + at] + n
            self.committed.append(commit(self.database, n))
        self.over.set()

    def look(self, kept: Keeper) -> None:
        last = 0
        while not self.over.is_set():
            least = self.committed[-1]
            cube = asked(kept, self.database)
            assert cube.version >= max(least, last)
            assert people(cube) == self.truth[cube.version]
            last = cube.version
            self.bases.add(cube.base.version)
            self.seen.add(last)

    def tend(self, kept: Keeper) -> None:
        while not self.over.is_set():
            tended(kept, self.database)


def test_after_commit_no_answer_is_older_in_any_worker(database, tmp_path, monkeypatch):
    # As fast as can be.
    monkeypatch.setattr(keeper, "MANY_DELTAS", 3)
    monkeypatch.setattr(keeper, "RENEW_EVERY_S", 0.0)
    first = known(database)["flows"]
    day = Day(database, {first: people_now(database)}, [first])
    workers = [
        Keeper(folder=tmp_path, renew=lambda: renew(database, tmp_path))
        for _ in range(2)
    ]
    with ThreadPoolExecutor(7) as pool:
        running = [pool.submit(day.look, kept) for kept in workers * 2]
        running += [pool.submit(day.tend, kept) for kept in workers]
        running.append(pool.submit(day.write))
        for each in running:
            each.add_done_callback(lambda ended: ended.exception() and day.over.set())
    for each in running:
        each.result()
    assert len(day.bases) > 2
    assert len(day.seen) > 10
    assert known(database)["flow_floor"] > first
    for kept in workers:
        assert people(asked(kept, database)) == people_now(database)
