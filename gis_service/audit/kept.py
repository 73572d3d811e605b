"""Roots as a file, one in each line: beside the database, and for keeping elsewhere.

``NMIS_VAR/audit/roots.ndjson`` gets every root after it is committed. Who can change
the database alone cannot take a root back.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from gis_service.audit.root import Head, Root

# More than the longest line: a head of each writer.
LONGEST_LINE = 65_536


class BadRootsFile(Exception):
    """A line of a file of roots is none."""


def keep(path: Path, later: Callable[[int], Iterable[Root]]) -> None:
    """Append to a file what it has not yet; on the disk when this returns.

    Args:
        path: of the file, made where it is not there; one process at a time.
        later: gives the roots behind a number.

    Raises:
        BadRootsFile: the last line is no root.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for root in later(_last_number(file, path)):
            file.write(f"{line(root)}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def line(root: Root) -> str:
    """Return a root as a line."""
    told = {
        "number": root.number,
        "at": root.at.isoformat() if root.at else None,
        "reason": root.reason,
        "prev": root.prev.hex(),
        "heads": [[h.writer, h.seq, h.hash.hex(), h.cut] for h in root.heads],
        "key_id": root.key_id,
        "hash": root.hash.hex(),
        "signature": root.signature.hex(),
    }
    return json.dumps(told)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of roots as long as it was at some instant; it may grow meanwhile."""

    path: Path
    size: int


def kept_now(path: Path) -> Kept:
    """Return a file as it is now; it need not be there."""
    return Kept(path, path.stat().st_size if path.exists() else 0)


def roots_in(kept: Kept) -> Iterator[Root]:
    """Yield the roots of a file, in its order.

    Raises:
        BadRootsFile: names the line.
    """
    if not kept.size:
        return
    path, left = kept.path, kept.size
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            left -= len(text)
            if left < 0:
                return
            try:
                root = _root(json.loads(text))
                root.body()  # what cannot be hashed is none either
            except (ValueError, KeyError, TypeError, OverflowError) as error:
                raise BadRootsFile(f"line {number} of {path} is no root") from error
            yield root


def _last_number(file: BinaryIO, path: Path) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LONGEST_LINE))
    end = file.read()
    # A disk that was full may have taken half a line; it is written again.
    whole = end[: end.rfind(b"\n") + 1]
    file.truncate(size - len(end) + len(whole))
    last = whole.rstrip(b"\n").rpartition(b"\n")[2]
    if not last:
        return 0
    try:
        return int(json.loads(last)["number"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadRootsFile(f"the last line of {path} is no root") from error


def _root(told: dict[str, Any]) -> Root:
    return Root(
        number=int(told["number"]),
        at=datetime.fromisoformat(told["at"]),
        reason=str(told["reason"]),
        prev=bytes.fromhex(told["prev"]),
        heads=tuple(
            Head(bool(cut), int(writer), int(seq), bytes.fromhex(of))
            for writer, seq, of, cut in told["heads"]
        ),
        key_id=str(told["key_id"]),
        hash=bytes.fromhex(told["hash"]),
        signature=bytes.fromhex(told["signature"]),
    )
