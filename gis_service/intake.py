"""What this installation takes of uploads, by its settings and its clock."""

import logging
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from boundaries.errors import BoundaryError
from gis_service.db import Database
from gis_service.secrets import Secrets
from gis_service.settings import Settings
from movements.batch import made_ready
from movements.errors import Sunset
from movements.keys import Keys
from movements.record import Terms

_CLOCK = ZoneInfo("Asia/Kolkata")  # a travel date is a civil date in India


def terms(settings: Settings, tenant: int) -> Terms:
    """Return what is taken of a state (LGD code) today.

    Raises:
        Sunset: the day after which uploads are refused has passed.
    """
    today = datetime.now(_CLOCK).date()
    if settings.sunset is not None and today > settings.sunset:
        raise Sunset(settings.sunset.isoformat())
    return Terms(
        tenant=tenant,
        first=settings.window_start,
        last=today + timedelta(days=settings.window_ahead),
        aadhaar=settings.aadhaar,
    )


def keys(secrets: Secrets) -> Keys:
    """Return the vault's keys."""
    return Keys(kek=secrets.kek, index=secrets.index_key, digest=secrets.digest_key)


def warmed(database: Database) -> threading.Thread:
    """Read what uploads look things up in, beside the first requests of a worker.

    It takes half a second, which the first upload would wait for.
    """
    thread = threading.Thread(
        target=_warm, args=(database,), name="warmed", daemon=True
    )
    thread.start()
    return thread


def _warm(database: Database) -> None:
    try:
        with database.upload.connect() as db:
            # No transaction stays open while the half second is computed.
            made_ready(db.execution_options(isolation_level="AUTOCOMMIT"))
    except (SQLAlchemyError, BoundaryError) as error:
        # The first upload will read it, or tell what is wrong.
        logging.getLogger(__name__).info("not warmed: %s", type(error).__name__)
