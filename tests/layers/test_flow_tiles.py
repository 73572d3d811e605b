"""Tiles of flows: whole lines, the same in every tile, bounded, nothing hushed up."""

from collections import Counter, defaultdict
from datetime import date
from math import atanh, pi, radians, sin

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from boundaries.bundled_rows import rows
from boundaries.scope import COUNTRY, Scope
from layers.flow_tiles import NODE_FIELDS, chosen, columns, kept, mvt, tile_bytes
from layers.flow_tiles.crossings import COLUMN
from layers.flow_tiles.edges import FULL, LAST_CHOICE, limit
from layers.flow_tiles.pieces import pieces
from layers.flows import Counted
from layers.flows import counted as counted_of
from layers.maps import flows
from layers.nodes import Node, nodes
from layers.tile import BUFFER, EXTENT, Tile
from tests.flow_rows import (
    BIHAR,
    KERALA,
    MAHARASHTRA,
    add,
    cube_of,
    flow,
    question,
    two_of,
)

MUMBAI, PUNE, PATNA, SRINAGAR, NICOBARS = 482, 490, 212, 13, 603
PIXEL = EXTENT // 512
# What MapLibre holds, in a tile's own units: signed 15 bits of a tile of 8,192.
HELD = range(-(2**14) // 2, (2**14 - 1) // 2 + 1)
ZOOMS = range(11)


@pytest.fixture(scope="module")
def places():
    return {
        int(row["lgd_district_code"]): Node(
            row["lgd_name"],
            "पुणे" if row["lgd_district_code"] == str(PUNE) else None,
            int(row["lgd_state_code"]),
            float(row["lon"]),
            float(row["lat"]),
        )
        for row in rows("districts_2020-05-12.csv")
    }


@pytest.fixture(scope="module")
def national(places):
    """400,000 pairs, crowded between the populous districts as the real ones are."""
    people = {
        row["lgd_district_code"]: float(row["population_2011"] or 0)
        for row in rows("district_population_2011.csv")
    }
    random = np.random.default_rng(3)
    codes = np.array(sorted(places))
    pull = np.array([people.get(str(code), 0) + 1e4 for code in codes])
    pull = pull * random.lognormal(0, 1.2, codes.size)
    likely = np.outer(pull, pull) * random.lognormal(0, 1, (codes.size, codes.size))
    np.fill_diagonal(likely, 0)
    top = np.argpartition(likely.ravel(), -400_000)[-400_000:]
    weight = likely.ravel()[top]
    n = 1 + random.poisson(weight / weight.sum() * 9e6)
    return counted(codes[top // codes.size], codes[top % codes.size], n)


@pytest.fixture(scope="module")
def some(national):
    """The 1,500 largest of them."""
    return largest(national, 1_500)


def counted(origins, destinations, people):
    origins, destinations, people = map(np.asarray, (origins, destinations, people))
    codes = np.unique(np.concatenate((origins, destinations))).astype(np.int64)
    whole = people.astype(np.int64)
    totals = {
        name: np.bincount(np.searchsorted(codes, ends), whole, codes.size).astype(int)
        for name, ends in (("in", destinations), ("out", origins))
    }
    totals["internal"] = np.arange(codes.size)
    return Counted(
        codes=codes,
        totals=totals,
        origins=origins,
        destinations=destinations,
        people=whole,
        before=None,
        total=int(whole.sum()),
        internal=int(totals["internal"].sum()),
        edges_total=whole.size,
        first=date(2020, 5, 1),
        last=date(2020, 5, 31),
        version=1,
    )


def largest(some, k):
    top = np.argsort(-some.people, kind="stable")[:k]
    return counted(some.origins[top], some.destinations[top], some.people[top])


def all_tiles(found):
    """Every tile that has anything, decoded."""
    side = 2**found.zoom
    corners = found.edges.lines.points // EXTENT
    if found.nodes.codes.size:
        corners = np.concatenate((corners, found.nodes.points(found.zoom) // EXTENT))
    west, north = corners.min(axis=0) - 1
    east, south = corners.max(axis=0) + 2
    for x in range(max(west, 0), min(east, side)):
        for y in range(max(north, 0), min(south, side)):
            tile = Tile(found.zoom, int(x), int(y))
            if body := tile_bytes(found, tile=tile):
                yield tile, body


def decoded(body):
    layers = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return {
        name: layers[name]["features"] if name in layers else []
        for name in ("flows", "nodes")
    }


def on_grid(feature, tile):
    """The vertices of a feature on the grid of its zoom."""
    points = feature["geometry"]["coordinates"]
    return [(x + tile.x * EXTENT, y + tile.y * EXTENT) for x, y in points]


def lines_of(found):
    edges, nodes = found.edges, found.nodes
    ids = nodes.codes[edges.starts] * 65_536 + nodes.codes[edges.ends]
    parts = np.split(edges.lines.points, edges.lines.starts[1:-1])
    return dict(zip(ids.tolist(), parts, strict=True))


@pytest.mark.parametrize("zoom", [2, 4, 6, 7])
def test_a_line_is_the_same_in_all_its_tiles_and_in_every_tile_it_crosses(
    some, places, zoom
):
    found = chosen(some, places, zoom=zoom)
    lines = lines_of(found)
    drawn = shapely.linestrings(
        np.concatenate(list(lines.values())),
        indices=np.repeat(
            np.arange(len(lines)), [len(each) for each in lines.values()]
        ),
    )
    told = {}
    for tile, body in all_tiles(found):
        features = decoded(body)["flows"]
        west, north = tile.x * EXTENT - BUFFER, tile.y * EXTENT - BUFFER
        wide = EXTENT + 2 * BUFFER
        box = shapely.box(west, north, west + wide, north + wide)
        crossing = np.flatnonzero(shapely.intersects(drawn, box))
        ids = list(lines)
        assert [each["id"] for each in features] == [ids[each] for each in crossing]
        for each in features:
            whole = [tuple(point) for point in lines[each["id"]].tolist()]
            piece = on_grid(each, tile)
            begin = whole.index(piece[0])
            assert piece == whole[begin : begin + len(piece)]
            inside = shapely.LineString(piece).intersection(box)
            whole_inside = shapely.LineString(whole).intersection(box)
            assert inside.equals_exact(whole_inside, 1e-9)
            assert told.setdefault(each["id"], each["properties"]) == each["properties"]
    assert set(told) == set(lines)


def test_a_line_without_an_end_in_a_tile_crosses_it_all_the_same(places):
    found = chosen(counted([MUMBAI], [PATNA], [7]), places, zoom=6)
    tile = Tile(6, 45, 27)  # Madhya Pradesh
    (line,) = decoded(tile_bytes(found, tile=tile))["flows"]
    assert line["id"] == MUMBAI * 65_536 + PATNA
    assert line["properties"] == {
        "origin": MUMBAI,
        "origin_name": places[MUMBAI].name,
        "destination": PATNA,
        "destination_name": places[PATNA].name,
        "n": 7,
        "rank": 1,
        "share": 1.0,
        "shown": 7,
        "total": 7,
    }
    first, *_, last = line["geometry"]["coordinates"]
    assert all(min(end) < 0 or max(end) > EXTENT for end in (first, last))


@pytest.mark.parametrize("zoom", [0, 3, 5, 6, 8])
def test_each_tile_chooses_the_largest_by_either_end(some, places, zoom, monkeypatch):
    monkeypatch.setattr("layers.flow_tiles.edges.MANY", 9)
    monkeypatch.setattr("layers.flow_tiles.edges.FEW", 4)
    found = chosen(some, places, zoom=zoom)

    def square(code):
        side, place = 2**zoom * EXTENT, places[code]
        east = (place.lon + 180) / 360
        south = 0.5 - atanh(sin(radians(place.lat))) / (2 * pi)
        return round(east * side), round(south * side)

    ranked = sorted(
        zip(
            some.people.tolist(),
            some.origins.tolist(),
            some.destinations.tolist(),
            strict=True,
        ),
        key=lambda pair: (-pair[0], *pair[1:]),
    )
    starts, ends, expected = Counter(), Counter(), {}
    for rank, (n, origin, destination) in enumerate(ranked, 1):
        points = square(origin), square(destination)
        if points[0] == points[1]:
            continue
        tiles = [(x // EXTENT, y // EXTENT) for x, y in points]
        starts[tiles[0]] += 1
        ends[tiles[1]] += 1
        if min(starts[tiles[0]], ends[tiles[1]]) <= (9 if zoom < 6 else 4):
            expected[origin * 65_536 + destination] = (rank, n)
    edges = found.edges
    told = zip(edges.rank.tolist(), edges.people.tolist(), strict=True)
    assert dict(zip(lines_of(found), told, strict=True)) == expected


def test_pairs_of_equal_people_are_chosen_by_their_codes_whatever_their_order(places):
    codes = np.array(sorted(places))
    origins, destinations = np.repeat(codes[:40], 40), np.tile(codes[40:80], 40)
    same = np.full(origins.size, 5)
    mixed = np.random.default_rng(1).permutation(origins.size)
    for zoom in (4, 7):
        one = chosen(counted(origins, destinations, same), places, zoom=zoom)
        other = chosen(
            counted(origins[mixed], destinations[mixed], same), places, zoom=zoom
        )
        assert dict(all_tiles(one)) == dict(all_tiles(other))


@pytest.mark.parametrize("zoom", [3, 5, 7])
def test_what_is_not_drawn_is_told(some, places, zoom):
    elsewhere = counted(
        np.append(some.origins, 9_999),
        np.append(some.destinations, PUNE),
        np.append(some.people, 1_000_000),
    )
    found = chosen(elsewhere, places, zoom=zoom)
    seen = {}
    for _, body in all_tiles(found):
        for each in decoded(body)["flows"]:
            seen[each["id"]] = each["properties"]
    assert found.shown == sum(each["n"] for each in seen.values())
    assert found.total == elsewhere.people.sum()
    assert found.shown <= found.total - 1_000_000  # of no known place, never drawn
    assert found.edges_total == some.people.size + 1
    assert {(each["shown"], each["total"]) for each in seen.values()} == {
        (found.shown, found.total)
    }
    for each in seen.values():
        assert each["share"] == pytest.approx(each["n"] / found.total)
        assert each["rank"] > 1


def test_no_more_than_asked_are_drawn(some, places):
    found = chosen(some, places, zoom=7, most=12)
    assert found.edges.rank.tolist() == list(range(1, 13))
    assert found.total == some.total


@pytest.mark.parametrize("zoom", [0, 4, 7])
def test_each_unit_lies_in_one_tile_with_its_totals(some, places, zoom):
    found = chosen(some, places, zoom=zoom)
    told = defaultdict(list)
    for tile, body in all_tiles(found):
        for each in decoded(body)["nodes"]:
            (point,) = on_grid(
                {"geometry": {"coordinates": [each["geometry"]["coordinates"]]}}, tile
            )
            assert tile == Tile(zoom, point[0] // EXTENT, point[1] // EXTENT)
            told[each["id"]].append(each["properties"])
    assert sorted(told) == some.codes.tolist()
    for place, code in enumerate(some.codes.tolist()):
        (known,) = told[code]
        expected = {name: column[place] for name, column in some.totals.items()}
        expected |= {"code": code, "name": places[code].name}
        if code == PUNE:
            expected["name_hi"] = "पुणे"
        assert known == expected


def test_lines_begin_and_end_at_the_points_of_their_units(some, places):
    for zoom in ZOOMS:
        found = chosen(some, places, zoom=zoom)
        points, edges = found.nodes.points(zoom), found.edges
        starts = edges.lines.starts
        assert (edges.lines.points[starts[:-1]] == points[edges.starts]).all()
        assert (edges.lines.points[starts[1:] - 1] == points[edges.ends]).all()


@pytest.mark.parametrize("zoom", [1, 4, 7, 10])
def test_a_line_is_a_great_circle_to_half_a_pixel(places, zoom):
    ends = [(MUMBAI, PATNA), (SRINAGAR, NICOBARS), (NICOBARS, MUMBAI), (PATNA, PUNE)]
    found = chosen(counted(*zip(*ends, strict=True), [4, 3, 2, 1]), places, zoom=zoom)
    sphere = Geod(a=6_371_000, b=6_371_000)
    for id_, line in lines_of(found).items():
        a, b = places[id_ // 65_536], places[id_ % 65_536]
        inner = sphere.npts(a.lon, a.lat, b.lon, b.lat, 4_000)
        lon, lat = np.array([(a.lon, a.lat), *inner, (b.lon, b.lat)]).T
        east = (lon + 180) / 360
        south = 0.5 - np.arctanh(np.sin(np.radians(lat))) / (2 * pi)
        exact = np.column_stack((east, south)) * EXTENT * 2**zoom
        away = shapely.distance(shapely.LineString(line), shapely.points(exact))
        assert away.max() < PIXEL / 2 + 0.75  # half a pixel, and the grid's rounding
        assert len(line) <= 140


def test_at_national_concentration_no_tile_weighs_200_kb(national, places):
    for zoom in range(3, 8):
        found = chosen(national, places, zoom=zoom)
        for _, body in all_tiles(found):
            assert len(body) < 200_000
        counts = np.unique(found.edges.crossed.tiles, return_counts=True)[1]
        assert counts.max() <= FULL


@pytest.mark.parametrize("zoom", [0, 5, 8, 10])
def test_no_vertex_lies_farther_away_than_a_browser_holds(some, places, zoom):
    drawn = chosen(some, places, zoom=zoom, most=300).edges
    for number in np.unique(drawn.crossed.tiles).tolist():
        tile = Tile(zoom, number % COLUMN, number // COLUMN)
        held = pieces(drawn.lines, drawn.crossed.of(tile), tile=tile)
        if held.lines.size:
            assert held.points.min() in HELD
            assert held.points.max() in HELD


def test_close_by_the_pairs_of_the_last_choice_are_drawn(national, places):
    crowd = largest(national, 60_000)
    far = chosen(crowd, places, zoom=LAST_CHOICE)
    for zoom in (LAST_CHOICE + 1, LAST_CHOICE + 2):
        close = chosen(crowd, places, zoom=zoom)
        assert set(lines_of(close)) == set(lines_of(far))
        assert np.unique(close.edges.crossed.tiles, return_counts=True)[1].max() <= FULL
        assert len(lines_of(close)) > limit(zoom)


def test_differences_are_chosen_by_their_size_and_may_be_negative(places):
    change = counted([MUMBAI, PATNA, PUNE], [PATNA, PUNE, MUMBAI], [-9, 4, -2])
    found = chosen(change, places, zoom=4, most=2)
    seen = {
        each["properties"]["n"]: each["properties"]["shown"]
        for _, body in all_tiles(found)
        for each in decoded(body)["flows"]
    }
    assert seen == {-9: -5, 4: -5}


def test_a_tile_has_the_fields_and_ids_that_the_layer_tells(some, places):
    found = chosen(some, places, zoom=5)
    seen = defaultdict(set)
    for _, body in all_tiles(found):
        for name, features in decoded(body).items():
            seen[name] |= {key for each in features for key in each["properties"]}
    assert seen["flows"] == set(flows.LAYER.fields)
    assert seen["nodes"] == set(NODE_FIELDS)
    assert flows.LAYER.maxzoom == max(ZOOMS)


@pytest.mark.parametrize("level", ["state", "district"])
def test_what_a_reader_may_not_see_changes_no_byte(db, level):
    bihar, kerala = two_of(db, BIHAR)[0], two_of(db, KERALA)[0]

    def tiles(scope):
        asked = question(db, scope, level=level)
        units = nodes(db, asked, version=1)
        found = counted_of(cube_of(db), asked, units)
        return [dict(all_tiles(chosen(found, units, zoom=zoom))) for zoom in (4, 7)]

    add(db, [flow(MUMBAI, bihar, 7), flow(MUMBAI, PUNE, 3)])
    own = Scope(frozenset({MAHARASHTRA}))
    before = tiles(own)
    assert before[0]
    add(db, [flow(bihar, kerala, 424_242), flow(kerala, bihar, 5)])
    assert tiles(own) == before
    assert tiles(COUNTRY) != before


def test_where_nobody_travels_tiles_are_empty(some, places):
    nobody = chosen(counted([], [], []), places, zoom=5)
    assert tile_bytes(nobody, tile=Tile(5, 22, 13)) == b""
    assert tile_bytes(chosen(some, places, zoom=5), tile=Tile(5, 2, 13)) == b""
    assert tile_bytes(chosen(some, {}, zoom=5), tile=Tile(5, 22, 13)) == b""


def test_a_tile_of_another_zoom_than_was_chosen_for_is_refused(some, places):
    with pytest.raises(ValueError, match="zoom is 6"):
        tile_bytes(chosen(some, places, zoom=5), tile=Tile(6, 45, 27))


def test_a_choice_is_made_once_for_all_tiles_of_its_zoom(some, places):
    made = []

    def make():
        made.append(1)
        return chosen(some, places, zoom=5)

    assert kept(("here", 1, "all", 5), make) is kept(("here", 1, "all", 5), make)
    kept(("here", 2, "all", 5), make)
    assert len(made) == 2


def test_gdal_reads_the_tiles(some, places, tmp_path):
    found = chosen(some, places, zoom=5)
    tile = Tile(5, 23, 13)
    path = tmp_path / "13.mvt"
    path.write_bytes(tile_bytes(found, tile=tile))
    assert {name for name, _ in pyogrio.list_layers(path)} == {"flows", "nodes"}
    ours = decoded(path.read_bytes())["flows"]
    _, _, shapes, columns = pyogrio.raw.read(path, layer="flows", CLIP="NO")
    names = pyogrio.read_info(path, layer="flows")["fields"].tolist()
    assert len(shapes) == len(ours)
    for name in ("n", "rank", "origin_name", "total"):
        assert columns[names.index(name)].tolist() == [
            each["properties"][name] for each in ours
        ]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**53),
            st.integers(-(2**62), 2**62),
            st.text(max_size=300),
            st.floats(width=32, allow_nan=False),
        ),
        min_size=1,
        max_size=300,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_value_comes_back_from_a_tile(values):
    ids, numbers, texts, parts = (np.array(each) for each in zip(*values, strict=True))
    texts = np.array([each[2] for each in values], dtype=object)
    at = np.arange(len(values))
    points = np.column_stack((at, -at))
    body = mvt.layer(
        "any",
        ids,
        mvt.dots(points),
        {
            "number": columns.integers(numbers),
            "text": columns.words(texts, at),
            "part": columns.fractions(parts),
        },
    )
    layers = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    found = layers["any"]["features"]
    assert [each["id"] for each in found] == ids.tolist()
    assert [each["geometry"]["coordinates"] for each in found] == points.tolist()
    for each, (_, number, text, part) in zip(found, values, strict=True):
        assert each["properties"] == {"number": number, "text": text, "part": part}
