"""What is asked is read once per text, and told wrong as ever."""

import pytest

from gis_service.asked import FlowFilters, LayerFilters
from gis_service.reading import LONGEST_KEPT, _query


def asked(app, text, model=LayerFilters):
    with app.test_request_context(f"/tiles/districts/4/11/6.mvt?{text}"):
        return _query(model)


def test_the_same_text_is_read_once_and_cannot_be_changed(app):
    first = asked(app, "mode=bus&mode=train&k=7")
    assert asked(app, "mode=bus&mode=train&k=7") is first
    assert (first.mode, first.k) == (["bus", "train"], 7)
    with pytest.raises(ValueError, match="frozen"):
        first.k = 8


def test_another_text_or_another_model_is_another_reading(app):
    assert asked(app, "k=7") is not asked(app, "k=8")
    flows = asked(app, "k=7", FlowFilters)
    assert isinstance(flows, FlowFilters)
    assert asked(app, "", FlowFilters).given() == set()


def test_a_long_text_is_read_anew(app):
    text = "&".join("mode=bus" for _ in range(LONGEST_KEPT // 8))
    assert asked(app, text) is not asked(app, text)
    assert asked(app, text) == asked(app, text)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/tiles/districts/4/11/6.mvt?nonsense=1", "nonsense"),
        ("/tiles/districts/4/11/6.mvt?mode=plane", "mode.0"),
        ("/tiles/districts/4/11/6.mvt?from_=2020-05-01", "from_"),
        (f"/tiles/{'x' * 50}/4/11/6.mvt", "layer"),
        ("/layers/districts.geojson?limit=0", "limit"),
        ("/styles/districts.json?nonsense=1", "nonsense"),
    ],
)
def test_what_is_not_allowed_is_told_every_time(client, path, field):
    for _ in "ab":
        answer = client.get(path)
        assert answer.status_code == 422
        assert answer.json["code"] == "invalid_parameters"
        assert [fault["field"] for fault in answer.json["errors"]] == [field]
