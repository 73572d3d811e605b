"""Bars: uncached boundary tiles and items, beside TiPg, pygeoapi and Martin.

All read the same rows with the same attributes on the same server, one worker each,
in turn. Every answer is asked for as a browser does, gzipped where the server offers
it. We check a token and its scope; they check nothing.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import orjson
import psycopg

from gis_service.access import issue
from tests.bench import bar, rivals, tiles, turns, views
from tests.bench.bar import Bar
from tests.bench.ground import Ground
from tests.bench.peer import Peer, running
from tests.bench.service import Answer, Client, serving

OURS = "NMIS"
TILE_SPEED = 1.0
ITEMS_SPEED = {"TiPg": 3.0, "pygeoapi": 5.0}
MARTIN_SPEED = 0.8
FEATURES = 100
ITEM_QUESTIONS = 25
# All of India lies in it; each question's is a little wider, so that no cache has it.
BOX = (60.0, 0.0, 100.0, 40.0)
# Looked into after each round.
CHECKED = "3/5/3"
ALIKE = 0.95
Ask = Callable[[str], Answer]


def prepared(ground: Ground) -> None:
    """Make the views that the peers serve."""
    with psycopg.connect(ground.admin) as db:
        found = db.execute(
            "SELECT set_id FROM nmis.boundary_set WHERE active AND level = 'district'"
            " ORDER BY valid_from DESC, loaded_at DESC"
        ).fetchone()
    views.make(ground.admin, found[0])


def tile_bars(ground: Ground, *, rounds: int, per_zoom: int) -> list[Bar]:
    """Return the bar of uncached tiles beside TiPg; nothing where it is missing."""
    tipg = rivals.tipg(ground.admin)
    if tipg is None:
        return []
    found = _tile_rounds(ground, [tipg], rounds=rounds, per_zoom=per_zoom)
    faster = turns.speeds(found, ours=OURS, other="TiPg")
    name = "uncached district tile, speed by TiPg's"
    return [
        bar.at_least(name, faster, TILE_SPEED, "ratio"),
        *turns.told(found, note=" tile, uncached"),
    ]


def martin_bars(ground: Ground, *, rounds: int, per_zoom: int) -> list[Bar]:
    """Return the bar of uncached tiles beside Martin, and cached ones too."""
    folder = ground.settings.var
    cold = rivals.martin(ground.admin, folder, cache_mb=0)
    warm = rivals.martin(ground.admin, folder, cache_mb=512)
    if cold is None or warm is None:
        return []
    found = _tile_rounds(ground, [cold], rounds=rounds, per_zoom=per_zoom)
    again = _tile_rounds(ground, [warm], rounds=rounds, per_zoom=per_zoom, twice=True)
    name = "uncached district tile, speed by Martin's without a cache"
    return [
        bar.at_least(
            name, turns.speeds(found, ours=OURS, other="Martin"), MARTIN_SPEED, "ratio"
        ),
        *turns.told(found, note=" tile, uncached beside Martin"),
        bar.told(
            "cached district tile, speed by Martin's",
            turns.speeds(again, ours=OURS, other="Martin"),
            "ratio",
        ),
        *turns.told(again, note=" tile, cached"),
    ]


def item_bars(ground: Ground, *, rounds: int) -> list[Bar]:
    """Return the bars of a hundred features beside TiPg and pygeoapi."""
    folder = ground.settings.var
    peers = [rivals.tipg(ground.admin), rivals.pygeoapi(ground.admin, folder)]
    there = [peer for peer in peers if peer]
    if not there:
        return []
    found = []
    for _ in range(rounds):
        with ExitStack() as open_:
            sides = _sides(open_, ground, there, tile=False)
            found.append(turns.asked(sides, map(_box, range(ITEM_QUESTIONS))))
            _check_items(sides)
    return [
        *(
            bar.at_least(
                f"{FEATURES} features, speed by {peer.name}'s",
                turns.speeds(found, ours=OURS, other=peer.name),
                ITEMS_SPEED[peer.name],
                "ratio",
            )
            for peer in there
        ),
        *turns.told(found, note=f" {FEATURES} features"),
    ]


def _tile_rounds(
    ground: Ground,
    peers: list[Peer],
    *,
    rounds: int,
    per_zoom: int,
    twice: bool = False,
) -> list[turns.Round]:
    rng = np.random.default_rng(2)
    found = []
    for _ in range(rounds):
        with ExitStack() as open_:
            sides = _sides(open_, ground, peers, tile=True)
            chosen = tiles.squares(rng, per_zoom=per_zoom)
            if twice:
                turns.asked(sides, chosen)
            found.append(turns.asked(sides, chosen))
            _check_tiles(sides)
    return found


def _sides(
    open_: ExitStack, ground: Ground, peers: list[Peer], *, tile: bool
) -> dict[str, Ask]:
    with ground.database.owner.begin() as db:
        token = issue(db, role="state", state=9, days=1, label="bench")
    ours = open_.enter_context(serving(ground.settings))
    path = "/tiles/districts/{}.mvt" if tile else "/layers/districts.geojson?{}"
    sides: dict[str, Ask] = {OURS: _asking(ours, path, token=token)}
    for peer in peers:
        client = open_.enter_context(running(peer, Path(ground.settings.var)))
        sides[peer.name] = _asking(client, _path(peer.name, tile=tile))
    return sides


def _path(name: str, *, tile: bool) -> str:
    tiled = {
        "TiPg": "/collections/bench.{view}/tiles/WebMercatorQuad/{{}}",
        "Martin": "/{view}/{{}}",
    }
    items = {
        "TiPg": "/collections/bench.districts/items?f=geojson&{}",
        "pygeoapi": "/collections/districts/items?f=json&{}",
    }
    return tiled[name] if tile else items[name]


def _asking(client: Client, path: str, *, token: str | None = None) -> Ask:
    def ask(question: str) -> Answer:
        whole = path
        if "{view}" in path:
            whole = path.format(view=views.of_zoom(int(question.partition("/")[0])))
        return client.ask("GET", whole.format(question), token=token, expect=(200, 204))

    return ask


def _box(number: int) -> str:
    west, south, east, north = BOX
    wider = number * 1e-4
    return f"limit={FEATURES}&bbox={west},{south},{east + wider:.4f},{north}"


def _check_tiles(sides: dict[str, Ask]) -> None:
    """Refuse a comparison of tiles that do not hold the same districts."""
    held = {}
    for side, ask in sides.items():
        layers = mapbox_vector_tile.decode(ask(CHECKED).plain())
        features = [each for layer in layers.values() for each in layer["features"]]
        fields = {name for each in features for name in each["properties"]} - {"id"}
        held[side] = {each["properties"]["code"] for each in features}, fields
    codes, names = held[OURS]
    for side, (theirs, fields) in held.items():
        # TiPg leaves out what lies in the buffer alone.
        if fields != names or not codes >= theirs or len(theirs) < ALIKE * len(codes):
            message = f"{side}: {len(theirs)} of {len(codes)} with {sorted(fields)}"
            raise AssertionError(message)


def _check_items(sides: dict[str, Ask]) -> None:
    """Refuse a comparison of unlike things."""
    named = {}
    for side, ask in sides.items():
        features = orjson.loads(ask(_box(-1)).plain())["features"]
        named[side] = {int(each["id"]) for each in features}
        fields = set(features[0]["properties"]) - {"id"}
        if fields != {*views.ATTRIBUTES, "area_km2"} or len(named[side]) != FEATURES:
            message = f"{side}: {len(named[side])} features with {sorted(fields)}"
            raise AssertionError(message)
