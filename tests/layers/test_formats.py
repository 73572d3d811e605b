"""TileJSON, styles and the JSON of flows: what clients need, and no other host."""

import numpy as np
import orjson

from layers.catalogue import LAYERS
from layers.flows import Counted
from layers.formats import flowjson, maplibre, tilejson
from layers.nodes import Node
from tests.flow_rows import question


def test_a_tilejson_names_the_layer_inside_the_tile_and_its_fields():
    layer = LAYERS["flows"]
    made = tilejson.document(layer, tiles="https://h/{z}/{x}/{y}", version="1.2")
    inside, points = made["vector_layers"]
    assert points["id"] == "nodes"
    assert inside["id"] == "flows"
    assert inside["fields"]["n"] == "people (people)"
    assert made["tilejson"] == "3.0.0"
    assert made["minzoom"] <= made["center"][2] <= made["maxzoom"]
    assert made["attribution"] == layer.source.attribution


def test_a_style_needs_no_glyphs_no_sprite_and_no_other_host():
    for layer in LAYERS.values():
        made = maplibre.document(layer, tilejson="/tiles/x.json")
        assert "glyphs" not in made
        assert "sprite" not in made
        assert b"http" not in orjson.dumps(made)
        drawn = [each for each in made["layers"] if each["type"] != "background"]
        assert {each["source-layer"] for each in drawn} == {layer.name}
        assert {each["type"] for each in drawn} <= {"fill", "line"}
        legend = made["metadata"]["nmis:legend"]
        assert [line["colour"] for line in legend] == [
            each.colour for each in layer.style.classes
        ]


def test_classes_become_a_step_expression_with_rising_bounds():
    made = maplibre.document(LAYERS["flows"], tilejson="/t")
    kind, value, first, *steps = made["layers"][1]["paint"]["line-color"]
    assert (kind, value) == ("step", ["to-number", ["get", "n"], 0])
    assert first == LAYERS["flows"].style.classes[0].colour
    assert steps[::2] == sorted(steps[::2])


def test_a_unit_of_another_vintage_goes_by_its_code(db):
    found = Counted(
        codes=np.array([1, 900]),
        totals={
            "in": np.array([5, 0]),
            "out": np.array([0, 5]),
            "internal": np.array([2, 0]),
        },
        origins=np.array([900]),
        destinations=np.array([1]),
        people=np.array([5]),
        before=None,
        total=5,
        internal=2,
        edges_total=1,
        first=None,
        last=None,
        version=3,
    )
    places = {1: Node("Ek", "एक", 1, 75.0, 30.0)}
    made = orjson.loads(flowjson.body(found, question(db, None), places=places))
    one, strange = made["nodes"]
    assert (one["name"], one["name_hi"], one["in"], one["internal"]) == (
        "Ek",
        "एक",
        5,
        2,
    )
    assert (strange["name"], strange["lon"], strange["out"]) == ("900", None, 5)
    assert made["edges"] == [{"origin": 900, "destination": 1, "n": 5}]
    assert (made["total"], made["internal"], made["hidden"]) == (5, 2, 0)
