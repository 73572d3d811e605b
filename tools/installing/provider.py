"""The OpenID provider that tests sign in with, from npm into ``tests/oidc``."""

from installing import ROOT, node, stamp
from installing.say import run, say

FOLDER = ROOT / "tests" / "oidc"


def install() -> None:
    """Install it, unless it is there as its lock file has it."""
    wanted = stamp.digest([FOLDER / "package-lock.json"], str(ROOT))
    if (FOLDER / "node_modules").is_dir() and stamp.is_set("oidc_provider", wanted):
        return
    say("Installing the OpenID provider of the tests (npm ci).")
    run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, env=node.path())
    stamp.put("oidc_provider", wanted)
