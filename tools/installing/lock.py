"""One set-up at a time per clone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from installing import VAR
from installing.say import say


@contextmanager
def held() -> Iterator[None]:
    """Hold the lock; wait, and say so, while another set-up of this clone runs."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this folder is running; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
