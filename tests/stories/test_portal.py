"""A layer of another portal: registered, pulled, matched, shown, kept when it fails."""

import csv
import io
from datetime import UTC, datetime, timedelta

import mapbox_vector_tile
import orjson
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import ProgrammingError

from boundaries.version import versions
from gis_service.portals import pull_each
from layers.catalogue import LAYERS
from layers.errors import BadSource
from layers.files import formats
from layers.portal_pull import due
from layers.portal_sources import Registration, register, remove, sources
from layers.portal_tables import PORTAL_SNAPSHOT, PORTAL_SOURCE, PORTAL_VALUE
from tests.flow_rows import MAHARASHTRA, MUMBAI, PUNE
from tests.portal_server import CSV, JSON, portal

NAME = "covid_cases"
HEAD = "district,state,date,cases,active,recovered,deaths\n"
FIRST = (
    HEAD
    + "Pune,Maharashtra,2020-05-20,5000,2500,2000,250\n"
    + "Mumbai,Maharashtra,2020-05-20,30000,,,\n"
    + "Gorakhpur,Uttar Pradesh,2020-05-19,40,30,9,1\n"
    + "Gorakhpur,Uttar Pradesh,2020-05-20,44,32,11,1\n"
    + "Poona City,Maharashtra,2020-05-20,7,,,\n"
    + "Aurangabad,,2020-05-20,8,,,\n"
    + "Patna,Bihar,2020-05-20,many,,,\n"
    + "Patna,Bihar,20.5.2020,9,,,\n"
    + "Nashik,Maharashtra,2999-01-01,9,,,\n"
    + "Thane,Maharashtra,2020-05-20,1,,,\n"
    + "Thane,Maharashtra,2020-05-20,2,,,\n"
).encode()


@pytest.fixture
def there():
    with portal() as opened:
        opened.tells("/cases.csv", FIRST, ETag='"one"', **CSV)
        yield opened


@pytest.fixture
def registered(database, there):
    """``registered(path, **more)``: a source at ``there``, and nothing pulled yet."""

    def made(path="/cases.csv", **more):
        given = {
            "url": there.url(path),
            "networks": ("127.0.0.0/8",),
            "ports": (there.port,),
            "attribution": "Made-up portal of Namuna",
            "licence": "made up",
        }
        with database.owner.begin() as db:
            register(db, Registration(NAME, **(given | more)))

    yield made
    with database.owner.begin() as db:
        if sources(db):
            remove(db, NAME)


@pytest.fixture
def pulled(database):
    """``pulled()``: pull, and what was said."""

    def made():
        said = []
        pull_each(database.owner, [NAME], say=said.append)
        (line,) = said
        return line

    return made


@pytest.fixture
def source(database):
    """``source()``: the source's row, as the operator sees it."""

    def read():
        with database.owner.connect() as db:
            (row,) = sources(db)
        return row

    return read


@pytest.fixture
def officer(token):
    return {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}


def asked(client, path, headers=None):
    """An answer that is read to its end: a stream unread is still at work."""
    answer = client.get(path, headers=headers)
    answer.get_data()
    return answer


def features(client, headers=None, path=f"/layers/{NAME}.geojson"):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each["properties"] for each in answer.json["features"]}


def test_rows_become_districts_and_what_does_not_is_told(
    client, officer, registered, pulled, source
):
    registered()
    assert pulled() == (
        "covid_cases: 3 districts, 7 rows not used (nmis portal list says why)"
    )
    found = features(client, officer)
    assert len(found) == 3
    assert found[PUNE]["cases"] == 5000
    assert (found[PUNE]["deaths"], found[MUMBAI]["deaths"]) == (250, None)
    assert found[148]["cases"] == 44  # of the newest day alone
    assert {each["day"] for each in found.values()} == {"2020-05-20"}
    assert found[PUNE]["source"] == "Made-up portal of Namuna"
    assert found[PUNE]["fetched_at"].endswith("Z")
    assert found[PUNE]["per_100000"] == pytest.approx(
        5000 * 100_000 / found_people(client, PUNE), abs=0.05
    )
    row = source()
    assert (row.rows, row.matched, row.unmatched) == (11, 4, 7)
    told = {fault["row"]: fault["why"] for fault in row.faults}
    assert told[5].startswith("no district 'Poona City'")
    assert "may be" in told[6]
    assert "whole numbers" in told[7]
    assert "20.5.2020" in told[8]
    assert "yet to come" in told[9]
    assert "another row" in told[11]


