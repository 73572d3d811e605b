"""Of many journeys a page reads those it shows: by index, in the months it needs."""

import re
from datetime import date

import pytest

from boundaries.wall import enter
from gis_service.policy import ROLES
from gis_service.settings import Settings
from movements import journal_sql
from movements.journal_filter import EVERYTHING
from movements.journal_months import filled, runs
from movements.sight import Eye
from tests.bench import people_filling
from tests.bench.ground import Ground

JOURNEYS = 20_000
LIMIT = 101
READERS = [
    ("upload", "uploader", {"tenant": 27}, ("tenant",)),
    ("officer", "state", {"origin": 27, "destination": 27},
     ("origin_state", "destination_state")),
]  # fmt: skip


@pytest.fixture(scope="module")
def peopled(server, database, tmp_path_factory):
    """The module's database with a state's journeys, and others' beside them."""
    name = database.owner.url.database
    admin = server.set(drivername="postgresql", database=name)
    on = Ground(
        database,
        Settings(var=tmp_path_factory.mktemp("var")),
        admin.render_as_string(hide_password=False),
    )
    people_filling.fill(on, JOURNEYS)
    return database


@pytest.mark.parametrize(("plane", "role", "scope", "sides"), READERS)
def test_a_page_reads_little_more_than_it_shows(peopled, plane, role, scope, sides):
    looking = Eye(ROLES[role].sights, scope, date(2026, 5, 20))
    with getattr(peopled, plane).connect() as db:
        enter(db, **scope)
        span = next(runs(filled(db)))
        question = journal_sql.page(
            looking, EVERYTHING, span=span, after=None, limit=LIMIT
        )
        asked = question.compile(
            dialect=db.dialect, compile_kwargs={"render_postcompile": True}
        )
        explained = f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {asked}"
        plan = [row[0] for row in db.exec_driver_sql(explained, asked.params)]
    scans = [line for line in plan if "Scan" in line]
    assert scans
    for line in scans:
        assert re.search(
            rf"Index Scan using movement_20200[34]_({'|'.join(sides)})_travel", line
        ), line
    read = sum(int(n) for line in scans for n in re.findall(r"rows=(\d+)", line))
    assert LIMIT <= read <= len(sides) * LIMIT


def test_only_the_months_of_the_year_are_looked_at(peopled):
    with peopled.upload.connect() as db:
        assert len(filled(db)) == 12
