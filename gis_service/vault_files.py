"""The files of the key-encryption key while it is changed, safe to break off anywhere.

``kek-next.key`` is there as long as secrets are wrapped anew; then it takes the place
of ``kek.key``, which is ``kek-old.key`` until it is destroyed. Each step is one rename
or link, and `gis_service.secrets.keks` reads what it finds in an order that holds at
every moment between.
"""

import os
import secrets as random
from pathlib import Path

from gis_service.secrets import KEK, KEY_BYTES, NEXT, OLD, key_of, single
from movements.wrapping import key_id


def begun(folder: Path) -> bool:
    """Return whether a next key was made."""
    return (folder / NEXT).exists()


def ending(folder: Path) -> bool:
    """Return whether the key before is still to be destroyed."""
    return (folder / OLD).exists()


def begin(folder: Path) -> None:
    """Make the next key; from now on secrets are wrapped under it."""
    single(folder / NEXT)
    _settled(folder)


def take_over(folder: Path) -> None:
    """Put the next key in the place of the one before, which is kept beside."""
    if not ending(folder):
        (folder / OLD).hardlink_to(folder / KEK)
        _settled(folder)
    (folder / NEXT).replace(folder / KEK)
    _settled(folder)


def end(folder: Path, *, keep: bool) -> Path | None:
    """Destroy the key before, or keep it; return where it is kept.

    It is overwritten first. On disks that write elsewhere (flash, snapshots) what was
    there may be found still: such disks are to be encrypted.
    """
    old = folder / OLD
    if keep:
        kept = folder / f"kek-{key_id(key_of(old)).hex()}.kept.key"
        old.replace(kept)
        _settled(folder)
        return kept
    with old.open("r+b") as file:
        # As a key is written: a worker that reads it just now finds one it never asks.
        file.write(random.token_hex(KEY_BYTES).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    old.unlink()
    _settled(folder)
    return None


def _settled(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
