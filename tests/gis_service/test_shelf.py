"""Files made once: one maker at a time, the longest unused go first."""

import os
import shutil
import stat
import subprocess
import sys
import threading
import time

import pytest

from gis_service import shelf
from gis_service.gate import Busy
from gis_service.shelf import NoRoom, Shelf


def maker(text, made=None, wait=0.0):
    def make(path):
        time.sleep(wait)
        if made is not None:
            made.append(text)
        path.write_text(text)

    return make


def read(kept, name, make):
    with kept.opened(name, make) as file:
        return file.read().decode()


@pytest.fixture
def kept(tmp_path):
    return Shelf(tmp_path / "exports", capacity=1_000)


def test_a_file_is_made_once_and_read_again(kept):
    made = []
    assert read(kept, "a.csv", maker("one", made)) == "one"
    assert read(kept, "a.csv", maker("two", made)) == "one"
    assert made == ["one"]


def test_only_the_service_may_look_into_the_folder(kept):
    read(kept, "a.csv", maker("one"))
    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((kept.folder / "a.csv").stat().st_mode) == 0o600


def test_of_many_who_ask_at_once_one_makes_it(kept):
    made, found = [], []
    make = maker("one", made, wait=0.2)
    threads = [
        threading.Thread(target=lambda: found.append(read(kept, "a.csv", make)))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (made, found) == (["one"], ["one"] * 8)


def test_who_waits_too_long_is_told_to_come_again(kept, monkeypatch):
    monkeypatch.setattr(shelf, "PATIENCE_S", 0.1)
    begun = threading.Event()

    def slowly(path):
        begun.set()
        maker("one", wait=0.5)(path)

    other = threading.Thread(target=lambda: read(kept, "a.csv", slowly))
    other.start()
    begun.wait(5)
    with pytest.raises(Busy):
        kept.opened("a.csv", maker("two"))
    other.join()
    assert read(kept, "a.csv", maker("two")) == "one"


def test_the_longest_unused_go_where_files_get_too_many(kept):
    for at, name in enumerate("abc"):
        read(kept, name, maker(name * 400))
        os.utime(kept.folder / name, (at, at))
        if name == "b":
            read(kept, "a", maker(""))  # asked for again: newer than b
    assert {each.name for each in kept.folder.glob("?")} == {"a", "c"}


def test_what_is_larger_than_all_is_kept_until_the_next(kept):
    assert read(kept, "large", maker("x" * 5_000)) == "x" * 5_000
    assert (kept.folder / "large").exists()
    read(kept, "small", maker("x"))
    assert not (kept.folder / "large").exists()


def test_a_file_that_goes_while_it_is_read_is_read_to_its_end(kept):
    with kept.opened("a", maker("x" * 600)) as file:
        read(kept, "b", maker("y" * 600))
        assert not (kept.folder / "a").exists()
        assert file.read() == b"x" * 600


def test_what_fails_leaves_nothing_and_is_made_by_the_next(kept):
    def failing(path):
        path.write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kept.opened("a.csv", failing)
    assert {each.name for each in kept.folder.iterdir()} == {"locks"}
    assert read(kept, "a.csv", maker("one")) == "one"


def test_what_a_killed_maker_left_is_removed(kept):
    read(kept, "a", maker("x"))
    mine, others = kept.folder / "b.part", kept.folder / "c.part"
    for left in (mine, others):
        left.mkdir()
        (left / "half").write_text("half")
    os.utime(others, (1, 1))
    assert read(kept, "b", maker("y")) == "y"
    assert not mine.exists()
    assert not others.exists()


KILLED = """
import sys, time
from pathlib import Path
from gis_service.shelf import Shelf
Shelf(Path(sys.argv[1]), 1_000).opened("a", lambda path: time.sleep(60))
"""


def test_a_maker_in_another_process_is_waited_for_until_it_is_killed(kept):
    other = subprocess.Popen([sys.executable, "-c", KILLED, str(kept.folder)])
    while not (kept.folder / "a.part").exists():
        time.sleep(0.02)
    found = []
    waiting = threading.Thread(
        target=lambda: found.append(read(kept, "a", maker("mine")))
    )
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    other.kill()
    other.wait()
    waiting.join(5)
    assert found == ["mine"]


def test_without_room_on_the_disk_nothing_is_begun(kept, monkeypatch):
    monkeypatch.setattr(shelf, "LEAST_FREE", shutil.disk_usage("/").total * 1_000)
    with pytest.raises(NoRoom, match="MB are free"):
        kept.opened("a", maker("x"))
