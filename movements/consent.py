"""Whether the receiving state has to agree: a regime that is dated data."""

from typing import Any

from sqlalchemy import Connection, Date, Select, cast, func, select

from movements.tables import CONSENT

REGIMES = ("required", "notify", "none")

_NOW: Select[Any] = (
    select(CONSENT.c.regime)
    .where(CONSENT.c.valid_from <= cast(func.now(), Date))
    .order_by(CONSENT.c.valid_from.desc())
    .limit(1)
)


def permission_at_first(db: Connection) -> str:
    """Return where the permission of a journey stands that is sent now.

    ``none`` where the receiving state has to be asked (or nothing is known of the
    day), ``notified`` where it is only told: then it sees the journey at once.
    """
    regime = db.execute(_NOW).scalar_one_or_none()
    return "notified" if regime in ("notify", "none") else "none"
