"""Layers, tiles and days of a release: each the same sums as /flows and the atoms."""

import dataclasses
from datetime import date, timedelta

import mapbox_vector_tile
import orjson
import polars as pl
import pyarrow as pa
import pytest

from gis_service.app import create_app
from layers.cube.released import REST
from tests.releasing import released

# One zoom's tiles over the whole of India.
TILES = [(4, x, y) for x in range(10, 14) for y in range(5, 9)]
WEEK = (date(2020, 5, 11), date(2020, 5, 17))


@pytest.fixture(scope="module")
def atoms(app, database):
    return released(app, database)


@pytest.fixture(scope="module")
def analyst(app, atoms, token):
    header = {"Authorization": f"Bearer {token('analyst')}"}
    client = app.test_client()
    return lambda path, **more: client.get(path, headers=header | more)


@pytest.fixture(scope="module")
def everybody(app, atoms, database):
    """Asks without a token where the release is public."""
    settings = dataclasses.replace(app.extensions["settings"], public="release")
    client = create_app(settings, database).test_client()
    return client.get


def features(answer) -> list[dict]:
    assert answer.status_code == 200, answer.text
    found = answer.json["features"]
    return [
        each["properties"] | {"id": each["id"], "geometry": each["geometry"]}
        for each in found
    ]


