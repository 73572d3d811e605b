"""Days on the flow map: brush, film, classes that stay, two windows compared."""

import pytest

from tests.e2e.browsing import PHONE

pytestmark = pytest.mark.e2e

WEEK = "from=2020-05-18&to=2020-05-24"
WHOLE = "input[aria-label='Window of days']"


@pytest.fixture
def officer(visit, token):
    opened = visit()
    opened.sign_in(token("state", state=27))
    opened.settle()
    return opened


def shown(visit, hash_: str):
    visit.open("/maps/flows?lang=en")
    visit.page.evaluate("hash => { location.hash = hash }", hash_)
    visit.page.reload()
    visit.settle()
    return visit


def pressed(visit, *keys: str):
    for key in keys:
        visit.page.keyboard.press(key)
    visit.page.wait_for_timeout(300)
    visit.settle()


def number(text: str) -> int:
    return int(text.replace(",", ""))


def everyone(visit) -> int:
    return number(visit.page.inner_text(".totals strong"))


def test_the_busy_days_stand_out_over_the_brush(officer):
    bars = officer.page.get_attribute(".brush.main svg .bars", "d")
    assert bars.count("z") >= 20
    officer.page.hover(".brush.main .brush-plot", position={"x": 5, "y": 30})
    assert "people" in officer.page.inner_text(".brush.main .brush-hint")
    officer.picture("time-brush")


def test_keys_move_resize_and_end_the_window(officer):
    shown(officer, f"level=state&{WEEK}")
    officer.page.focus(WHOLE)
    pressed(officer, "ArrowRight")
    assert "from=2020-05-19&to=2020-05-25" in officer.page.url
    pressed(officer, "Shift+ArrowRight", "Shift+ArrowRight")
    assert "from=2020-05-19&to=2020-05-27" in officer.page.url
    said = officer.page.get_attribute(WHOLE, "aria-valuetext")
    assert said == "19–27 May 2020, 9 days"
    pressed(officer, "End")
    last = officer.page.locator(".brush-ticks span").last.inner_text()
    assert last in officer.page.inner_text(".brush.main output")
    pressed(officer, "Home")
    first = officer.page.locator(".brush-ticks span").first.inner_text()
    assert officer.page.inner_text(".brush.main output").startswith(first.split()[0])


def test_a_drag_moves_the_window_and_an_end_resizes_it(officer):
    shown(officer, f"level=state&{WEEK}")
    box = officer.page.locator(".brush.main .brush-window").bounding_box()
    day = box["width"] / 7
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    dragged(officer, (middle, y), (middle - 3 * day, y))
    assert "from=2020-05-15&to=2020-05-21" in officer.page.url
    right = box["x"] + box["width"] - 3 * day + 4
    dragged(officer, (right, y), (right + 2 * day, y))
    assert "from=2020-05-15&to=2020-05-23" in officer.page.url


def dragged(visit, start: tuple[float, float], end: tuple[float, float]):
    mouse = visit.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(*end, steps=6)
    mouse.up()
    visit.page.wait_for_timeout(300)
    visit.settle()


def test_buttons_set_the_length_of_the_window(officer):
    everybody = everyone(officer)
    officer.page.get_by_text("7 days", exact=True).click()
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert everyone(officer) < everybody
    officer.page.get_by_role("button", name="All", exact=True).click()
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert everyone(officer) == everybody


def test_two_windows_compared_say_before_after_and_change(officer):
    shown(officer, f"level=district&{WEEK}&versus=previous")
    words = officer.page.inner_text(".totals")
    assert "on 11–17 May 2020" in words
    assert "on 18–24 May 2020" in words
    assert "Change from 11–17 May 2020 (before)" in officer.page.inner_text(".key")
    edges = officer.page.evaluate(
        "() => document.querySelector('nmis-flow-map').picture.answer.edges"
    )
    assert min(edge["n"] for edge in edges) < 0 < max(edge["n"] for edge in edges)
    assert all(edge["before"] + edge["n"] >= 0 for edge in edges)
    officer.picture("time-versus")
    officer.page.get_by_text("Stop comparing").click()
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert "versus" not in officer.page.url


def test_a_second_brush_chooses_any_days_to_compare_with(officer):
    shown(officer, f"level=state&{WEEK}")
    officer.page.locator(".versus select").select_option("window")
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert "versus=2020-05-11,2020-05-17" in officer.page.url
    officer.page.focus("input[aria-label='Window to compare with']")
    pressed(officer, "ArrowLeft")
    assert "versus=2020-05-10,2020-05-16" in officer.page.url
    officer.picture("time-versus-window")


