"""The programs that benches compare with, in ``var/peers``; nothing of ours needs them.

Their versions are pinned in ``tests/bench/peers``. Each lies in a folder of its own.
"""

import shutil
import sys
from pathlib import Path

from installing import ROOT, VAR, node, stamp
from installing.say import NotInstalled, run, say

PINS = ROOT / "tests" / "bench" / "peers"
FOLDER = VAR / "peers"

MARTIN = "1.14.0"


def install() -> None:
    """Install what `make bench` compares with: from PyPI and from npm."""
    for name in ("tipg", "pygeoapi"):
        _python(name)
    _flowmap()


def install_built() -> None:
    """Build what `make bench-peers` adds, from its sources in the crates' registry."""
    wanted = stamp.digest([], MARTIN)
    program = FOLDER / "martin" / "bin" / "martin"
    if program.exists() and stamp.is_set("peer-martin", wanted):
        return
    if not shutil.which("cargo"):
        raise NotInstalled("Martin is built by cargo, which is not here: rustup.rs")
    say("Building Martin (half an hour on two cores).")
    # Only what reads tables from PostgreSQL: the rest needs further libraries.
    run(
        [
            *("cargo", "install", "martin", "--version", MARTIN, "--locked"),
            *("--root", FOLDER / "martin"),
            *("--no-default-features", "--features", "postgres"),
        ],
        env={"CARGO_TARGET_DIR": str(FOLDER / "build")},
    )
    shutil.rmtree(FOLDER / "build", ignore_errors=True)
    stamp.put("peer-martin", wanted)


def _python(name: str) -> None:
    pins = PINS / name / "requirements.txt"
    wanted = stamp.digest([pins], str(FOLDER), sys.version)
    python = FOLDER / name / "bin" / "python"
    if python.exists() and stamp.is_set(f"peer-{name}", wanted):
        return
    say(f"Installing {name}, to compare with.")
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    run([sys.executable, "-m", "venv", FOLDER / name])
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
    run([*pip, "--requirement", pins])
    stamp.put(f"peer-{name}", wanted)


def _flowmap() -> None:
    """Install flowmap.gl with what bundles its page, and bundle the page."""
    source, folder = PINS / "flowmap", FOLDER / "flowmap"
    wanted = stamp.digest(_files(source), str(FOLDER))
    if (folder / "page.js").exists() and stamp.is_set("peer-flowmap", wanted):
        return
    say("Installing flowmap.gl, to compare with.")
    shutil.copytree(source, folder, dirs_exist_ok=True)
    run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, env=node.path())
    _bundle(folder, "page-source.js", "page.js", platform="browser")
    _bundle(folder, "brush-source.js", "brush.mjs", platform="node")
    stamp.put("peer-flowmap", wanted)


def _bundle(folder: Path, source: str, made: str, *, platform: str) -> None:
    esbuild = folder / "node_modules" / ".bin" / "esbuild"
    words = ("--bundle", "--format=esm", f"--platform={platform}", f"--outfile={made}")
    # As one would publish it: else its libraries check themselves while they run.
    ready = ("--minify", '--define:process.env.NODE_ENV="production"')
    run([esbuild, source, *words, *ready], cwd=folder, env=node.path())


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
