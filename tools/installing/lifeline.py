"""What `make` started ends with it, even if `make` is killed."""

import ctypes
import os
import signal
from pathlib import Path

# From <linux/prctl.h>; it stays through exec.
PR_SET_PDEATHSIG = 1


def end_with_make() -> None:
    """Have the system send us TERM when our parent ends, if that is ``make``."""
    parent = Path(f"/proc/{os.getppid()}/comm")
    if parent.exists() and parent.read_text().strip() in ("make", "gmake"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
