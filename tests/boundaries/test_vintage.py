"""Sets by day, and lineage."""

from datetime import date

import pytest
from sqlalchemy import update

from boundaries import bundled
from boundaries.errors import NoBoundaries
from boundaries.tables import BOUNDARY_SET
from boundaries.vintage import active_set, lineage, sets_on


def test_days_outside_are_clamped_to_the_earliest_and_the_newest(db):
    for day in (None, date(1950, 1, 26), bundled.DAY, date(2100, 1, 1)):
        assert active_set(db, "district", day) == bundled.DISTRICT_SET
        assert sets_on(db, day).state == bundled.STATE_SET


def test_without_any_active_set_the_way_out_is_named(db):
    db.execute(update(BOUNDARY_SET).values(active=False))
    with pytest.raises(NoBoundaries, match="nmis boundaries activate"):
        active_set(db, "state")


def test_a_parent_and_its_children_find_one_another(db):
    children = lineage(db, 505)
    assert {each.child for each in children} == {745, 746, 747}
    assert {each.effective for each in children} == {date(2022, 4, 4)}
    assert {each.parent for each in lineage(db, 745)} == {505, 520}
    assert lineage(db, 212) == []
