"""Node, which builds the map: the system's, or one from PyPI."""

import os
import re
import shutil
from pathlib import Path

from installing import ROOT, environment, stamp
from installing.say import output, say

# What the bundler in gis_service/web/map asks for.
OLDEST = (20, 19)


def folder() -> Path:
    """Return the folder of ``node`` and ``npm``, installed where they are missing."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _version(found) >= OLDEST:
        return Path(found).parent
    pins = ROOT / "requirements-node.txt"
    wanted = stamp.digest([pins], str(environment.VENV))
    if not stamp.is_set("node", wanted) or not _ours().exists():
        say("Installing Node into var/venv, to build the map.")
        environment.pip("install", "--no-deps", "--requirement", str(pins))
        stamp.put("node", wanted)
    return _ours().parent


def path() -> dict[str, str]:
    """Return a PATH on which ``node`` comes first."""
    return {"PATH": f"{folder()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _ours() -> Path:
    return environment.VENV / "bin" / "node"


def _version(program: str) -> tuple[int, int]:
    told = re.match(r"v(\d+)\.(\d+)", output([program, "--version"]))
    return (int(told[1]), int(told[2])) if told else (0, 0)
