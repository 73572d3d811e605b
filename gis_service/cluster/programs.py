"""Where PostgreSQL's programs are, and what they need around them to run."""

from dataclasses import dataclass
from pathlib import Path

from gis_service.cluster.errors import NoPostgres, OtherMajorVersion

# Debian and Ubuntu keep each major version in a folder of its own.
INSTALLED = Path("/usr/lib/postgresql")

# The set-up unpacks here, in the clone, where it may not install (tools/installing).
UNPACKED = Path(__file__).parents[2] / "var" / "debian"


@dataclass(frozen=True, slots=True)
class Programs:
    """One major version of PostgreSQL that has PostGIS.

    Attributes:
        major: PostgreSQL's major version.
        folder: where ``postgres`` and ``initdb`` lie.
        surroundings: ``NAME=value`` for programs that were unpacked, not installed.
    """

    major: int
    folder: Path
    surroundings: tuple[str, ...] = ()

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the command line of a program, by ``env`` with what it needs."""
        return [
            "env",
            "LC_ALL=C.UTF-8",
            "PGTZ=UTC",
            *self.surroundings,
            str(self.folder / program),
            *arguments,
        ]


def programs(*, major: int | None = None) -> Programs:
    """Return the newest PostgreSQL with PostGIS, or the one of the ``major`` asked.

    Raises:
        NoPostgres: there is none at all.
        OtherMajorVersion: there is one, but not of the version asked for.
    """
    found = [*_installed(), *_unpacked(UNPACKED)]
    if not found:
        raise NoPostgres(
            "PostgreSQL with PostGIS was not found. `make run` installs it, or set"
            " NMIS_DATABASE_URL to the address of your own server."
        )
    if major is None:
        return max(found, key=lambda each: each.major)
    for each in found:
        if each.major == major:
            return each
    raise OtherMajorVersion(
        f"The data was written by PostgreSQL {major}; this machine has"
        f" {_majors(found)} with PostGIS. Install postgresql-{major}-postgis-3, or"
        f" carry the data over with pg_upgrade or pg_dump."
    )


def _majors(found: list[Programs]) -> str:
    return ", ".join(sorted({str(each.major) for each in found}))


def _installed() -> list[Programs]:
    share = Path("/usr/share/postgresql")
    return [
        Programs(major=major, folder=folder)
        for major, folder in _versions(INSTALLED)
        if (share / str(major) / "extension/postgis.control").exists()
    ]


def _unpacked(root: Path) -> list[Programs]:
    share = root / "usr/share"
    return [
        Programs(major=major, folder=folder, surroundings=_surroundings(root))
        for major, folder in _versions(root / "usr/lib/postgresql")
        if (share / f"postgresql/{major}/extension/postgis.control").exists()
    ]


def _versions(parent: Path) -> list[tuple[int, Path]]:
    return [
        (int(folder.parent.name), folder)
        for folder in sorted(parent.glob("*/bin"))
        if folder.parent.name.isdigit() and (folder / "postgres").exists()
    ]


def _surroundings(root: Path) -> tuple[str, ...]:
    libraries = [root / "usr/lib", root / "lib"]
    found = [each for base in libraries for each in base.glob("*-linux-gnu*")]
    nested = [each for base in found for each in base.iterdir() if _has_libraries(each)]
    path = ":".join(str(each) for each in [*found, *nested])
    return (f"LD_LIBRARY_PATH={path}", f"PROJ_DATA={root / 'usr/share/proj'}")


def _has_libraries(folder: Path) -> bool:
    # BLAS and LAPACK lie one level deeper; alternatives would link them in place.
    return folder.name in ("blas", "lapack") and folder.is_dir()
