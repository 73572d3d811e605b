"""Bar: from the brush moved to the picture painted, in Chromium, beside flowmap.gl.

Ours asks the server over HTTP, with 50 ms of latency added to every answer; flowmap.gl
has the same rows in the browser. Both draw the thousand largest flows and the totals
of every district, without a graphics card, and are timed in the page, from the brush's
event to a pixel that can be read of every canvas that changed, which has the bar, and
on to the task after the browser's frame with it, which is told.
"""

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import polars as pl
from playwright.sync_api import Browser, Page, sync_playwright

from gis_service.access import issue
from tests.bench import bar, flowmap
from tests.bench.bar import Bar
from tests.bench.brush import STATE
from tests.bench.ground import Ground
from tests.bench.service import serving
from tests.e2e.browsing import FLAGS, program

LEAST_TIMES = 5.0
LATENCY_MS = 50
SIZE = {"width": 1280, "height": 800}
# Days that the brush is wide, a round each; it is moved to other days at each step.
WIDTHS = (7, 1, 14, 3, 28)
PATIENCE_MS = 300_000
REST_MS = 3_000

# Ours by itself draws fewer arrows between districts, which is easier to read.
ASKED = "#level=district&arrows=1000"

# Milliseconds from `begin` to a pixel that can be read, and to the end of the frame.
FRAMED = """(begin) => new Promise((done) => {
    const pixel = performance.now() - begin;
    requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => done([pixel, performance.now() - begin]);
        after.port2.postMessage(null);
    });
})"""
# The handle that moves the window, as a hand or an arrow key moves it.
MOVED = """([at, from]) => new Promise((done) => {
    const framed = FRAMED;
    const map = document.querySelector("nmis-flow-map");
    const handle = map.querySelector(".brush.main input.whole");
    const shown = ({ detail }) => {
        if (detail.asked.from !== from) return;
        map.removeEventListener("nmis-shown", shown);
        for (const canvas of map.querySelectorAll("canvas.map-layer"))
            canvas.getContext("2d").getImageData(0, 0, 1, 1);
        done(framed(begin));
    };
    map.addEventListener("nmis-shown", shown);
    handle.value = at;
    const begin = performance.now();
    handle.dispatchEvent(new Event("input", { bubbles: true }));
})""".replace("FRAMED", FRAMED)
# Theirs resolves to its beginning, when a pixel of the picture can be read.
THEIRS_MOVED = f"(days) => brush(days).then({FRAMED})"
WIDENED = """([hash, from, to]) => new Promise((done) => {
    const map = document.querySelector("nmis-flow-map");
    const shown = ({ detail }) => {
        const { asked } = detail;
        if (asked.from !== from || asked.to !== to) return;
        map.removeEventListener("nmis-shown", shown);
        done(true);
    };
    map.addEventListener("nmis-shown", shown);
    window.location.hash = hash;
})"""


@dataclass(frozen=True, slots=True)
class Painted:
    """Milliseconds per step, by round, and seconds to the first picture.

    A step is a pair: to a pixel that can be read, and to the end of the frame.
    """

    ours: list[list[tuple[float, float]]]
    theirs: list[list[tuple[float, float]]]
    ours_first_s: float
    theirs_first_s: float


def in_reach(each: pl.DataFrame, people: int) -> pl.DataFrame:
    """Return journeys that the officer of ``STATE`` sees, ``people`` of them.

    Raises:
        ValueError: there are fewer.
    """
    touches = (pl.col("origin_state") == STATE) | (pl.col("destination_state") == STATE)
    found = each.filter(touches)
    if found.height < people:
        message = f"only {found.height} journeys touch state {STATE}"
        raise ValueError(message)
    return found.sample(people, seed=1, shuffle=True)


