"""What ``nmis up`` puts into the database; read only when it comes to that."""

from gis_service import db, prepare
from gis_service.addresses import addresses
from gis_service.cli import _demonstration
from gis_service.settings import Settings
from movements import sandbox


def furnished(settings: Settings, *, demo_people: int | None) -> dict[str, str]:
    """Bring the database up to date; return the demo roles' tokens by their labels.

    Args:
        settings: of this installation.
        demo_people: loaded into an empty database; None for the usual number.
    """
    database = db.database(addresses(settings), patient=True)
    try:
        prepare.everything(database, settings)
        if demo_people != 0 and _demonstration.is_due(database, settings):
            _demonstration.load(settings, people=demo_people)
        _demonstration.release(database)
        return _demonstration.tokens(database)
    finally:
        database.close()


def partitions(settings: Settings) -> None:
    """Make the partitions that the day calls for, and empty the sandboxes."""
    database = db.database(addresses(settings), patient=True)
    try:
        prepare.partitions(database, settings)
        with database.owner.begin() as connection:
            sandbox.wiped(connection)
    finally:
        database.close()
