"""The second wall of walk-ins alone: rows are added at the officer's places only."""

from uuid import uuid4

import pytest
from psycopg import sql
from sqlalchemy import Connection, create_engine, insert, select, text
from sqlalchemy.exc import ProgrammingError

from boundaries.wall import enter
from gis_service import walls
from movements.tables import MOVEMENT, MOVEMENT_EVENT, PROFILE
from tests.leaks.seeding import BIHAR, GAYA, PATNA

TABLES = {
    ("nmis", "movement"): MOVEMENT,
    ("nmis", "movement_event"): MOVEMENT_EVENT,
    ("vault", "profile"): PROFILE,
}
NARROW = [policy for policy in walls.policies() if policy.narrows]
HERE = [
    {"destination": BIHAR},
    {"destination_district": PATNA[1]},
]


@pytest.fixture
def admin(crowd, database, server) -> Connection:
    """A superuser's connection, whose transaction is taken back."""
    url = server.set(
        database=database.owner.url.database, drivername="postgresql+psycopg"
    )
    engine = create_engine(url)
    with engine.connect() as db:
        yield db
        db.rollback()
    engine.dispose()


def added(db: Connection, table, end: tuple[int, int], wall: dict[str, int]) -> bool:
    """Whether the login that uploads may add a row that ends somewhere."""
    row = dict(db.execute(select(table).limit(1)).mappings().one())
    keys = {"person_id", "movement_id", "event_id"} & row.keys()
    row |= dict.fromkeys(keys, uuid4()) | {"tenant": BIHAR}
    row["destination_state"], row["destination_district"] = end
    trial = db.begin_nested()
    try:
        db.execute(text("SET LOCAL ROLE nmis_upload"))
        enter(db, tenant=BIHAR, **wall)
        db.execute(insert(table).values(row))
    except ProgrammingError as error:
        if "row-level security" not in str(error):
            raise
        return False
    else:
        return True
    finally:
        trial.rollback()


def test_each_table_of_people_that_walk_ins_are_added_to_is_narrowed():
    assert {policy.table for policy in NARROW} == set(TABLES)


@pytest.mark.parametrize("table", TABLES.values(), ids=str)
@pytest.mark.parametrize("wall", HERE, ids=str)
def test_rows_are_added_that_end_here_and_no_others(admin, table, wall):
    assert added(admin, table, PATNA, wall)
    assert added(admin, table, GAYA, wall) == ("destination" in wall)
    assert not added(admin, table, (27, 490), wall)


@pytest.mark.parametrize("table", TABLES.values(), ids=str)
def test_an_upload_of_a_states_system_is_not_narrowed(admin, table):
    assert added(admin, table, (27, 490), {})


@pytest.mark.parametrize("policy", NARROW, ids=lambda each: each.table[1])
def test_the_policy_dropped_is_noticed(admin, policy):
    table = TABLES[policy.table]
    drop = sql.SQL("DROP POLICY {} ON {}").format(
        sql.Identifier(policy.name), sql.Identifier(*policy.table)
    )
    admin.connection.cursor().execute(drop)
    assert added(admin, table, (27, 490), HERE[0])
