"""A live server with journeys of three states, and the programs that ask it."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from gis_service.portals import pull_each
from gis_service.secrets import release_key
from layers.portal_sources import Registration, register
from movements.release.make import make
from movements.release.tables import FLOW_RELEASE
from tests.bench import crowd
from tests.flow_rows import BIHAR, KERALA, MUMBAI, PUNE, add, flow, two_of
from tests.layers.cube.test_released import TODAY
from tests.portal_server import CSV, portal

# Whoever is asked here is installed by `make clients`, into the system.
PYTHON = "/usr/bin/python3"
PEOPLE = 20_000
SCRIPT = Path(__file__).with_name("read_by_qgis.py")


@pytest.fixture(scope="module", autouse=True)
def journeys(database):
    with database.owner.begin() as db:
        bihar, kerala = two_of(db, BIHAR), two_of(db, KERALA)
        rows = [flow(MUMBAI, bihar[0], 12), flow(PUNE, MUMBAI, 4)]
        rows += [flow(PUNE, bihar[1], 3), flow(MUMBAI, kerala[0], 7)]
        add(db, [*rows, flow(bihar[1], kerala[0], 7_654_321)])


@pytest.fixture(scope="module")
def atoms(app, database, journeys) -> tuple[int, int]:
    """A release of a small demonstration: how many atoms, of how many journeys."""
    crowded = crowd.counted(crowd.crowd(database, PEOPLE)).to_dicts()
    with database.owner.begin() as db:
        add(db, crowded)
    make(
        database.owner,
        key=release_key(app.extensions["settings"].var, may_make=True),
        today=TODAY,
    )
    sums = func.count(), func.sum(FLOW_RELEASE.c.n)
    with database.release.connect() as db:
        return tuple(db.execute(select(*sums)).one())


@pytest.fixture(scope="module")
def cases(database) -> dict[int, int]:
    """A layer of another portal: COVID-19 cases of every tenth district."""
    told = {code: 3 * code for code in range(1, 700, 10)}
    rows = "\n".join(["code,cases", *(f"{k},{v}" for k, v in told.items()), ""])
    with portal() as there:
        there.tells("/cases.csv", rows.encode(), **CSV)
        given = Registration(
            "covid_cases",
            there.url("/cases.csv"),
            networks=("127.0.0.0/8",),
            ports=(there.port,),
            public=True,
        )
        with database.owner.begin() as db:
            register(db, given)
        assert pull_each(database.owner, ["covid_cases"], say=print)
    return told


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """What was asked of the server: path and query, in order."""
    return []


@pytest.fixture(scope="module")
def address(app, asked) -> Iterator[str]:
    """The address of `/ogc/` on a live server."""

    def noted(environ, start_response):
        asked.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}")
        return app(environ, start_response)

    server = make_server("127.0.0.1", 0, noted, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ogc/"
    server.shutdown()
    thread.join()


@pytest.fixture
def run(tmp_path) -> Callable[..., str]:
    """``run(*command, **environment)``: what a program of the system prints."""

    def done(*command: str, **environment: str) -> str:
        path = "/usr/local/bin:/usr/bin:/bin"
        own = {"PATH": path, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
        made = subprocess.run(
            command,
            env=own | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        return made.stdout

    return done


@pytest.fixture
def qgis(run, address, tmp_path) -> Callable[..., dict]:
    """``qgis(layer, page=None, token=None, box=None)``: what QGIS reads of a layer."""

    def read(layer: str, **more) -> dict:
        folder = tmp_path / "qgis"
        folder.mkdir(exist_ok=True)
        asked = {"address": address, "layer": layer, "folder": str(folder), **more}
        runtime = tmp_path / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        own = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(runtime)}
        said = run(PYTHON, str(SCRIPT), json.dumps(asked), **own)
        found = json.loads(said.splitlines()[-1])
        assert "error" not in found, found
        return found

    return read


@pytest.fixture
def key(token) -> str:
    """A token of a state officer of Maharashtra."""
    return token("state", state=27)
