"""Plain messages, questions, and commands whose chatter goes to a file."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from installing import VAR

LOG = VAR / "setup.log"
LAST_LINES = 15


class NotInstalled(Exception):
    """Something could not be installed; the message says what to do."""


def say(text: str) -> None:
    """Show one line at once, also where the output is a file."""
    print(text, flush=True)


def agreed(question: str) -> bool:
    """Ask; without a terminal, or with NMIS_YES=1, the answer is yes."""
    if os.environ.get("NMIS_YES", "") in ("1", "true", "yes"):
        return True
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    hint: str = "",
) -> None:
    """Run a command; its output goes to ``var/setup.log``.

    Args:
        command: program and arguments.
        cwd: where to run it.
        env: added to our own environment.
        hint: what to do if it fails.

    Raises:
        NotInstalled: it failed; shows the end of what it said.
    """
    line = [str(part) for part in command]
    LOG.parent.mkdir(parents=True, exist_ok=True)
    start = LOG.stat().st_size if LOG.exists() else 0
    with LOG.open("ab") as log:
        code = subprocess.run(
            line,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        ).returncode
    if code != 0:
        with LOG.open("rb") as log:
            log.seek(start)
            said = log.read().decode(errors="replace").splitlines()
        last = "\n".join(said[-LAST_LINES:])
        raise NotInstalled(f"`{' '.join(line[:4])} …` failed:\n{last}\n{hint}".strip())


def output(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None
) -> str:
    """Return what a command prints, nothing where it fails or is not there."""
    line = [str(part) for part in command]
    try:
        done = subprocess.run(
            line,
            env={**os.environ, "LC_ALL": "C", **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""
