"""A GIS program opens our layers by OGC API - Features."""

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from layers.catalogue import LAYERS
from layers.formats import geojson
from layers.formats.ogc_features import CONFORMS_TO
from tests.flow_rows import BIHAR, KERALA, MAHARASHTRA, MUMBAI, PUNE, add, flow, two_of
from tests.live import serving

HOME = "http://localhost"
WINDOW = "2020-05-10"


@pytest.fixture(scope="module", autouse=True)
def journeys(database):
    """Flows of three states on one day, one of them on another."""
    with database.owner.begin() as db:
        bihar, kerala = two_of(db, BIHAR), two_of(db, KERALA)
        add(db, [flow(MUMBAI, bihar[0], 12), flow(PUNE, MUMBAI, 4)])
        add(db, [flow(PUNE, bihar[1], 3, day="2020-06-20")])
        add(db, [flow(bihar[1], kerala[0], 7_654_321)])


@pytest.fixture
def key(token):
    """``key(role, state)``: the headers of such a reader."""

    def made(role="state", state=MAHARASHTRA, **unit):
        given = {} if role in ("ministry", "analyst") else {"state": state}
        return {"Authorization": f"Bearer {token(role, **(unit or given))}"}

    return made


@pytest.fixture(scope="module")
def address(app):
    """The address of a live server."""
    with serving(app) as found:
        yield found


def links(document):
    return {each["rel"]: each["href"] for each in document["links"]}


def through(client, address, headers=None):
    """Every feature from an address on."""
    while address:
        answer = client.get(address.removeprefix(HOME), headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.json["numberReturned"] == len(answer.json["features"])
        yield from answer.json["features"]
        address = links(answer.json).get("next")


def by_id(features):
    found = {each["id"]: each for each in features}
    assert len(found) == len(features)
    return found


def collections(client, headers=None):
    found = client.get("/ogc/collections", headers=headers).json["collections"]
    return {each["id"] for each in found}


def test_the_landing_page_leads_to_all_the_rest(client):
    home = client.get("/ogc/")
    assert home.status_code == client.head("/ogc").status_code == 200
    found = links(home.json)
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(found)
    for href in found.values():
        assert client.get(href.removeprefix(HOME)).status_code == 200, href
    conforms = client.get("/ogc/conformance").json["conformsTo"]
    assert conforms == list(CONFORMS_TO)
    described = links(client.get("/ogc/api").json)["service-desc"]
    assert client.get(described.removeprefix(HOME)).json["openapi"].startswith("3.1")


@pytest.mark.parametrize("name", ["districts", "arrivals", "flows"])
def test_a_collection_leads_to_its_items_and_each_of_them(client, key, name):
    told = client.get(f"/ogc/collections/{name}", headers=key()).json
    assert told["id"] == name
    assert told["extent"]["spatial"]["bbox"][0][0] == pytest.approx(68.0)
    items = links(told)["items"].removeprefix(HOME)
    answer = client.get(items, headers=key())
    assert answer.mimetype == "application/geo+json"
    assert links(answer.json)["collection"] == links(told)["self"]
    for each in answer.json["features"][:3]:
        one = client.get(f"{items}/{each['id']}", headers=key())
        assert one.mimetype == "application/geo+json"
        assert {k: v for k, v in one.json.items() if k != "links"} == each
        assert {"self", "collection"} <= set(links(one.json))


# Those that a state's officer reads, and that have numbers.
OFFICERS = sorted(
    n for n, each in LAYERS.items() if n != "routes" and not each.released
)


def test_every_layer_with_numbers_is_a_collection_and_routes_has_none(client, key):
    assert collections(client, key()) == set(OFFICERS)
    released = {name for name, each in LAYERS.items() if each.released}
    assert collections(client, key("analyst")) >= released
    assert not geojson.has_pages(LAYERS["routes"])
    answer = client.get("/ogc/collections/routes", headers=key())
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_layer")
    assert "districts" in answer.json["detail"]


def test_only_what_the_reader_may_read_is_listed(client, key):
    assert collections(client) == {"districts", "states"}
    # What other portals count is for everybody who is signed in.
    assert collections(client, key("uploader")) == {
        "districts",
        "states",
        "covid_cases",
    }
    assert "arrivals" in collections(client, key("ministry"))
    bad = {"Authorization": "Bearer nmis_0_0"}
    assert client.get("/ogc/collections", headers=bad).status_code == 401
    listed = client.get("/ogc/collections", headers=key())
    assert listed.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["", "/schema", "/items", "/items/1"])
def test_a_private_collection_is_refused_as_its_layer_is(client, key, path):
    address = f"/ogc/collections/arrivals{path}"
    assert client.get(address).status_code == 401
    assert client.get(address, headers=key("uploader")).status_code == 403
    assert client.get(f"/ogc/collections/ghosts{path}").status_code == 404


