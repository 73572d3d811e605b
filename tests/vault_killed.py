"""Keys changed by a process that is killed at each of its steps, and then goes on.

Run as a program: ``vault_killed.py URL FOLDER WHAT STRIDE``, WHAT being ``rotate`` or
``reseal``; it is killed at every STRIDE-th step. Ends with 0 where nothing was ever
unreadable, and prints how many steps there were.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import create_engine, select

from gis_service import vault_files, vault_months, vault_rotation, vault_wrapped
from gis_service.secrets import key_ring
from gis_service.vault_rotation import VaultBusy
from movements import identity, resealing
from movements.keys import Keys
from movements.tables import PROFILE

MAY = date(2020, 5, 1)
URL, FOLDER, WHAT, STRIDE = "", Path(), "", 1


def opened() -> int:
    """Open every profile, with keys read from the files; return how many."""
    engine = create_engine(URL)
    keys = Keys(key_ring(FOLDER), b"i" * 32, b"d" * 32)
    with engine.connect() as db:
        rows = db.execute(select(PROFILE)).all()
        held = identity.opening_keys(db, {row.purge_month for row in rows}, keys=keys)
    for row in rows:
        place = (row.bucket, row.person_id.bytes, row.purge_month)
        identity.unseal(bytes(row.sealed), place, keys=held)
    engine.dispose()
    return len(rows)


def change(step: Callable[[], None]) -> None:
    """Change keys, with ``step`` called at every moment that matters."""
    vault_wrapped.SECRETS_AT_ONCE = 5
    resealing.ROWS_AT_ONCE = 40
    settled, turn = vault_files._settled, vault_wrapped._turn
    some, written = resealing._some, resealing._written

    def stepping(of):
        def called(*given, **named):
            step()
            found = of(*given, **named)
            step()
            return found

        return called

    vault_files._settled = stepping(settled)
    vault_wrapped._turn = stepping(turn)
    resealing._some, resealing._written = stepping(some), stepping(written)
    resealing.forget_older = stepping(resealing.forget_older)
    engine = create_engine(URL)
    if WHAT == "rotate":
        vault_rotation.rotate(
            engine, FOLDER, say=lambda _: step(), keep=False, grace_s=0
        )
    else:
        ring = key_ring(FOLDER)
        vault_months.reseal(
            engine, MAY, ring=ring, progress=lambda _, __: step(), grace_s=0
        )


def child(kill_at: int) -> int:
    """Change keys in a process that is killed at a step; return its wait status."""
    pid = os.fork()
    if not pid:
        left = [kill_at]

        def step() -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            _patiently(step)
        except BaseException:  # noqa: BLE001 - told by the exit status
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def _patiently(step: Callable[[], None]) -> None:
    # The server may not have seen yet that the one before is dead.
    for _ in range(100):
        try:
            change(step)
        except VaultBusy:
            time.sleep(0.02)
        else:
            return


def main() -> None:
    """Kill at the first step, the second, and so on, until one survives."""
    before, steps = opened(), 1 - STRIDE
    while True:
        steps += STRIDE
        status = child(steps)
        if opened() != before:
            sys.exit("profiles are missing")
        if status == 0:
            break
        if status != signal.SIGKILL or child(0) != 0 or opened() != before:
            sys.exit(f"step {steps}: did not go on")
        left = sorted(each.name for each in FOLDER.glob("kek*"))
        if left != ["kek.key"]:
            sys.exit(f"step {steps}: files left {left}")
    sys.stdout.write(f"{steps}\n")


if __name__ == "__main__":
    URL, FOLDER, WHAT = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    STRIDE = int(sys.argv[4])
    main()
