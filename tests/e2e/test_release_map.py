"""The flow map of those who read the protected release: "about", and nothing more."""

import dataclasses

import pytest

from gis_service.app import create_app
from gis_service.secrets import release_key
from gis_service.settings import Settings
from movements.release.make import make
from tests.e2e.browsing import PHONE
from tests.releasing import TODAY

pytestmark = pytest.mark.e2e

FILTERS = ".panel fieldset legend, .panel label, .panel summary"


@pytest.fixture(scope="module")
def app(database, tmp_path_factory):
    """The service, whose release everybody may read."""
    settings = Settings(var=tmp_path_factory.mktemp("var"))
    made = create_app(dataclasses.replace(settings, public="release"), database)
    made.testing = True
    return made


@pytest.fixture(scope="module")
def address(address, app, database):
    """The demonstration's server, with a release made of it."""
    key = release_key(app.extensions["settings"].var, may_make=True)
    make(database.owner, key=key, today=TODAY)
    return address


def offered(visit) -> str:
    return " | ".join(visit.page.locator(FILTERS).all_inner_texts())


def test_everybody_sees_pairs_of_states_by_whole_weeks(visit):
    opened = visit()
    opened.open("/maps/flows?lang=en#from=2020-05-13&to=2020-05-14")
    opened.settle()
    assert opened.page.inner_text(".totals strong").startswith("About ")
    assert "journeys" in opened.page.inner_text(".totals")
    # Two days became the week that they lie in.
    assert opened.page.inner_text(".brush.main .range-text") == "11–17 May 2020"
    told = offered(opened)
    assert "Between" not in told
    assert "By" not in told.split(" | ")
    assert "Who" not in told
    assert "about 11 to 54" in opened.page.inner_text(".legend")
    assert "rounded" in opened.page.inner_text(".legend")
    opened.picture("release-everybody")


def test_an_analyst_sees_districts_and_what_is_told_of_none(visit, token):
    opened = visit()
    opened.sign_in(token("analyst"))
    opened.open("/maps/flows?lang=en#level=district")
    opened.settle()
    told = offered(opened)
    assert "Between" in told
    assert "Who" not in told
    assert "Journeys that are" not in told
    opened.page.get_by_role("button", name="Table").click()
    table = opened.page.locator("table")
    table.wait_for()
    heads = table.locator("thead").inner_text()
    assert "About" in heads
    assert "At most" in heads
    assert "At least" in heads
    assert "(district not told)" in table.inner_text()
    opened.picture("release-analyst-table")


def test_a_ministry_sees_states_exactly_and_districts_rounded(visit, token):
    opened = visit()
    opened.sign_in(token("ministry"))
    opened.open("/maps/flows?lang=en#level=state")
    opened.settle()
    assert not opened.page.inner_text(".totals strong").startswith("About")
    opened.page.get_by_text("Districts", exact=True).click()
    opened.page.wait_for_timeout(600)
    opened.settle()
    assert opened.page.inner_text(".totals strong").startswith("About")


def test_on_a_phone_weeks_are_played(visit):
    opened = visit(PHONE)
    opened.open("/maps/flows?lang=hi")
    opened.settle()
    assert opened.page.inner_text(".sheet-handle").startswith("लगभग")
    opened.picture("release-phone")
