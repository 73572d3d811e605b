"""`make attack`: try to turn a release of 6.3 million journeys back into people.

A crowd in a database of its own, a release of it, the service (granian, one worker):
all that is attacked comes through HTTP. Only categories, which no address tells, are
read as the analyst's login of the database reads them. Beside ours stand three rules of
others, answering the same questions on the same cells to the same attacks.
"""

import argparse
import sys
import time
from dataclasses import replace

from tests.attack.on import Ground
from tests.attack.sections import SECTIONS
from tests.attack.size import FULL, SHORT, Size
from tests.attack.stage import served
from tests.attack.table import Line, say


def main() -> int:
    asked = _asked()
    begin = time.monotonic()
    _say(f"a release of {asked.size.people:,} journeys")
    with served(asked.size.people) as stage:
        on = Ground.of(stage, asked.size)
        found: list[Line] = []
        for name in asked.only or SECTIONS:
            _say(f"{name} ({time.monotonic() - begin:.0f} s)")
            found += SECTIONS[name](on)
    sys.stdout.write(f"{asked.size.people:,} journeys\n\n")
    say(found)
    _say(f"{time.monotonic() - begin:.0f} s")
    return 0 if all(line.holds for line in found) else 1


class _Asked(argparse.Namespace):
    size: Size
    only: list[str]


def _asked() -> _Asked:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int)
    parser.add_argument("--short", action="store_true", help="few of each attack")
    parser.add_argument("--only", action="append", choices=list(SECTIONS))
    asked = parser.parse_args(namespace=_Asked())
    size = SHORT if asked.short else FULL
    asked.size = replace(size, people=asked.people) if asked.people else size
    return asked


def _say(text: str) -> None:
    sys.stderr.write(f"… {text}\n")


if __name__ == "__main__":
    sys.exit(main())
