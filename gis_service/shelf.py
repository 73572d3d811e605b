"""Files made once, kept on the disk; the longest unused go where they get too many.

A name tells everything that the file depends on, so nothing here ever has to be thrown
away for being old. Of several who ask for a name at once, in whatever process, one
makes the file and the others wait for it.
"""

import fcntl
import os
import shutil
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gis_service.gate import Busy

# How long one waits for another who makes the same file.
PATIENCE_S = 60.0
STEP_S = 0.05
# Names share these locks; two files with one lock are made one after the other.
LOCKS = 64
# What is left of a maker that was killed is removed after this.
LEFT_S = 3_600
# No file is begun with less than this free on the disk: the database needs room too.
LEAST_FREE = 256 * 1024 * 1024

PART = ".part"


class NoRoom(Exception):
    """The disk has no room for another file."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of files.

    Attributes:
        folder: where; made with mode 700, since files may be one reader's only.
        capacity: bytes of all files together. A larger file is kept until the next.
    """

    folder: Path
    capacity: int

    def opened(self, name: str, make: Callable[[Path], None]) -> BinaryIO:
        """Return a file open for reading, from its beginning; made where it is not.

        Once open it can be read to its end, also if it is removed meanwhile.

        Args:
            name: of the file, with its suffix.
            make: writes a file of this path, which is not there yet.

        Raises:
            Busy: another one makes it for too long.
            NoRoom: the disk is full.
        """
        found = self._found(name)
        if found:
            return found
        # The mode is that of the last folder of a path only.
        for folder in (self.folder, self.folder / "locks"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked(name):
            return self._found(name) or self._made(name, make)

    def _found(self, name: str) -> BinaryIO | None:
        path = self.folder / name
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return None
        with suppress(FileNotFoundError):
            os.utime(path)  # when it was last asked for
        return file

    def _made(self, name: str, make: Callable[[Path], None]) -> BinaryIO:
        if shutil.disk_usage(self.folder).free < LEAST_FREE:
            raise NoRoom(f"less than {LEAST_FREE // 2**20} MB are free")
        beside = self.folder / f"{name}{PART}"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        try:
            made = beside / name
            make(made)
            made.chmod(0o600)
            file = made.open("rb")
            os.fsync(file.fileno())  # its name is never seen before its bytes are safe
            made.replace(self.folder / name)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        self._tidy(keep=name)
        return file

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        number = zlib.crc32(name.encode()) % LOCKS
        # A lock ends with the process that holds it, however that ends.
        with (self.folder / "locks" / f"{number:02}").open("w") as lock:
            until = time.monotonic() + PATIENCE_S
            while not _taken(lock.fileno()):
                if time.monotonic() > until:
                    raise Busy
                time.sleep(STEP_S)
            yield

    def _tidy(self, *, keep: str) -> None:
        files, weight = [], 0
        for each in os.scandir(self.folder):
            with suppress(FileNotFoundError):
                told = each.stat()
                if each.is_file():
                    weight += told.st_size
                    files.append((told.st_mtime, each.name, told.st_size))
                elif each.name.endswith(PART) and time.time() - told.st_mtime > LEFT_S:
                    shutil.rmtree(each.path, ignore_errors=True)
        for _, name, size in sorted(files):
            if weight <= self.capacity:
                return
            if name != keep:
                (self.folder / name).unlink(missing_ok=True)
                weight -= size


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
