"""The other pages in a real browser."""

import pytest

from tests.e2e.browsing import DESKTOP, PHONE

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/?lang=hi"])
def test_a_page_fits_and_says_what_it_must(visit, size, path):
    opened = visit(size)
    opened.open(path)
    wide = "() => document.documentElement.scrollWidth"
    assert opened.page.evaluate(wide) <= size["width"]
    assert opened.page.title()
    assert opened.page.is_visible(".synthetic")
    assert "geoBoundaries" in opened.page.inner_text(".foot")
    name = "home" if path == "/" else path.strip("/?").replace("=", "-")
    opened.picture(f"{name}-{size['width']}")


def test_a_wrong_token_is_refused_in_words_and_not_repeated(visit):
    opened = visit()
    opened.open("/sign-in")
    opened.page.fill("#token", "nmis_0123456789ab_wrong")
    opened.page.click("#token-form button")
    assert "not valid" in opened.page.inner_text("[role=alert]")
    assert "wrong" not in opened.page.content()


def test_signing_out_ends_the_session(visit, token):
    opened = visit()
    opened.sign_in(token("state", state=27))
    opened.settle()
    opened.page.get_by_text("Sign out").click()
    opened.page.wait_for_url("**/")
    assert opened.page.is_visible("text=Sign in")
    opened.open("/maps/flows")
    opened.settle()
    assert opened.arrows() == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_bus_route_shows_its_states_in_order(visit, token, bus_route, size):
    opened = visit(size)
    opened.sign_in(token("state", state=27))
    opened.open(f"/maps/routes/{bus_route}")
    opened.page.wait_for_selector(".leaflet-way-pane path")
    listed = opened.page.locator(".route-states li").all_inner_texts()
    assert len(listed) > 1
    assert listed[0].startswith("Maharashtra")
    numbers = opened.page.locator(".mark-on-map.state").all_inner_texts()
    assert sorted(map(int, numbers)) == list(range(1, len(listed) + 1))
    ground = opened.page.locator(".leaflet-ground-pane path")
    ground.first.wait_for(state="attached")  # it is fetched after the page
    assert ground.count() >= 36
    opened.page.wait_for_timeout(400)
    opened.picture(f"route-{size['width']}")


def test_a_mark_says_its_words_as_text(visit, token, bus_route):
    opened = visit()
    opened.sign_in(token("state", state=27))
    opened.open(f"/maps/routes/{bus_route}")
    opened.page.locator(".mark-on-map.end").click()
    assert opened.page.inner_text(".leaflet-popup-content").startswith("End:")
