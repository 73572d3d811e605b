"""People who are gone do not come back with the next file of a state.

Days of months out of view are not taken, nor rows of people erased on request. Both are
looked up before anything is locked, and again once the locks are had, since people may
have gone while they were waited for.
"""

from datetime import date

import polars as pl
from sqlalchemy import Connection, select

from movements.erased_refs import erased_rows
from movements.errors import GoneMeanwhile
from movements.keys import Keys
from movements.retention_tables import PURGE_RUN


def months_gone(db: Connection) -> frozenset[date]:
    """Return the months whose people were taken out of view, by their first days."""
    gone = select(PURGE_RUN.c.month).where(PURGE_RUN.c.archived_at.is_not(None))
    return frozenset(db.execute(gone).scalars())


def refuse_gone(db: Connection, rows: pl.DataFrame, *, tenant: int, keys: Keys) -> None:
    """Let rows be written unless their people went since they were examined.

    Args:
        db: a connection on the upload plane that holds their row ids and months.
        rows: checked rows with ``purge_month``.
        tenant: whose.
        keys: of the vault.

    Raises:
        GoneMeanwhile: some did; sent again, those are refused as faults.
    """
    months = months_gone(db) & set(rows["purge_month"].unique())
    if months or erased_rows(db, rows["source_ref"], tenant=tenant, keys=keys):
        raise GoneMeanwhile(
            "people were erased while these rows were taken; nothing is stored: send"
            " them again"
        )
