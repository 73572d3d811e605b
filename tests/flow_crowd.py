"""Readers of flows over HTTP, each in its own scope, who note what they are told."""

import http.client
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from boundaries.scope import Scope
from gis_service.web_server import Address
from tests.flow_model import Asked

FIRST = date(2020, 5, 1)
LEVELS = ("country", "state", "district")
TILES = ((3, 5, 3), (4, 11, 6), (4, 11, 7), (5, 23, 14), (6, 46, 28))


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with a token, and what it is for."""

    token: str
    scope: Scope
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What was asked, what was told, and the newest version known before asking."""

    kind: str
    asked: Asked
    least: int
    status: int
    headers: Mapping[str, str]
    body: bytes
    tag: str | None  # sent as If-None-Match
    seconds: float
    tile: tuple[int, int, int] | None = None


@dataclass(slots=True)
class News:
    """What has been committed, as far as everybody knows."""

    version: int
    over: threading.Event = field(default_factory=threading.Event)


def crowd(at: Address, readers: list[Reader], news: News) -> list[list[Told]]:
    """Start a thread per reader; each asks until the news are over."""
    notes: list[list[Told]] = [[] for _ in readers]
    threads = [
        threading.Thread(target=_read, args=(at, reader, news, note, seed))
        for seed, (reader, note) in enumerate(zip(readers, notes, strict=True))
    ]
    for thread in threads:
        thread.start()
    news.over.wait()
    for thread in threads:
        thread.join()
    return notes


def _read(at: Address, reader: Reader, news: News, note: list[Told], seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - the order of test requests
    tags: dict[str, str] = {}
    wire = http.client.HTTPConnection(at.host, at.port, timeout=30)
    while not news.over.is_set():
        if drawn.random() < 0.1:  # another connection may come to another worker
            wire.close()
            wire = http.client.HTTPConnection(at.host, at.port, timeout=30)
        if not tags or drawn.random() < 0.75:  # else the same once more
            kind, asked, tile = _question(drawn, reader)
        path = _path(kind, asked, tile)
        headers = {"Authorization": f"Bearer {reader.token}"}
        tag = tags.get(path)
        if tag and drawn.random() < 0.7:
            headers["If-None-Match"] = tag
        least, begin = news.version, time.perf_counter()
        wire.request("GET", path, headers=headers)
        answer = wire.getresponse()
        body = answer.read()
        tags[path] = answer.headers.get("ETag", "")
        note.append(
            Told(
                kind,
                asked,
                least,
                answer.status,
                answer.headers,
                body,
                headers.get("If-None-Match"),
                time.perf_counter() - begin,
                tile,
            )
        )
    wire.close()


def _question(drawn: random.Random, reader: Reader):
    kind = drawn.choice(("flows",) * 5 + ("arrow", "days", "days", "tile", "cluster"))
    level = drawn.choice(reader.levels)
    if kind in ("days", "tile"):
        level = drawn.choice([each for each in reader.levels if each != "country"])
    if kind == "cluster":
        kind, level = (
            ("cluster", "cluster")
            if "district" in reader.levels
            else (
                "flows",
                level,
            )
        )
    filters = _filters(drawn, level)
    if kind != "days":
        filters |= _window(drawn)
    if kind in ("flows", "arrow", "cluster") and drawn.random() < 0.3:
        filters |= dict(zip(("versus_from", "versus_to"), _days(drawn), strict=True))
    if kind != "days":
        filters |= drawn.choice(({}, {"k": "3"}, {"k": "20000"}))
    tile = drawn.choice(TILES) if kind == "tile" else None
    return kind, Asked(reader.scope, level, filters), tile


def _filters(drawn: random.Random, level: str) -> dict:
    filters = {}
    if drawn.random() < 0.3:
        filters["direction"] = drawn.choice(("in", "out", "both"))
    if drawn.random() < 0.3:
        filters["mode"] = drawn.choice((["bus"], ["train"], ["bus", "train"]))
    if drawn.random() < 0.2:
        filters["category"] = drawn.sample(("labour", "student", "other"), 2)
    if drawn.random() < 0.2:
        filters["stage"] = drawn.choice((["planned"], ["planned", "cancelled"]))
    if drawn.random() < 0.3 and level in ("state", "district"):
        filters["unit"] = drawn.choice(
            ("27", "10", "32") if level == "state" else ("482", "490", "216", "555")
        )
    return filters


def _window(drawn: random.Random) -> dict:
    named = [{"window": name} for name in ("all", "last7", "2020-W19")]
    first, last = _days(drawn)
    return drawn.choice([*named, {}, {"from": first, "to": last}, {"to": last}])


def _days(drawn: random.Random) -> tuple[str, str]:
    # Few different ones, so that the same is asked again and 304 is told.
    first = FIRST + timedelta(days=drawn.choice((0, 7, 14)))
    return first.isoformat(), (first + timedelta(days=drawn.choice((0, 6)))).isoformat()


def _path(kind: str, asked: Asked, tile: tuple[int, int, int] | None) -> str:
    query = dict(asked.filters)
    start = f"/flows/{asked.level}"
    if kind == "tile":
        start = "/tiles/flows/{}/{}/{}.mvt".format(*tile)
        query["level"] = asked.level
    elif kind == "days":
        start = "/flows/days"
        query["level"] = asked.level
    elif kind == "cluster":
        query["zoom"] = "5"
    elif kind == "arrow":
        query["format"] = "arrow"
    return f"{start}?{urlencode(query, doseq=True)}"
