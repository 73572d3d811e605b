"""Which units of a new set can keep the people counted in the bundled one."""

from datetime import date

from sqlalchemy import Connection, select

from boundaries.bundled import DAY, DISTRICT_SET, STATE_SET
from boundaries.tables import LINEAGE, UNIT

BASIS = "the unit of the same code in the bundled set, not split since"


def carried(db: Connection, level: str, day: date) -> dict[int, int]:
    """Return people of the Census 2011 by code, without units split until ``day``.

    A parent keeps its code after a split but not its people, so it gets none.
    """
    bundled = STATE_SET if level == "state" else DISTRICT_SET
    split = LINEAGE.c
    parents = select(split.parent).where(
        split.level == level,
        split.parent.is_not(None),
        split.effective.between(DAY, day),
    )
    counted = select(UNIT.c.code, UNIT.c.population_2011).where(
        UNIT.c.set_id == bundled,
        UNIT.c.population_2011.is_not(None),
        UNIT.c.code.not_in(parents),
    )
    return {row.code: row.population_2011 for row in db.execute(counted)}
