"""Where the database is: the operator's own, or the private cluster under ``var``."""

from gis_service import cluster, db
from gis_service.settings import Settings


def addresses(settings: Settings) -> dict[str, str]:
    """Return the database's address per plane."""
    if settings.database_url:
        return dict.fromkeys(db.PLANES, settings.database_url)
    return cluster.urls(settings.var)
