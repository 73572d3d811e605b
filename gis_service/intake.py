"""What this installation takes of uploads, by its settings and its clock."""

import logging
import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Request
from sqlalchemy.exc import SQLAlchemyError

from boundaries.errors import BoundaryError
from gis_service.db import Database
from gis_service.secrets import Secrets
from gis_service.settings import Settings
from movements.batch import made_ready
from movements.body import MAX_BYTES
from movements.errors import BadParameter, Sunset, UnreadableUpload, UploadTooLarge
from movements.keys import Keys
from movements.record import Terms

# A key names one upload; longer ones are no keys but mistakes.
LONGEST_KEY = 200

_CLOCK = ZoneInfo("Asia/Kolkata")  # a travel date is a civil date in India


def terms(settings: Settings, tenant: int, *, last: date | None = None) -> Terms:
    """Return what is taken of a state (LGD code) today, up to a day or the usual last.

    Raises:
        Sunset: the day after which uploads are refused has passed.
    """
    today = datetime.now(_CLOCK).date()
    if settings.sunset is not None and today > settings.sunset:
        raise Sunset(settings.sunset.isoformat())
    return Terms(
        tenant=tenant,
        first=settings.window_start,
        last=last or today + timedelta(days=settings.window_ahead),
        aadhaar=settings.aadhaar,
    )


def keys(secrets: Secrets) -> Keys:
    """Return the vault's keys."""
    return Keys(kek=secrets.kek, index=secrets.index_key, digest=secrets.digest_key)


def key(given: str | None) -> str | None:
    """Return an upload's Idempotency-Key.

    Raises:
        BadParameter: it is empty, too long or not printable ASCII.
    """
    if given is None:
        return None
    plain = given.isascii() and given.isprintable()
    if not 1 <= len(given) <= LONGEST_KEY or not plain:
        raise BadParameter(f"Idempotency-Key: 1 to {LONGEST_KEY} ASCII signs")
    return given


def body(asked: Request, most: int = MAX_BYTES) -> bytes:
    """Return an upload's body, as sent: all of it, or one byte over ``MAX_BYTES``.

    Args:
        asked: the request; what is left of its body can be read on.
        most: bytes that it may have.

    Raises:
        UnreadableUpload: it is a form, or compressed otherwise than by gzip.
        UploadTooLarge: its sender says that it has more; it is not read.
    """
    encoding = asked.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise UnreadableUpload(f"Content-Encoding {encoding!r}; allowed: gzip")
    if asked.mimetype.startswith("multipart/"):
        raise UnreadableUpload(
            "send the file itself as the body, not a form: curl --data-binary @FILE"
        )
    if (asked.content_length or 0) > most:
        raise UploadTooLarge("bytes", asked.content_length or 0, most)
    return asked.stream.read(MAX_BYTES + 1)


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
