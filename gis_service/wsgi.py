"""What a web worker runs."""

import gc

from flask import Flask

from gis_service import cube, db, intake, lifeline, logs, vault_words, warm
from gis_service.addresses import addresses
from gis_service.app import create_app
from gis_service.audit import signing
from gis_service.settings import Settings


def app() -> Flask:
    """Return the service on the database that the environment names."""
    lifeline.end_with_parent()
    logs.configure()
    settings = Settings.from_env()
    vault_words.tell(settings)
    database = db.database(addresses(settings), read_timeout_s=settings.read_timeout)
    made = create_app(settings, database)
    warm.warm(made)
    cube.watched(made.extensions["cube"], database)
    intake.warmed(database)
    key = made.extensions["audit"]
    signing.watched(signing.Signer(database.audit, key, settings.var))
    # What now lives as long as the worker is not looked through for garbage again: a
    # batch makes so many objects that this took 0.1 s of every third one.
    gc.collect()
    gc.freeze()
    return made
