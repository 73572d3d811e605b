"""The table twin of the flow map, and the files made of it, in a real browser."""

import base64
import codecs
import csv
import io
import re
import struct
from pathlib import Path

import pytest

from tests.e2e.browsing import PHONE, PICTURES, Visit

pytestmark = pytest.mark.e2e

MAHARASHTRA = 27
BYTE_ORDER_MARK = codecs.BOM_UTF8
SIGNATURE = b"\x89PNG\r\n\x1a\n"

# How many colours a picture has, and what part of it is the synthetic mark's ground.
SEEN = """async source => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const {data} = pen.getImageData(0, 0, image.width, image.height);
    const colours = new Set();
    let marked = 0;
    for (let at = 0; at < data.length; at += 4) {
        colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
        if (data[at] === 255 && data[at + 1] === 243 && data[at + 2] === 209) marked++;
    }
    const {width, height} = image;
    return {width, height, colours: colours.size, marked};
}"""


@pytest.fixture
def officer(visit, token):
    opened = visit()
    opened.sign_in(token("state", state=MAHARASHTRA))
    opened.settle()
    return opened


def shown(visit: Visit, address: str) -> dict:
    """Open an address of the map; the answer that it asked for and shows."""
    visit.open("/")
    with visit.page.expect_response(is_flows) as answered:
        visit.open(address)
    visit.settle()
    return answered.value.json()


def is_flows(response) -> bool:
    return bool(re.search(r"/flows/(state|district)\?.*k=", response.url))