def found_people(client, code):
    every = client.get("/layers/districts.geojson").json["features"]
    return next(e["properties"]["population_2011"] for e in every if e["id"] == code)


def test_every_format_has_it(client, officer, registered, pulled):
    registered()
    pulled()
    answer = client.get(f"/tiles/{NAME}/4/11/7.mvt", headers=officer)
    tile = mapbox_vector_tile.decode(answer.data)[NAME]["features"]
    shown = {each["id"]: each["properties"] for each in tile}
    assert shown[PUNE]["cases"] == 5000
    assert shown[PUNE]["day"] == "2020-05-20"
    told = client.get(f"/tiles/{NAME}.json", headers=officer).json
    assert "cases" in told["vector_layers"][0]["fields"]
    drawn = client.get(f"/styles/{NAME}.json").json
    assert drawn["metadata"]["nmis:legend"][0]["label"] == "0 to 1"
    items = f"/ogc/collections/{NAME}/items"
    assert features(client, officer, items) == features(client, officer)
    schema = client.get(f"/ogc/collections/{NAME}/schema", headers=officer).json
    members = schema["properties"]["properties"]["properties"]
    assert members["cases"]["type"] == "integer"
    assert members["day"]["format"] == "date"
    page = client.get(f"/layers/{NAME}.geojson?limit=2", headers=officer).json
    assert page["numberReturned"] == 2


def test_it_is_had_in_every_form_of_a_whole_layer(client, officer, registered, pulled):
    registered()
    pulled()
    for each in formats(LAYERS[NAME]):
        address = f"/layers/{NAME}.{each.suffix}"
        answer = asked(client, address, officer)
        assert (answer.status_code, answer.mimetype) == (200, each.media_type), address
        assert client.get(address).status_code == 401
    rows = csv.DictReader(
        io.StringIO(client.get(f"/layers/{NAME}.csv", headers=officer).text)
    )
    assert {int(row["code"]): int(row["cases"]) for row in rows} == {
        code: each["cases"] for code, each in features(client, officer).items()
    }


def test_geojson_with_codes_and_other_names_of_columns(
    client, officer, registered, pulled, there
):
    rows = [
        {"dt_code": PUNE, "confirmed": 12, "when": 1589932800000},  # 20 May in India
        {"dt_code": float(MUMBAI), "confirmed": 13.0, "when": "2020-05-19T20:00:00Z"},
        {"dt_code": "99999", "confirmed": 14, "when": "2020-05-20"},
    ]
    body = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": None, "properties": each} for each in rows
        ],
    }
    there.tells("/query", orjson.dumps(body), **JSON)
    fields = {"code": "dt_code", "cases": "confirmed", "date": "when"}
    registered("/query?f=geojson&where=1%3D1", dialect="geojson", fields=fields)
    assert pulled().startswith("covid_cases: 2 districts, 1 rows")
    found = features(client, officer)
    assert {code: each["cases"] for code, each in found.items()} == {
        PUNE: 12,
        MUMBAI: 13,
    }
    assert {each["day"] for each in found.values()} == {"2020-05-20"}


def test_only_signed_in_readers_read_it_unless_the_source_is_public(
    client, token, officer, registered, pulled
):
    address = f"/layers/{NAME}.geojson"
    registered()
    pulled()
    for path in (
        address,
        f"/tiles/{NAME}/4/11/7.mvt",
        f"/ogc/collections/{NAME}/items",
    ):
        answer = asked(client, path)
        assert (answer.status_code, answer.json["code"]) == (401, "token_required")
        for role in ("analyst", "auditor", "railways", "ministry"):
            key = {"Authorization": f"Bearer {token(role)}"}
            assert asked(client, path, key).status_code == 200, (path, role)
    bad = {"Authorization": "Bearer nmis_0_0"}
    assert asked(client, address, bad).status_code == 401
    listed = client.get("/ogc/collections").json["collections"]
    assert NAME not in {each["id"] for each in listed}
    before = features(client, officer)
    registered(public=True)
    assert features(client) == before
    answer = asked(client, address)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    listed = client.get("/ogc/collections").json["collections"]
    assert NAME in {each["id"] for each in listed}
    registered()
    assert asked(client, address).status_code == 401


