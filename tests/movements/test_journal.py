"""Lists of journeys are read by their indexes, also behind the walls."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text

from boundaries.wall import enter
from gis_service.policy import ROLES
from movements import journal_sql
from movements.errors import BadParameter
from movements.journal_filter import Wanted
from movements.journal_months import filled, runs
from movements.journal_place import Place, place
from movements.sight import Eye
from movements.tables import MOVEMENT

TODAY = date(2026, 5, 20)
SPAN = date(2026, 5, 1), date(2026, 7, 1)
AFTER = Place(date(2026, 5, 3), UUID(int=5))

READERS = [
    ("upload", "uploader", {"tenant": 27}, {"tenant"}),
    ("officer", "state", {"origin": 27, "destination": 27},
     {"origin_state", "destination_state"}),
    ("officer", "district", {"origin_district": 490, "destination_district": 490},
     {"origin_state", "destination_state"}),
    ("officer", "railways", {"requisitions": 1}, set()),
]  # fmt: skip


def plan(db, question) -> str:
    asked = question.compile(
        dialect=db.dialect, compile_kwargs={"render_postcompile": True}
    )
    rows = db.exec_driver_sql(f"EXPLAIN (COSTS OFF) {asked}", asked.params)
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize(("plane", "role", "scope", "columns"), READERS)
def test_a_page_is_read_in_order_from_where_the_last_one_ended(
    database, plane, role, scope, columns
):
    """Operators below a policy must be leakproof; otherwise the index is no help."""
    looking = Eye(ROLES[role].sights, scope, TODAY)
    home = 27 if role == "district" else None
    question = journal_sql.page(
        looking, Wanted(home=home), span=SPAN, after=AFTER, limit=10
    )
    with getattr(database, plane).connect() as db:
        enter(db, **scope)
        for setting in ("seqscan", "bitmapscan", "sort"):
            db.execute(text(f"SET LOCAL enable_{setting} = off"))
        found = plan(db, question)
    conditions = [line for line in found.splitlines() if "Index Cond" in line]
    assert conditions
    assert all("ROW(travel_date, movement_id) > ROW(" in each for each in conditions)
    assert {name for name in columns if any(name in c for c in conditions)} == columns
    assert "Seq Scan" not in found
    assert "->  Sort" not in found
    assert "movement_202604" not in found


def test_months_are_walked_in_growing_spans():
    months = [date(2026, 1 + at, 1) for at in range(9)]
    spans = list(runs(months, first=date(2026, 2, 3), last=date(2026, 8, 31)))
    assert spans == [
        (date(2026, 2, 1), date(2026, 4, 1)),
        (date(2026, 4, 1), date(2026, 8, 1)),
        (date(2026, 8, 1), date(2026, 9, 1)),
    ]
    assert list(runs([])) == []
    assert list(runs([date(2026, 12, 1)])) == [(date(2026, 12, 1), date(2027, 1, 1))]


def test_only_months_with_journeys_are_known(database):
    for plane in ("owner", "officer", "upload"):
        with getattr(database, plane).connect() as db:
            assert filled(db) == []
            assert db.execute(select(MOVEMENT.c.bucket)).all() == []


def test_a_place_is_read_back_and_nothing_else_is():
    assert place(AFTER.text()) == AFTER
    for given in ("", "x", "AAAA", f"{AFTER.text()}A", AFTER.text()[:-1], "ä" * 26):
        with pytest.raises(BadParameter):
            place(given)