def opened_table(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Table", exact=True).click()
    visit.page.wait_for_selector(".table-drawer tbody tr, .table-drawer [role=status]")
    visit.settle()


def cells(visit: Visit) -> list[list[str]]:
    """Every row of the table, leafing through its pages."""
    rows: list[list[str]] = []
    while True:
        rows += visit.page.evaluate(
            "() => [...document.querySelectorAll('.table-drawer tbody tr')].map("
            "tr => [...tr.children].map(each => each.firstChild.textContent))"
        )
        onward = visit.page.get_by_role("button", name="Next", exact=True)
        if onward.is_disabled():
            return rows
        onward.click()


def number(text: str) -> int:
    return int(text.replace(",", "").replace("−", "-"))


def saved(visit: Visit, name: str) -> tuple[str, bytes]:
    """Press a button that makes a file; the file's name and bytes."""
    with visit.page.expect_download(timeout=60_000) as downloading:
        visit.page.get_by_role("button", name=name, exact=True).click()
    visit.page.wait_for_selector(".handouts-status:has-text('.')")
    content = Path(downloading.value.path()).read_bytes()
    PICTURES.mkdir(parents=True, exist_ok=True)
    ending = downloading.value.suggested_filename.rpartition(".")[2]
    (PICTURES / f"handout.{ending}").write_bytes(content)
    return downloading.value.suggested_filename, content


def parsed(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def texts(png: bytes) -> dict[str, str]:
    """The international texts of a PNG by keyword."""
    found, at = {}, len(SIGNATURE)
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"iTXt":
            keyword, _, text = png[at + 8 : at + 8 + size].partition(b"\0\0\0\0\0")
            found[keyword.decode()] = text.decode()
        at += 12 + size
    return found


def entry(pdf: bytes, key: str) -> str:
    """A text of a PDF's description, in either of its two encodings."""
    raw = re.search(rb"/%s \((.*?)(?<!\\)\)\n" % key.encode(), pdf, re.DOTALL)
    assert raw
    text = re.sub(rb"\\(.)", rb"\1", raw[1], flags=re.DOTALL)
    wide = text.startswith(codecs.BOM_UTF16_BE)
    return text[2:].decode("utf-16-be") if wide else text.decode("latin-1")


def test_the_table_lists_every_flow_of_the_answer_and_says_what_is_hidden(officer):
    answer = shown(officer, "/maps/flows#level=district")
    opened_table(officer)
    names = {node["code"]: node["name"] for node in answer["nodes"]}
    listed = [(a, b, number(n)) for a, b, n in cells(officer)]
    assert listed == [
        (names[edge["origin"]], names[edge["destination"]], edge["n"])
        for edge in answer["edges"]
    ]
    assert number(officer.page.inner_text(".table-drawer tfoot td")) == answer["shown"]
    told = officer.page.inner_text(".table-told").replace(",", "")
    assert f"carry {answer['shown']} of the {answer['total']} people" in told
    assert f"with {answer['hidden']} people are not listed" in told
    officer.picture("table-districts")


def test_places_have_their_state_their_arrivals_and_departures(officer):
    answer = shown(officer, "/maps/flows#level=district")
    opened_table(officer)
    officer.page.locator(".table-drawer").get_by_text("Places", exact=True).click()
    expected = {
        (node["name"], node["in"], node["out"], node["internal"])
        for node in answer["nodes"]
    }
    assert {(name, *map(number, rest)) for name, *rest in cells(officer)} == expected
    officer.page.fill(".table-drawer input[type=search]", "pune")
    assert officer.page.inner_text(".table-drawer tbody th") == "Pune\nMaharashtra"
    officer.picture("table-places")


def test_a_column_sorts_and_says_so(officer):
    answer = shown(officer, "/maps/flows#level=state")
    opened_table(officer)
    people = officer.page.get_by_role("columnheader", name="People")
    assert people.get_attribute("aria-sort") == "descending"
    people.get_by_role("button").click()
    assert people.get_attribute("aria-sort") == "ascending"
    rising = [number(row[2]) for row in cells(officer)]
    assert rising == sorted(edge["n"] for edge in answer["edges"])
    officer.page.get_by_role("columnheader", name="From").get_by_role("button").click()
    origins = [row[0] for row in cells(officer)]
    assert origins == sorted(origins)


def test_a_row_chooses_its_place_on_the_map_by_keyboard_too(officer):
    shown(officer, "/maps/flows#level=state")
    opened_table(officer)
    officer.page.fill(".table-drawer input[type=search]", "Bihar")
    officer.page.locator(".table-drawer tbody [data-code='10']").first.focus()
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_selector(".table-only")
    officer.settle()
    officer.page.wait_for_url(lambda url: "unit=10" in url)
    assert "Bihar" in officer.page.inner_text(".chosen h2")
    officer.page.get_by_role("button", name="Show all places").click()
    officer.page.wait_for_selector(".table-only", state="detached")
    officer.page.wait_for_url(lambda url: "unit=" not in url)


def test_the_table_follows_the_map_and_closes_with_escape(officer):
    shown(officer, "/maps/flows#level=state")
    opened_table(officer)
    before = officer.page.inner_text(".table-drawer tfoot")
    officer.page.get_by_text("Bus", exact=True).click()
    officer.page.wait_for_timeout(400)
    officer.settle()
    after = officer.page.inner_text(".table-drawer tfoot")
    assert after != before
    officer.page.focus(".table-drawer input[type=search]")
    officer.page.keyboard.press("Escape")
    assert not officer.page.is_visible(".table-drawer")
    focused = "() => document.activeElement.textContent"
    assert officer.page.evaluate(focused) == "Table"


def test_two_windows_give_before_after_and_change(officer):
    address = "/maps/flows#level=state&from=2020-05-17&to=2020-05-23&versus=previous"
    answer = shown(officer, address)
    assert answer["versus"] == {"from": "2020-05-10", "to": "2020-05-16"}
    opened_table(officer)
    listed = [tuple(map(number, row[2:])) for row in cells(officer)]
    assert listed == [
        (edge["before"], edge["before"] + edge["n"], edge["n"])
        for edge in answer["edges"]
    ]
    officer.picture("table-change")
    name, content = saved(officer, "CSV")
    assert "2020-05-17_2020-05-23-versus-2020-05-10_2020-05-16" in name
    rows = parsed(content)
    changes = [int(row["change"]) for row in rows]
    assert changes == [edge["n"] for edge in answer["edges"]]
    assert {row["versus_from"] for row in rows} == {"2020-05-10"}


def test_the_csv_opens_anywhere_and_adds_up(officer):
    answer = shown(officer, "/maps/flows#level=district&mode=train")
    name, content = saved(officer, "CSV")
    assert name.startswith("nmis-flows-district-")
    assert name.endswith("-train-synthetic.csv")
    assert content.startswith(BYTE_ORDER_MARK)
    assert content.count(b"\r\n") == content.count(b"\n") == len(answer["edges"]) + 1
    rows = parsed(content)
    assert sum(int(row["people"]) for row in rows) == answer["shown"]
    assert [(int(row["origin_lgd"]), int(row["destination_lgd"])) for row in rows] == [
        (edge["origin"], edge["destination"]) for edge in answer["edges"]
    ]
    constant = {"level", "from", "to", "mode", "category", "hidden", "synthetic"}
    expected = {
        "level": "district",
        "from": answer["from"],
        "to": answer["to"],
        "mode": "train",
        "category": "all",
        "hidden": str(answer["hidden"]),
        "synthetic": "yes",
    }
    assert all({key: row[key] for key in constant} == expected for row in rows)
    assert all(row["origin_state"] and row["source"] for row in rows)


def test_a_name_that_would_run_as_a_formula_stays_text(officer):
    def poisoned(route):
        answer = route.fetch().json()
        answer["nodes"][0]["name"] = '=HYPERLINK("http://example.org","x"),\n'
        route.fulfill(json=answer)

    officer.page.route(re.compile(r"/flows/state\?.*k=1000"), poisoned)
    shown(officer, "/maps/flows#level=state")
    opened_table(officer)
    officer.page.locator(".table-drawer").get_by_text("Places", exact=True).click()
    _, content = saved(officer, "CSV")
    names = [row["place"] for row in parsed(content)]
    assert '\'=HYPERLINK("http://example.org","x"),\n' in names
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)


def test_the_picture_carries_title_window_source_and_the_synthetic_mark(officer):
    shown(officer, "/maps/flows#level=state&from=2020-05-10&to=2020-05-20")
    name, png = saved(officer, "Picture (PNG)")
    assert name == "nmis-map-state-2020-05-10_2020-05-20-synthetic.png"
    assert png.startswith(SIGNATURE)
    said = texts(png)
    assert said["Title"] == "Flows between states"
    for part in (
        "10–20 May 2020",
        "geoBoundaries",
        "ODbL",
        "Synthetic data",
        "Made on",
    ):
        assert part in said["Description"]
    source = "data:image/png;base64," + base64.b64encode(png).decode()
    seen = officer.page.evaluate(SEEN, source)
    frame = officer.page.locator(".map-frame").bounding_box()
    assert seen["width"] >= 2 * frame["width"]
    assert seen["height"] >= 2 * frame["height"]
    assert seen["colours"] > 500
    assert seen["marked"] > 3_000
    assert 100_000 < len(png) < 10_000_000
    ratio = "() => nmisMap.getPixelRatio() === devicePixelRatio"
    assert officer.page.evaluate(ratio)  # the map itself is as it was


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Flows between states, 10–20 May 2020"),
        ("hi", "राज्यों के बीच आवागमन, 10–20 मई 2020"),
    ],
)
def test_the_pdf_is_one_page_with_its_title(officer, language, title):
    address = f"/maps/flows?lang={language}#level=state&from=2020-05-10&to=2020-05-20"
    shown(officer, address)
    name, pdf = saved(officer, "PDF")
    assert name.endswith("-synthetic.pdf")
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    assert re.search(rb"/MediaBox \[0 0 841\.8\d* 595\.2", pdf)
    assert entry(pdf, "Title") == title
    assert "geoBoundaries" in entry(pdf, "Subject")
    assert 100_000 < len(pdf) < 5_000_000


def test_what_makes_a_pdf_is_fetched_only_when_one_is_asked_for(officer):
    asked = []
    officer.page.on("request", lambda request: asked.append(request.url))
    shown(officer, "/maps/flows#level=state")
    assert not any("export-pdf" in url or "table.js" in url for url in asked)
    saved(officer, "PDF")
    assert any("export-pdf" in url for url in asked)


def test_on_a_phone_the_table_is_a_page_of_its_own(visit, token):
    phone = visit(PHONE)
    phone.sign_in(token("state", state=MAHARASHTRA))
    phone.settle()
    phone.page.click(".sheet-handle")
    opened_table(phone)
    box = phone.page.locator(".table-drawer").bounding_box()
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])
    wide = "() => document.documentElement.scrollWidth"
    assert phone.page.evaluate(wide) <= PHONE["width"]
    phone.picture("phone-table")
    phone.page.locator(".table-drawer").get_by_text("Close").click()
    assert not phone.page.is_visible(".table-drawer")
    assert phone.page.is_visible(".panel-body")


def test_a_stranger_is_offered_no_files(visit):
    stranger = visit()
    stranger.open("/maps/flows")
    stranger.settle()
    assert not stranger.page.is_visible(".handouts")
