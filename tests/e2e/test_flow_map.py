"""The flow map in a real browser."""

import pytest

from tests.e2e.browsing import PHONE

pytestmark = pytest.mark.e2e

PUNE = (73.9, 18.55)

MIDDLE_OF_THE_LARGEST = """() => {
    const { map, drawing } = document.querySelector("nmis-flow-map").picture;
    const { from, control, to } = drawing.flows.seen.arcs.at(-1);
    const [x, y] = [0, 1].map((i) => (from[i] + 2 * control[i] + to[i]) / 4);
    const lat = Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI;
    const at = map.project([x * 360 - 180, lat]);
    const frame = map.getCanvas().getBoundingClientRect();
    return [at.x + frame.x, at.y + frame.y];
}"""
# Of a grid of points over the map: by our canvas, and by MapLibre's own.
GRID = """const { map, drawing } = document.querySelector("nmis-flow-map").picture;
    const colours = (pen) => {
        const { width, height } = pen.canvas;
        const points = Array.from({ length: 400 }, (_, i) => [i % 20, i / 20 | 0]);
        return points.map(([x, y]) => {
            const at = [(x + 0.5) * width / 20, (y + 0.5) * height / 20];
            return pen.getImageData(...at.map(Math.round), 1, 1).data.join();
        });
    };"""
STILL_COLOURS = f"""() => {{
    {GRID}
    return colours(document.querySelector("canvas.fills").getContext("2d"));
}}"""
MOVING_COLOURS = f"""() => new Promise((done) => {{
    {GRID}
    const lines = ["districts-line", "states-line"];
    const show = (how) =>
        lines.forEach((id) => map.setLayoutProperty(id, "visibility", how));
    const release = drawing.hold();
    show("none");
    map.once("idle", () => {{
        map.once("render", () => {{
            const copy = document.createElement("canvas");
            [copy.width, copy.height] = [map.getCanvas().width, map.getCanvas().height];
            const pen = copy.getContext("2d");
            pen.drawImage(map.getCanvas(), 0, 0);
            show("visible");
            release();
            done(colours(pen));
        }});
        map.triggerRepaint();
    }});
}})"""


@pytest.fixture
def officer(visit, token):
    opened = visit()
    opened.sign_in(token("state", state=27))
    opened.settle()
    return opened


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_an_officer_sees_districts_and_flows(officer):
    assert officer.drawn("districts-fill") > 700
    assert officer.drawn("states-fill") >= 36
    assert officer.arrows()
    officer.picture("flow-map-states")


def test_every_place_name_comes_in_english_and_hindi(officer):
    label = officer.page.locator(".label.state", has_text="Maharashtra").first
    assert label.locator("span[lang=hi]").inner_text() == "महाराष्ट्र"


def test_districts_say_what_the_arrows_leave_out(officer):
    officer.page.get_by_text("Districts", exact=True).click()
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert "level=district" in officer.page.url
    assert officer.arrows()
    assert "smaller flows are not drawn" in officer.page.inner_text(".totals")
    officer.picture("flow-map-districts")


def test_a_chosen_district_shows_who_comes_and_goes_and_by_which_way(officer):
    officer.open("/maps/flows#level=district")
    officer.settle()
    officer.click_at(*PUNE)
    assert officer.page.inner_text(".chosen h2") == "Pune"
    leaving = officer.page.inner_text(".figures .leaving dd")
    assert number(leaving) > 0
    assert "unit=490" in officer.page.url
    officer.page.wait_for_selector(".chosen a[href*='/maps/routes/']")
    officer.picture("flow-map-chosen")
    officer.page.get_by_text("Close", exact=True).click()
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert "unit=" not in officer.page.url


def test_an_arrow_under_the_pointer_says_between_whom_and_how_many(officer):
    officer.open("/maps/flows#level=state")
    officer.settle()
    at = officer.page.evaluate(MIDDLE_OF_THE_LARGEST)
    officer.page.mouse.move(*at)
    officer.page.wait_for_selector(".tooltip:not([hidden])")
    title = officer.page.inner_text(".tooltip b")
    assert " → " in title
    assert "Maharashtra" in title
    assert number(officer.page.inner_text(".tooltip span").split()[0]) > 0
    officer.picture("flow-map-arrow")


