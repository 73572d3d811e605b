"""Questions for contacts end by their age."""

from datetime import date, timedelta

from sqlalchemy import select

from movements.retention import Clocks
from movements.retention_traces import traces_ended
from movements.trace_tables import TRACE
from movements.traces import Question, counted

TODAY = date(2021, 5, 1)


def test_questions_are_kept_as_long_as_people_and_no_longer(db):
    for days in (364, 365, 800):
        asked = Question("account:a", "CASE-1", TODAY - timedelta(days=days))
        assert counted(db, asked, quota=1).used == 1
    clocks = Clocks(30, 365, None)
    assert traces_ended(db, clocks, TODAY) == 2
    (left,) = db.execute(select(TRACE.c.day)).scalars()
    assert left == TODAY - timedelta(days=364)


def test_who_waits_for_one_case_waits_once(db):
    first, second = (
        counted(db, Question("account:b", case, TODAY), quota=0)
        for case in ("CASE-1", "CASE-2")
    )
    again = counted(db, Question("account:b", "CASE-1", TODAY), quota=0)
    assert (again.id, again.state, again.may) == (first.id, "waiting", False)
    assert second.id != first.id
