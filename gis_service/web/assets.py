"""Files for the browser: our own, and what the map's build made.

All of them share one digest, which is part of their address: an address never
changes its content, so browsers keep it for good, and files may refer to each other
by relative names.
"""

import hashlib
from functools import cache
from pathlib import Path

WEB = Path(__file__).parent
FOLDERS = (WEB / "static", WEB / "dist")

# What a page cannot do without; absent before `make web`.
MAP_SCRIPT = "flow-map.js"
ROUTE_SCRIPT = "leaflet.js"


@cache
def digest() -> str:
    """Return a short digest of every file that can be asked for."""
    sum_ = hashlib.sha256()
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                sum_.update(str(path.relative_to(folder)).encode() + b"\0")
                sum_.update(path.read_bytes())
    return sum_.hexdigest()[:16]


def found(name: str) -> Path | None:
    """Return the file of a relative name, never one outside our folders."""
    for folder in FOLDERS:
        path = (folder / name).resolve()
        if path.is_relative_to(folder) and path.is_file():
            return path
    return None


def is_built(name: str) -> bool:
    """Return whether the build made a file."""
    return found(name) is not None
