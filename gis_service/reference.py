"""What every database holds before the first person: places, and which ones touch."""

from boundaries import bundled
from gis_service.db import Database
from routes.network import network


def load(database: Database) -> None:
    """Load the bundled boundaries and the network where they are missing."""
    with database.owner.begin() as connection:
        bundled.load(connection)
        network(connection)  # stores which districts touch, for every worker
