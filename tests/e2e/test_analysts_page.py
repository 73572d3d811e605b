"""The page that an analyst saves draws what the reader's own token may see."""

import pytest

from tests.analysts import PAGE, run
from tests.e2e.browsing import DESKTOP, PICTURES
from tests.live import serving
from tests.releasing import released

pytestmark = pytest.mark.e2e

STATES, DISTRICTS, LARGEST = 36, 734, 150

# Shapes in the page, by the pane that they are drawn in.
DRAWN = """() => {
    const map = Object.values(window).find((each) => each instanceof L.Map);
    const found = {};
    map.eachLayer((each) => {
        if (!each.feature) return;
        found[each.options.pane] = (found[each.options.pane] ?? 0) + 1;
    });
    return found;
}"""
# Colours of one pane's shapes, and how many have each.
COLOURS = """(pane) => {
    const found = {};
    document.querySelectorAll(`.leaflet-${pane}-pane path`).forEach((each) => {
        const colour = each.getAttribute(pane.endsWith("flows") ? "stroke" : "fill");
        found[colour] = (found[colour] ?? 0) + 1;
    });
    return found;
}"""


@pytest.fixture(scope="module")
def secret(token):
    return token("analyst")


@pytest.fixture(scope="module")
def saved(app, database, secret, tmp_path_factory):
    """Where the page lies, and the address of the service it asks."""
    folder = tmp_path_factory.mktemp("analyst")
    released(app, database, people=40_000)
    with serving(app) as address:
        run(address, secret, folder, "told = None")
        yield folder / PAGE, address


@pytest.fixture
def opened(browser, saved):
    """The page as a file, in a browser that has been nowhere."""
    file, address = saved
    page = browser.new_context(viewport=DESKTOP).new_page()
    asked, troubles = [], []
    page.on("request", lambda each: asked.append(each.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(file.as_uri())
    yield page
    page.context.close()
    assert troubles == []
    assert all(each.startswith((address, file.as_uri())) for each in asked)


def drawn(page, token):
    page.fill("input[type=password]", token)
    page.click("form button")
    page.wait_for_function("document.querySelector('output').textContent !== '...'")
    page.wait_for_timeout(500)
    return page.evaluate(DRAWN), page.inner_text("output")


def test_without_a_token_there_are_places_and_no_numbers(opened):
    opened.wait_for_function(f"Object.values(({DRAWN})()).length")
    assert opened.evaluate(DRAWN) == {"states": STATES}


def test_a_token_that_is_not_known_draws_nothing_and_says_so(opened):
    found, said = drawn(opened, "nmis_0_0")
    assert found.keys() <= {"states"}
    assert said == "the token is not known"


def test_with_the_readers_token_arrivals_and_the_largest_flows_are_drawn(
    opened, secret, app
):
    told = app.test_client().get("/layers").json["layers"]
    classes = {
        each["name"]: {line["colour"] for line in each["legend"]} for each in told
    }
    found, said = drawn(opened, secret)
    assert said == ""
    assert found["release_arrivals"] == DISTRICTS
    assert found["release_flows"] == LARGEST
    places = opened.evaluate(COLOURS, "release_arrivals")
    assert places.pop("#f7f5ee") < DISTRICTS
    assert places.keys() <= classes["release_arrivals"]
    assert len(places) > 1
    lines = opened.evaluate(COLOURS, "release_flows")
    assert lines.keys() <= classes["release_flows"]
    assert len(lines) > 1
    assert "Survey of India" in opened.inner_text(".leaflet-control-attribution")
    assert secret not in opened.content()
    PICTURES.mkdir(parents=True, exist_ok=True)
    opened.screenshot(path=PICTURES / "analysts-page.png")


def test_the_pointer_tells_a_place_and_what_is_told_of_it(opened, secret):
    drawn(opened, secret)
    at = opened.evaluate(
        """() => {
            const map = Object.values(window).find((each) => each instanceof L.Map);
            const {x, y} = map.latLngToContainerPoint([34.3, 77.6]);
            return [x, y];
        }"""
    )
    opened.mouse.move(at[0] - 3, at[1])
    opened.mouse.move(*at)
    opened.wait_for_selector(".leaflet-tooltip")
    told = opened.inner_text(".leaflet-tooltip")
    # Zero and not told are the same.
    assert told == "Leh Ladakh: nothing told"
