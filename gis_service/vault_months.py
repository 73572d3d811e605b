"""A month's data keys changed while the service goes on."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from gis_service.vault_rotation import GRACE_S, by_itself
from movements import resealing
from movements.sealed_tables import under_older
from movements.wrapping import KeyRing


class NothingSealed(Exception):
    """Nothing of the month was ever sealed, or its keys are destroyed."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many records were sealed anew by this call, and older keys destroyed."""

    records: int
    destroyed: int


def reseal(
    engine: Engine,
    month: date,
    *,
    ring: KeyRing,
    progress: Callable[[int, int], None],
    grace_s: float = GRACE_S,
) -> Resealed:
    """Seal a month's records with a new data key, and destroy the one before.

    Broken off anywhere, the next call goes on.

    Args:
        engine: of the owner plane.
        month: a purge month, its first day.
        ring: the key-encryption keys.
        progress: told how many records are done, of how many.
        grace_s: seconds for requests that read records before, at the end.

    Raises:
        NothingSealed: the month has no keys.
        VaultBusy: another command changes keys.
        Unsealable: a record does not open; nothing is destroyed.
    """
    done = 0

    def some(count: int) -> None:
        nonlocal done
        done += count
        progress(done, max(total, done))

    with by_itself(engine):
        if not resealing.renew(engine, month, ring=ring):
            raise NothingSealed(f"nothing is sealed of {month:%Y-%m}")
        with engine.connect() as db:
            total = under_older(db, month)
        resealing.reseal(engine, month, ring=ring, progress=some)
        time.sleep(grace_s)
        return Resealed(done, resealing.forget_older(engine, month))
