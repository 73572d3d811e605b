"""An epidemic is notified until its last day, and everybody may read so."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gis_service.epidemic import Epidemic, NoEpidemic, demand, notified
from gis_service.people_plane import today
from gis_service.settings import Settings

LAST = date(2020, 8, 31)
SET = Settings(epidemic="S.O. 1 (made up)", epidemic_until=LAST)


def test_it_is_notified_until_its_last_day():
    assert demand(SET, LAST) == Epidemic("S.O. 1 (made up)", LAST)
    assert notified(SET, LAST + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("settings", "why"), [(SET, "until 2020-08-31"), (Settings(), "NMIS_EPIDEMIC")]
)
def test_where_none_is_that_is_said_and_until_when_one_was(settings, why):
    with pytest.raises(NoEpidemic, match=why):
        demand(settings, LAST + timedelta(days=1))


@pytest.mark.parametrize(
    ("told", "known", "english", "hindi"),
    [
        ({}, False, "No epidemic is notified", "कोई महामारी अधिसूचित नहीं"),
        (
            {"epidemic": "S.O. 1", "epidemic_until": today()},
            True,
            f"is notified until {today()} (S.O. 1)",
            f"{today()} तक महामारी अधिसूचित है (S.O. 1)",
        ),
        (
            {"epidemic": "S.O. 1", "epidemic_until": LAST},
            False,
            "S.O. 1 ended on 2020-08-31",
            "2020-08-31 को समाप्त",
        ),
    ],
)
def test_the_page_says_whether_one_is(app, monkeypatch, told, known, english, hindi):
    settings = replace(app.extensions["settings"], **told)
    monkeypatch.setitem(app.extensions, "settings", settings)
    client = app.test_client()
    body = client.get("/api/v1/about-data?lang=en").json
    assert english in body["epidemic_text"]
    assert bool(body["epidemic"]) == known
    assert english in client.get("/about-data?lang=en").text
    assert hindi in client.get("/about-data?lang=hi").text


def test_the_page_says_what_a_tracer_sees(app):
    told = app.test_client().get("/api/v1/about-data?lang=en").json
    (tracer,) = (each for each in told["who"] if each["role"] == "tracer")
    (sight,) = tracer["people"]
    assert "only while an epidemic is notified" in sight["whom"]
    assert "mobile" in sight["fields"]
    assert "age" not in sight["fields"].split(", ")
    assert any("another contact tracer approves" in each for each in tracer["also"])
