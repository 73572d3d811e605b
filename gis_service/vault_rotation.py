"""The key-encryption key changed while the service goes on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select

from gis_service import vault_files, vault_wrapped
from gis_service.secrets import key_ring
from movements.alone import alone
from movements.wrapping import LOCK

# As long as a request may have read a secret or a row and not yet opened it: what an
# officer's statement may take, and an idle stream.
GRACE_S = 90.0

ONE_AT_A_TIME = "nmis.vault"

Say = Callable[[str], None]


class VaultBusy(Exception):
    """Another command changes keys."""


class StillWrapped(Exception):
    """A secret is under another key than the new one; nothing is destroyed."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done.

    Attributes:
        key: the id of the new key.
        secrets: how many were wrapped anew, by this call.
        kept: where the key before is kept; None: it is destroyed.
    """

    key: bytes
    secrets: int
    kept: Path | None


@contextmanager
def by_itself(engine: Engine) -> Iterator[None]:
    """Let no other command change keys meanwhile.

    Raises:
        VaultBusy: one does.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        name = func.hashtext(ONE_AT_A_TIME)
        if not db.execute(select(func.pg_try_advisory_lock(name))).scalar_one():
            raise VaultBusy("another `nmis vault` changes keys; wait for its end")
        try:
            yield
        finally:
            db.execute(select(func.pg_advisory_unlock(name)))


def rotate(
    engine: Engine, folder: Path, *, say: Say, keep: bool, grace_s: float = GRACE_S
) -> Rotated:
    """Change the key-encryption key; broken off anywhere, the next call goes on.

    Args:
        engine: of the owner plane.
        folder: of the files of keys.
        say: told each step.
        keep: whether the key before is kept in a file instead of destroyed.
        grace_s: seconds for requests that read before, at the end.

    Raises:
        VaultBusy: another command changes keys.
        UnlistedSecrets: the database has wrapped secrets that are not known.
        Unsealable: a secret does not open with the keys that are here.
        NeverAlone: secrets were being wrapped for minutes on end.
    """
    ring = key_ring(folder)
    with by_itself(engine):
        if vault_files.ending(folder) and not vault_files.begun(folder):
            kept = vault_files.end(folder, keep=keep)
            say("an earlier change of the key is ended")
            return Rotated(ring.newest(), 0, kept)
        with engine.begin() as db:
            vault_wrapped.refuse_unlisted(db)
            if not vault_files.begun(folder):
                # Alone: nothing that is under way is still to be wrapped by the old.
                alone(db, LOCK)
                vault_files.begin(folder)
        newest = ring.newest()
        say(f"secrets are wrapped under {newest.hex()} from now on")
        done = sum(vault_wrapped.rewrap(engine, ring, newest))
        _refuse_left(engine, newest)
        say(f"{done} secrets are wrapped anew")
        time.sleep(grace_s)
        _refuse_left(engine, newest)
        vault_files.take_over(folder)
        say("the new key is in kek.key")
        return Rotated(newest, done, vault_files.end(folder, keep=keep))


def _refuse_left(engine: Engine, newest: bytes) -> None:
    with engine.connect() as db:
        counted = vault_wrapped.counted(db)
    left = [name for name, ids in counted.items() if set(ids) - {newest}]
    if left:
        raise StillWrapped(f"under another key than {newest.hex()}: {', '.join(left)}")
