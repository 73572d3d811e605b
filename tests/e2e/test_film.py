"""Sixty days of a million journeys, played on the map without a dropped answer."""

import pytest

from tests.bench.crowd import crowd
from tests.bench.filling import fill
from tests.live import serving

pytestmark = pytest.mark.e2e

PEOPLE = 1_000_000
DAYS = 60

# Every answer that the server gave, and every one that was painted, in order.
WATCH = """() => {
    window.seen = [];
    const map = document.querySelector("nmis-flow-map");
    map.addEventListener("nmis-shown", ({ detail }) => seen.push({
        from: detail.asked.from,
        drawn: detail.answer.edges.length,
        at: performance.now(),
    }));
}"""
OVER = "() => !document.querySelector('nmis-flow-map').classList.contains('playing')"
# Bytes that a film may leave behind; the answers of sixty days are some 5 MB of text.
LEFT_BEHIND = 4_000_000
HELD = {"JSHeapUsedSize", "Nodes", "JSEventListeners"}
STEPS = "() => document.querySelector('nmis-flow-map').steps"


@pytest.fixture(scope="module")
def address(app, server, database):
    """The address of a server on a million journeys over 62 days."""
    name = database.owner.url.database
    admin = server.set(database=name, drivername="postgresql")
    each = crowd(database, PEOPLE)
    fill(admin.render_as_string(hide_password=False), each)
    with serving(app) as found:
        yield found


def test_sixty_days_of_a_million_journeys_play_without_a_dropped_answer(visit, token):
    officer = visit()
    officer.sign_in(token("state", state=27))
    officer.settle()
    page = officer.page
    page.evaluate("() => { location.hash = 'level=district' }")
    page.reload()
    officer.settle()
    page.locator(".play-row select").select_option("4")
    asked: list[str] = []
    page.on("request", lambda each: _noted(asked, each.url))
    page.evaluate(WATCH)
    _play(page)
    seen = page.evaluate("() => seen")
    days = [each["from"] for each in seen][: page.evaluate(STEPS)["shown"]]
    officer.picture("film-end")
    assert page.evaluate(STEPS)["dropped"] == 0
    assert len(days) >= DAYS
    assert days == sorted(set(days))
    assert days == asked[: len(days)]
    assert sum(each["drawn"] > 0 for each in seen) >= DAYS // 2
    took = (seen[len(days) - 1]["at"] - seen[0]["at"]) / 1000
    print(f"{len(days)} days in {took:.1f} s")  # noqa: T201 - read with -s


def test_a_film_played_again_leaves_nothing_behind(visit, token):
    officer = visit()
    officer.sign_in(token("state", state=27))
    officer.open("/maps/flows#level=district&from=2020-05-01&to=2020-05-01")
    officer.settle()
    officer.page.locator(".play-row select").select_option("4")
    _play(officer.page)
    before = _held(officer.page)
    _play(officer.page)
    after = _held(officer.page)
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < LEFT_BEHIND
    assert after["Nodes"] - before["Nodes"] < before["Nodes"] / 10
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 10
    print(before, after)  # noqa: T201 - read with -s


def _play(page) -> None:
    page.click(".play")
    page.wait_for_selector("nmis-flow-map.playing")
    while not page.evaluate(OVER):
        page.wait_for_timeout(250)


def _held(page) -> dict[str, float]:
    """What the page holds, in bytes and numbers, once what is of no use is gone."""
    page.wait_for_timeout(1000)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    devtools.send("HeapProfiler.collectGarbage")
    devtools.send("HeapProfiler.collectGarbage")
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return {each["name"]: each["value"] for each in metrics if each["name"] in HELD}


def _noted(asked: list[str], url: str) -> None:
    if "/flows/district?" in url:
        asked.append(url.split("from=")[1][:10])
