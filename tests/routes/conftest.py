"""The network of the bundled districts, and words to speak of them."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from boundaries.lookup import gazetteer
from gis_service.db import Database
from routes import lines, network
from routes.network import Network
from routes.path import Journey


@pytest.fixture(scope="module", autouse=True)
def _contacts(database: Database):
    """Contacts are computed once per module, as at the first start of a service."""
    with database.owner.begin() as connection:
        network.network(connection)


@pytest.fixture
def net(db: Connection) -> Network:
    return network.network(db)


@pytest.fixture
def bumping():
    """For a test that bumps a version and rolls back: forget what was kept for it."""
    yield
    network.forget()
    lines.forget()


@dataclass(frozen=True)
class Places:
    """Codes by name, and journeys between districts named "District, State"."""

    names: object

    def district(self, name: str) -> int:
        return self.names.district(name)

    def index(self, net: Network, name: str) -> int:
        return int(net.codes.searchsorted(self.district(name)))

    def journey(self, origin: str, destination: str, *states: str, mode="bus"):
        declared = tuple(self.names.state(name) for name in states) or None
        ends = self.district(origin), self.district(destination)
        return Journey(mode, *ends, declared)


@pytest.fixture
def places(db: Connection) -> Places:
    return Places(gazetteer(db))
