"""Whatever becomes of a district or of a level's name, an atom is drawn only once."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from sqlalchemy import delete, insert, literal, select

from boundaries.tables import BOUNDARY_SET, LINEAGE, UNIT
from boundaries.version import bump
from movements.flow import FLOW_DAY
from movements.release.draw import ONE, drawn
from movements.release.levels import CATEGORIES, FLOWS
from movements.release.make import make
from tests.attack.releasing import KEY, MONDAY, SOON, emptied, journeys, released
from tests.flow_rows import MUMBAI, PUNE, flow


def test_a_split_district_keeps_its_draws(database):
    """Its past stays under the code of the day of travel, whatever comes later."""
    journeys(database)
    make(database.owner, key=KEY, today=SOON)
    before = released(database)
    try:
        _split(database, parent=PUNE, child=755)
        assert make(database.owner, key=KEY, today=SOON).corrected == 0
        assert released(database) == before
        # What the child's code is told of is no atom of the parent's.
        with database.owner.begin() as db:
            row = flow(755, MUMBAI, 300, day=MONDAY)
            states = {"origin_state": 27, "destination_state": 27}
            db.execute(insert(FLOW_DAY).values(row | states))
        assert make(database.owner, key=KEY, today=SOON).corrected == 1
        after = dict(released(database))
        assert {atom: after.get(atom) for atom, _ in before} == dict(before)
    finally:
        _joined(database)
        emptied(database)


SPLIT = "split"


def _split(database, *, parent: int, child: int) -> None:
    """Put a set in force in which a part of a district is one of its own."""
    with database.owner.begin() as db:
        last = (
            select(BOUNDARY_SET.c.set_id)
            .where(BOUNDARY_SET.c.level == "district", BOUNDARY_SET.c.active)
            .order_by(BOUNDARY_SET.c.valid_from.desc())
            .limit(1)
        )
        old = db.execute(last).scalar_one()
        later = {"set_id": SPLIT, "valid_from": SOON}
        _copy(db, BOUNDARY_SET, BOUNDARY_SET.c.set_id == old, later)
        _copy(db, UNIT, UNIT.c.set_id == old, {"set_id": SPLIT})
        part = (UNIT.c.set_id == SPLIT) & (UNIT.c.code == parent)
        _copy(db, UNIT, part, {"code": child, "name": "Example Part"})
        db.execute(
            insert(LINEAGE).values(
                level="district",
                child=child,
                effective=SOON,
                kind="split",
                parent=parent,
                share=0.4,
                child_name="Example Part",
                source="example",
            )
        )
        bump(db, "boundaries")


def _copy(db, table, where, changed) -> None:
    written = [column for column in table.c if column.name != "geojson"]  # generated
    columns = [
        literal(changed[column.name], column.type).label(column.name)
        if column.name in changed
        else column
        for column in written
    ]
    names = [column.name for column in written]
    db.execute(insert(table).from_select(names, select(*columns).where(where)))


def _joined(database) -> None:
    with database.owner.begin() as db:
        db.execute(delete(LINEAGE).where(LINEAGE.c.source == "example"))
        db.execute(delete(BOUNDARY_SET).where(BOUNDARY_SET.c.set_id == SPLIT))
        bump(db, "boundaries")


# Draws by ``KEY`` as they were when the first release was made: threshold, and
# rounding as a number below 2 ** 53.
PINNED = {
    "district": [(14, 6473081503371304), (14, 6705454564771756)],
    "state_to_district": [(11, 6744073703284942), (11, 2759791555061055)],
    "state": [(12, 5706426434186821), (12, 2906284658786601)],
    "country": [(10, 1475729402699889), (10, 7664362904616002)],
    "category_of_state": [(13, 7434886622465098), (13, 252081505825405)],
}


@pytest.mark.parametrize("level", [*FLOWS, *CATEGORIES], ids=lambda each: each.name)
def test_a_draw_is_pinned_so_that_no_renamed_level_or_layer_draws_anew(level):
    name = {
        "week": MONDAY,
        "day": MONDAY + timedelta(days=2),
        "mode": "bus",
        "category": "pilgrim",
        "origin_state": 27,
        "origin": MUMBAI,
        "destination_state": 10,
        "destination": 206,
    }
    row = pl.DataFrame([{each: name[each] for each in level.by}])
    draws = [drawn(KEY, level, row, counters=np.array([counter])) for counter in (0, 1)]
    found = [(int(t[0]), int(u[0])) for t, u in draws]
    assert all(0 <= u < ONE for _, u in found)
    assert found == PINNED[level.name]
