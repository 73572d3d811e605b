"""A layer of another portal on the flow map: switched on, explained, remembered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from boundaries.tables import UNIT
from gis_service.portals import pull_each
from layers.portal_sources import Registration, register
from layers.portal_tables import PORTAL_SNAPSHOT, PORTAL_SOURCE
from tests.e2e.browsing import DESKTOP, PHONE, PICTURES
from tests.e2e.test_table_export import entry
from tests.portal_server import CSV, portal

pytestmark = pytest.mark.e2e

NAME = "covid_cases"
SHOWN = """() => nmisMap.getLayer("overlay")
    && nmisMap.queryRenderedFeatures({layers: ["overlay"]}).length"""
ON_SCREEN = """([lon, lat]) => {
    const at = nmisMap.project([lon, lat]);
    const frame = nmisMap.getCanvas().getBoundingClientRect();
    return [at.x + frame.x, at.y + frame.y];
}"""
NAGPUR = (79.1, 21.15)


@pytest.fixture(scope="module")
def pulled(database, address):
    """Made-up cases of every district but those of one state, pulled from a server."""
    columns = UNIT.c
    with database.owner.connect() as db:
        districts = db.execute(
            select(columns.code).where(columns.level == "district")
        ).scalars()
        rows = [f"{c},2020-05-20,{c * c * 37 % 9_000}" for c in districts if c % 7]
    with portal() as there:
        body = "\n".join(["code,date,cases", *rows, ""]).encode()
        there.tells("/cases.csv", body, **CSV)
        given = Registration(
            NAME,
            there.url("/cases.csv"),
            networks=("127.0.0.0/8",),
            ports=(there.port,),
            attribution="Made-up health portal",
            licence="made up for a test",
        )
        with database.owner.begin() as db:
            register(db, given)
        said = []
        assert pull_each(database.owner, [NAME], say=said.append), said


@pytest.fixture
def aged(database, pulled):
    """``aged(hours, failing=False)``: as if it had been fetched so long ago."""

    def made(hours, *, failing=False):
        then = datetime.now(UTC) - timedelta(hours=hours)
        with database.owner.begin() as db:
            db.execute(update(PORTAL_SNAPSHOT).values(checked_at=then))
            since = then if failing else None
            db.execute(update(PORTAL_SOURCE).values(failing_since=since))

    yield made
    made(0)


def switch(page):
    return page.get_by_role("switch")


def told(page):
    return page.inner_text(".overlays .key")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_switch_shows_the_layer_with_key_source_and_age(visit, token, aged, size):
    aged(3)
    opened = visit(size)
    opened.sign_in(token("state", state=27))
    opened.settle()
    if size == PHONE:
        opened.page.click(".sheet-handle")
    page = opened.page
    assert not page.evaluate(SHOWN)
    assert page.locator(".overlays .key").is_hidden()
    switch(page).check()
    opened.settle()
    assert page.evaluate(SHOWN) > 100
    text = told(page)
    for part in (
        "COVID-19 cases, per 100,000 inhabitants",
        "As of 20 May 2020, fetched 3 hours ago.",
        "Source: Made-up health portal. Licence: made up for a test.",
        "100 or more",
    ):
        assert part in text
    assert "Out of date" not in text
    assert "Made-up health portal" in page.inner_text(".map-attribution")
    switch(page).scroll_into_view_if_needed()
    opened.picture(f"overlay-{size['width']}")
    if size == PHONE:
        page.click(".sheet-handle")
        page.wait_for_timeout(300)
        opened.picture("overlay-map-390")
        page.click(".sheet-handle")
    wide = "() => document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= size["width"]
    switch(page).uncheck()
    opened.settle()
    assert not page.evaluate(SHOWN)
    assert "Made-up" not in page.inner_text(".map-attribution")


def test_it_is_used_by_keyboard_and_stays_in_the_address(visit, token, aged):
    opened = visit()
    opened.sign_in(token("state", state=27))
    opened.settle()
    page = opened.page
    switch(page).focus()
    page.keyboard.press("Space")
    opened.settle()
    assert switch(page).is_checked()
    page.wait_for_url("**overlay=covid_cases**")
    page.reload()
    opened.settle()
    page.wait_for_timeout(300)
    assert switch(page).is_checked()
    assert page.evaluate(SHOWN) > 100
    page.goto(page.url.replace("overlay=covid_cases", "overlay=ghosts"))
    page.reload()
    opened.settle()
    assert not switch(page).is_checked()


def test_what_is_old_or_fails_is_said_in_words(visit, token, aged):
    aged(24 * 5, failing=True)
    opened = visit()
    opened.sign_in(token("analyst"))
    opened.open(f"/maps/flows#overlay={NAME}")
    opened.page.wait_for_selector(".overlays .warned")
    text = told(opened.page)
    assert "fetched 5 days ago" in text
    assert "Out of date: it should come every 24 hours." in text
    assert "last good answer" in text


def test_a_picture_of_the_map_carries_key_and_source(visit, token, aged):
    opened = visit()
    opened.sign_in(token("state", state=27))
    opened.open(f"/maps/flows#overlay={NAME}")
    opened.settle()
    opened.page.wait_for_selector(".overlays .classes")
    with opened.page.expect_download(timeout=60_000) as downloading:
        opened.page.get_by_role("button", name="PDF", exact=True).click()
    pdf = Path(downloading.value.path()).read_bytes()
    assert "Made-up health portal" in entry(pdf, "Subject")
    with opened.page.expect_download(timeout=60_000) as downloading:
        opened.page.get_by_role("button", name="Picture (PNG)", exact=True).click()
    PICTURES.mkdir(parents=True, exist_ok=True)
    downloading.value.save_as(PICTURES / "overlay-handout.png")


def test_the_pointer_tells_a_district_and_its_number(visit, token, aged):
    opened = visit()
    opened.sign_in(token("state", state=27))
    opened.open(
        f"/maps/flows#level=district&overlay={NAME}&at=7/{NAGPUR[1]}/{NAGPUR[0]}"
    )
    opened.settle()
    texts = set()
    for dx in range(0, 60, 6):
        x, y = opened.page.evaluate(ON_SCREEN, list(NAGPUR))
        opened.page.mouse.move(x + dx, y + dx / 2)
        opened.page.wait_for_timeout(40)
        texts.add(opened.page.locator(".tooltip").inner_text())
    assert any("COVID-19 cases, " in text for text in texts), texts


def test_in_hindi_everything_is_hindi(visit, token, aged):
    aged(3)
    opened = visit(PHONE)
    opened.sign_in(token("state", state=27))
    opened.open(f"/maps/flows?lang=hi#overlay={NAME}")
    opened.settle()
    opened.page.click(".sheet-handle")
    opened.page.wait_for_selector(".overlays .classes")
    text = told(opened.page)
    assert "कोविड-19 के मामले, प्रति 1,00,000 निवासी" in text
    assert "3 घंटे पहले" in text
    assert "20 मई 2020" in text
    opened.page.locator(".overlays").scroll_into_view_if_needed()
    opened.picture("overlay-hi-390")


def test_who_is_not_signed_in_is_offered_public_ones_only(visit, database, aged):
    opened = visit()
    opened.open("/maps/flows")
    opened.settle()
    assert opened.page.locator(".overlays").is_hidden()
    with database.owner.begin() as db:
        db.execute(update(PORTAL_SOURCE).values(public=True))
    try:
        opened.open(f"/maps/flows#overlay={NAME}")
        opened.page.reload()
        opened.settle()
        opened.page.wait_for_selector(".overlays .classes")
        assert opened.page.evaluate(SHOWN) > 100
        opened.picture("overlay-everybody-1280")
    finally:
        with database.owner.begin() as db:
            db.execute(update(PORTAL_SOURCE).values(public=False))
