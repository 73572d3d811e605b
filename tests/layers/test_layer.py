"""The contract of a layer refuses, at import, what could show too much."""

import dataclasses

import pytest
from sqlalchemy import select

from boundaries.tables import UNIT
from layers.catalogue import LAYERS, layer
from layers.errors import UnknownLayer
from layers.layer import Field, columns
from layers.style import Class, Style, legend, ramp
from movements.flow import FLOW_DAY

OPEN = LAYERS["districts"]
SHUT = LAYERS["flows"]
TOLD = LAYERS["release_flows"]
UNSCOPED = select(UNIT.c.geom, UNIT.c.code, FLOW_DAY.c.n)


def changed(base, **more):
    return dataclasses.replace(base, **more)


def test_a_query_without_the_scope_bind_is_refused():
    described = {"code": Field("c"), "n": Field("n")}
    with pytest.raises(ValueError, match="not limited by scope"):
        changed(SHUT, query=UNSCOPED, tiles=UNSCOPED, fields=described)


def test_a_layer_of_the_release_may_not_read_what_is_exact():
    described = {"code": Field("c"), "n": Field("n")}
    with pytest.raises(ValueError, match="may not read \\['flow_day'\\]"):
        changed(TOLD, query=UNSCOPED, tiles=UNSCOPED, fields=described)


def test_a_public_layer_may_not_read_counts_of_people():
    described = {"code": Field("c"), "n": Field("n")}
    with pytest.raises(ValueError, match="may not read \\['flow_day'\\]"):
        changed(OPEN, query=UNSCOPED, tiles=UNSCOPED, fields=described)
    with pytest.raises(ValueError, match="may not read"):
        changed(SHUT, public=True)


def test_a_layer_of_others_counts_may_not_read_ours():
    with pytest.raises(
        ValueError, match="others' counts may not read \\['flow_day'\\]"
    ):
        changed(SHUT, foreign=True)
    foreign = LAYERS["covid_cases"]
    assert not foreign.public
    with pytest.raises(ValueError, match="not limited by scope"):
        changed(foreign, foreign=False)
    with pytest.raises(ValueError, match="a public layer may not read"):
        changed(foreign, public=True)


def test_a_query_needs_a_geom_and_every_column_a_description():
    with pytest.raises(ValueError, match="no geom"):
        changed(OPEN, query=select(UNIT.c.code))
    with pytest.raises(ValueError, match="no field describes \\['code'\\]"):
        changed(OPEN, query=select(UNIT.c.geom, UNIT.c.code), fields={})
    with pytest.raises(ValueError, match="a field is in no column"):
        changed(OPEN, fields=OPEN.fields | {"ghost": Field("not there")})
    with pytest.raises(ValueError, match="kind 'blob'"):
        changed(OPEN, kind="blob")


def test_every_layer_has_a_name_a_source_and_a_tile_that_says_less_or_the_same():
    assert set(LAYERS) == {
        "states", "districts", "flows", "arrivals", "departures", "routes",
        "release_flows", "release_arrivals", "release_departures", "release_atoms",
        "covid_cases",
    }  # fmt: skip
    for name, each in LAYERS.items():
        assert each.name == name
        assert each.public == (name in ("states", "districts"))
        assert each.source.attribution
        assert set(columns(each.tiles)) <= set(columns(each.query))
        assert len(legend(each.style)) == len(each.style.classes)
        assert all(field.title for field in each.fields.values())


def test_an_unknown_layer_is_told_with_those_there_are():
    with pytest.raises(UnknownLayer, match="no layer 'people'; there are arrivals"):
        layer("people")


def test_a_style_keeps_its_classes_apart():
    with pytest.raises(ValueError, match="rising"):
        Style(classes=(Class(2, "#000000", "b"), Class(1, "#ffffff", "a")), field="n")
    with pytest.raises(ValueError, match="rising"):
        Style(classes=())
    with pytest.raises(ValueError, match="need a field"):
        Style(classes=ramp((1, 2), ("#000000", "#ffffff")))


def test_a_ramp_names_its_classes_and_widens():
    first, last = ramp((1, 10), ("#ffffff", "#000000"))
    assert (first.label, last.label) == ("1 to 10", "10 or more")
    assert first.width < last.width
