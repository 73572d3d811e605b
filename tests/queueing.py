"""Uploads that wait, for tests: worked off without a worker's process."""

import hashlib
from base64 import b64encode

from gis_service import intake
from gis_service.queue_step import Work, step

# As the real one, so that tests may say how many slices there are.
SLICE = 20_000


def work(app, database, **how) -> Work:
    """What a worker of this service has."""
    keys = intake.keys(app.extensions["secrets"])
    return Work(database, app.extensions["settings"], keys, **how)


def all_done(app, database, **how) -> int:
    """Work everything off; how many turns there were."""
    turns = 0
    while step(work(app, database, **how)):
        turns += 1
    return turns


def content_digest(body: bytes) -> str:
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"
