"""Bars: lists of a state's own million journeys, and look-ups by mobile.

Over HTTP, one worker, with walls, vault and audit as in production.
"""

import json
from dataclasses import dataclass
from statistics import median

import polars as pl
import psycopg

from gis_service.access import issue
from movements.journal_place import Place
from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.ground import Ground
from tests.bench.people_filling import TENANT
from tests.bench.service import Answer, Client, serving

PAGE = 100
DEEP = 1_000
# The state that most people of the tenant went home to.
HOME = 9
FIRST_MS, DEEPER, FIND_MS = 50.0, 1.5, 10.0
# Both kinds of look-up stay within what a token may ask in a minute.
LOOKUPS = 25

LIST = f"/api/v1/movements?limit={PAGE}"
_PURPOSE = "purpose=manifest"


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
                held = mobiles[reader].sample(min(each, LOOKUPS), seed=at)
                none = [f"+9161234{at:02}{n:03}" for n in range(len(held))]
                asked.hits[reader] = [_find(client, token, m, hit=True) for m in held]
                asked.misses[reader] = [
                    _find(client, token, m, hit=False) for m in none
                ]
        found.append(asked)
    return found, number


def bars(rounds: list[Round], *, deep: int) -> list[Bar]:
    """Return the bars of the tenant's own, and what officers see told beside them."""
    warm = [median(each.first[OWN][1:]) for each in rounds]
    further = [median(r.deep[OWN]) / median(r.first[OWN][1:]) for r in rounds]
    page = f"page {deep:,} of them by that"
    lines = [
        bar.at_most("first page of own 1M movements, p50", warm, FIRST_MS, "ms"),
        bar.told("  first answer of a fresh server", _cold(rounds), "ms"),
        bar.at_most(page, further, DEEPER, "ratio"),
    ]
    for reader in READERS:
        lines += _told(rounds, reader, deep)
    for name, times in (
        ("somebody", [median(each.hits[OWN]) for each in rounds]),
        ("nobody", [median(each.misses[OWN]) for each in rounds]),
    ):
        lines.append(
            bar.at_most(f"look-up by mobile, {name} has it, p50", times, FIND_MS, "ms")
        )
    return lines


def _cold(rounds: list[Round]) -> list[float]:
    return [each.first[OWN][0] for each in rounds]


def _told(rounds: list[Round], reader: Reader, deep: int) -> list[Bar]:
    kinds = {
        f"page {deep:,}": [median(each.deep[reader]) for each in rounds],
        "look-up, somebody": [median(each.hits[reader]) for each in rounds],
        "look-up, nobody": [median(each.misses[reader]) for each in rounds],
    }
    first = {"first page": [median(each.first[reader][1:]) for each in rounds]}
    told = {k: v for k, v in kinds.items() if reader is not OWN or k.startswith("page")}
    every = told if reader is OWN else first | told
    return [bar.told(f"  {reader.name}, {k}", v, "ms") for k, v in every.items()]


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


def _find(client: Client, token: str, mobile: str, *, hit: bool) -> float:
    answer = _asked(client, token, mobile)
    people = json.loads(answer.plain())["people"]
    if hit is not bool(people):
        message = f"{len(people)} people have {mobile}"
        raise AssertionError(message)
    return answer.seconds * 1e3


def _asked(client: Client, token: str, mobile: str) -> Answer:
    return client.ask(
        "POST",
        f"/api/v1/people/find?{_PURPOSE}",
        token=token,
        body=json.dumps({"mobile": mobile}).encode(),
        kind="application/json",
    )


def _token(on: Ground, reader: Reader) -> str:
    with on.database.owner.begin() as db:
        return issue(
            db, role=reader.role, state=reader.state, days=1, label="bench people"
        )


def _places(on: Ground) -> tuple[dict[Reader, str], int]:
    """Return where each reader's deep page begins, and its number."""
    with psycopg.connect(on.admin) as db:
        counts = [
            db.execute(
                f"SELECT count(*) FROM nmis.movement WHERE {reader.at} = %s",
                (reader.state,),
            ).fetchone()[0]
            for reader in READERS
        ]
        number = min(DEEP, min(counts) // (2 * PAGE))
        found = {}
        for reader in READERS:
            day, movement = db.execute(
                f"""SELECT travel_date, movement_id FROM nmis.movement
                WHERE {reader.at} = %s ORDER BY travel_date, movement_id
                LIMIT 1 OFFSET %s""",
                (reader.state, (number - 1) * PAGE - 1 if number > 1 else 0),
            ).fetchone()
            found[reader] = Place(day, movement).text()
    return found, number
