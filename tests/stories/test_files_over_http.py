"""GDAL, GeoPandas, PyArrow and PMTiles read parts of files from the real server."""

import io
import os
import subprocess
import sys
import threading
import urllib.request

import geopandas
import pyarrow.parquet as pq
import pytest
from pmtiles.reader import Reader, all_tiles
from werkzeug.serving import make_server

from tests.flow_rows import BIHAR, MUMBAI, PUNE, add, flow, two_of
from tests.stories.test_serving_load import serving

WEST_COAST = (72, 15, 74, 20)
# What a reader sets once, outside of any address.
GDAL = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "VSI_CACHE": "FALSE",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "NO",
}
READ = """
import sys, geopandas
path, *bbox = sys.argv[1:]
found = geopandas.read_file(path, bbox=tuple(map(float, bbox)) if bbox else None)
print(len(found), found.get("n", found.id).sum())
"""


@pytest.fixture(scope="module", autouse=True)
def journeys(database):
    with database.owner.begin() as db:
        bihar = two_of(db, BIHAR)
        add(db, [flow(MUMBAI, bihar[0], 12), flow(PUNE, MUMBAI, 4)])
        add(db, [flow(PUNE, bihar[1], 3), flow(*bihar, 7_654_321)])


@pytest.fixture(scope="module")
def key(token):
    return token("state", state=27)


def gdal(address, *bbox, **more):
    """What a program outside reads by GDAL, with its settings in its environment."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", READ, address, *map(str, bbox)],
        env=os.environ | GDAL | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count, total = done.stdout.split()
    return int(count), int(total)


class Ranged(io.RawIOBase):
    """A file at an address, read by parts; counts what comes."""

    def __init__(self, address, key=None):
        self.address, self.at, self.came = address, 0, 0
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        head = urllib.request.Request(address, headers=self.headers, method="HEAD")
        with urllib.request.urlopen(head) as answer:
            self.size = int(answer.headers["Content-Length"])

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def tell(self):
        return self.at

    def readinto(self, into):
        body = self.part(self.at, min(len(into), self.size - self.at))
        into[: len(body)] = body
        self.at += len(body)
        return len(body)

    def part(self, begin, length):
        if length <= 0:
            return b""
        wanted = self.headers | {"Range": f"bytes={begin}-{begin + length - 1}"}
        asked = urllib.request.Request(self.address, headers=wanted)
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 206
            body = answer.read()
        self.came += len(body)
        return body


def test_programs_read_a_readers_files_from_the_real_server(
    database, key, tmp_path, monkeypatch
):
    with serving(database.owner.url, tmp_path, monkeypatch) as at:
        bearer = {"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": key}
        header = {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {key}"}
        flows = f"/vsicurl/{at.url}/layers/flows"
        assert gdal(f"{flows}.fgb", **bearer) == (3, 19)
        assert gdal(f"{flows}.gpkg?level=state", **header) == (1, 15)
        assert gdal(f"/vsicurl/{at.url}/layers/districts.fgb", *WEST_COAST)[0] > 5
        file = Ranged(f"{at.url}/layers/flows.parquet", key)
        assert geopandas.read_parquet(io.BufferedReader(file)).n.sum() == 19
        arrow = Ranged(f"{at.url}/layers/flows.arrow", key)
        assert geopandas.read_feather(io.BufferedReader(arrow)).n.sum() == 19
        tiles = Ranged(f"{at.url}/layers/flows.pmtiles", key)
        assert Reader(tiles.part).header()["max_zoom"] == 8
        assert len(list(all_tiles(tiles.part))) > 8
        assert tiles.part(0, 7) == b"PMTiles"


@pytest.fixture
def sent(app):
    """The address of a server in this process, and what it sends."""
    counted = []

    def counting(environ, start_response):
        def start(status, headers, *more):
            length = dict(headers).get("Content-Length", "0")
            counted.append((environ["REQUEST_METHOD"], status[:3], int(length)))
            return start_response(status, headers, *more)

        return app.wsgi_app(environ, start)

    server = make_server("127.0.0.1", 0, counting, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", counted
    server.shutdown()
    thread.join()
    server.server_close()


def came(counted) -> int:
    assert all(status in ("200", "206") for _, status, _ in counted)
    return sum(length for method, _, length in counted if method == "GET")


def test_a_part_of_the_map_is_a_part_of_the_bytes(sent, client):
    address, counted = sent
    size = len(client.get("/layers/districts.fgb").data)
    count, _ = gdal(f"/vsicurl/{address}/layers/districts.fgb", *WEST_COAST)
    assert 5 < count < 60
    assert {status for method, status, _ in counted if method == "GET"} == {"206"}
    assert came(counted) < size / 3


def test_a_column_of_geoparquet_is_a_part_of_the_bytes(sent):
    address, _ = sent
    file = Ranged(f"{address}/layers/districts.parquet")
    names = pq.read_table(file, columns=["name"]).column("name")
    assert len(names) == 734
    assert file.came < file.size / 4