@pytest.mark.parametrize("limit", [1, 5, 36, 37])
def test_the_pages_of_a_collection_are_the_layer(client, limit):
    every = client.get("/layers/states.geojson").json["features"]
    items = list(through(client, f"/ogc/collections/states/items?limit={limit}"))
    assert [each["id"] for each in items] == sorted(by_id(every))
    assert by_id(items) == by_id(every)


def test_a_limit_above_the_most_is_the_most_and_without_one_there_is_a_default(client):
    every = client.get("/ogc/collections/districts/items").json
    assert every["numberReturned"] == 734
    assert "next" not in links(every)
    most = client.get("/ogc/collections/districts/items?limit=99999999999999999999")
    assert most.json["features"] == every["features"]


@pytest.mark.parametrize("name", ["flows", "arrivals"])
def test_officers_read_their_own_and_the_same_as_of_the_layer(client, key, name):
    answers = []
    for state in (MAHARASHTRA, KERALA):
        officer = key(state=state)
        every = client.get(f"/layers/{name}.geojson", headers=officer).json["features"]
        items = f"/ogc/collections/{name}/items?limit=400"
        found = by_id(list(through(client, items, officer)))
        assert found == by_id(every)
        answers.append(found)
    assert answers[0] != answers[1]
    assert "7654321" not in str(answers[0])
    assert "7654321" in str(answers[1])


def test_next_carries_every_filter(client, key):
    asked = "datetime=2020-05-10/..&mode=train&mode=bus&level=state&bbox=70,8,90,30"
    first = client.get(
        f"/ogc/collections/arrivals/items?limit=2&{asked}", headers=key()
    )
    onward = links(first.json)["next"]
    for part in ("mode=train", "mode=bus", "level=state", "limit=2", "datetime="):
        assert part in onward
    found = list(through(client, links(first.json)["self"], key()))
    whole = client.get(f"/ogc/collections/arrivals/items?{asked}", headers=key())
    assert by_id(found) == by_id(whole.json["features"])
    assert 2 < len(found) < 36


@pytest.mark.parametrize(
    ("asked", "people"),
    [
        ("2020-05-10", 12),
        ("2020-05-10T10:00:00Z", 12),
        ("2020-05-09T19:00:00Z", 12),  # the tenth in India
        ("2020-05-10T19:00:00Z", 0),
        ("../2020-05-31", 12),
        ("2020-05-11/..", 3),
        ("/2020-05-31", 12),
        ("../..", 15),
        ("1900-01-01/2200-01-01", 15),
        ("2020-05-01T00:00:00Z/2020-06-30T23:59:59.5+05:30", 15),
        ("1999-01-01", 0),
    ],
)
def test_datetime_is_the_days_of_travel_in_india(client, key, asked, people):
    found = client.get(
        "/ogc/collections/flows/items",
        query_string={"datetime": asked, "direction": "out", "level": "state"},
        headers=key(),
    )
    assert found.status_code == 200, found.text
    assert sum(each["properties"]["n"] for each in found.json["features"]) == people


def test_what_has_no_time_has_it_at_all_times(client):
    items = "/ogc/collections/states/items"
    found = client.get(f"{items}?datetime=1950-01-26").json["features"]
    assert found == client.get(items).json["features"]


def names(answer):
    assert answer.status_code == 200, answer.text
    return [each["properties"]["name"] for each in answer.json["features"]]


