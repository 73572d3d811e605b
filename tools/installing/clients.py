"""GIS programs that try what we offer: QGIS with its Python, and GDAL's own commands.

They are for the system's Python, not for ``var/venv``: QGIS brings libraries of its
own, and the tests start both as other users' programs.
"""

import shutil
from pathlib import Path

from installing import debian
from installing.say import NotInstalled, output, say

# The Python that Debian's QGIS belongs to; another one on the PATH does not know it.
PYTHON = Path("/usr/bin/python3")

# The last seals authentication configurations, in which QGIS keeps tokens.
PACKAGES = ["python3-qgis", "qgis-providers", "gdal-bin", "libqca-qt5-2-plugins"]


def install() -> None:
    """Install QGIS and GDAL's commands, unless both are there.

    Raises:
        NotInstalled: we may not install, or apt has them not.
    """
    if _is_there():
        return
    if debian.privilege() is not None and not debian.offered("python3-qgis"):
        say("Fetching the lists of packages.")
        debian.refresh()
    if not debian.install(PACKAGES, purpose="Trying our layers in QGIS"):
        raise NotInstalled(
            "QGIS cannot be unpacked under var/ like the rest. Install it as an"
            f" administrator, then run this again: apt-get install {' '.join(PACKAGES)}"
        )
    if not _is_there():
        raise NotInstalled(f"It does not start: {PYTHON} -c 'import qgis.core'")


def _is_there() -> bool:
    if not (shutil.which("ogrinfo") and PYTHON.exists()):
        return False
    found = output([PYTHON, "-c", "import qgis.core; print(qgis.core.Qgis.version())"])
    return bool(found.strip())
