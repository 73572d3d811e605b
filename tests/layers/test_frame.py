"""GeoDataFrames of layers, for notebooks beside the service."""

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import delete

from boundaries.scope import COUNTRY, Scope
from layers.catalogue import LAYERS
from layers.cube.releases import newest
from layers.errors import UnknownLayer
from layers.frame import frame
from layers.layer import columns
from movements.release.draw import ReleaseKey
from movements.release.make import make
from movements.release.tables import RELEASE, RELEASE_WEEK
from tests.flow_rows import (
    BIHAR,
    MAHARASHTRA,
    MUMBAI,
    PUNE,
    add,
    add_route,
    flow,
    question,
    two_of,
)
from tests.layers.cube.test_released import TODAY
from tests.layers.test_geojson import collection

BIHARS = range(188, 198)  # LGD codes of districts there
ENDS = ("origin", "destination")
KEY = ReleaseKey("frame", b"f" * 32)


@pytest.fixture(scope="module", autouse=True)
def journeys(database):
    """Flows of some districts, exact and released."""
    with database.owner.begin() as db:
        there, _ = two_of(db, BIHAR)
        add(db, [flow(MUMBAI, there, 500), flow(PUNE, there, 60)])
        # Too few for any district; together they are told of the pair of states.
        add(db, [flow(MUMBAI, each, 5, mode="bus") for each in BIHARS])
        add_route(db, MUMBAI, there, 7)
    make(database.owner, key=KEY, today=TODAY)
    yield
    with database.owner.begin() as db:
        db.execute(delete(RELEASE_WEEK))
        db.execute(delete(RELEASE))


def asked(db, name, **more):
    if LAYERS[name].released:
        more |= {"told": "district", "release": newest(db)}
    return question(db, COUNTRY, **more)


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_a_frame_is_its_layer(db, name):
    made = frame(db, name, question=asked(db, name))
    told, _ = collection(db, name, **_release(db, name))
    assert isinstance(made, gpd.GeoDataFrame)
    assert made.crs == "EPSG:4326"
    assert list(made.columns) == [*columns(LAYERS[name].query), "geometry"]
    assert len(made) == told["numberReturned"]
    assert made.attrs["title"] == told["title"]
    assert made.attrs["attribution"] == told["attribution"]
    assert made.attrs["licence"] == told["licence"]
    if "n" in made:
        in_json = [each["properties"]["n"] for each in told["features"]]
        assert sorted(made["n"]) == sorted(in_json)


def _release(db, name):
    released = LAYERS[name].released
    return {"told": "district", "release": newest(db)} if released else {}


def test_features_are_numbered_by_their_ids_and_lie_where_they_do(db):
    made = frame(db, "districts", question=asked(db, "districts"))
    assert (made.index == made["code"]).all()
    assert made.index.is_unique
    point = shapely.Point(made.loc[PUNE, "lon"], made.loc[PUNE, "lat"])
    assert made.geometry[PUNE].contains(point)
    assert made.geometry.is_valid.all()


def test_whole_numbers_stay_whole_where_some_are_missing(db):
    made = frame(db, "release_atoms", question=asked(db, "release_atoms"))
    assert made["day"].isna().any()
    assert made["origin"].isna().any()
    assert made["origin"].dtype == "Int64"
    assert made["mode"].dtype == "str"
    assert made["week"].dtype == "datetime64[s]"
    places = frame(db, "districts", question=asked(db, "districts"))
    assert places["area_km2"].dtype == "Float64"


def test_what_has_no_place_is_kept_and_numbers_have_their_release(db):
    made = frame(db, "release_arrivals", question=asked(db, "release_arrivals"))
    placeless = made[made.geometry.isna()]
    assert made.attrs["release"] == 1
    assert (placeless["code"] >= 20_000).all()
    assert len(made) == 734 + len(placeless)
    atoms = frame(db, "release_atoms", question=asked(db, "release_atoms"))
    start, end = (atoms[end].fillna(20_000 + atoms[f"{end}_state"]) for end in ENDS)
    assert made["n"].sum() == atoms.loc[start != end, "n"].sum() > 0
    assert frame(db, "flows", question=asked(db, "flows")).attrs["release"] is None


def test_who_may_read_the_release_alone_gets_its_frame(database):
    plane = database.release.connect()
    with plane.execution_options(isolation_level="READ COMMITTED") as db:
        made = frame(db, "release_flows", question=asked(db, "release_flows"))
    assert made["n"].sum() == made["total"].iloc[0]


def test_a_reader_gets_the_rows_of_their_scope(db):
    own = Scope(states=frozenset({MAHARASHTRA}))
    made = frame(db, "flows", question=question(db, own, direction="in"))
    assert made["n"].sum() == 0
    assert len(frame(db, "flows", question=question(db, own, direction="out"))) == 11


def test_a_box_keeps_what_the_layers_box_keeps(db):
    box = (76.0, 9.0, 77.0, 10.0)
    made = frame(db, "states", question=question(db, COUNTRY, bbox=box))
    told, _ = collection(db, "states", bbox=box)
    assert sorted(made["code"]) == sorted(each["id"] for each in told["features"])
    some = asked(db, "release_arrivals", bbox=box)
    assert frame(db, "release_arrivals", question=some).geometry.notna().all()


def test_a_frame_without_features_has_its_columns_all_the_same(db):
    nothing = question(db, COUNTRY, unit=PUNE, direction="in")
    made = frame(db, "flows", question=nothing)
    assert len(made) == 0
    assert made["n"].dtype == "Int64"
    assert made.crs == "EPSG:4326"


def test_no_such_layer_is_told_with_those_there_are(db):
    with pytest.raises(UnknownLayer, match="districts"):
        frame(db, "ghosts", question=question(db, COUNTRY))
