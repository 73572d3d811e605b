"""`make bench`: measure every bar, write them as JSON, print them as a table.

``--small`` only shows that the harness works, without peers: its figures mean nothing.
``--only NAME`` runs one section and keeps what ``bench.json`` has of the others. A
section whose peers are not installed is left out, and says so.
"""

import argparse
import json
import sys
from pathlib import Path

from tests.bench import bar, machine
from tests.bench.ground import ground
from tests.bench.sections import SECTIONS
from tests.bench.size import FULL, SMALL

# Built from source (`make bench-peers`), or too long: asked for by name.
BY_NAME = ("martin", "ingest")
# What `make test` has no use for: other programs, a browser.
WITH_PEERS = ("tiles", "items", "painted", "martin")


def main() -> int:
    asked = _asked()
    size = SMALL if asked.small else FULL
    asked.out.mkdir(parents=True, exist_ok=True)
    without = WITH_PEERS if asked.small else BY_NAME
    names = asked.only or [name for name in SECTIONS if name not in without]
    found = {}
    with ground() as on:
        about = machine.machine(on.admin)
        for name in names:
            _say(name)
            found[name] = SECTIONS[name](on, size, asked.out)
            if not found[name]:
                _say(f"{name} was left out: what it needs is not installed")
    report = _report(asked.out / "bench.json", about, found, fresh=not asked.only)
    (asked.out / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
    lines = [line for each in found.values() for line in each]
    sys.stdout.write(bar.as_table(lines) + "\n")
    return 0 if asked.small or all(line.holds is not False for line in lines) else 1


def _report(
    file: Path, about: dict, found: dict[str, list[bar.Bar]], *, fresh: bool
) -> dict[str, object]:
    """Return the machine and the bars by section; old sections stay unless fresh."""
    bars = {}
    if file.exists() and not fresh:
        for line in json.loads(file.read_text())["bars"]:
            bars.setdefault(line.get("section", "batches"), []).append(line)
    for name, lines in found.items():
        bars[name] = [{"section": name, **line} for line in bar.as_json(lines)]
    ordered = [line for name in SECTIONS for line in bars.get(name, [])]
    return {"machine": about, "bars": ordered}


def _say(text: str) -> None:
    sys.stderr.write(f"… {text}\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", action="append", choices=list(SECTIONS))
    parser.add_argument("--out", type=Path, default=Path("var"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