def of_days(atoms: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    day = pl.col("day").is_between(first, last)
    week = (pl.col("week") >= first) & (pl.col("week") <= last - timedelta(days=6))
    return atoms.filter(pl.when(pl.col("day").is_null()).then(week).otherwise(day))


def pairs(atoms: pl.DataFrame) -> dict[tuple[int, int], tuple[int, int, int]]:
    found = atoms.group_by("origin_code", "destination_code").agg(
        pl.sum("n"), pl.len().alias("atoms"), pl.sum("high")
    )
    return {
        (a, b): (n, max(6 * count, n - 10 * count), high)
        for a, b, n, count, high in found.iter_rows()
    }


@pytest.mark.parametrize("query", ["", "&from=2020-05-11&to=2020-05-17"])
def test_lines_are_the_edges_of_flows_and_the_sums_of_atoms(analyst, atoms, query):
    lines = features(analyst(f"/layers/release_flows.geojson?k=20000{query}"))
    edges = analyst(f"/flows/district?k=20000{query}").json["edges"]
    names = ("origin", "destination", "n", "n_low", "n_high", "level")
    assert [[each[name] for name in names] for each in lines] == [
        [each[name] for name in names] for each in edges
    ]
    inside = of_days(atoms, *WEEK) if query else atoms
    told = pairs(inside)
    assert len(lines) == sum(a != b for a, b in told)
    for each in lines:
        ends = each["origin"], each["destination"]
        assert (each["n"], each["n_low"], each["n_high"]) == told[ends]


def test_what_has_no_place_is_told_without_a_geometry(analyst, atoms):
    lines = features(analyst("/layers/release_flows.geojson?k=20000"))
    nowhere = [each for each in lines if REST in (each["origin"], each["destination"])]
    country = atoms.filter(pl.col("level") == "country")
    assert country.height > 0
    assert all(each["geometry"] is None for each in nowhere)
    boxed = features(analyst("/layers/release_flows.geojson?k=20000&bbox=68,6,98,38"))
    assert all(each["geometry"] for each in boxed)


def test_a_ratio_of_fewer_than_five_atoms_is_refused(analyst, atoms):
    lines = features(analyst("/layers/release_flows.geojson?k=20000"))
    count = {
        (a, b): n
        for a, b, n in atoms.group_by("origin_code", "destination_code")
        .len()
        .iter_rows()
    }
    shares = [
        (count[each["origin"], each["destination"]], each["share"]) for each in lines
    ]
    assert all((share is not None) == (n >= 5) for n, share in shares)
    assert {n >= 5 for n, _ in shares} == {True, False}


@pytest.mark.parametrize(
    ("layer", "end", "name"),
    [
        ("release_arrivals", "destination_code", "in"),
        ("release_departures", "origin_code", "out"),
    ],
)
@pytest.mark.parametrize("level", ["district", "state"])
def test_units_with_their_rests_add_up_to_everybody(
    analyst, atoms, layer, end, name, level
):
    units = features(analyst(f"/layers/{layer}.geojson?level={level}"))
    told = analyst(f"/flows/{level}?k=1").json
    nodes = {each["code"]: each for each in told["nodes"]}
    assert len({each["code"] for each in units}) == len(units)
    assert sum(each["n"] for each in units) == told["total"]
    assert sum(each["internal"] for each in units) == told["internal"]
    assert sum(each["n"] + each["internal"] for each in units) == atoms["n"].sum()
    for each in units:
        node = nodes.get(each["code"], {name: 0, f"{name}_low": 0, f"{name}_high": 0})
        assert each["n"] == node[name]
        assert each["n_low"] == node[f"{name}_low"]
        assert each["n_high"] == node[f"{name}_high"]
    unplaced = [each for each in units if each["geometry"] is None]
    assert all(each["code"] >= REST or each["code"] == 0 for each in unplaced)
    assert len(units) - len(unplaced) == (734 if level == "district" else 36)


def test_every_atom_is_there_with_the_id_it_keeps(analyst, atoms):
    found, path = [], "/layers/release_atoms.geojson?limit=5000"
    while path:
        page = analyst(path)
        found += features(page)
        onward = [link["href"] for link in page.json["links"] if link["rel"] == "next"]
        path = onward[0].removeprefix("http://localhost") if onward else None
    by_id = {row["object_id"]: row for row in atoms.to_dicts()}
    assert len(found) == len(by_id) == atoms.height
    for each in found:
        row = by_id[each["id"]]
        assert (each["n"], each["n_low"], each["n_high"]) == (
            row["n"], row["low"], row["high"],
        )  # fmt: skip
        assert each["level"] == row["level"]
        assert each["week"] == row["week"].isoformat()
        assert (each["origin"], each["destination"]) == (
            row["origin"], row["destination"],
        )  # fmt: skip


def test_atoms_have_no_tiles_and_say_so(analyst):
    answer = analyst("/tiles/release_atoms/4/11/6.mvt")
    assert (answer.status_code, answer.json["code"]) == (404, "outside_grid")
    assert "/layers/release_atoms" in answer.json["detail"]


def test_tiles_show_the_numbers_of_the_lines(analyst):
    lines = {
        each["id"]: each
        for each in features(analyst("/layers/release_flows.geojson?k=20000"))
    }
    seen = {}
    for z, x, y in TILES:
        answer = analyst(f"/tiles/release_flows/{z}/{x}/{y}.mvt")
        if answer.status_code == 204:
            continue
        drawn = mapbox_vector_tile.decode(answer.data)
        for each in drawn.get("release_flows", {"features": []})["features"]:
            seen.setdefault(each["id"], each["properties"])
    assert len(seen) > 300
    for key, drawn in seen.items():
        line = lines[key]
        for name in ("n", "n_low", "n_high", "level", "rank", "total"):
            assert drawn[name] == line[name]
        assert ("share" in drawn) == (line["share"] is not None)


def test_tiles_of_units_show_the_numbers_of_the_units(analyst):
    units = {
        each["id"]: each
        for each in features(analyst("/layers/release_arrivals.geojson"))
    }
    seen = {}
    for z, x, y in TILES:
        answer = analyst(f"/tiles/release_arrivals/{z}/{x}/{y}.mvt")
        if answer.status_code == 200:
            drawn = mapbox_vector_tile.decode(answer.data)["release_arrivals"]
            seen |= {each["id"]: each["properties"] for each in drawn["features"]}
    assert len(seen) > 700
    for key, drawn in seen.items():
        assert all(drawn[name] == units[key][name] for name in ("n", "n_low", "n_high"))


def test_arrow_says_what_json_says(analyst):
    told = analyst("/flows/district?k=500").json
    body = analyst("/flows/district?k=500&format=arrow").data
    table = pa.ipc.open_stream(body).read_all()
    names = ("origin", "destination", "n", "n_low", "n_high", "level")
    assert table.select(names).to_pylist() == [
        {name: each[name] for name in names} for each in told["edges"]
    ]
    assert table.schema.metadata[b"about"] == b"true"
    assert int(table.schema.metadata[b"n_high"]) == told["n_high"]


def test_two_windows_are_compared_within_both_their_bounds(analyst, atoms):
    then = WEEK[0] - timedelta(days=7), WEEK[1] - timedelta(days=7)
    query = f"from={WEEK[0]}&to={WEEK[1]}&versus_from={then[0]}&versus_to={then[1]}"
    found = analyst(f"/flows/district?{query}&k=20000").json
    now, before = pairs(of_days(atoms, *WEEK)), pairs(of_days(atoms, *then))
    for each in found["edges"]:
        ends = each["origin"], each["destination"]
        n, low, high = now.get(ends, (0, 0, 0))
        other, least, most = before.get(ends, (0, 0, 0))
        assert (each["n"], each["n_low"], each["n_high"]) == (
            n - other, low - most, high - least,
        )  # fmt: skip


def test_days_are_told_by_the_day_and_by_the_week(analyst, atoms):
    found = analyst("/flows/days").json
    first = date.fromisoformat(found["first"])
    told = {first + timedelta(days=i): n for i, n in enumerate(found["people"]) if n}
    daily = atoms.filter(pl.col("day").is_not_null()).group_by("day").agg(pl.sum("n"))
    assert told == dict(daily.iter_rows())
    monday = date.fromisoformat(found["by_week"]["first"])
    weekly = {
        monday + timedelta(days=7 * i): n
        for i, n in enumerate(found["by_week"]["people"])
        if n
    }
    rest = atoms.filter(pl.col("day").is_null()).group_by("week").agg(pl.sum("n"))
    assert weekly == dict(rest.iter_rows())


OPEN = [
    "/flows/state",
    "/flows/country",
    "/flows/days",
    "/layers/release_flows.geojson?level=state",
    "/layers/release_arrivals.geojson?level=state",
    "/layers/release_departures.geojson?level=state",
    "/tiles/release_flows/4/11/6.mvt?level=state",
    "/ogc/collections/release_flows/items",
]


@pytest.mark.parametrize("path", OPEN)
def test_the_public_reads_nothing_unless_the_release_is_public(
    app, client, everybody, path
):
    assert client.get(path).status_code == 401
    answer = everybody(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize(
    "path",
    [
        "/flows/district",
        "/flows/cluster?zoom=5",
        "/layers/release_flows.geojson",
        "/layers/release_atoms.geojson",
        "/tiles/release_arrivals/4/11/6.mvt",
    ],
)
def test_the_public_is_told_of_pairs_of_states_and_whole_weeks_only(everybody, path):
    answer = everybody(path)
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
    assert "whole weeks" in answer.json["detail"]


def test_a_part_of_a_week_shows_the_public_nothing_and_whole_weeks_all(
    everybody, atoms
):
    part = everybody(f"/flows/state?from={WEEK[0]}&to={WEEK[1] - timedelta(days=1)}")
    assert part.json["total"] + part.json["internal"] == 0
    whole = everybody(f"/flows/state?from={WEEK[0]}&to={WEEK[1]}").json
    week = atoms.filter(pl.col("week") == WEEK[0])
    assert whole["total"] + whole["internal"] == week["n"].sum()
    refused = everybody("/flows/state?mode=bus")
    assert (refused.status_code, refused.json["code"]) == (422, "bad_question")


def test_who_shows_a_token_is_not_answered_from_the_publics_cache(
    app, everybody, token
):
    officer = {"Authorization": f"Bearer {token('state', state=27)}"}
    public = everybody("/flows/state")
    own = everybody("/flows/state", headers=officer)
    assert own.headers["Cache-Control"].startswith("private")
    assert own.headers["ETag"] != public.headers["ETag"]
    assert "about" not in own.json
    assert orjson.loads(public.data)["about"] is True


def test_the_analysts_login_answers_them(app, database, analyst):
    """What an analyst is told comes from a login without any right on exact flows."""
    from sqlalchemy import event

    asked = []

    def noted(_db, _cursor, statement, *_):
        asked.append(statement)

    event.listen(database.read, "before_cursor_execute", noted)
    try:
        analyst("/layers/release_flows.geojson?k=3")
        analyst("/flows/state?k=3")
    finally:
        event.remove(database.read, "before_cursor_execute", noted)
    assert not [each for each in asked if "release" in each and "flow_" in each]
    assert not [each for each in asked if "flow_day" in each]
