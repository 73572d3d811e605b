"""A live server on a database with a small demonstration, and a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import func, select

from gis_service import rates
from gis_service.demo import run
from gis_service.settings import Settings
from routes.tables import ROUTE
from tests.e2e.browsing import DESKTOP, FLAGS, Visit, program
from tests.live import serving

# Enough that districts have more flows than are drawn at once.
PEOPLE = 12_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session", autouse=True)
def sign_ins_of_one_address() -> Iterator[None]:
    """Let browsers, which all ask from one address, sign in as often as they need."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(rates.LIMITS, "sign_in", rates.Limit(10_000, 60, by_address=True))
        yield


@pytest.fixture(scope="module")
def address(app, database, tmp_path_factory) -> Iterator[str]:
    """The address of a server on the demonstration."""
    settings = Settings(var=tmp_path_factory.mktemp("demo"))
    run.load(database, settings, people=PEOPLE, quiet=True)
    with serving(app) as found:
        yield found


@pytest.fixture
def visit(browser, address) -> Iterator[Callable[..., Visit]]:
    """``visit(size=DESKTOP)``: a fresh browser profile; fails on any trouble."""
    opened: list[Visit] = []

    def made(size: dict[str, int] = DESKTOP) -> Visit:
        page = browser.new_context(viewport=size, locale="en-IN").new_page()
        made = Visit(page, address, troubles=[], foreign=[])
        opened.append(made)
        page.on("pageerror", lambda error: made.troubles.append(str(error)))
        page.on("console", lambda told: _noted(made, told.type, told.text))
        page.on("request", lambda asked: _checked(made, asked.url))
        return made

    yield made
    for each in opened:
        each.page.context.close()
        assert each.foreign == []
        assert each.troubles == []


@pytest.fixture(scope="module")
def bus_route(address, database) -> str:
    """The id of a bus route of Maharashtra's through the most states."""
    longest = (
        select(ROUTE.c.route_id)
        .where(ROUTE.c.mode == "bus", ROUTE.c.origin_state == 27)
        .order_by(func.cardinality(ROUTE.c.states).desc(), ROUTE.c.route_id)
        .limit(1)
    )
    with database.owner.connect() as db:
        return str(db.execute(longest).scalar_one())


def _noted(visit: Visit, kind: str, text: str) -> None:
    # A refused answer is told by the page in words; the browser repeats it.
    if kind == "error" and "Failed to load resource" not in text:
        visit.troubles.append(text)


def _checked(visit: Visit, url: str) -> None:
    if not url.startswith((visit.address, "data:", "blob:" + visit.address)):
        visit.foreign.append(url)