def measured(
    ground: Ground, rows: pl.DataFrame, *, rounds: int, steps: int, pictures: Path
) -> Painted:
    """Move both brushes to the same days, in turn; the pages stay open."""
    with ground.database.owner.begin() as db:
        token = issue(db, role="state", state=STATE, days=1, label="bench")
    folder = flowmap.written(ground, rows)
    with (
        serving(ground.settings) as client,
        _files(folder) as files,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program(), args=[*FLAGS])
        ours, ours_first = _ours(browser, f"http://127.0.0.1:{client.wire.port}", token)
        theirs, theirs_first = _theirs(browser, files, rows.height)
        # What a page still does after its first picture is no part of a step.
        ours.wait_for_timeout(REST_MS)
        first = rows["day"].min()
        last = rows["day"].max()
        found = Painted([], [], ours_first, theirs_first)
        for number in range(rounds):
            asked = _steps(first, last, WIDTHS[number % len(WIDTHS)], steps)
            found.ours.append(_ours_round(ours, first, asked))
            theirs.bring_to_front()
            found.theirs.append(
                [tuple(theirs.evaluate(THEIRS_MOVED, days)) for days in asked]
            )
        ours.screenshot(path=pictures / "bench-ours.png")
        theirs.screenshot(path=pictures / "bench-flowmap.png")
        browser.close()
    return found


def bars(found: Painted, *, name: str, held: bool) -> list[Bar]:
    """Return the bar where it is held, else the same figure without one."""
    lines = []
    for end, to in enumerate(("picture painted", "its frame over")):
        ours, theirs = (_medians(side, end) for side in (found.ours, found.theirs))
        times = [b / a for a, b in zip(ours, theirs, strict=True)]
        title = f"brush moved, {to}, {name}, speed by flowmap.gl's"
        lines += [
            bar.at_least(title, times, LEAST_TIMES, "ratio")
            if held and not end
            else bar.told(title, times, "ratio"),
            bar.told("  NMIS over HTTP, 50 ms of latency", ours, "ms"),
            bar.told("  flowmap.gl", theirs, "ms"),
        ]
    return [
        *lines,
        bar.told("  NMIS, first picture", [found.ours_first_s], "s"),
        bar.told("  flowmap.gl, first picture", [found.theirs_first_s], "s"),
    ]


def _medians(rounds: list[list[tuple[float, float]]], end: int) -> list[float]:
    return [median(step[end] for step in steps) for steps in rounds]


def _ours(browser: Browser, address: str, token: str) -> tuple[Page, float]:
    page = _page(browser)
    page.goto(f"{address}/sign-in")
    page.fill("#token", token)
    page.click("#token-form button")
    page.wait_for_url("**/maps/flows*")
    page.goto(f"{address}/health")
    shown = """() => { window.shown = new Promise((done) => {
        document.addEventListener("nmis-shown", () => done(performance.now()), true);
    }); }"""
    page.add_init_script(f"({shown})()")
    page.goto(f"{address}/maps/flows{ASKED}")
    return page, page.evaluate("() => window.shown") / 1e3


def _theirs(browser: Browser, address: str, rows: int) -> tuple[Page, float]:
    page = _page(browser)
    page.goto(f"{address}/index.html")
    # Its script may use eval; ours may not.
    page.wait_for_function("() => window.painted !== undefined", timeout=PATIENCE_MS)
    held = page.evaluate("() => window.rowsHeld")
    if held != rows:
        message = f"the page holds {held} rows of {rows}"
        raise AssertionError(message)
    return page, page.evaluate("() => window.painted") / 1e3


def _page(browser: Browser) -> Page:
    page = browser.new_context(viewport=SIZE, device_scale_factor=1).new_page()
    page.set_default_timeout(PATIENCE_MS)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    unlimited = {"downloadThroughput": -1, "uploadThroughput": -1}
    slow = {"offline": False, "latency": LATENCY_MS, **unlimited}
    session.send("Network.emulateNetworkConditions", slow)
    return page


def _steps(first: date, last: date, width: int, steps: int) -> list[tuple[str, str]]:
    """Return windows of one width, spread over the days in no order."""
    room = (last - first).days + 1 - width
    order = [(7 + 13 * at) % (room + 1) for at in range(steps)]
    begins = [first + timedelta(days=by) for by in order]
    return [(str(day), str(day + timedelta(days=width - 1))) for day in begins]


def _ours_round(
    page: Page, first: date, asked: list[tuple[str, str]]
) -> list[tuple[float, float]]:
    page.bring_to_front()
    width = date.fromisoformat(asked[0][1]) - date.fromisoformat(asked[0][0])
    # Another place than the first step's, of the same width.
    begin = first + timedelta(days=2)
    span = (str(begin), str(begin + width))
    page.evaluate(WIDENED, [f"{ASKED}&from={span[0]}&to={span[1]}", *span])
    return [
        tuple(page.evaluate(MOVED, [(date.fromisoformat(day) - first).days, day]))
        for day, _ in asked
    ]


@contextmanager
def _files(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
