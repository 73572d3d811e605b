"""An analyst runs our notebook: what its cells compute is right."""

import re
from collections import Counter

import geopandas as gpd
import pytest
from shapely.geometry import shape

from tests import notebooks
from tests.analysts import NOTEBOOK, PAGE, run, truth
from tests.live import serving
from tests.releasing import released

NUMBERS = ("n", "n_low", "n_high")
PEOPLE = 40_000
# Points that stand for a district's area.
POINTS = 300
WITHIN = 0.1  # of a district's area, as so many points tell it

LAST = """
def table(frame):
    return frame.astype(object).where(frame.notna(), None).to_dict("index")

def refusal(call):
    try:
        call()
    except (RuntimeError, ValueError) as error:
        return str(error)

twice = pd.concat([zones, zones.head(1)])
told = {
    "release": newest["release"],
    "arrivals": table(arrivals.set_index("code")[NUMBERS]),
    "flows": int(flows["n"].sum()),
    "flows_total": int(flows["total"].iloc[0]),
    "total": total.tolist(),
    "by_state": table(by_state.reset_index()),
    "zones": {each.zone: shapely.to_wkt(each.geometry) for each in zones.itertuples()},
    "in_zones": table(in_zones),
    "unrecorded": len(unrecorded),
    "families": {int(code): int(of) for code, of in family.items()},
    "compared": table(compared),
    "beds": int(beds_2022["beds"].sum()),
    "parent": [PARENT, CHILD],
    "divided": table(divided),
    "drawn": [layer.table.num_rows for layer in drawn.layers],
    "basemap": drawn.basemap,
    "overlapping": refusal(lambda: by_area(arrivals, twice, "zone")),
    "refused": refusal(lambda: answer("/layers/flows.geojson")),
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("analyst")


@pytest.fixture(scope="module")
def secret(token):
    return token("analyst")


@pytest.fixture(scope="module")
def told(app, database, secret, folder):
    """What the cells made of a release of a small crowd."""
    released(app, database, people=PEOPLE)
    with serving(app) as address:
        return run(address, secret, folder, LAST)


@pytest.fixture(scope="module")
def real(app, database, told):
    """By code: how many of the journeys told really end there."""
    return truth(app, database)


@pytest.fixture(scope="module")
def inside(app, told):
    """By zone and district: points of the district that lie in the zone, of 1."""
    features = app.test_client().get("/layers/districts.geojson").json["features"]
    shapes = gpd.GeoSeries(
        [shape(each["geometry"]) for each in features],
        index=[each["id"] for each in features],
        crs="EPSG:4326",
    )
    zones = gpd.GeoSeries.from_wkt(list(told["zones"].values()), crs="EPSG:4326")
    near = shapes[shapes.intersects(zones.union_all())]
    points = near.sample_points(POINTS, rng=7).explode()
    found = {}
    for name, zone in zip(told["zones"], zones, strict=True):
        counts = Counter(points.index[points.within(zone)])
        found[name] = {code: n / POINTS for code, n in counts.items()}
    return found


def between(row, n, low="n_low", high="n_high"):
    return row[low] - 1e-6 <= n <= row[high] + 1e-6


def test_the_release_is_read_whole_and_adds_up(told):
    assert told["release"] == 1
    sums = [sum(row[name] for row in told["arrivals"].values()) for name in NUMBERS]
    assert told["total"] == sums
    assert sums[0] == told["flows"] == told["flows_total"] > PEOPLE / 2
    assert any(int(code) > 20_000 for code in told["arrivals"])


def test_the_truth_of_what_is_told_lies_between_the_bounds_of_every_row(told, real):
    codes = {int(code) for code, row in told["arrivals"].items() if row["n"]}
    assert codes == set(real)
    for code, row in told["arrivals"].items():
        assert between(row, real[int(code)]), code
    assert between(dict(zip(NUMBERS, told["total"], strict=True)), real.total())


def test_a_ratio_of_fewer_than_five_atoms_is_left_out(told):
    rows = told["by_state"].values()
    ratios = [(row["n_high"] - row["n"], row["per_1000"]) for row in rows]
    assert any(ratio is None for away, ratio in ratios if away > 0)
    assert all(ratio is None for away, ratio in ratios if away < 50)
    assert any(ratio is not None for _, ratio in ratios)


def test_nothing_is_lost_on_polygons_of_our_own(told):
    rows = told["in_zones"]
    assert set(rows) == {*told["zones"], "outside", "no place"}
    assert sum(row["n"] for row in rows.values()) == pytest.approx(told["total"][0])
    placeless = [row for code, row in told["arrivals"].items() if int(code) > 19_999]
    for name in NUMBERS:
        assert rows["no place"][name] == sum(row[name] for row in placeless)


def test_where_people_spread_evenly_the_bounds_hold_the_truth(told, real, inside):
    for name, parts in inside.items():
        spread = sum(real[code] * part for code, part in parts.items())
        row = told["in_zones"][name]
        assert between(row, spread), name
        # By points, not by areas: the same, but for chance.
        counts = {int(code): each["n"] for code, each in told["arrivals"].items()}
        drawn = sum(counts[code] * part for code, part in parts.items())
        assert drawn == pytest.approx(row["n"], rel=WITHIN), name


def test_wherever_people_are_the_outer_bounds_hold_the_truth(told, real, inside):
    for name, parts in inside.items():
        row = told["in_zones"][name]
        whole = sum(real[code] for code, part in parts.items() if part == 1)
        touched = sum(real[code] for code in parts)
        assert row["least"] <= row["n_low"] + 1e-6 <= row["n_high"] <= row["most"]
        assert between(row, whole, "least", "most"), name
        assert between(row, touched, "least", "most"), name


def test_polygons_that_overlap_are_refused(told):
    assert "count twice" in told["overlapping"]


def test_parents_and_children_are_compared_as_families(told, real):
    assert told["unrecorded"] == 0
    families = {int(code): of for code, of in told["families"].items()}
    assert families[505] == families[520] == families[744] == families[746] == 505
    assert families[735] == 579
    assert 740 not in families  # of December 2022, after the table's day
    sums = Counter()
    for code, n in real.items():
        sums[families.get(code, code)] += n
    for code, row in told["compared"].items():
        if row["n"] is not None:
            assert between(row, sums[int(code)]), code
    rows = told["compared"].values()
    assert sum(row["n"] or 0 for row in rows) == told["total"][0]
    assert sum(row["beds"] or 0 for row in rows) == told["beds"]


def test_a_parent_divided_by_area_stays_whole_and_says_how_little_is_known(told):
    parent, child = map(str, told["parent"])
    whole = told["arrivals"][parent]
    assert sum(row["n"] for row in told["divided"].values()) == pytest.approx(
        whole["n"]
    )
    for code in (parent, child):
        assert told["divided"][code]["least"] == 0
        assert told["divided"][code]["most"] == whole["n_high"] > 0


def test_the_saved_page_holds_addresses_and_no_data(told, folder, secret):
    page = (folder / PAGE).read_text()
    assert secret not in page
    assert secret.split("_")[1] not in page
    for part in ("coordinates", "Feature", "MultiPolygon", "n_low:", "Patna", "Pune"):
        assert f'"{part}' not in page
        assert f">{part}" not in page
    addresses = re.findall(r"https?://[^\"'\s<]+", page)
    assert len(addresses) == 5
    assert all(each.startswith("http://127.0.0.1:") for each in addresses)
    assert len(page) < 20_000


def test_lonboard_draws_what_has_a_place_on_no_foreign_ground(told):
    polygons, lines = told["drawn"]
    assert polygons == 734
    assert 0 < lines <= 2_000
    assert told["basemap"] is None


def test_what_the_service_refuses_is_told_in_its_words(told):
    assert "analyst" in told["refused"]
    assert "release" in told["refused"]


def test_the_notebook_is_kept_without_outputs_and_says_what_is_made_up():
    cells = notebooks.cells(NOTEBOOK)
    assert len({each["id"] for each in cells}) == len(cells)
    for each in cells:
        if each["cell_type"] == "code":
            assert (each["outputs"], each["execution_count"]) == ([], None)
    assert "made up" in "".join(cells[0]["source"])
    text = "".join("".join(each["source"]) for each in cells)
    assert not re.search(r"nmis_[0-9a-f]{6}", text)