def test_places_have_the_same_colours_on_a_still_map_and_a_moving_one(officer):
    officer.open("/maps/flows#level=district&at=5/19.5/75.5")
    officer.settle()
    still = officer.page.evaluate(STILL_COLOURS)
    assert len(set(still)) >= 3  # of places, and the sea
    moving = officer.page.evaluate(MOVING_COLOURS)
    # A point on the very edge of a place may fall to either side.
    assert sum(a != b for a, b in zip(still, moving, strict=True)) <= len(still) / 100
    officer.settle()
    assert officer.page.evaluate(STILL_COLOURS) == still


def test_only_arrivals_of_a_chosen_place(officer):
    officer.open("/maps/flows#level=state&unit=27&direction=in")
    officer.settle()
    assert {arrow["way"] for arrow in officer.arrows()} == {"in"}


def test_the_day_slider_narrows_the_window_by_keyboard(officer):
    everyone = number(officer.page.inner_text(".totals strong"))
    officer.page.focus("input[aria-label='Last day']")
    for _ in range(8):
        officer.page.keyboard.press("ArrowLeft")
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert "to=2020-05-" in officer.page.url
    assert 0 < number(officer.page.inner_text(".totals strong")) < everyone


def test_a_mode_and_a_category_narrow_it_too(officer):
    everyone = number(officer.page.inner_text(".totals strong"))
    officer.page.get_by_text("Bus", exact=True).click()
    officer.page.get_by_label("Who").select_option("student")
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert "mode=bus&category=student" in officer.page.url
    assert number(officer.page.inner_text(".totals strong")) < everyone


def test_an_address_brings_back_the_same_picture(officer):
    officer.open("/maps/flows#level=district&mode=train&colour=net&at=6/19.0/74.0")
    officer.page.reload()
    officer.settle()
    assert officer.page.is_checked("input[name=level][value=district]")
    assert officer.page.is_checked("input[name=mode][value=train]")
    assert officer.page.evaluate("() => nmisMap.getZoom()") == pytest.approx(6)
    assert "nmis_" not in officer.page.url


def test_the_other_language_keeps_the_picture(officer):
    officer.open("/maps/flows#level=district")
    officer.settle()
    officer.page.click("a[hreflang=hi]")
    officer.page.wait_for_url("**lang=hi#*")
    officer.settle()
    assert officer.page.get_attribute("html", "lang") == "hi"
    assert "level=district" in officer.page.url
    assert "लोग यात्रा में" in officer.page.inner_text(".totals")
    officer.picture("flow-map-hindi")


def test_without_a_token_there_are_boundaries_and_a_way_to_sign_in(visit):
    stranger = visit()
    stranger.open("/maps/flows")
    stranger.settle()
    assert stranger.drawn("districts-fill") > 700
    assert stranger.arrows() == []
    assert "sign in" in stranger.page.inner_text(".notice")
    assert not stranger.page.is_visible(".days")
    stranger.picture("flow-map-signed-out")


def test_a_ministry_is_told_where_there_is_no_release_of_districts(visit, token):
    ministry = visit()
    ministry.sign_in(token("ministry"))
    ministry.settle()
    assert ministry.arrows()
    ministry.page.get_by_text("Districts", exact=True).click()
    ministry.page.wait_for_timeout(600)
    ministry.settle()
    assert "release" in ministry.page.inner_text(".notice.error")
    # The browser itself tells its console of an answer of 404.
    ministry.troubles.clear()


def test_an_uploader_is_told_that_it_sees_no_flows(visit, token):
    uploader = visit()
    uploader.sign_in(token("uploader", state=27))
    uploader.settle()
    assert "uploader" in uploader.page.inner_text(".notice.error")
    assert uploader.arrows() == []


def test_on_a_phone_the_panel_is_a_sheet(visit, token):
    phone = visit(PHONE)
    phone.sign_in(token("state", state=27))
    phone.settle()
    assert not phone.page.is_visible(".panel-body")
    assert phone.arrows()
    phone.picture("phone-map")
    phone.page.click(".sheet-handle")
    assert phone.page.is_visible(".panel-body")
    wide = "() => document.documentElement.scrollWidth"
    assert phone.page.evaluate(wide) <= PHONE["width"]
    phone.picture("phone-sheet")
