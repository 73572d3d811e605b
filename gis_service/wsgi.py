"""What a web worker runs."""

from flask import Flask

from gis_service import db, lifeline, prepare
from gis_service.app import create_app
from gis_service.settings import Settings


def app() -> Flask:
    """Return the service on the database that the environment names."""
    lifeline.end_with_parent()
    settings = Settings.from_env()
    return create_app(settings, db.database(prepare.addresses(settings)))
