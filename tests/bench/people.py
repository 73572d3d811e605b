"""Bars: lists of a state's own million journeys, and look-ups by mobile.

Over HTTP, one worker, with walls, vault and audit as in production.
"""

import json
from dataclasses import dataclass
from statistics import median

import polars as pl
import psycopg
from psycopg import sql

from gis_service.access import issue
from movements.journal_place import Place
from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.ground import Ground
from tests.bench.people_filling import TENANT
from tests.bench.service import Client, serving

PAGE = 100
DEEP = 1_000
# The state that most people of the tenant went home to.
HOME = 9
FIRST_MS, DEEPER, FIND_MS = 50.0, 1.5, 10.0
# Both kinds of look-up stay within what a token may ask in a minute.
LOOKUPS = 25
# Begins numbers that nobody has: those of the filling have zeros here.
NOBODY = "+916123456"

LIST = f"/api/v1/movements?limit={PAGE}"
_PURPOSE = "purpose=manifest"

COUNTED = "SELECT count(*) FROM nmis.movement WHERE {} = %s"
STANDING = """SELECT travel_date, movement_id FROM nmis.movement WHERE {} = %s
    ORDER BY travel_date, movement_id LIMIT 1 OFFSET %s"""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: how their figures are called, their role and state, and their side.

    ``at`` is the column of the state in the rows that they see.
    """

    name: str
    role: str
    state: int
    at: str


OWN = Reader("own 1M movements", "uploader", TENANT, "tenant")
READERS = (
    OWN,
    Reader("officer of the same state", "state", TENANT, "origin_state"),
    Reader("officer of a state of destination", "state", HOME, "destination_state"),
)


@dataclass(frozen=True, slots=True)
class Round:
    """Milliseconds on one fresh server, by reader; look-ups by reader too."""

    first: dict[Reader, list[float]]
    deep: dict[Reader, list[float]]
    hits: dict[Reader, list[float]]
    misses: dict[Reader, list[float]]


def measured(
    on: Ground, people: pl.DataFrame, *, rounds: int, each: int
) -> tuple[list[Round], int]:
    """Return the rounds, and the number of the deep page.

    Args:
        on: where the people are.
        people: their mobiles, and the states that see them.
        rounds: fresh servers.
        each: pages and look-ups of a kind per reader and round.
    """
    places, number = _places(on)
    mobiles = {
        reader: people.filter(pl.col(reader.at) == reader.state)["mobile"].unique()
        for reader in READERS
    }
    found = []
    for at in range(rounds):
        asked = Round({}, {}, {}, {})
        with serving(on.settings) as client:
            for reader in READERS:
                token = _token(on, reader)
                pages = _pages(client, token, places[reader], each)
                asked.first[reader], asked.deep[reader] = pages
                held = mobiles[reader].sample(min(each + 1, LOOKUPS), seed=at)
                looked_up = _look_ups(client, token, held.to_list())
                asked.hits[reader], asked.misses[reader] = looked_up
        found.append(asked)
    return found, number


def bars(rounds: list[Round], *, deep: int) -> list[Bar]:
    """Return the bars of the tenant's own, and what officers see told beside them."""
    warm = _warm(rounds, "first", OWN)
    cold = [each.first[OWN][0] for each in rounds]
    further = _warm(rounds, "deep", OWN)
    by_first = [one / other for one, other in zip(further, warm, strict=True)]
    find = "look-up by mobile"
    hits, misses = (_warm(rounds, kind, OWN) for kind in ("hits", "misses"))
    lines = [
        bar.at_most("first page of own 1M movements, p50", warm, FIRST_MS, "ms"),
        bar.told("  first answer of a fresh server", cold, "ms"),
        bar.at_most(f"page {deep:,} of them, by that", by_first, DEEPER, "ratio"),
        bar.told(f"  page {deep:,}", further, "ms"),
        bar.at_most(f"{find}, somebody has it, p50", hits, FIND_MS, "ms"),
        bar.at_most(f"{find}, nobody has it, p50", misses, FIND_MS, "ms"),
    ]
    kinds = {
        "first page": "first",
        f"page {deep:,}": "deep",
        f"{find}, somebody": "hits",
        f"{find}, nobody": "misses",
    }
    for reader in READERS[1:]:
        for name, kind in kinds.items():
            warm = _warm(rounds, kind, reader)
            lines.append(bar.told(f"  {reader.name}, {name}", warm, "ms"))
    return lines


def _warm(rounds: list[Round], kind: str, reader: Reader) -> list[float]:
    """Return the median of each round, without its first answer."""
    return [median(getattr(each, kind)[reader][1:]) for each in rounds]


def _pages(
    client: Client, token: str, after: str, each: int
) -> tuple[list[float], list[float]]:
    """Ask for both pages in turn, so that they see the same minute."""
    first, deep = [], []
    for _ in range(each + 1):
        first.append(_listed(client, token, ""))
        deep.append(_listed(client, token, f"&after={after}"))
    return first, deep


def _listed(client: Client, token: str, more: str) -> float:
    answer = client.ask("GET", f"{LIST}&{_PURPOSE}{more}", token=token)
    rows = json.loads(answer.plain())["movements"]
    if len(rows) != PAGE or "name" not in rows[0]:
        message = f"a page has {len(rows)} journeys: {rows[:1]}"
        raise AssertionError(message)
    return answer.seconds * 1e3


def _look_ups(
    client: Client, token: str, mobiles: list[str]
) -> tuple[list[float], list[float]]:
    """Look up mobiles that somebody has and that nobody has, in turn."""
    hits, misses = [], []
    for at, mobile in enumerate(mobiles):
        hits.append(_find(client, token, mobile, hit=True))
        misses.append(_find(client, token, f"{NOBODY}{at:03}", hit=False))
    return hits, misses


def _find(client: Client, token: str, mobile: str, *, hit: bool) -> float:
    answer = client.ask(
        "POST",
        f"/api/v1/people/find?{_PURPOSE}",
        token=token,
        body=json.dumps({"mobile": mobile}).encode(),
        kind="application/json",
    )
    people = json.loads(answer.plain())["people"]
    if hit is not bool(people):
        message = f"{len(people)} people have {mobile}"
        raise AssertionError(message)
    return answer.seconds * 1e3


def _token(on: Ground, reader: Reader) -> str:
    with on.database.owner.begin() as db:
        return issue(
            db, role=reader.role, state=reader.state, days=1, label="bench people"
        )


def _places(on: Ground) -> tuple[dict[Reader, str], int]:
    """Return where each reader's deep page begins, and its number."""
    with psycopg.connect(on.admin) as db:
        seen = [db.execute(*_asking(COUNTED, each)).fetchone()[0] for each in READERS]
        number = max(2, min(DEEP, min(seen) // PAGE - 1))
        found = {}
        for reader in READERS:
            statement, state = _asking(STANDING, reader)
            last = (number - 1) * PAGE - 1
            day, movement = db.execute(statement, (*state, last)).fetchone()
            found[reader] = Place(day, movement).text()
    return found, number


def _asking(statement: str, reader: Reader) -> tuple[sql.Composed, tuple[int]]:
    return sql.SQL(statement).format(sql.Identifier(reader.at)), (reader.state,)
