"""Every format of a layer holds the same features as its GeoJSON, and no others."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from datetime import date

import geopandas
import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from pmtiles.reader import MemorySource, Reader, all_tiles
from pyarrow import dataset
from pyarrow import parquet as pq
from shapely.geometry import box, shape

import layers.table
from boundaries.scope import COUNTRY
from layers import batches
from layers.catalogue import LAYERS
from layers.files import FORMATS, formats
from layers.formats import geojson, mvt, pmtiles, tilejson
from layers.formats.csv_table import _cell
from layers.table import Wanted
from layers.window import Window
from tests.flow_rows import BIHAR, MUMBAI, PUNE, add, add_route, flow, question, two_of
from tests.releasing import released

LINES = ("flows", "routes", "release_flows", "release_atoms")
PLACES = ("districts", "states", "arrivals", "release_arrivals")
TABLES = ("csv", "parquet", "fgb", "gpkg", "arrow")
NUMBERS = ("n", "n_low", "n_high")
# Karnataka's west; the east of the country; a place at sea; all of it.
BOXES = [(74, 12, 77, 16), (85, 20, 97, 28), (0, 0, 1, 1), (60, 0, 100, 40)]


@pytest.fixture(scope="module", autouse=True)
def journeys(app, database):
    """Exact flows with a route, and a release of them."""
    released(app, database, people=20_000)
    with database.owner.begin() as db:
        there, _ = two_of(db, BIHAR)
        add(db, [flow(MUMBAI, there, 7), flow(PUNE, PUNE, 3)])
        add_route(db, MUMBAI, there, 7)


@pytest.fixture
def asked(database):
    """``asked(db, layer, **more)``: all of a layer, of release 1 where it is of one."""

    def made(db, name, **more):
        told = {"told": "district", "release": 1} if LAYERS[name].released else {}
        return question(db, COUNTRY, **{"k": 1_000_000} | told | more)

    return made


@pytest.fixture
def opened(database):
    """``opened(layer)``: a connection that may read it, within a transaction."""

    def made(name):
        made = getattr(database, LAYERS[name].plane).connect()
        return made.execution_options(isolation_level="REPEATABLE READ")

    return made


@pytest.fixture
def written(opened, asked, tmp_path):
    """``written(layer, suffix, **more)``: the path of a new file of it."""
    count = iter(range(99))

    def made(name, suffix, **more):
        path = tmp_path / f"{next(count)}.{suffix}"
        with opened(name) as db:
            wanted = Wanted(db, LAYERS[name], asked(db, name, **more))
            FORMATS[suffix].writer().write(wanted, path)
        return path

    return made


@pytest.fixture
def features(opened, asked):
    """``features(layer)``: its properties, id and shape, as GeoJSON tells them."""

    def found(name, **more):
        with opened(name) as db:
            asks = asked(db, name, **more)
            body = b"".join(geojson.chunks(db, name, question=asks))
        return [
            each["properties"]
            | ({"id": each["id"]} if "id" in each else {})
            | {"shape": each["geometry"] and shape(each["geometry"])}
            for each in json.loads(body)["features"]
        ]

    return found


def table(path):
    """The rows of a file of shapes, as GeoPandas reads them."""
    if path.suffix == ".parquet":
        return geopandas.read_parquet(path)
    if path.suffix == ".arrow":
        return geopandas.read_feather(path)
    return geopandas.read_file(path)


def plain(value):
    """A cell as all formats tell it: a day is a text, a missing number is none."""
    if value is None or value != value:  # noqa: PLR0124 - what NaN is not
        return None
    if isinstance(value, date) or hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value.item() if isinstance(value, np.generic) else value


def rows(path, name) -> list[dict]:
    fields = [*(["id"] if has_id(name) else []), *LAYERS[name].fields]
    if path.suffix == ".csv":
        text = path.read_text(encoding="utf-8-sig")
        return [
            {field: each[field] for field in fields}
            for each in csv.DictReader(io.StringIO(text))
        ]
    return [
        {field: plain(each[field]) for field in fields}
        for each in table(path).to_dict("records")
    ]


def has_id(name) -> bool:
    return "id" in LAYERS[name].query.selected_columns


def in_words(value) -> object:
    """A value as CSV tells it, where 1 and 1.0 are one number."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        return float(text)
    except ValueError:
        return None if value is None else text or None


def sorted_by_text(found) -> list[dict]:
    return sorted(found, key=lambda each: json.dumps(each, default=str, sort_keys=True))


@pytest.mark.parametrize("suffix", TABLES)
@pytest.mark.parametrize("name", [*LINES, *PLACES])
def test_every_row_and_number_is_that_of_geojson(written, features, name, suffix):
    expected = [
        {key: value for key, value in each.items() if key != "shape"}
        for each in features(name)
    ]
    assert expected
    found = rows(written(name, suffix), name)
    assert len(found) == len(expected)
    if suffix == "csv":
        found, expected = (
            [{k: in_words(v) for k, v in each.items()} for each in every]
            for every in (found, expected)
        )
    for one, other in zip(sorted_by_text(found), sorted_by_text(expected), strict=True):
        assert one == pytest.approx(other)
    for number in set(NUMBERS) & set(LAYERS[name].fields):
        told = sum(each[number] for each in expected)
        assert sum(each[number] for each in found) == told


