"""PostgreSQL with PostGIS, in whatever major version the release has."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installing import VAR, debian
from installing.say import output, run, say

# Debian's PostgreSQL makes and starts a cluster of its own when it is installed.
# We need none, so this file stands there while we install, and goes again.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/nmis.conf")


def install() -> None:
    """Install PostgreSQL with PostGIS, unless there is one or one is named."""
    if os.environ.get("NMIS_DATABASE_URL") or os.environ.get("NMIS_TEST_SERVER"):
        return
    if _is_installed() or _is_unpacked():
        return
    if not _installed_by_apt():
        debian.unpack(*_packages(debian.private_options()))
        _name_control()
    if not (_is_installed() or _is_unpacked()):
        say("PostgreSQL was installed, but PostGIS is not beside it.")


def _installed_by_apt() -> bool:
    if debian.privilege() is None:
        return False
    if not debian.offered("postgresql"):
        say("Fetching the lists of packages.")
        debian.refresh()
    with _no_cluster():
        return debian.install(_packages([]), purpose="The database")


def _packages(options: list[str]) -> list[str]:
    major = _major(options)
    return [f"postgresql-{major}", f"postgresql-{major}-postgis-3"]


def _major(options: list[str]) -> str:
    if options:
        debian.fetch_lists()
    told = output(["apt-cache", *options, "depends", "postgresql"])
    found = re.search(r"Depends: postgresql-(\d+)", told)
    return found[1] if found else "15"


@contextmanager
def _no_cluster() -> Iterator[None]:
    before = debian.privilege() or []
    text = "create_main_cluster = false"
    run([*before, "mkdir", "-p", NO_CLUSTER.parent])
    run([*before, "sh", "-c", f"echo '{text}' > {NO_CLUSTER}"])
    try:
        yield
    finally:
        run([*before, "rm", "-f", NO_CLUSTER])


def _is_installed() -> bool:
    return any(
        _with_postgis(Path("/usr/lib/postgresql"), Path("/usr/share/postgresql"))
    )


def _is_unpacked() -> bool:
    root = VAR / "debian/usr"
    return any(_with_postgis(root / "lib/postgresql", root / "share/postgresql"))


def _with_postgis(programs: Path, share: Path) -> Iterator[str]:
    for server in programs.glob("*/bin/postgres"):
        major = server.parts[-3]
        if (share / major / "extension/postgis.control").exists():
            yield major


def _name_control() -> None:
    # Installed, it is a link that the package's script makes.
    for control in (VAR / "debian").glob(
        "usr/share/postgresql/*/extension/postgis-3.control"
    ):
        shutil.copy(control, control.with_name("postgis.control"))
