"""Whether a database holds the demonstration and nothing else.

Asked by ``nmis up`` before the workers start, without the libraries of the service, as
``migrations.newest`` is: where all people are made up, everybody may see the release.
"""

import psycopg
from psycopg import sql

BATCHES = sql.SQL("SELECT bool_and(synthetic) FROM {}").format(
    sql.Identifier("nmis", "batch")
)


def is_only_demonstration(url: str) -> bool:
    """Return whether there are batches, and all of them are synthetic.

    Args:
        url: of the owner plane.
    """
    plain = url.replace("postgresql+psycopg:", "postgresql:", 1)
    with psycopg.connect(plain) as db:
        found = db.execute(BATCHES).fetchone()
    return bool(found and found[0])