@pytest.mark.parametrize("suffix", ["parquet", "fgb", "gpkg", "arrow"])
@pytest.mark.parametrize("name", ["release_atoms", "release_arrivals", "districts"])
def test_every_shape_is_that_of_geojson_and_none_where_there_is_none(
    written, features, name, suffix
):
    expected = {each["id"]: each["shape"] for each in features(name)}
    found = table(written(name, suffix)).set_index("id").geometry
    assert found.crs.to_authority() in {("OGC", "CRS84"), ("EPSG", "4326")}
    nowhere = {each for each, there in expected.items() if there is None}
    assert set(found[found.isna()].index) == nowhere
    assert bool(nowhere) is LAYERS[name].placeless
    for number in sorted(set(expected) - nowhere)[::25]:
        assert found[number].hausdorff_distance(expected[number]) < 2e-6


@pytest.mark.parametrize("suffix", TABLES)
def test_the_same_rows_are_the_same_bytes(written, suffix):
    first, second = (written("release_atoms", suffix) for _ in range(2))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("suffix", TABLES)
def test_a_layer_without_rows_is_a_file_without_rows(written, suffix):
    nobody = {"window": days_of(2021)}
    assert rows(written("flows", suffix, **nobody), "flows") == []


def days_of(year):
    return Window(date(year, 1, 1), date(year, 1, 2))


@pytest.mark.parametrize("suffix", TABLES)
def test_a_box_keeps_what_lies_in_it(written, features, suffix):
    for bbox in BOXES[:3]:
        inside = {each["id"] for each in features("release_arrivals", bbox=bbox)}
        found = rows(written("release_arrivals", suffix, bbox=bbox), "release_arrivals")
        assert {int(each["id"]) for each in found} == inside


def test_geoparquet_tells_where_what_and_whose_it_is(written):
    path = written("release_arrivals", "parquet")
    said = pq.read_metadata(path).metadata
    geo = json.loads(said[b"geo"])
    column = geo["columns"]["geometry"]
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["MultiPolygon"])
    assert column["crs"]["id"] == {"authority": "OGC", "code": "CRS84"}
    assert column["orientation"] == "counterclockwise"
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    whole = table(path)
    assert column["bbox"] == pytest.approx(whole.total_bounds)
    assert said[b"release"] == b"1"
    assert b"protected release" in said[b"attribution"]
    assert said[b"licence"]
    assert said[b"lineage"]
    field = pq.read_schema(path).field("n")
    assert field.metadata == {b"title": b"about so many journeys", b"unit": b"journeys"}
    assert shapely.is_ccw(shapely.get_exterior_ring(whole.geometry.iloc[0].geoms[0]))


def test_geoparquet_is_read_in_parts_by_the_boxes_of_its_groups(written, monkeypatch):
    monkeypatch.setattr(batches, "GROUP_ROWS", 100)
    monkeypatch.setattr(layers.table, "ROWS_PER_BATCH", 100)
    path = written("release_atoms", "parquet")
    file = pq.ParquetFile(path)
    assert file.num_row_groups > 3
    whole = table(path)
    for bbox in BOXES:
        west, south, east, north = bbox
        met = whole[whole.geometry.notna() & whole.intersects(box(*bbox))]
        assert set(met.id) <= set(geopandas.read_parquet(path, bbox=bbox).id)
        near = (
            (dataset.field("bbox", "xmax") >= west)
            & (dataset.field("bbox", "xmin") <= east)
            & (dataset.field("bbox", "ymax") >= south)
            & (dataset.field("bbox", "ymin") <= north)
        )
        (part,) = dataset.dataset(path).get_fragments()
        groups = part.split_by_row_group(near)
        assert len(groups) <= file.num_row_groups
        if bbox == BOXES[2]:
            assert len(groups) <= 1  # of those without a place nothing is known
    first = file.metadata.row_group(0)
    names = [first.column(at).path_in_schema for at in range(first.num_columns)]
    assert first.column(names.index("bbox.xmin")).statistics.has_min_max


@pytest.mark.parametrize("name", ["release_atoms", "release_arrivals", "districts"])
def test_flatgeobuf_is_searched_by_place_and_loses_nothing_without_one(
    written, features, name
):
    path = written(name, "fgb")
    told = pyogrio.read_info(path)
    assert told["capabilities"]["fast_spatial_filter"]
    assert told["features"] == len(features(name))
    whole = table(path)
    for bbox in BOXES:
        met = whole[whole.geometry.notna() & whole.intersects(box(*bbox))]
        found = geopandas.read_file(path, bbox=bbox)
        assert sorted(found.id) == sorted(met.id)


