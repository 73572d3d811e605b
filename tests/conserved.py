"""Every count of journeys, which must be the same after whatever was written."""

from sqlalchemy import func, select

from movements.flow import FLOW_DAY, FLOW_DELTA, ROUTE_DAY
from movements.tables import MOVEMENT, PROFILE


def conserved(database) -> int:
    """Return how many journeys there are, having counted them in every table."""
    with database.owner.connect() as db:
        one = select(func.count()).select_from
        counts = {db.execute(one(table)).scalar_one() for table in (MOVEMENT, PROFILE)}
        counts |= {
            db.execute(select(func.coalesce(func.sum(of.c.n), 0))).scalar_one()
            for of in (FLOW_DAY, ROUTE_DAY, FLOW_DELTA)
        }
        least = db.execute(select(func.min(FLOW_DAY.c.n))).scalar_one()
        stages = select(MOVEMENT.c.stage, func.count()).group_by(MOVEMENT.c.stage)
        rolled = select(FLOW_DAY.c.status, func.sum(FLOW_DAY.c.n)).group_by(
            FLOW_DAY.c.status
        )
        assert sorted(map(tuple, db.execute(stages))) == sorted(
            map(tuple, db.execute(rolled.where(FLOW_DAY.c.n != 0)))
        )
    assert len(counts) == 1
    assert least is None or least > 0
    return counts.pop()
