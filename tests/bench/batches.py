"""Bar: a batch over HTTP against COPY alone of its own final rows, in turn."""

import cProfile
import io
import json
import pstats
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import psycopg

from gis_service.access import issue
from gis_service.db import Database
from gis_service.demo import places, population
from gis_service.demo.rows import Places, bus_pairs, rows
from tests.bench import bar, twins
from tests.bench.bar import Bar
from tests.bench.ground import Ground
from tests.bench.service import Client

# The state most trains left from sends most batches.
TENANT = 27
ROWS = 10_000
# Of a hundred people about 17 leave from it.
PEOPLE_PER_ROW = 8
LEAST_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of one batch, over HTTP and as COPY alone, in text and in binary.

    ``beside`` is COPY, in text, of the further tables that the batch writes.
    """

    http: float
    copy: float
    binary: float
    beside: float


def bodies(
    database: Database, *, batches: int, size: int, refs: bool
) -> Iterator[bytes]:
    """Yield uploads of rows that were never sent before, in order of travel, as CSV."""
    rng = np.random.default_rng(batches + size + refs)
    with database.owner.connect() as db:
        going = population.population(
            rng, batches * size * PEOPLE_PER_ROW, places.touching(db)
        )
        ways = places.bus_ways(db, bus_pairs(going))
        known = Places(places.pins(db), ways)
    every = rows(rng, going, places=known, label=f"BENCH-{refs}")
    own = every.filter(pl.col("tenant") == TENANT).drop("tenant", "aadhaar")
    for at in range(batches):
        part = own.slice(at * size, size)
        if part.height < size:
            message = f"only {own.height} rows leave state {TENANT}"
            raise AssertionError(message)
        yield (part if refs else part.drop("source_ref")).write_csv().encode()


def timed(
    client: Client, ground: Ground, uploads: Iterator[bytes], *, size: int
) -> list[Timed]:
    """Send each upload, then copy its final rows; the first is the cold one."""
    with ground.database.owner.begin() as db:
        token = issue(db, role="uploader", state=TENANT, days=1, label="bench")
    found = []
    with psycopg.connect(ground.admin) as db:
        for body in uploads:
            sent = client.ask(
                "POST",
                "/api/v1/batches",
                token=token,
                body=body,
                kind="text/csv",
                expect=(201,),
            )
            receipt = json.loads(sent.body)
            if receipt["accepted"] != size:
                message = f"accepted {receipt['accepted']} of {size}"
                raise AssertionError(message)
            final = twins.final(db, receipt["batch"])
            copy = twins.copied(db, final, twins.YARDSTICK)
            binary = twins.copied(db, final, twins.YARDSTICK, form="binary")
            beside = twins.copied(db, final, twins.BESIDE)
            found.append(Timed(sent.seconds, copy, binary, beside))
    return found


def bars(runs: list[Timed], *, note: str, held: bool) -> list[Bar]:
    cold, warm = runs[0], runs[1:]
    shares = [run.copy / run.http for run in warm]
    name = f"batch of 10,000 over HTTP, share of COPY alone{note}"
    first = (
        bar.at_least(name, shares, LEAST_SHARE, "ratio")
        if held
        else bar.told(name, shares, "ratio")
    )
    every = [(run.copy + run.beside) / run.http for run in warm]
    packed = [run.binary / run.http for run in warm]
    return [
        first,
        bar.told(f"  of COPY in binary{note}", packed, "ratio"),
        bar.told(f"  of COPY of batch_people, source_ref too{note}", every, "ratio"),
        bar.told(f"  over HTTP, warm{note}", [run.http * 1e3 for run in warm], "ms"),
        bar.told(f"  over HTTP, first{note}", [cold.http * 1e3], "ms"),
        bar.told(f"  COPY alone{note}", [run.copy * 1e3 for run in warm], "ms"),
        bar.told(f"  COPY in binary{note}", [run.binary * 1e3 for run in warm], "ms"),
    ]


def profile(ground: Ground, uploads: Iterator[bytes], *, top: int = 45) -> str:
    """Return where the time of one warm batch goes, in this process, by HTTP's path."""
    from gis_service.app import create_app

    client = create_app(ground.settings, ground.database).test_client()
    with ground.database.owner.begin() as db:
        token = issue(db, role="uploader", state=TENANT, days=1, label="bench")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    watch = cProfile.Profile()
    plain = []
    for body in uploads:
        begin = time.perf_counter()
        client.post("/api/v1/batches", data=body, headers=headers)
        plain.append(time.perf_counter() - begin)
        last = body
    renamed = last.replace(b"BENCH", b"PROFILE")
    watch.enable()
    client.post("/api/v1/batches", data=renamed, headers=headers)
    watch.disable()
    out = io.StringIO()
    out.write(f"unprofiled, in process: {[f'{s * 1e3:.0f} ms' for s in plain]}\n")
    for order in ("cumulative", "tottime"):
        pstats.Stats(watch, stream=out).strip_dirs().sort_stats(order).print_stats(top)
    return out.getvalue()
