"""How many people take a route."""

from uuid import UUID

from sqlalchemy import Connection, Uuid, bindparam, select

from layers.pairs import route_totals
from layers.question import Question

_ROUTE = bindparam("route_id", type_=Uuid)
_TOTALS = route_totals().subquery("totals")
_QUERY = select(_TOTALS.c.n).where(_TOTALS.c.route_id == _ROUTE)


def people(db: Connection, route_id: UUID, *, question: Question) -> int:
    """Return the people on a route, as asked and in scope; zero where none are."""
    values = question.parameters() | {"route_id": route_id}
    return int(db.execute(_QUERY, values).scalar_one_or_none() or 0)