def test_geopackage_tells_whose_it_is_and_has_its_index(written):
    path = written("release_arrivals", "gpkg")
    told = pyogrio.read_info(path)
    assert told["capabilities"]["fast_spatial_filter"]
    assert told["layer_metadata"]["release"] == "1"
    assert "protected release" in told["layer_metadata"]["attribution"]
    assert pyogrio.list_layers(path).tolist() == [["release_arrivals", "MultiPolygon"]]


def test_arrow_holds_geoarrow_that_geopandas_knows(written):
    with pa.ipc.open_file(written("release_atoms", "arrow")) as file:
        whole = file.read_all()
    assert whole.schema.metadata[b"title"] == b"Atoms of the protected release"
    field = whole.schema.field("geometry")
    assert field.metadata[b"ARROW:extension:name"] == b"geoarrow.wkb"
    found = geopandas.GeoDataFrame.from_arrow(whole)
    assert found.crs.to_authority() == ("OGC", "CRS84")
    assert whole.schema.field("day").type == pa.date32()


def test_csv_opens_in_a_spreadsheet_and_runs_no_formula(written):
    body = written("districts", "csv").read_bytes()
    assert body.startswith("\ufeff".encode())
    head = body.decode("utf-8-sig").splitlines()[0].split(",")
    assert head[-1] == "area_km2"  # lon and lat are its own already
    lines = written("release_flows", "csv").read_text(encoding="utf-8-sig")
    first, second = list(csv.reader(io.StringIO(lines)))[:2]
    assert (first[-1], shapely.from_wkt(second[-1]).geom_type) == ("wkt", "LineString")
    places = written("arrivals", "csv").read_text(encoding="utf-8-sig").splitlines()
    point = next(each for each in csv.DictReader(places) if each["id"] == str(MUMBAI))
    assert (float(point["lon"]), float(point["lat"])) == pytest.approx(
        (72.85, 18.97), abs=0.2
    )
    assert [_cell(each) for each in ("=1+1", "+1", "-1", "@a", "\ta", "\ra")] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@a",
        "'\ta",
        "'\ra",
    ]
    assert (_cell(-1), _cell("a=1"), _cell(None)) == (-1, "a=1", None)


def tiles_of(db, name, asks, path) -> bytes:
    document = tilejson.document(LAYERS[name], tiles="", version="1")

    def made(tiles) -> Iterator[bytes]:
        return mvt.many(db, name, tiles=tiles, question=asks)

    pmtiles.write(made, path, document=document, said={"release": "1"})
    return path.read_bytes()


@pytest.mark.parametrize("name", ["districts", "release_arrivals", "routes"])
def test_pmtiles_holds_each_tile_as_it_is_served(opened, asked, tmp_path, name):
    with opened(name) as db:
        asks = asked(db, name)
        body = tiles_of(db, name, asks, tmp_path / "a.pmtiles")
        assert body == tiles_of(db, name, asks, tmp_path / "b.pmtiles")
        found = {
            place: gzip.decompress(packed)
            for place, packed in all_tiles(MemorySource(body))
        }
        for z, x, y in [*found][:: 1 if name == "routes" else 9]:
            tile = pmtiles.Tile(z, x, y)
            served = mvt.tile_bytes(db, name, tile=tile, question=asks)
            assert decoded(found[z, x, y], name) == decoded(served, name)
        for zoom in (3, 5):
            for tile in pmtiles.tiles(tilejson.INDIA_BOUNDS, zoom):
                served = mvt.tile_bytes(db, name, tile=tile, question=asks)
                assert bool(served) is ((tile.z, tile.x, tile.y) in found)
    reader = Reader(MemorySource(body))
    header, told = reader.header(), reader.metadata()
    assert (header["min_zoom"], header["max_zoom"]) == (0, pmtiles.LAST_ZOOM)
    assert header["clustered"]
    (inside,) = told["vector_layers"]
    assert (inside["id"], inside["maxzoom"]) == (name, pmtiles.LAST_ZOOM)
    assert set(inside["fields"]) <= set(LAYERS[name].fields)
    assert (told["name"], told["release"]) == (LAYERS[name].title, "1")
    assert "Survey of India" in told["attribution"]


def decoded(body, name):
    found = mapbox_vector_tile.decode(body)[name]["features"]
    return sorted_by_text(found)


def test_pmtiles_without_anybody_is_an_archive_all_the_same(opened, asked, tmp_path):
    with opened("routes") as db:
        asks = asked(db, "routes", window=days_of(2021))
        body = tiles_of(db, "routes", asks, tmp_path / "a.pmtiles")
    assert Reader(MemorySource(body)).header()["addressed_tiles_count"] == 1
    assert (
        mapbox_vector_tile.decode(
            gzip.decompress(Reader(MemorySource(body)).get(0, 0, 0))
        )
        == {}
    )


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_that_there_is_can_be_written(written, features, name):
    assert len(rows(written(name, "parquet"), name)) == len(features(name))


def test_every_layer_has_every_format_but_tiles_where_it_has_none():
    for layer in LAYERS.values():
        found = {each.suffix for each in formats(layer)}
        assert found == set(FORMATS) - (set() if layer.tiled else {"pmtiles"})
