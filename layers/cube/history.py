"""Which history of flows a database tells; one restored from a backup tells another.

Its versions run again over numbers that bases, workers and readers' entity tags know
already, for other flows. What gives it away is a base that is newer than the database.
"""

import secrets

from sqlalchemy import Connection, update

from boundaries.version import VERSION

# As many bits as in migration 0003: a JSON number holds them.
EPOCH_BITS = 52
# Answers went out at versions beyond the newest base. A base is written every so many
# deltas, far fewer versions than these.
MARGIN = 1_000_000


def begin(db: Connection, *, beyond: int) -> None:
    """Give the flows another epoch, and a version beyond all that was ever told.

    Args:
        db: a connection on the owner plane.
        beyond: the newest version known of the history that is lost.
    """
    wanted = {"flow_epoch": secrets.randbits(EPOCH_BITS), "flows": beyond + MARGIN}
    for subject, version in wanted.items():
        row = update(VERSION).where(VERSION.c.subject == subject)
        db.execute(row.values(version=version))