def test_a_box_keeps_what_meets_it(client):
    items = "/ogc/collections/states/items?bbox="
    assert names(client.get(f"{items}76.2,9.9,76.3,10.0")) == ["Kerala"]
    assert names(client.get(f"{items}76.3,10,0,76.3,10,900")) == ["Kerala"]
    # Its envelope meets Kerala's, its shape does not.
    assert names(client.get(f"{items}77.0,9.0,77.05,9.01")) == ["Kerala"]
    assert "Kerala" not in names(client.get(f"{items}77.4,12.0,77.45,12.1"))
    assert names(client.get(f"{items}177,65,-177,70")) == []
    assert len(names(client.get(f"{items}-180,-90,180,90"))) == 36
    assert len(names(client.get(f"{items}20,-90,-170,90"))) == 36


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=many", "limit"),
        ("limit=", "limit"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,x", "bbox"),
        ("bbox=nan,1,2,3", "bbox"),
        ("bbox=70,30,80,20", "bbox"),
        ("bbox=80,20,75,30", "bbox"),
        ("datetime=yesterday", "datetime"),
        ("datetime=2020-13-01", "datetime"),
        ("datetime=2020-05-10/2020-05-09", "datetime"),
        ("datetime=2020-05-10/2020-05-11/2020-05-12", "datetime"),
        ("datetime=", "datetime"),
        ("datetime=0001-01-01T00:00:00%2B14:00", "datetime"),
        ("after=xx", "after"),
        ("f=html", "f"),
        ("colour=red", "colour"),
        ("bbox-crs=EPSG:4326", "bbox-crs"),
        ("mode=bus", "mode"),
        ("limit=5&limit=6", "limit"),
    ],
)
def test_what_cannot_be_asked_is_400_with_what_may(client, query, field):
    answer = client.get(f"/ogc/collections/states/items?{query}")
    assert (answer.status_code, answer.json["status"]) == (400, 400), answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/",
        "/ogc/api",
        "/ogc/conformance",
        "/ogc/collections",
        "/ogc/collections/states",
        "/ogc/collections/states/schema",
        "/ogc/collections/states/items",
        "/ogc/collections/states/items/27",
    ],
)
def test_every_address_knows_json_head_tags_and_unknown_parameters(client, path):
    answer = client.get(f"{path}?f=json")
    assert answer.status_code == 200
    head = client.head(f"{path}?f=json")
    assert head.headers["Content-Length"] == str(len(answer.data))
    again = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"{path}?f=json", headers=again).status_code == 304
    for query in ("f=xml", "colour=red"):
        refused = client.get(f"{path}?{query}")
        assert refused.status_code == 400
        assert query.partition("=")[0] in refused.json["detail"]
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("number", ["0", "9999", "x", "-1", "1.5", "9" * 20, "²"])
def test_a_feature_that_is_not_there_is_404(client, number):
    answer = client.get(f"/ogc/collections/states/items/{number}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_time_and_window_at_once_are_refused(client, key):
    asked = "datetime=2020-05-10&window=all"
    answer = client.get(f"/ogc/collections/flows/items?{asked}", headers=key())
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "datetime")


def test_a_ministry_reads_states_without_asking_for_them(client, key):
    ministry = key("ministry")
    found = client.get("/ogc/collections/arrivals/items", headers=ministry).json
    assert len(found["features"]) == 36
    refused = client.get(
        "/ogc/collections/arrivals/items?level=district", headers=ministry
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("name", OFFICERS)
def test_the_schema_fits_the_features_and_leaves_no_type_open(client, key, name):
    schema = client.get(f"/ogc/collections/{name}/schema", headers=key())
    assert schema.mimetype == "application/schema+json"
    Draft202012Validator.check_schema(schema.json)
    members = schema.json["properties"]["properties"]["properties"]
    validator = Draft202012Validator(schema.json)
    every = client.get(f"/ogc/collections/{name}/items", headers=key()).json
    for each in every["features"]:
        assert set(each["properties"]) == set(members)
        told = {k: v for k, v in each["properties"].items() if v is not None}
        validator.validate(each | {"properties": told})
    kinds = {type(v) for each in every["features"] for v in each["properties"].values()}
    assert kinds <= {int, float, str, type(None)}


# In a process of its own: GDAL waits for the server without letting Python go on.
READ = """
import json, sys, pyogrio
address, bearer, options = json.loads(sys.argv[1])
if "bbox" in options:
    options["bbox"] = tuple(options["bbox"])
pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER" if bearer else None,
    "GDAL_HTTP_BEARER": bearer, "GDAL_HTTP_TIMEOUT": 20})
print(pyogrio.read_dataframe(f"OAPIF:{address}/ogc/", **options)
      .drop(columns="geometry").to_json(orient="records"))
"""


def gdal(address, bearer=None, **options):
    """What GDAL reads of a layer."""
    key = bearer["Authorization"].removeprefix("Bearer ") if bearer else None
    told = json.dumps([address, key, options])
    done = subprocess.run(
        [sys.executable, "-c", READ, told],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_gdal_reads_every_district_over_many_pages(client, address):
    found = gdal(address, layer="districts", PAGE_SIZE=100)
    every = client.get("/layers/districts.geojson").json["features"]
    assert len(found) == len(every) == 734
    assert {each["code"] for each in found} == {each["id"] for each in every}
    some = gdal(address, layer="districts", bbox=[76.2, 9.9, 76.3, 10.0])
    assert {each["state_code"] for each in some} == {KERALA}


def test_gdal_with_a_token_reads_what_the_officer_may(client, address, key):
    officer = key()
    found = gdal(address, officer, layer="flows", PAGE_SIZE=1)
    every = client.get("/layers/flows.geojson", headers=officer).json["features"]
    assert len(every) > 1
    told = sorted(each["properties"]["n"] for each in every)
    assert sorted(each["n"] for each in found) == told
