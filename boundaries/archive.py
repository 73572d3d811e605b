"""Take the files of a boundary out of a zip that nobody vouches for."""

import zipfile
from pathlib import Path, PurePosixPath

from boundaries.errors import BadBoundaryFile

# The largest official layer seen is about 300 MB; more is a mistake or a zip bomb.
LIMIT_BYTES = 1024**3
LIMIT_MEMBERS = 100
_CHUNK = 1024**2

WANTED = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".gpkg", ".geojson", ".json")


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack the wanted members flat into ``folder``; return the one to open.

    Raises:
        BadBoundaryFile: not a zip, too large, leaving the folder, or not holding
            exactly one shapefile, GeoPackage, GeoJSON or TopoJSON.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _wanted(archive)
            _copy(archive, members, folder)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise BadBoundaryFile(f"{path.name} cannot be unpacked: {error}") from error
    return _only(path, folder)


def _wanted(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [each for each in archive.infolist() if not each.is_dir()]
    if len(members) > LIMIT_MEMBERS:
        raise BadBoundaryFile(
            f"{len(members)} files in the zip; at most {LIMIT_MEMBERS}"
        )
    for each in members:
        inner = PurePosixPath(each.filename.replace("\\", "/"))
        if inner.is_absolute() or ".." in inner.parts or ":" in each.filename:
            raise BadBoundaryFile(f"the zip's {each.filename!r} leaves its folder")
    return [each for each in members if _suffix(each.filename) in WANTED]


def _copy(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path
) -> None:
    """Copy by the bytes that come out, not by the size that the zip claims."""
    left = LIMIT_BYTES
    for each in members:
        target = folder / PurePosixPath(each.filename.replace("\\", "/")).name
        with archive.open(each) as source, target.open("xb") as copy:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    limit = LIMIT_BYTES // 1024**2
                    raise BadBoundaryFile(f"more than {limit} MB come out of the zip")
                copy.write(chunk)


def _only(path: Path, folder: Path) -> Path:
    openable = (".shp", ".gpkg", ".geojson", ".json")
    found = sorted(p for p in folder.iterdir() if _suffix(p.name) in openable)
    if len(found) != 1:
        names = ", ".join(each.name for each in found) or "none"
        raise BadBoundaryFile(f"{path.name} must hold one layer file; it has: {names}")
    return found[0]


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
