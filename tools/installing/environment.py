"""The Python environment in ``var/venv``, with pinned packages."""

import importlib.util
import shutil
import sys
from pathlib import Path

from installing import ROOT, VAR, debian, stamp
from installing.say import run, say

VENV = VAR / "venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements.txt"

# Where Debian's package python3-pip-whl puts pip.
WHEELS = "usr/share/python-wheels"


def install() -> None:
    """Make the environment and fill it, unless it is as it should be."""
    made_from = [REQUIREMENTS, ROOT / "setup.cfg", ROOT / "pyproject.toml"]
    wanted = stamp.digest(made_from, str(ROOT), sys.version)
    if PYTHON.exists() and stamp.is_set("venv", wanted):
        return
    if not _is_of_this_python():
        say("Making the Python environment (var/venv).")
        shutil.rmtree(VENV, ignore_errors=True)
        _make()
    say("Installing Python packages (a few minutes the first time).")
    pip("install", "--no-deps", "--requirement", str(REQUIREMENTS))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.put("venv", wanted)


def pip(*arguments: str) -> None:
    """Run the environment's pip."""
    options = ("--disable-pip-version-check", "--no-input")
    run([PYTHON, "-m", "pip", *arguments, *options])


def _is_of_this_python() -> bool:
    library = VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return PYTHON.exists() and (library / "site-packages" / "pip").is_dir()


def _make() -> None:
    if importlib.util.find_spec("ensurepip"):
        run([sys.executable, "-m", "venv", VENV])
        return
    # Debian's python3 comes without ensurepip; its pip is a package of its own.
    run([sys.executable, "-m", "venv", "--without-pip", VENV])
    wheel = _pip_wheel()
    run([PYTHON, f"{wheel}/pip", "install", "--no-index", "--no-deps", wheel])


def _pip_wheel() -> Path:
    for root in (Path("/"), debian.UNPACKED):
        for wheel in sorted((root / WHEELS).glob("pip-*.whl")):
            return wheel
    debian.unpack("python3-pip-whl")
    return next((debian.UNPACKED / WHEELS).glob("pip-*.whl"))
