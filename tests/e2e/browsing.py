"""A page opened in a browser, and what tests do with it."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

PICTURES = Path(__file__).parents[2] / "var" / "e2e"

# WebGL without a graphics card, and a browser that talks to nobody else.
FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

# The map has drawn all it asked for.
STILL = """() => {
    const map = window.nmisMap;
    const said = document.querySelector(".totals strong, .notice:not(.busy) p");
    const busy = document.querySelector("nmis-flow-map[aria-busy]");
    return Boolean(map && map.loaded() && map.areTilesLoaded() && said && !busy);
}"""

# Arrows and groups of districts that are in view and whose own pixels are coloured: on
# a curve's middle, and in a circle. Where they lie is reckoned by the map, not by them.
ON_CANVAS = """(kind) => {
    const { map, drawing } = document.querySelector("nmis-flow-map").picture;
    const pen = document.querySelector("canvas.flows").getContext("2d");
    const ratio = pen.canvas.width / pen.canvas.clientWidth;
    const at = ([x, y]) => {
        const lat = Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI;
        return map.project([x * 360 - 180, lat]);
    };
    const coloured = ({ x, y }) => {
        const pixel = [x, y].map((each) => Math.floor(each * ratio));
        return pen.getImageData(...pixel, 1, 1).data[3] > 0;
    };
    const middle = ({ from, control, to }) =>
        [0, 1].map((i) => (from[i] + 2 * control[i] + to[i]) / 4);
    const { arcs, circles } = drawing.flows.seen;
    const found = kind === "circles"
        ? circles.map((each) => [each, each.at])
        : arcs.map((each) => [{ ...each.edge, way: each.way }, middle(each)]);
    return found.filter(([, point]) => coloured(at(point))).map(([each]) => each);
}"""


def program() -> str | None:
    """The browser of this machine; playwright's own where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@dataclass(frozen=True, slots=True)
class Visit:
    """An opened page, and what went wrong on it so far."""

    page: Page
    address: str
    troubles: list[str]
    foreign: list[str]

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, token: str) -> None:
        self.open("/sign-in")
        self.page.fill("#token", token)
        self.page.click("#token-form button")
        self.page.wait_for_url("**/maps/flows*")

    def settle(self) -> None:
        """Wait until the map stands still (a page's own policy forbids eval)."""
        until = time.monotonic() + 60
        while not self.page.evaluate(STILL):
            assert time.monotonic() < until, self.troubles or "the map never settled"
            self.page.wait_for_timeout(100)
        self.page.wait_for_timeout(500)

    def drawn(self, layer: str) -> int:
        ask = "name => nmisMap.queryRenderedFeatures({layers: [name]}).length"
        return self.page.evaluate(ask, layer)

    def arrows(self) -> list[dict]:
        """Arrows that are painted, with the way seen from a chosen place."""
        return self.page.evaluate(ON_CANVAS, "arrows")

    def circles(self) -> list[dict]:
        """Groups of districts that are painted."""
        return self.page.evaluate(ON_CANVAS, "circles")

    def click_at(self, lon: float, lat: float) -> None:
        where = """([lon, lat]) => {
            const at = nmisMap.project([lon, lat]);
            const frame = nmisMap.getCanvas().getBoundingClientRect();
            return [at.x + frame.x, at.y + frame.y];
        }"""
        x, y = self.page.evaluate(where, [lon, lat])
        self.page.mouse.move(x, y)
        self.page.mouse.click(x, y)
        self.page.wait_for_timeout(300)
        self.settle()

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


def in_session(opened, client):
    """Give a browser the session that a test's client has; return the browser."""
    kept = client.get_cookie("nmis").value
    cookie = {"name": "nmis", "value": kept, "url": opened.address}
    opened.page.context.add_cookies([cookie])
    opened.page.set_default_timeout(10_000)
    return opened


def fits(opened, size) -> bool:
    """Whether a page is no wider than the window."""
    wide = "() => document.documentElement.scrollWidth"
    return opened.page.evaluate(wide) <= size["width"]
