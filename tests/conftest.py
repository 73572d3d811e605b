"""A real PostGIS for every test: a private, migrated database with the boundaries.

One cluster serves the whole run: a throw-away one, or, where ``NMIS_TEST_SERVER``
names a superuser's address of a server that is already there, that one. A template
database is migrated and loaded once; each test module works on a copy of it. Where
tests run side by side (``-n 2``) the process that hands them out makes both, for all.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Connection, func, make_url, select

from boundaries import bundled
from gis_service import db as planes
from gis_service.db import Database
from gis_service.migrate import migrate

# The months that the demonstration and every test's travel dates fall into.
FIRST_DAY = date(2020, 3, 1)
LAST_DAY = date(2027, 3, 1)

# A superuser's address of another server.
GIVEN = "NMIS_TEST_SERVER"
# Where the throw-away cluster lies if so many bytes are free there.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it has a random name
ROOM = 6 * 1024**3

ROLES = {plane: f"nmis_{plane}" for plane in planes.PLANES}

COPY = "CREATE DATABASE {} TEMPLATE {} OWNER nmis_owner"
if GIVEN not in os.environ:
    # Files are copied as they are, not page by page through the log.
    COPY += " STRATEGY FILE_COPY"

# What the process that hands out tests has made for those that run them.
SHARED = pytest.StashKey[dict[str, str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell a process that is about to run tests which server and template to use."""
    if SHARED not in node.config.stash:
        made = ExitStack()
        node.config.add_cleanup(made.close)
        url = made.enter_context(_server())
        node.config.stash[SHARED] = {
            "server": url.render_as_string(hide_password=False),
            "template": made.enter_context(_template(url)),
        }
    node.workerinput |= node.config.stash[SHARED]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have a long test: the last one is waited for alone."""
    long = {each.path for each in items if each.get_closest_marker("long")}
    items.sort(key=lambda each: each.path not in long)


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[URL]:
    """A superuser's address of the server that the run's databases are made on."""
    told = getattr(pytestconfig, "workerinput", {})
    if "server" in told:
        yield make_url(told["server"])
        return
    with _server() as url:
        yield url


@pytest.fixture(scope="session")
def template(server: URL, pytestconfig: pytest.Config) -> Iterator[str]:
    """The name of a database with every table, partition and bundled boundary."""
    told = getattr(pytestconfig, "workerinput", {})
    if "template" in told:
        yield told["template"]
        return
    with _template(server) as name:
        yield name


@pytest.fixture(scope="module")
def database(server: URL, template: str) -> Iterator[Database]:
    """A database of this module's own; what its tests commit stays in it."""
    name = f"nmis_{os.getpid()}_{os.urandom(4).hex()}"
    _run(server, COPY, name, template)
    opened = planes.database(_urls(server, name))
    try:
        yield opened
    finally:
        opened.close()
        _run(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def db(database: Database) -> Iterator[Connection]:
    """A connection as the owner; all that the test does is rolled back."""
    with database.owner.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="module")
def app(database: Database, tmp_path_factory: pytest.TempPathFactory):
    """The whole service on this module's database, with secrets of its own."""
    from gis_service.app import create_app
    from gis_service.settings import Settings

    made = create_app(Settings(var=tmp_path_factory.mktemp("var")), database)
    made.testing = True
    return made


@pytest.fixture
def client(app):
    """A client of ``app`` without a session."""
    return app.test_client()


@pytest.fixture(scope="module")
def token(database: Database) -> Callable[..., str]:
    """``token(role, state=None, district=None)``: a live bearer token."""
    from gis_service import access

    def issued(role: str, state: int | None = None, district: int | None = None) -> str:
        with database.owner.begin() as connection:
            return access.issue(
                connection,
                role=role,
                state=state,
                district=district,
                days=1,
                label="test",
            )

    return issued


@contextmanager
def _server() -> Iterator[URL]:
    given = os.environ.get(GIVEN)
    if given:
        yield make_url(given)
        return
    from gis_service import cluster

    with tempfile.TemporaryDirectory(prefix="nmis-test-", dir=_in_memory()) as folder:
        Path(folder).chmod(0o711)  # the server may run as another account
        running = cluster.start(Path(folder), durable=False)
        try:
            yield make_url(running.admin_url)
        finally:
            running.destroy()


def _in_memory() -> Path | None:
    """Return a folder that lies in memory, where there is room; else the usual one.

    A copy of the template has two thousand files: on a disk that takes two seconds of
    its file system, in memory a tenth of one, and there are two hundred copies.
    """
    if not IN_MEMORY.is_dir() or not os.access(IN_MEMORY, os.W_OK):
        return None
    room = os.statvfs(IN_MEMORY)
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    enough = min(room.f_bavail * room.f_frsize, free) >= ROOM
    return IN_MEMORY if enough else None


@contextmanager
def _template(server: URL) -> Iterator[str]:
    name = f"nmis_template_{os.getpid()}"
    _run(server, "CREATE DATABASE {} OWNER nmis_owner", name)
    try:
        _run(server.set(database=name), "CREATE EXTENSION postgis")
        _fill(planes.database(_urls(server, name)))
        yield name
    finally:
        _run(server, "DROP DATABASE {} WITH (FORCE)", name)


def _urls(server: URL, name: str) -> dict[str, str]:
    return {
        plane: server.set(database=name, username=role).render_as_string(
            hide_password=False
        )
        for plane, role in ROLES.items()
    }


def _run(server: URL, statement: str, *names: str) -> None:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _fill(opened: Database) -> None:
    migrate(opened.owner)
    with opened.owner.begin() as connection:
        connection.execute(select(func.nmis.make_partitions(FIRST_DAY, LAST_DAY)))
        bundled.load(connection)
    opened.close()
