"""Named places of the transaction that accepts a batch, at which a process can die.

Nothing of the service knows of them: a process of the tests wraps functions of its own
copy (``armed``), then serves as ever. A process that comes to a place somebody waits at
stops there, and whoever waits sees what is open and kills it.
"""

import functools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

# How a worker of the storm is told its folder, and how its connections are named.
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


# In the order a batch comes by. A name that is gone fails the start.
POINTS = (
    Point("key locked", "movements.batch", "examined", after=False),
    Point("rows checked", "movements.batch", "examined"),
    Point("references claimed", "movements.batch", "claimed"),
    Point("people listed", "movements.store", "listed"),
    Point("rows sent", "movements.store", "sent"),
    Point("old journeys removed", "movements.writing", "removed"),
    Point("journeys written", "movements.store", "people_and_journeys"),
    Point("profiles written", "movements.store", "profiles"),
    Point("routes written", "movements.writing", "store_routes"),
    Point("flows rolled up", "movements.flow", "roll_up"),
    Point("receipt filed", "movements.batch", "_filed"),
    Point("flows published", "movements.flow", "publish"),
    Point("audited, not committed", "gis_service.endpoints.batches", "written"),
    Point(
        "committed, not answered",
        "gis_service.endpoints.batches",
        "_told",
        after=False,
        within=False,
    ),
)


def arm(folder: Path) -> None:
    """Wrap the functions of this process; ``folder`` says where somebody waits."""
    for point in POINTS:
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
        if point.after:
            reached(folder, point)
        return found

    return wrapped


def up(folder: Path, pid: int | None = None) -> Path:
    """The file that says that a process, by default this one, serves."""
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
    return folder / str(POINTS.index(point))
