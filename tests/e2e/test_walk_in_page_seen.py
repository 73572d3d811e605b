"""The desk's form in a real browser: one person, a mistake, the next one, a list."""

from collections.abc import Iterator

import pytest

from tests.e2e.browsing import DESKTOP, PHONE, fits, in_session
from tests.live import serving
from tests.signing_in import begin_session
from tests.travellers import HEAD, PATNA, TODAY, mobile, row

pytestmark = pytest.mark.e2e

MAHARASHTRA = 27
NEW = "/arrivals/new"
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
LANGUAGES = pytest.mark.parametrize("lang", ["en", "hi"])


@pytest.fixture(scope="module")
def address(app) -> Iterator[str]:
    """The address of a server without the demonstration, which has keys of its own."""
    with serving(app) as found:
        yield found


@pytest.fixture
def desk(visit, app, database):
    """``desk(size)``: a browser at the form, signed in for Patna."""

    def opened(size):
        made, client = visit(size), app.test_client()
        begin_session(client, database, role="district", district=PATNA)
        return in_session(made, client)

    return opened


def fill(page, at: int, **more: str) -> None:
    typed = {"name": f"Namuna Agantuk {at}", "age": "30", "mobile": mobile(at)[3:]}
    for name, value in (typed | more).items():
        page.fill(f"#{name}", value)
    if not page.input_value("#origin_district"):
        page.fill("#origin_district", "Pune, Maharashtra")
        page.fill("#travel_date", TODAY.isoformat())
        page.fill("#train_number", "01911")
        page.fill("#train_date", TODAY.isoformat())
        page.fill("#vehicle", "S 4")


@SIZES
@LANGUAGES
def test_a_mistake_is_marked_and_the_next_person_comes_from_the_same_train(
    desk, size, lang
):
    opened = desk(size)
    page, name = opened.page, f"{lang}-{size['width']}"
    opened.open(f"{NEW}?lang={lang}")
    assert fits(opened, size)
    opened.picture(f"walk-in-{name}")
    at = 500 + size["width"] + (lang == "hi")
    fill(page, at, mobile="12345")
    page.click("#walk-in-form button")
    assert page.is_visible("#mobile-wrong")
    assert fits(opened, size)
    opened.picture(f"walk-in-wrong-{name}")
    page.fill("#mobile", mobile(at)[3:])
    page.click("#walk-in-form button")
    page.wait_for_selector(".answer .number")
    first = page.inner_text(".answer .number")
    assert page.input_value("#train_number") == "01911"
    assert page.evaluate("document.activeElement.id") == "name"
    assert fits(opened, size)
    opened.picture(f"walk-in-done-{name}")
    fill(page, at + 10)
    page.click("#walk-in-form button")
    page.wait_for_function(
        "first => document.querySelector('.answer .number')?.innerText !== first",
        arg=first,
    )
    page.reload()  # sends the form again
    assert page.inner_text(".answer .number") != first


@SIZES
def test_whoever_is_on_a_list_is_confirmed_there(desk, app, token, size):
    at = 700 + size["width"]
    bearer = {"Authorization": f"Bearer {token('uploader', state=MAHARASHTRA)}"}
    sent = app.test_client().post(
        "/api/v1/batches",
        data=(HEAD + row(at, day=TODAY)).encode(),
        headers=bearer | {"Content-Type": "text/csv"},
    )
    assert sent.status_code == 201, sent.text
    opened = desk(size)
    page = opened.page
    opened.open(f"{NEW}?lang=en")
    fill(page, at)
    page.click("#walk-in-form button")
    assert "Is it one of these?" in page.inner_text("main")
    assert fits(opened, size)
    opened.picture(f"walk-in-listed-{size['width']}")
    page.click("button[name=listed]")
    assert "Arrival confirmed" in page.inner_text(".answer")
    opened.open(f"/arrivals?day={TODAY}&lang=en")
    assert f"Namuna {at}" in page.inner_text("main")
    assert fits(opened, size)
