"""Bars: a cached tile and a 304, beside granian that answers with a constant body.

Both are granian with one worker and as many threads; what lies between is all that our
side does: which tile, which version, who may see it.
"""

from collections.abc import Callable
from pathlib import Path

from tests.bench import bar, rivals
from tests.bench.bar import Bar
from tests.bench.ground import Ground
from tests.bench.hammer import per_second, request
from tests.bench.peer import running
from tests.bench.service import serving

LEAST_SHARE = 0.5
# A tile of the middle of India: every map of ours asks for it.
TILE = "/tiles/districts/5/23/13.mvt"
ZIPPED = {"Accept-Encoding": "gzip"}


def bars(ground: Ground, *, rounds: int, seconds: float) -> list[Bar]:
    folder = Path(ground.settings.var)
    tiles: list[tuple[float, float]] = []
    unchanged: list[tuple[float, float]] = []
    for number in range(rounds):
        with serving(ground.settings) as ours:
            answer = ours.ask("GET", TILE)
            etag = answer.headers["etag"]
            body = folder / "constant.body"
            body.write_bytes(answer.body)
            with running(rivals.constant(body, etag), folder) as constant:
                ports = ours.wire.port, constant.wire.port
                same = request(TILE, headers=ZIPPED)
                known = request(TILE, headers=ZIPPED | {"If-None-Match": etag})
                tiles.append(_pair(ports, same, 200, seconds, ours_first=number % 2))
                unchanged.append(
                    _pair(ports, known, 304, seconds, ours_first=number % 2)
                )
    return [
        *_lines("cached tile", tiles),
        *_lines("304", unchanged),
    ]


def _pair(
    ports: tuple[int, int],
    asked: bytes,
    status: int,
    seconds: float,
    *,
    ours_first: int,
) -> tuple[float, float]:
    """Return answers per second, ours and the constant's."""
    order = (0, 1) if ours_first else (1, 0)
    found = {
        at: per_second(ports[at], asked, status=status, seconds=seconds) for at in order
    }
    return found[0], found[1]


def _lines(name: str, runs: list[tuple[float, float]]) -> list[Bar]:
    def each(of: Callable[[float, float], float]) -> list[float]:
        return [of(ours, constant) for ours, constant in runs]

    title = f"{name}, share of granian with a constant body"
    return [
        bar.at_least(title, each(lambda a, b: a / b), LEAST_SHARE, "ratio"),
        bar.told(f"  NMIS, {name}", each(lambda a, _: a), "per s"),
        bar.told(f"  granian, {name}", each(lambda _, b: b), "per s"),
    ]