def test_a_failure_keeps_what_was_there_and_is_told(
    client, officer, registered, pulled, source, there
):
    registered()
    pulled()
    before = features(client, officer)
    there.tells("/cases.csv", b"<html>busy</html>", 503)
    assert pulled() == "covid_cases: failed: it answered 503"
    assert features(client, officer) == before
    first = source()
    assert (first.failures, first.failure) == (1, "it answered 503")
    assert (first.due_at - first.tried_at).total_seconds() == 15 * 60
    for body, why in (
        (b"<html>sign in</html>", "none of"),
        (HEAD.encode(), "no column 'cases'"),
        (HEAD.encode() + b"Nowhere,Bihar,2020-05-20,1,,,\n", "none of its 1 rows"),
        (b"", "cannot be read as CSV"),
        (b"\xff\xfe\x00", "CSV|column|used"),
    ):
        there.tells("/cases.csv", body, **CSV)
        said = pulled()
        assert said.startswith("covid_cases: failed: "), (said, why)
    later = source()
    assert later.failures == 6
    assert later.failing_since == first.failing_since
    assert (later.due_at - later.tried_at).total_seconds() == 15 * 60 * 2**5
    assert features(client, officer) == before
    there.tells("/cases.csv", FIRST, **CSV)
    assert pulled() == "covid_cases: nothing new"
    assert (source().failures, source().failure, source().failing_since) == (
        0,
        None,
        None,
    )


def test_versions_and_tags_change_with_the_data_and_only_with_it(  # noqa: PLR0917 - fixtures
    client, database, officer, registered, pulled, source, there
):
    def version():
        with database.read.connect() as db:
            return versions(db)["portals"]

    registered()
    pulled()
    address = f"/layers/{NAME}.geojson"
    tag = asked(client, address, officer).headers["ETag"]
    known, first = officer | {"If-None-Match": tag}, version()
    there.tells("/cases.csv", b"", 304)
    assert pulled() == "covid_cases: nothing new"
    assert there.asked[-1][1]["If-None-Match"] == '"one"'
    there.tells("/cases.csv", FIRST, ETag='"two"', **CSV)
    assert pulled() == "covid_cases: nothing new"
    assert version() == first
    assert source().checked_at > source().fetched_at
    assert asked(client, address, known).status_code == 304
    changed = FIRST.replace(b"5000", b"5001")
    there.tells("/cases.csv", changed, ETag='"three"', **CSV)
    assert pulled().startswith("covid_cases: 3 districts")
    assert version() == first + 1
    assert asked(client, address, known).status_code == 200
    assert features(client, officer)[PUNE]["cases"] == 5001


def test_values_of_earlier_snapshots_go_and_removal_takes_all(
    database, client, officer, registered, pulled, there
):
    registered()
    for cases in range(25):
        there.tells("/cases.csv", FIRST.replace(b"5000", b"%d" % cases), **CSV)
        pulled()
    with database.owner.connect() as db:
        count = select(func.count()).select_from
        assert db.execute(count(PORTAL_SNAPSHOT)).scalar_one() == 20
        assert db.execute(count(PORTAL_VALUE)).scalar_one() == 3
    with database.owner.begin() as db:
        remove(db, NAME)
        assert db.execute(count(PORTAL_SNAPSHOT)).scalar_one() == 0
        with pytest.raises(BadSource, match="registered"):
            remove(db, NAME)
    assert features(client, officer) == {}


def test_sources_are_due_by_their_rhythm(database, registered, pulled, source):
    registered(refresh_hours=6)
    with database.owner.connect() as db:
        assert due(db) == [NAME]
    pulled()
    row = source()
    assert (row.due_at - row.tried_at).total_seconds() == 6 * 3600
    with database.owner.begin() as db:
        assert due(db) == []
        past = datetime(2020, 5, 1, tzinfo=UTC)
        db.execute(update(PORTAL_SOURCE).values(due_at=past))
        assert due(db) == [NAME]


