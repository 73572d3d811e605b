"""Named places at which a process can die: how one stops there, and how one waits.

Nothing of the service knows of them: a process of the tests wraps functions of its own
copy (``armed``, ``armed_worker``), then works as ever. A process that comes to a place
somebody waits at stops there, and whoever waits sees what is open and kills it.
"""

import functools
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

# How a process of the storm is told its folder, and how its connections are named.
FOLDER = "CHAOS_FOLDER"
NAME = "chaos-"


@dataclass(frozen=True, slots=True)
class Point:
    """Before or after a function, by the module whose name for it is called."""

    name: str
    module: str
    function: str
    after: bool = True
    within: bool = True  # of the open transaction
    if_found: bool = False  # only where the function gave something


def arm(folder: Path, points: Sequence[Point]) -> None:
    """Wrap the functions of this process; ``folder`` says where somebody waits.

    A name that is gone fails the start.
    """
    for point in points:
        module = import_module(point.module)
        original = getattr(module, point.function)
        setattr(module, point.function, _wrapped(original, point, folder))


def _wrapped(
    original: Callable[..., Any], point: Point, folder: Path
) -> Callable[..., Any]:
    @functools.wraps(original)
    def wrapped(*args: Any, **named: Any) -> Any:
        if not point.after:
            reached(folder, point)
        found = original(*args, **named)
        if point.after and (found or not point.if_found):
            reached(folder, point)
        return found

    return wrapped


def up(folder: Path, pid: int | None = None) -> Path:
    """The file that says that a process, by default this one, is at work."""
    return folder / f"up-{pid or os.getpid()}"


def wait_at(folder: Path, point: Point) -> None:
    """Let the next process that comes to a place stop there."""
    _file(folder, point).touch()


def stopped_at(folder: Path, point: Point) -> int | None:
    """The process that stopped at a place, by its number."""
    found = list(folder.glob(f"{_file(folder, point).name}.*"))
    if not found:
        return None
    found[0].unlink()
    return int(found[0].suffix[1:])


def wait_no_more(folder: Path, point: Point) -> bool:
    """Whether nobody had come to the place, and nobody will stop there."""
    try:
        _file(folder, point).unlink()
    except FileNotFoundError:
        return False
    return True


def reached(folder: Path, point: Point) -> None:
    """Stop for good where somebody waits for it, and is not served yet."""
    waiting = _file(folder, point)
    try:
        waiting.rename(waiting.with_name(f"{waiting.name}.{os.getpid()}"))
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGSTOP)


def _file(folder: Path, point: Point) -> Path:
    return folder / f"at {point.name}"
