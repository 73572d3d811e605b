"""`make chaos`: kill -9 and immediate restarts under uploads; nothing may be wrong.

A durable cluster, granian and senders of the run's own. Ends with 1 where a row was
lost, doubled or half applied, or where there were fewer kills than asked.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace

from tests.chaos.points import POINTS
from tests.chaos.size import FULL, SHORT, Size
from tests.chaos.storm import Seen, blown


def main() -> int:
    asked = _asked()
    found = blown(asked.size, _say)
    for name, value in _lines(found):
        sys.stdout.write(f"| {name:<52} | {value:>10} |\n")
    for each in found.wrong[:50]:
        sys.stdout.write(f"WRONG: {each}\n")
    sys.stdout.write(f"{found.seconds:.0f} s\n")
    return 0 if holds(found, asked.size) else 1


def holds(found: Seen, size: Size) -> bool:
    """Whether it did what was asked and found nothing."""
    done = found.kills >= size.kills and found.restarts >= size.restarts
    return done and not found.wrong


def _lines(found: Seen) -> Iterator[tuple[str, str]]:
    yield "kill -9", f"{found.kills:,}"
    yield "  that met an open transaction", f"{found.open:,}"
    yield "  that met one which had written", f"{found.written:,}"
    for name in ("random", *(each.name for each in POINTS), "whole server"):
        yield f"  at: {name}", f"{found.at[name]:,}"
    yield "starts of the whole server", f"{found.starts:,}"
    yield "restarts of PostgreSQL without a shutdown", f"{found.restarts:,}"
    yield "  that met transactions which had written", f"{found.restarts_open:,}"
    yield "  away for at most, seconds", f"{found.away_s:.1f}"
    yield "batches acknowledged", f"{found.batches:,}"
    yield "rows in them", f"{found.rows:,}"
    yield "people stored", f"{found.people:,}"
    for status, count in sorted(found.statuses.items()):
        yield f"answers: {status or 'none, connection lost'}", f"{count:,}"
    yield "looks while batches came in, and in quiet", f"{found.looks} + {found.quiet}"
    yield "violations", f"{len(found.wrong):,}"


class _Asked(argparse.Namespace):
    size: Size


def _asked() -> _Asked:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="as the ordinary test")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--restarts", type=int)
    asked = parser.parse_args()
    size = SHORT if asked.short else FULL
    given = {name: getattr(asked, name) for name in ("kills", "restarts")}
    more = {name: value for name, value in given.items() if value is not None}
    return _Asked(size=replace(size, **more))


def _say(text: str) -> None:
    sys.stderr.write(f"… {text}\n")


if __name__ == "__main__":
    sys.exit(main())
