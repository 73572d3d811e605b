"""Install what a target of the Makefile needs, then run the program, if it has one.

Standard library only: it runs before anything is installed. What is there already
is left alone, so that a second run is instant.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def _with_new_python() -> None:
    """Start again with a newer Python where the one that runs us is too old."""
    if sys.version_info >= OLDEST:
        return
    import shutil  # noqa: PLC0415 - the usual case needs none of this

    for name in NEWER:
        if found := shutil.which(name):
            os.execv(found, [found, *sys.argv])
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])


_with_new_python()

from installing import (  # noqa: E402
    browser,
    clients,
    environment,
    lifeline,
    lock,
    peers,
    postgres,
    provider,
    web,
)
from installing.say import NotInstalled  # noqa: E402

Step = Callable[[], None]

TARGETS: dict[str, tuple[Step, ...]] = {
    "python": (environment.install,),
    "web": (environment.install, web.build),
    "run": (postgres.install, environment.install, web.build),
    "test": (
        *(postgres.install, environment.install, web.build),
        provider.install,
    ),
    "bench": (
        *(postgres.install, environment.install, web.build),
        *(browser.install, peers.install),
    ),
    "bench-peers": (
        *(postgres.install, environment.install, web.build),
        *(browser.install, peers.install, peers.install_built),
    ),
    "clients": (postgres.install, environment.install, clients.install),
    "e2e": (
        *(postgres.install, environment.install, web.build),
        *(provider.install, browser.install),
    ),
}


def main(target: str, program: list[str]) -> None:
    """Do the steps of a target, then become ``program``."""
    try:
        with lock.held():
            for step in TARGETS[target]:
                step()
    except NotInstalled as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run it again to go on where it was.")
    if program:
        lifeline.end_with_make()
        if target in ("e2e", "bench", "bench-peers"):
            os.environ.update(browser.surroundings())
        found = Path(environment.VENV, "bin", program[0])
        os.execv(found, [str(found), *program[1:]])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
