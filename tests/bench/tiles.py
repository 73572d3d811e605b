"""Bar: one district tile that no cache holds, over HTTP."""

from statistics import median

import numpy as np

from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.service import Client

MOST_MS = 30.0
# Mainland India, degrees: tiles are drawn from the squares that meet it.
WEST, SOUTH, EAST, NORTH = 68.5, 8.1, 97.0, 35.5
ZOOMS = (4, 5, 6, 7, 8)
PER_ZOOM = 12
NOTHING_THERE = 204


def squares(rng: np.random.Generator, *, per_zoom: int) -> list[str]:
    """Return different tiles of each zoom, as many as there are up to ``per_zoom``."""
    found = []
    for z in ZOOMS:
        (left, top), (right, bottom) = _square(WEST, NORTH, z), _square(EAST, SOUTH, z)
        every = [
            f"{z}/{x}/{y}"
            for x in range(left, right + 1)
            for y in range(top, bottom + 1)
        ]
        chosen = rng.permutation(len(every))[:per_zoom]
        found.extend(every[at] for at in chosen)
    return [found[at] for at in rng.permutation(len(found))]


def over_http(client: Client, tiles: list[str]) -> list[tuple[str, float, int]]:
    """Return each tile's milliseconds and bytes; each is asked once of a server.

    Squares without a district (204) are left out: they cost nothing.
    """
    found = []
    for tile in tiles:
        path = f"/tiles/districts/{tile}.mvt"
        answer = client.ask("GET", path, expect=(200, 204))
        if answer.status != NOTHING_THERE:
            found.append((tile, answer.seconds * 1e3, len(answer.body)))
    return found


def bars(rounds: list[list[tuple[str, float, int]]]) -> list[Bar]:
    """Each round is a fresh server: its first tile is cold, the others uncached."""
    times = [[ms for _, ms, _ in each[1:]] for each in rounds]
    by_zoom = {
        z: [ms for each in rounds for tile, ms, _ in each[1:] if tile[0] == str(z)]
        for z in ZOOMS
    }
    middle = [median(each) for each in times]
    return [
        bar.at_most("district tile, uncached, p50", middle, MOST_MS, "ms"),
        bar.told("  slowest", [max(each) for each in times], "ms"),
        bar.told("  first tile of a fresh server", [r[0][1] for r in rounds], "ms"),
        *(
            bar.told(f"  zoom {z}, p50", [median(of_zoom)], "ms")
            for z, of_zoom in by_zoom.items()
            if of_zoom
        ),
    ]


def _square(lon: float, lat: float, z: int) -> tuple[int, int]:
    side = 2**z
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)
