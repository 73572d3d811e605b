"""Requests in a real browser: an officer reads one, answers it, and it is done."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from movements.own_request import number_text
from movements.own_request_tables import OWN_REQUEST
from tests import made_up
from tests.e2e.browsing import DESKTOP, PHONE, fits, in_session
from tests.live import serving
from tests.signing_in import begin_session

pytestmark = pytest.mark.e2e

MAHARASHTRA = 27
WHY = "My name is written wrongly.\nIt is on my ticket as it should be."
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
def address(app) -> Iterator[str]:
    """The address of a server without the demonstration, which has keys of its own."""
    with serving(app) as found:
        yield found


@pytest.fixture(scope="module")
def people(app, token) -> list[str]:
    """Unique IDs of some who leave from Maharashtra, sealed by the server."""
    rows, client = made_up.rows(5, refs="asked-"), app.test_client()
    bearer = {"Authorization": f"Bearer {token('uploader', state=MAHARASHTRA)}"}
    kind = {"Content-Type": "text/csv"}
    body = made_up.csv_body(rows)
    sent = client.post("/api/v1/batches", data=body, headers=bearer | kind)
    assert sent.status_code == 201, sent.text
    at = f"/api/v1/batches/{sent.json['batch']}/people"
    return [each["id"] for each in client.get(at, headers=bearer).json["people"]]


@pytest.fixture
def officer(visit, app, database):
    """``officer(size, ago=None)``: a browser with an officer's own session."""

    def opened(size, *, ago=None):
        made, client = visit(size), app.test_client()
        begin_session(client, database, role="state", state=MAHARASHTRA, ago=ago)
        return in_session(made, client)

    return opened


def filed(opened, person: str, kind: str) -> str:
    """File a request by the form; return its number."""
    page = opened.page
    opened.open("/requests/new")
    page.fill("#id", person)
    page.check(f"input[value={kind}]")
    page.fill("#text", WHY)
    page.click("#file-form button")
    page.wait_for_url("**/requests/R-*")
    return page.locator("dd.code").first.inner_text()


@SIZES
@pytest.mark.parametrize("lang", ["en", "hi"])
def test_an_officer_finds_reads_and_answers_a_request(officer, people, size, lang):
    opened = officer(size)
    page, name = opened.page, f"{lang}-{size['width']}"
    numbers = [filed(opened, person, "correction") for person in people[:2]]
    opened.open(f"/requests/new?lang={lang}")
    assert fits(opened, size)
    opened.picture(f"request-new-{name}")
    page.locator(".nav a[aria-current]").click()
    page.wait_for_url("**/requests")
    listed = page.locator(".asked .code").all_inner_texts()
    assert [each for each in listed if each in numbers] == numbers
    assert fits(opened, size)
    opened.picture(f"requests-{name}")
    page.locator(f'.asked a[href="/requests/{numbers[0]}"]').click()
    assert page.inner_text(".said").splitlines() == WHY.splitlines()
    assert page.locator(".pairs dd").count() > 10
    assert fits(opened, size)
    opened.picture(f"request-{name}")
    page.fill("#reason-done", "corrected on your ticket too")
    page.click("#done-form button")
    assert page.locator("#done-form").is_visible()  # the tick is missing
    page.check("#done-form [name=checked]")
    page.click("#done-form button")
    page.wait_for_selector("#done-form", state="detached")
    assert "on your ticket too" in page.inner_text("main")
    assert fits(opened, size)
    opened.picture(f"request-done-{name}")


@SIZES
def test_an_erasure_asks_to_sign_in_again_and_then_erases(
    officer, people, database, size
):
    person = people[2] if size == DESKTOP else people[3]
    opened = officer(size)
    page, number = opened.page, filed(opened, person, "erasure")
    assert fits(opened, size)
    page.locator(".do").scroll_into_view_if_needed()
    opened.picture(f"request-erase-{size['width']}")
    page.check("#done-form [name=checked]")
    page.click("#done-form button")
    page.wait_for_selector("#done-form", state="detached")
    assert "The person was erased" in page.inner_text("main")
    assert person not in page.content()
    kept = select(OWN_REQUEST.c.request_id).where(OWN_REQUEST.c.person_id.is_(None))
    with database.owner.connect() as db:
        erased = db.execute(kept).scalars().all()
    assert number in [number_text(each) for each in erased]


def test_an_old_sign_in_is_asked_for_again_before_an_erasure(officer, people):
    number = filed(officer(DESKTOP), people[4], "erasure")
    opened = officer(DESKTOP, ago=timedelta(minutes=6))
    opened.open(f"/requests/{number}")
    opened.page.click("#done-form a.button")
    opened.page.wait_for_selector("#account-form")
    kept = opened.page.input_value("#account-form [name=next]")
    assert kept == f"/requests/{number}"
