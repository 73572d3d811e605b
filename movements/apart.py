"""Workbooks and Parquet, opened by a process of their own that may take only so much.

Their readers are large and work on whatever a stranger has made: a file that unpacks to
a thousand times its size, or trips over a mistake of the reader, ends that process and
nothing else. It gets no environment, so no secret and no address of the database.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, cast

import orjson

from movements import errors
from movements.apart_limits import MEMORY_MB, SECONDS
from movements.body import MAX_BYTES

# What waits for the disk or for other processes takes longer than processor time.
_WAITED_S = 3 * SECONDS
# JSON spells a sign that is not ASCII in up to three bytes, and each cell in quotes.
_MOST_ANSWERED = 4 * MAX_BYTES
_OUT_OF_MEMORY = 3
_ENDED_BY = (-signal.SIGXCPU, -signal.SIGKILL)


def table(kind: str, body: bytes, asked: Mapping[str, object]) -> dict[str, Any]:
    """Return the table of a body: see ``movements.grid``.

    Args:
        kind: ``xlsx`` or ``parquet``.
        body: the file.
        asked: what to read of it.

    Raises:
        UploadTooLarge: it takes more than is allowed.
        UnreadableUpload: it cannot be opened; says why where that is known.
        BadColumns: no sheet, or not one, has the columns.
        BadParameter: the sheet asked for is not there.
    """
    code, answer = _run(kind, body, asked)
    unopened = errors.UnreadableUpload(f"the file cannot be opened as {kind}")
    if len(answer) > _MOST_ANSWERED:
        raise unopened
    if code in _ENDED_BY:
        raise errors.UploadTooLarge("seconds to open (at least)", SECONDS + 1, SECONDS)
    if code in (_OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGSEGV):
        what = "MB of memory (as a value in a cell far away takes)"
        raise errors.UploadTooLarge(what, MEMORY_MB + 1, MEMORY_MB)
    if code:
        raise unopened
    told = cast("dict[str, Any]", orjson.loads(answer))
    if "wrong" in told:
        raise _error(*told["wrong"])
    return told


def _run(kind: str, body: bytes, asked: Mapping[str, object]) -> tuple[int, bytes]:
    file = os.memfd_create("upload")  # memory only: nothing personal on a disk
    try:
        with os.fdopen(os.dup(file), "wb") as out:
            # Not as an argument: those are bounded, and seen by all on the machine.
            out.write(orjson.dumps(asked) + b"\n")
            out.write(body)
        os.lseek(file, 0, os.SEEK_SET)
        with subprocess.Popen(  # noqa: S603 - our own program
            _command(kind),
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"ARROW_DEFAULT_MEMORY_POOL": "system"},
        ) as process:
            return _ended(process)
    finally:
        os.close(file)


def _command(kind: str) -> list[str]:
    return [sys.executable, "-I", "-m", "movements.apart_process", kind]


def _ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    timer = threading.Timer(_WAITED_S, process.kill)
    timer.start()
    try:
        out = process.stdout
        answer = out.read(_MOST_ANSWERED + 1) if out else b""
        if len(answer) > _MOST_ANSWERED:
            process.kill()
        return process.wait(), answer
    finally:
        timer.cancel()
        process.kill()  # it has ended, but where reading from it did not


def _error(name: str, *values: Any) -> errors.MovementError:  # noqa: ANN401 - JSON's
    kind = {each.__name__: each for each in errors.OF_A_FILE}[name]
    return kind(*values)
