"""What was installed, by the hash of what it was made from."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from installing import VAR

FOLDER = VAR / "stamps"


def digest(files: Iterable[Path], *words: str) -> str:
    """Return a hash of the files' names and bytes, and of further words."""
    found = hashlib.sha256("\0".join(words).encode())
    for path in sorted(files):
        found.update(f"\0{path}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def is_set(name: str, value: str) -> bool:
    """Return whether ``name`` was last made from what hashes to ``value``."""
    path = FOLDER / name
    return path.exists() and path.read_text(encoding="ascii") == value


def put(name: str, value: str) -> None:
    """Note that ``name`` is made; call it last."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(value, encoding="ascii")
