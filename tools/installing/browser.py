"""Chromium for the browser tests, with a font for Devanagari.

``var/bin/chromium`` starts it, wherever it came from.
"""

import shutil
import sys
from pathlib import Path

from installing import VAR, debian, environment
from installing.say import output, run, say

WRAPPER = VAR / "bin" / "chromium"
PACKAGES = ["chromium", "fonts-noto-core", "fonts-dejavu-core"]

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
    if program and _has_devanagari():
        _write(f'exec {program} "$@"')
    elif not _is_debians():
        _playwrights()
    elif debian.install(PACKAGES, purpose="The browser tests"):
        _write(f'exec {_installed()} "$@"')
    else:
        debian.unpack(*PACKAGES)
        _write(_unpacked_command())


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
    _write(f'exec {program} "$@"')


def _unpacked_command() -> str:
    root = debian.UNPACKED
    fonts = VAR / "bin" / "fonts.conf"
    fonts.parent.mkdir(parents=True, exist_ok=True)
    text = FONTS.format(unpacked=root, cache=VAR / "cache" / "fonts")
    fonts.write_text(text, encoding="utf-8")
    libraries = ":".join(str(each) for each in _library_folders(root))
    return (
        f"export LD_LIBRARY_PATH={libraries} FONTCONFIG_FILE={fonts}\n"
        f'exec {root}/usr/lib/chromium/chromium "$@"'
    )


def _library_folders(root: Path) -> list[Path]:
    bases = [root / "usr/lib", root / "lib"]
    found = [each for base in bases for each in base.glob("*-linux-gnu*")]
    return [
        *found,
        *(each for base in found for each in base.iterdir() if _nested(each)),
    ]


def _nested(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("lib*.so*"))


def _write(command: str) -> None:
    WRAPPER.parent.mkdir(parents=True, exist_ok=True)
    WRAPPER.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    WRAPPER.chmod(0o755)
    if not output([WRAPPER, "--version"]):
        sys.exit(f"Chromium does not start: try {WRAPPER} --version")
