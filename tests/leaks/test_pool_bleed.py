"""Two connections, sixty-four threads, errors and cancels: no row of another tenant."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from boundaries.wall import enter
from gis_service.people_plane import today
from movements.tables import MOVEMENT, SOURCE_REF

THREADS, TURNS = 64, 8
TENANTS = (27, 9, 10)


def test_no_row_of_another_tenant_bleeds_through_the_pool(database, crowd):
    pool = create_engine(
        database.upload.url, pool_size=2, max_overflow=0, pool_timeout=60
    )
    begun = threading.Barrier(THREADS)
    seen: list[tuple[int, set[int]]] = []
    failed: list[str] = []

    def turns(at: int) -> None:
        rng = random.Random(at)  # noqa: S311 - which misfortune comes when
        begun.wait()
        for _ in range(TURNS):
            tenant = rng.choice(TENANTS)
            how = rng.choice(("whole", "forgotten", "error", "cancel", "no scope"))
            try:
                _turn(pool, tenant, how, seen)
            except (DBAPIError, psycopg.Error) as error:
                failed.append(type(error).__name__)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(turns, range(THREADS)))
    pool.dispose()
    assert len(seen) > THREADS
    assert len(failed) > THREADS  # errors and cancels did come
    assert not [each for each in seen if each[1] - {each[0]}]
    assert {tenant for tenant, found in seen if found} == set(TENANTS)


def _turn(pool, tenant: int, how: str, seen: list[tuple[int, set[int]]]) -> None:
    with pool.connect() as db:
        if how != "no scope":
            enter(db, tenant=tenant)
        asked = (
            select(SOURCE_REF.c.tenant),
            # One month's partition: planning for all of them is not what is tested.
            select(MOVEMENT.c.tenant).where(MOVEMENT.c.travel_date == today()),
        )
        for question in asked:
            found = set(db.execute(question).scalars())
            # Without a scope nobody's rows are there, whoever had the connection last.
            seen.append((tenant if how != "no scope" else 0, found))
        if how == "error":
            db.execute(text("SELECT 1 / 0"))
        if how == "cancel":
            driver = db.connection.driver_connection
            threading.Timer(0.01, driver.cancel).start()
            db.execute(text("SELECT pg_sleep(5)"))
        if how == "whole":
            db.commit()