def test_two_pulls_of_a_source_do_not_run_at_once(database, registered, pulled):
    registered()
    with database.owner.begin() as db:
        db.execute(select(PORTAL_SOURCE.c.name).with_for_update())
        assert pulled() == "covid_cases: it is being pulled, or was removed"


def test_readers_planes_see_neither_address_nor_token(database, registered):
    registered()
    for plane in (database.read, database.release, database.upload):
        for column in ("url", "token_file", "failure", "etag"):
            with plane.connect() as db, pytest.raises(ProgrammingError):
                db.execute(select(PORTAL_SOURCE.c[column]))


def test_a_token_is_read_from_its_file_and_shown_nowhere(
    database, registered, pulled, source, there, tmp_path
):
    file = tmp_path / "token"
    file.write_text("secret-of-tests\n")
    file.chmod(0o644)
    with pytest.raises(BadSource, match="https alone"):
        registered(token_file=str(file))
    address = f"https://portal.test:{there.port}/cases.csv"
    registered(url=address, token_file=str(file))
    assert "allowed: 600" in pulled()
    file.chmod(0o600)
    file.unlink()
    assert "cannot be read" in pulled()
    assert "secret" not in str(source())


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"url": "file:///etc/passwd"}, "allowed: http, https"),
        ({"url": "http://user:pass@portal.test/x.csv"}, "token file"),
        ({"url": "http://portal.test:22/x.csv"}, "port is 22"),
        ({"url": "http://portal.test/x"}, "allowed: csv, geojson"),
        ({"dialect": "shp"}, "allowed: csv, geojson"),
        ({"fields": {"ghost": "x"}}, "allowed: code, district, state, date, cases"),
        ({"networks": ("10.0.0.1/8",)}, "as 10.1.0.0/16"),
        ({"networks": ("0.0.0.0/0",)}, "allowed: /8 or smaller"),
        ({"networks": ("::/0",)}, "allowed: /32 or smaller"),
        ({"ports": (0,)}, "allowed: 1 to 65535"),
        ({"refresh_hours": -1}, "allowed: 1 to 744"),
    ],
)
def test_what_cannot_be_registered_is_told(registered, more, why):
    with pytest.raises(BadSource, match=why):
        registered(**more)


def test_an_unknown_portal_is_told_with_those_there_are(database):
    unknown = Registration("ghosts", "http://portal.test/x.csv")
    with (
        database.owner.begin() as db,
        pytest.raises(BadSource, match="there are covid_cases"),
    ):
        register(db, unknown)


def told(client, headers=None):
    answer = client.get("/portals", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    return {each["name"]: each for each in answer.json["portals"]}


def test_the_list_of_portals_tells_source_licence_and_age(
    database, client, officer, registered, pulled, there
):
    registered(refresh_hours=2)
    assert told(client, officer) == {}  # nothing to show yet
    pulled()
    assert told(client) == {}
    each = told(client, officer)[NAME]
    assert each["source"] == "Made-up portal of Namuna"
    assert each["licence"] == "made up"
    assert (each["as_of"], each["districts"], each["unmatched"]) == ("2020-05-20", 3, 7)
    assert (each["stale"], each["failing_since"]) == (False, None)
    assert each["age_hours"] < 0.1
    for link in each["links"].values():
        path = link.removeprefix("http://localhost")
        assert asked(client, path, officer).status_code == 200
    there.tells("/cases.csv", b"", 500)
    pulled()
    then = datetime.now(UTC) - timedelta(hours=4, minutes=1)
    with database.owner.begin() as db:
        db.execute(update(PORTAL_SNAPSHOT).values(checked_at=then))
    each = told(client, officer)[NAME]
    assert each["stale"]
    assert each["failing_since"]
    assert each["age_hours"] == pytest.approx(4.02, abs=0.02)
    assert "127.0.0.1" not in str(each)
    registered(public=True)
    assert set(told(client)) == {NAME}
    assert client.get("/portals?colour=red").status_code == 422
