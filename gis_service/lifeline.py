"""Tie a process to the one that started it: when that one dies, so does this one."""

import ctypes
import signal

# From <linux/prctl.h>; the signal comes when the thread that started us ends.
PR_SET_PDEATHSIG = 1


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the system to send us a signal when our parent ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
