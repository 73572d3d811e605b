"""Rail and road lines that an operator loads."""

import json
import zipfile

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from pyogrio.raw import write
from sqlalchemy import func, select

from boundaries.scope import COUNTRY
from boundaries.version import versions
from routes.errors import BadRouteFile
from routes.line_file import lines
from routes.load import load, unload
from routes.path import planned, route, store
from routes.tables import LINE

pytestmark = pytest.mark.usefixtures("bumping")


@pytest.fixture
def track(net, places):
    """A wavy line Pune - Nashik - Bhopal in two pieces 20 m apart, and a far siding."""
    stops = [net.points[places.index(net, n)] for n in ("Pune", "Nashik", "Bhopal")]
    first = _wavy(stops[0], stops[1])
    second = _wavy(stops[1] + (0.0002, 0.0), stops[2])
    return [first, second, shapely.LineString([(93.0, 26.0), (93.1, 26.0)])]


def _wavy(start, end):
    steps = np.linspace(0, 1, 40)[:, None]
    wave = 0.05 * np.sin(steps * np.pi * 6) * (0.0, 1.0)
    return shapely.LineString(start + steps * (np.asarray(end) - start) + wave)


@pytest.fixture
def geojson(track, tmp_path):
    def feature(name, *parts):
        shape = shapely.MultiLineString(parts) if len(parts) > 1 else parts[0]
        geometry = json.loads(shapely.to_geojson(shape))
        return {"type": "Feature", "properties": {"line": name}, "geometry": geometry}

    path = tmp_path / "track.geojson"
    features = [feature("Example Line", *track[:2]), feature(None, track[2])]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def loaded(db, path, kind="rail"):
    found = lines(path, name_field="line")
    return load(db, found, kind=kind, source="Example survey", licence="CC0-1.0")


def test_multi_lines_are_split_and_keep_their_name(geojson):
    found = lines(geojson, name_field="line")
    assert found.names == ["Example Line", "Example Line", None]
    assert {shape.geom_type for shape in found.shapes} == {"LineString"}


def test_stored_trains_follow_the_track_and_buses_do_not(db, net, places, geojson):
    train = places.journey("Pune", "Bhopal", mode="train")
    bus = places.journey("Pune", "Bhopal")
    ways = planned(db, [train, bus])
    store(db, ways.values())
    before = versions(db)["routes"]
    done = loaded(db, geojson)
    assert (done.lines, done.redrawn, done.along) == (3, 1, 1)
    assert versions(db)["routes"] == before + 1
    railway = route(db, ways[train].route_id, scope=COUNTRY)
    assert railway.kind == "rail"
    assert len(railway.path.coords) > 75
    assert railway.states == ways[train].states
    assert route(db, ways[bus].route_id, scope=COUNTRY).kind == "schematic"


def test_a_new_train_follows_the_track_too(db, net, places, geojson):
    loaded(db, geojson)
    train = places.journey("Nashik", "Bhopal", mode="train")
    way = planned(db, [train])[train]
    store(db, [way])
    view = route(db, way.route_id, scope=COUNTRY)
    assert view.kind == "rail"
    np.testing.assert_allclose(
        view.path.coords[0], net.points[places.index(net, "Nashik")]
    )


def test_without_a_track_at_both_ends_the_line_stays_schematic(
    db, net, places, geojson
):
    loaded(db, geojson)
    for destination in ("Chennai", "Pune", "Nagaon"):
        train = places.journey("Pune", destination, mode="train")
        way = planned(db, [train])[train]
        store(db, [way])
        assert route(db, way.route_id, scope=COUNTRY).kind == "schematic"


def test_a_track_that_leaves_declared_states_out_is_not_followed(
    db, net, places, geojson
):
    loaded(db, geojson)
    train = places.journey(
        "Pune", "Bhopal", "Gujarat", "Rajasthan", "Madhya Pradesh", mode="train"
    )
    way = planned(db, [train])[train]
    assert way.states == (27, 24, 8, 23)
    store(db, [way])
    # The track lies within states of this route, but passes two of the four only.
    assert route(db, way.route_id, scope=COUNTRY).kind == "schematic"


def test_a_file_loaded_twice_is_stored_once(db, net, geojson):
    assert loaded(db, geojson).lines == 3
    assert loaded(db, geojson).lines == 0
    assert db.scalar(select(func.count()).select_from(LINE)) == 3


def test_unloading_makes_routes_schematic_again(db, net, places, geojson):
    train = places.journey("Pune", "Bhopal", mode="train")
    way = planned(db, [train])[train]
    store(db, [way])
    schematic = route(db, way.route_id, scope=COUNTRY)
    loaded(db, geojson)
    assert unload(db, "rail").lines == 3
    again = route(db, way.route_id, scope=COUNTRY)
    assert again.kind == "schematic"
    assert again.path.equals(schematic.path)


@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
def test_geopackages_and_zipped_shapefiles_are_read_in_their_own_crs(
    track, tmp_path, suffix
):
    path = tmp_path / f"track{suffix}"
    wkb = shapely.to_wkb([shapely.LineString([(3.6e6, 3.9e6), (3.7e6, 3.9e6)])])
    names = [np.array(["Example Line"], dtype=object)]
    write(path, wkb, names, ["line"], crs="EPSG:7755", geometry_type="LineString")
    if suffix == ".shp":
        zipped = tmp_path / "track.zip"
        with zipfile.ZipFile(zipped, "w") as archive:
            for part in tmp_path.glob("track.*"):
                if part != zipped:
                    archive.write(part, part.name)
        path = zipped
    found = lines(path, name_field="line")
    assert found.names == ["Example Line"]
    assert 75 < found.shapes[0].coords[0][0] < 77


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "x", "allowed are"),
        ("a.geojson", "{", "not JSON"),
        ("a.geojson", '{"type": "gdal_streamed_alg"}', "FeatureCollection"),
        ("a.zip", "x", "cannot be unpacked"),
        ("a.gpkg", "x", "cannot be read"),
    ],
)
def test_a_file_that_is_no_lines_says_why(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(BadRouteFile, match=told):
        lines(path)


def test_points_are_refused(tmp_path):
    path = tmp_path / "points.geojson"
    shape = {"type": "Point", "coordinates": [77.0, 20.0]}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(BadRouteFile, match="more than LineStrings"):
        lines(path)


def test_a_file_without_a_crs_is_refused_until_one_is_given(tmp_path):
    path = tmp_path / "track.gpkg"
    wkb = shapely.to_wkb([shapely.LineString([(77.0, 20.0), (78.0, 20.0)])])
    with pytest.warns(UserWarning, match="crs"):
        write(path, wkb, [], [], crs=None, geometry_type="LineString")
    with pytest.raises(BadRouteFile, match="CRS"):
        lines(path)
    assert len(lines(path, crs="EPSG:4326").shapes) == 1


def test_the_commands_explain_themselves():
    from gis_service.cli import main

    for words in (["routes"], ["routes", "load"], ["routes", "unload"]):
        answer = CliRunner().invoke(main, [*words, "--help"])
        assert answer.exit_code == 0
    assert "--licence" in CliRunner().invoke(main, ["routes", "load", "--help"]).output
