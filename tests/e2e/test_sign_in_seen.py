"""Signing in as a real browser does it: which cookies it sends along, and when."""

import pyotp
import pytest

from gis_service import accounts
from gis_service.grants import Grant
from tests.e2e.browsing import DESKTOP, PHONE
from tests.oidc_provider import running

pytestmark = pytest.mark.e2e

FLOWS = "() => fetch('/flows/state').then((answer) => answer.status)"


@pytest.fixture(scope="module")
def both(database, tmp_path_factory):
    with running(database, tmp_path_factory.mktemp("oidc")) as found:
        yield found


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport=DESKTOP, locale="en-IN")
    yield context.new_page()
    context.close()


def test_back_from_a_provider_the_session_is_there_on_the_next_page(both, page):
    page.goto(f"{both.address}/sign-in?next=/maps/flows")
    page.click("main a.button")
    page.fill("input[name=login]", "asha")
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.wait_for_load_state()
    if "/interaction" in page.url:
        page.click("button[type=submit]")  # the provider asks for consent
    page.wait_for_url("**/maps/flows*")
    assert page.evaluate(FLOWS) == 200
    kept = {each["name"]: each for each in page.context.cookies()}
    assert kept["nmis"]["sameSite"] == "Strict"
    assert kept["nmis"]["httpOnly"]
    assert "nmis-provider" not in kept


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "hi"])
def test_the_pages_to_sign_in_fit(both, page, size, lang):
    page.set_viewport_size(size)
    for path in ("/sign-in", "/sign-in/again"):
        page.goto(f"{both.address}{path}?lang={lang}")
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= size["width"]


def test_an_officer_signs_in_with_an_account_and_out_again(both, page, database):
    key = both.app.extensions["accounts"]
    with database.owner.begin() as db:
        shown = accounts.add(db, key, name="seen.officer", grant=Grant("state", 27))
    page.goto(f"{both.address}/sign-in")
    page.fill("#name", shown.name)
    page.fill("#password", "wrong")
    page.fill("#code", "123456")
    page.click("#account-form button")
    assert "is wrong" in page.inner_text("[role=alert]")
    assert page.input_value("#name") == shown.name
    page.fill("#password", shown.password)
    page.fill("#code", pyotp.parse_uri(shown.address).now())
    page.click("#account-form button")
    page.wait_for_url("**/maps/flows*")
    assert page.evaluate(FLOWS) == 200
    page.click("header form button")
    page.wait_for_url(f"{both.address}/")
    assert page.evaluate(FLOWS) == 401
