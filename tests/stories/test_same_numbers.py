"""One question to a release has the same numbers in every form it is told in."""

import csv
import gzip
import io

import mapbox_vector_tile
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles

from tests.releasing import released

QUERY = "level=state&from=2020-05-11&to=2020-05-17"
NUMBERS = ("n", "n_low", "n_high")


@pytest.fixture(scope="module")
def ask(app, database, token):
    released(app, database)
    header = {"Authorization": f"Bearer {token('analyst')}"}
    client = app.test_client()

    def asked(path: str):
        answer = client.get(path, headers=header)
        # A tile in which nothing lies is 204.
        assert answer.status_code in (200, 204), answer.text
        return answer

    return asked


@pytest.fixture(scope="module")
def told(ask) -> dict[tuple[int, int], tuple[int, ...]]:
    """What JSON tells: by pair of states."""
    edges = ask("/flows/state?from=2020-05-11&to=2020-05-17&k=20000").json["edges"]
    assert len(edges) > 20
    return by_pair(edges)


def by_pair(rows) -> dict[tuple[int, int], tuple[int, ...]]:
    found = {
        (int(row["origin"]), int(row["destination"])): tuple(
            int(row[name]) for name in NUMBERS
        )
        for row in rows
    }
    assert found
    return found


def drawn(tile: bytes) -> list[dict]:
    plain = gzip.decompress(tile) if tile[:2] == b"\x1f\x8b" else tile
    layers = mapbox_vector_tile.decode(plain)
    lines = layers.get("release_flows", {"features": []})["features"]
    return [each["properties"] for each in lines]


def placed(told):
    """The pairs with two places: what no state is told of is on no map."""
    return {pair: numbers for pair, numbers in told.items() if all(pair)}


def test_arrow(ask, told):
    body = ask(f"/flows/state?{QUERY.partition('&')[2]}&k=20000&format=arrow").data
    assert by_pair(pa.ipc.open_stream(body).read_all().to_pylist()) == told


def test_geojson(ask, told):
    features = ask(f"/layers/release_flows.geojson?{QUERY}&k=20000").json["features"]
    assert by_pair(each["properties"] for each in features) == told


def test_csv(ask, told):
    text = ask(f"/layers/release_flows.csv?{QUERY}").data.decode("utf-8-sig")
    assert by_pair(csv.DictReader(io.StringIO(text))) == told


def test_geoparquet(ask, told):
    body = ask(f"/layers/release_flows.parquet?{QUERY}").data
    assert by_pair(pq.read_table(io.BytesIO(body)).to_pylist()) == told


def test_tiles(ask, told):
    found = [
        row
        for x in (1, 2, 3)
        for y in (1, 2)
        for row in drawn(ask(f"/tiles/release_flows/2/{x}/{y}.mvt?{QUERY}").data or b"")
    ]
    assert by_pair(found) == placed(told)


def test_pmtiles(ask, told):
    source = MemorySource(ask(f"/layers/release_flows.pmtiles?{QUERY}").data)
    assert Reader(source).header()["max_zoom"] >= 4
    found = [
        row
        for (zoom, *_), tile in all_tiles(source)
        if zoom == 2
        for row in drawn(tile)
    ]
    assert by_pair(found) == placed(told)


def test_ogc_page_by_page(ask, told):
    path = f"/ogc/collections/release_flows/items?{QUERY}&k=20000&limit=10"
    found, pages = [], 0
    while path:
        page = ask(path).json
        found += [each["properties"] for each in page["features"]]
        onward = [each["href"] for each in page["links"] if each["rel"] == "next"]
        path = onward[0].removeprefix("http://localhost") if onward else None
        pages += 1
    assert pages > 2
    assert by_pair(found) == told