def test_equal_numbers_and_natural_breaks_make_other_classes(officer):
    fixed = officer.page.inner_text(".key .classes >> nth=0")
    found = {fixed}
    for scale in ("quantile", "jenks"):
        officer.page.locator(".scale select").select_option(scale)
        officer.page.wait_for_timeout(300)
        officer.settle()
        assert f"scale={scale}" in officer.page.url
        found.add(officer.page.inner_text(".key .classes >> nth=0"))
    assert len(found) == 3
    officer.picture("time-jenks")


def test_kept_classes_stay_while_the_window_moves(officer):
    shown(officer, f"level=district&{WEEK}&scale=quantile")
    officer.page.get_by_label("Keep these classes").check()
    officer.page.wait_for_timeout(300)
    officer.settle()
    kept = officer.page.inner_text(".key .classes >> nth=0")
    officer.page.focus(WHOLE)
    pressed(officer, *["ArrowLeft"] * 6)
    assert officer.page.inner_text(".key .classes >> nth=0") == kept
    assert "Classes fixed on 18–24 May 2020." in officer.page.inner_text(".key")
    officer.page.reload()
    officer.settle()
    assert officer.page.inner_text(".key .classes >> nth=0") == kept
    officer.picture("time-quantile")


def test_stages_are_chosen_one_by_one(officer):
    everybody = everyone(officer)
    officer.page.locator("summary").click()
    chip = officer.page.locator(".chips label")
    for stage in ("permitted", "departed", "arrived", "planned"):
        chip.filter(has_text=stage).click()
        officer.page.wait_for_timeout(300)
        officer.settle()
        if stage == "arrived":  # of the demonstration's journeys all are planned
            assert "stage=planned" in officer.page.url
            assert everyone(officer) == everybody
    assert "stage" not in officer.page.url
    chip.filter(has_text="cancelled").click()
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert "stage=planned,permitted,departed,arrived,cancelled" in officer.page.url


def test_groups_are_circles_that_follow_the_zoom(officer):
    shown(officer, "level=cluster&at=4.00/22.6/82.8")
    assert officer.circles()
    officer.picture("time-clusters")
    with officer.page.expect_request(lambda asked: "zoom=6" in asked.url):
        officer.page.evaluate("() => nmisMap.jumpTo({zoom: 6})")
    officer.settle()
    assert officer.circles()


def test_a_hand_on_the_page_ends_the_film(officer):
    shown(officer, "level=state&from=2020-05-04&to=2020-05-04")
    officer.page.click(".play")
    officer.page.wait_for_selector("nmis-flow-map.playing")
    officer.page.wait_for_timeout(1500)
    officer.picture("time-playing")
    officer.page.get_by_text("Districts", exact=True).click()
    officer.page.wait_for_timeout(300)
    officer.settle()
    assert officer.page.locator("nmis-flow-map.playing").count() == 0
    assert "level=district" in officer.page.url
    said = officer.page.inner_text(".play-row [role=status]")
    assert said.startswith("Stopped at")


def test_the_space_bar_plays_and_pauses(officer):
    shown(officer, "level=state&from=2020-05-04&to=2020-05-04")
    officer.page.focus(WHOLE)
    officer.page.keyboard.press("Space")
    officer.page.wait_for_selector("nmis-flow-map.playing")
    officer.page.keyboard.press("Space")
    officer.page.wait_for_selector("nmis-flow-map:not(.playing)")


def test_who_wants_little_motion_steps_by_hand(browser, address, token):
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#token", token("state", state=27))
    page.click("#token-form button")
    page.wait_for_url("**/maps/flows*")
    page.wait_for_selector(".totals strong")
    page.get_by_text("1 day", exact=True).click()
    page.get_by_text("Next day", exact=True).click()
    page.wait_for_timeout(1500)
    assert page.locator("nmis-flow-map.playing").count() == 0
    first, second = "from=2020-05-03", "from=2020-05-04"
    assert first in page.url or second in page.url
    page.context.close()


def test_on_a_phone_days_play_under_the_map(visit, token):
    phone = visit(PHONE)
    phone.sign_in(token("state", state=27))
    phone.settle()
    phone.page.click(".sheet-handle")
    phone.picture("time-phone")
    phone.page.click(".play")
    phone.page.wait_for_selector("nmis-flow-map.playing")
    phone.page.wait_for_timeout(1200)
    sheet = phone.page.locator(".panel").bounding_box()
    assert sheet["height"] < PHONE["height"] / 7
    phone.picture("time-phone-playing")


def test_days_and_changes_are_told_in_hindi(officer):
    officer.open(f"/maps/flows?lang=hi#level=district&{WEEK}&versus=previous")
    officer.settle()
    assert "मई 2020" in officer.page.inner_text(".brush.main output")
    assert "पहले" in officer.page.inner_text(".key")
    officer.picture("time-hindi")
