"""Chromium for the browser tests, with a font for Devanagari.

``var/bin/chromium`` starts it, wherever it came from.
"""

import os
import shutil
from pathlib import Path

from installing import VAR, debian, environment
from installing.say import NotInstalled, output, run, say

WRAPPER = VAR / "bin" / "chromium"
NODE = VAR / "bin" / "playwright-node"

# The last is for the Node that drives it, which Playwright brings along.
PACKAGES = ["chromium", "fonts-noto-core", "fonts-dejavu-core", "libatomic1"]
DRIVER = "import playwright, pathlib; print(pathlib.Path(playwright.__file__).parent)"

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{unpacked}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def install() -> None:
    """Write the wrapper for a Chromium that is there, or is installed for it."""
    if WRAPPER.exists() and output([WRAPPER, "--version"]):
        return
    program = _installed()
    if program and _has_devanagari() and output([_driver(), "--version"]):
        _write(WRAPPER, f'exec {program} "$@"')
    elif not _is_debians():
        _playwrights()
    elif debian.install(PACKAGES, purpose="The browser tests"):
        _write(WRAPPER, f'exec {_installed()} "$@"')
    else:
        debian.unpack(*PACKAGES)
        _write_unpacked()


def surroundings() -> dict[str, str]:
    """Return what the tests' environment must hold to find the browser."""
    found = {"PATH": f"{WRAPPER.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    if NODE.exists():
        found["PLAYWRIGHT_NODEJS_PATH"] = str(NODE)
    return found


def _installed() -> str | None:
    return next(
        (
            found
            for name in ("chromium", "google-chrome")
            # Ubuntu's is a shell script that asks for a snap.
            if (found := shutil.which(name)) and output([found, "--version"])
        ),
        None,
    )


def _has_devanagari() -> bool:
    return bool(output(["fc-list", ":lang=hi"]).strip())


def _is_debians() -> bool:
    if debian.privilege() is None:
        debian.fetch_lists()
        options = debian.private_options()
    else:
        debian.refresh()
        options = []
    told = output(["apt-cache", *options, "show", "chromium"])
    return "Package: chromium" in told


def _playwrights() -> None:
    say("Downloading Chromium by Playwright (this release packages none).")
    env = {"PLAYWRIGHT_BROWSERS_PATH": str(VAR / "browsers")}
    run([environment.PYTHON, "-m", "playwright", "install", "chromium"], env=env)
    program = next((VAR / "browsers").glob("chromium-*/chrome-linux*/chrome"))
    _write(WRAPPER, f'exec {program} "$@"')


def _write_unpacked() -> None:
    root = debian.UNPACKED
    fonts = VAR / "bin" / "fonts.conf"
    fonts.parent.mkdir(parents=True, exist_ok=True)
    text = FONTS.format(unpacked=root, cache=VAR / "cache" / "fonts")
    fonts.write_text(text, encoding="utf-8")
    libraries = ":".join(str(each) for each in _library_folders(root))
    export = f"export LD_LIBRARY_PATH={libraries} FONTCONFIG_FILE={fonts}"
    _write(NODE, f'{export}\nexec {_driver()} "$@"')
    _write(WRAPPER, f'{export}\nexec {root}/usr/lib/chromium/chromium "$@"')


def _library_folders(root: Path) -> list[Path]:
    bases = [root / "usr/lib", root / "lib"]
    found = [each for base in bases for each in base.glob("*-linux-gnu*")]
    return [
        *found,
        *(each for base in found for each in base.iterdir() if _nested(each)),
    ]


def _nested(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("lib*.so*"))


def _driver() -> Path:
    folder = output([environment.PYTHON, "-c", DRIVER]).strip()
    return Path(folder) / "driver" / "node"


def _write(wrapper: Path, command: str) -> None:
    wrapper.parent.mkdir(parents=True, exist_ok=True)
    wrapper.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    wrapper.chmod(0o755)
    if not output([wrapper, "--version"]):
        raise NotInstalled(f"It does not start; why, says: {wrapper} --version")
