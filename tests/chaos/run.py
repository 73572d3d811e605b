"""`make chaos`: kill -9 and immediate restarts under uploads; nothing may be wrong.

A durable cluster, granian, workers of the queue and senders of the run's own. Ends with
1 where a row was lost, doubled or half applied, or where there were fewer kills than
asked.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.chaos.points import Point
from tests.chaos.queue_killer import RANDOM
from tests.chaos.queue_points import QUEUE_POINTS
from tests.chaos.seen import Deaths, Seen
from tests.chaos.size import FULL, SHORT, Size
from tests.chaos.storm import blown
from tests.chaos.web_points import WEB_POINTS

ASKED = ("kills", "queue_kills", "restarts")


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
    done = (found.web.kills, found.queue.kills, found.restarts)
    asked = (size.kills, size.queue_kills, size.restarts)
    enough = all(n >= least for n, least in zip(done, asked, strict=True))
    return enough and not found.wrong


def _lines(found: Seen) -> Iterator[tuple[str, str]]:
    yield from _deaths(found.web, "of the web", WEB_POINTS, ("random", "whole server"))
    yield "starts of the whole server", f"{found.web.starts:,}"
    yield from _deaths(found.queue, "of the queue's workers", QUEUE_POINTS, (RANDOM,))
    yield "starts of the queue's workers", f"{found.queue.starts:,}"
    yield "restarts of PostgreSQL without a shutdown", f"{found.restarts:,}"
    yield "  that met transactions which had written", f"{found.restarts_open:,}"
    yield "  away for at most, seconds", f"{found.away_s:.1f}"
    yield "batches acknowledged at once", f"{found.batches:,}"
    yield "  rows in them", f"{found.rows:,}"
    yield "uploads answered later and done", f"{found.uploads:,}"
    yield "  slices of them, each with its receipt", f"{found.slices:,}"
    yield "  rows in them", f"{found.upload_rows:,}"
    yield "  others refused for a fault, as they had to be", f"{found.refused:,}"
    yield "people stored", f"{found.people:,}"
    for status, count in sorted(found.statuses.items()):
        yield f"answers: {status or 'none, connection lost'}", f"{count:,}"
    yield "looks while uploads came in, and in quiet", f"{found.looks} + {found.quiet}"
    yield "violations", f"{len(found.wrong):,}"


def _deaths(
    of: Deaths, whose: str, points: Sequence[Point], beside: Sequence[str]
) -> Iterator[tuple[str, str]]:
    yield f"kill -9 {whose}", f"{of.kills:,}"
    yield "  that met an open transaction", f"{of.open:,}"
    yield "  that met one which had written", f"{of.written:,}"
    for name in (*beside, *(each.name for each in points)):
        yield f"  at: {name}", f"{of.at[name]:,}"


class _Asked(argparse.Namespace):
    size: Size


def _asked() -> _Asked:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="as the ordinary test")
    for name in ASKED:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int)
    asked = parser.parse_args()
    size = SHORT if asked.short else FULL
    given = {name: getattr(asked, name) for name in ASKED}
    more = {name: value for name, value in given.items() if value is not None}
    return _Asked(size=replace(size, **more))


def _say(text: str) -> None:
    sys.stderr.write(f"… {text}\n")


if __name__ == "__main__":
    sys.exit(main())
