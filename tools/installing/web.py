"""The map in the browser, built from ``gis_service/web/map``."""

from pathlib import Path

from installing import ROOT, node, stamp
from installing.say import run, say

SOURCE = ROOT / "gis_service" / "web" / "map"
BUILT = ROOT / "gis_service" / "web" / "dist"
MODULES = SOURCE / "node_modules"


def build() -> None:
    """Build it, unless nothing has changed since it was built."""
    wanted = stamp.digest(_sources(), str(ROOT))
    if BUILT.is_dir() and stamp.is_set("web", wanted):
        return
    env = node.path()
    packages = stamp.digest([SOURCE / "package-lock.json"], str(ROOT))
    if not MODULES.is_dir() or not stamp.is_set("node_modules", packages):
        say("Installing what builds the map (npm ci).")
        run(["npm", "ci", "--no-audit", "--no-fund"], cwd=SOURCE, env=env)
        stamp.put("node_modules", packages)
    say("Building the map.")
    run(["npm", "run", "build"], cwd=SOURCE, env=env)
    stamp.put("web", wanted)


def _sources() -> list[Path]:
    return [
        path
        for path in SOURCE.rglob("*")
        if path.is_file() and MODULES not in path.parents
    ]
