"""Debian and Ubuntu packages: installed, or unpacked where we may not install.

Unpacking needs no rights: apt resolves and downloads with state and cache of our
own, checks the signatures as always, and takes from dpkg's status what is there.
"""

import grp
import os
import re
import shutil
import sys

from installing import VAR
from installing.say import NotInstalled, agreed, output, run, say

UNPACKED = VAR / "debian"
APT = VAR / "apt"

# Groups whose members may use sudo, on Debian and on Ubuntu.
ADMINISTRATORS = ("sudo", "admin")

# Wanted by PostgreSQL's compiler for queries alone, which is off: 100 MB unpacked.
NOT_NEEDED = re.compile(r"libllvm|libz3")


def privilege() -> list[str] | None:
    """Return what to put before a command of an administrator, None if we are none."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if output(["sudo", "-n", "id", "-u"]).strip() == "0":
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin.isatty() and _is_administrator() else None


def install(packages: list[str], *, purpose: str) -> bool:
    """Install packages by apt after asking; False where that is not possible.

    Raises:
        NotInstalled: apt failed.
    """
    before = privilege()
    if before is None:
        return False
    say(f"{purpose} needs system packages: {' '.join(packages)}")
    if not agreed("Install them with apt?"):
        say("Then they are unpacked under var/ instead.")
        return False
    say("Installing them.")
    quiet = [*before, "env", "DEBIAN_FRONTEND=noninteractive"]
    apt = [*quiet, "apt-get", "-y", "--no-install-recommends", "install"]
    run([*apt, *packages], hint="Install them by hand, then run this again.")
    return True


def refresh() -> None:
    """Fetch the lists of packages as an administrator, where we are one."""
    before = privilege()
    if before is not None:
        run([*before, "apt-get", "update"], hint="Is the network reachable?")


def offered(package: str) -> bool:
    """Return whether the system's lists offer a package."""
    found = re.search(r"Candidate: (\S+)", output(["apt-cache", "policy", package]))
    return bool(found and found[1] != "(none)")


def unpack(*packages: str) -> None:
    """Unpack packages, and what they need and the system lacks, under ``var/debian``.

    Raises:
        NotInstalled: apt cannot resolve or fetch them.
    """
    fetch_lists()
    wanted = [each for each in _missing(packages) if not NOT_NEEDED.match(each)]
    archives = APT / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    say(f"Downloading {len(wanted)} packages to var/ (no rights to install them).")
    run([*_apt_get(), "download", *wanted], cwd=archives)
    UNPACKED.mkdir(exist_ok=True)
    for archive in sorted(archives.glob("*.deb")):
        run(["dpkg-deb", "-x", archive, UNPACKED])
        archive.unlink()


def private_options() -> list[str]:
    """Return apt's options for state and cache of our own."""
    return [
        *("-o", f"Dir::State={APT / 'state'}"),
        *("-o", "Dir::State::status=/var/lib/dpkg/status"),
        *("-o", f"Dir::Cache={APT / 'cache'}"),
        *("-o", "Debug::NoLocking=1"),
        *("-o", "APT::Sandbox::User="),
    ]


def _apt_get() -> list[str]:
    return ["apt-get", *private_options()]


def fetch_lists() -> None:
    """Fetch the lists of packages to a private copy, once."""
    if (APT / "fetched").exists():
        return
    say("Fetching the lists of Debian packages (private copy under var/).")
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (APT / folder).mkdir(parents=True, exist_ok=True)
    run([*_apt_get(), "update"], hint="Is the network reachable?")
    (APT / "fetched").touch()


def _missing(packages: tuple[str, ...]) -> list[str]:
    """Return ``name=version`` of everything that installing them would bring."""
    simulated = output(
        [*_apt_get(), "-s", "--no-install-recommends", "install", *packages]
    )
    found = re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+)", simulated, re.MULTILINE)
    if not found:
        raise NotInstalled(
            f"apt cannot find {' '.join(packages)}. Debian 12, Ubuntu 24.04 or newer"
            " is needed, or a server of your own in NMIS_DATABASE_URL."
        )
    return [f"{name}={version}" for name, version in found]


def _is_administrator() -> bool:
    ours = {grp.getgrgid(number).gr_name for number in os.getgroups()}
    return bool(ours.intersection(ADMINISTRATORS))
