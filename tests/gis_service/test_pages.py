"""The pages as a program sees them: words, headers, files, and the sign-in form."""

import json
import re

import pytest

from gis_service.policy import ROLES
from gis_service.web import assets, language

# What a browser would load from elsewhere; a namespace of SVG is only a name.
OUTSIDE = re.compile(r"""(?:src|href|action|url)\s*[=(]\s*["']?\s*(?:https?:)?//""")

PAGES = ("/", "/maps/flows", "/sign-in", "/about-data", "/own-data")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["en", "hi"])
def test_a_page_says_its_language_title_and_sources(client, path, lang):
    page = client.get(f"{path}?lang={lang}").text
    assert f'<html lang="{lang}">' in page
    assert re.search(r"<title>[^<]+</title>", page)
    assert "geoBoundaries contributors, ODbL 1.0" in page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere(client, path):
    page = client.get(path)
    assert not OUTSIDE.search(page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_inline_script_style_or_handler(client, path):
    page = client.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "<style" not in page
    assert not re.search(r"""\s(?:style|on\w+)=["']""", page)


def test_a_page_is_kept_by_nobody_else(client):
    page = client.get("/")
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language"} <= set(page.vary)


def test_the_browser_chooses_the_language_until_the_reader_does(client):
    hindi = {"Accept-Language": "hi-IN,hi;q=0.9"}
    assert '<html lang="hi">' in client.get("/", headers=hindi).text
    client.get("/?lang=en", headers=hindi)
    assert '<html lang="en">' in client.get("/", headers=hindi).text


def test_an_unknown_language_is_english(client):
    assert '<html lang="en">' in client.get("/?lang=xx").text


def test_both_languages_have_the_same_words_and_blanks():
    english, hindi = language.words("en"), language.words("hi")
    assert english.keys() == hindi.keys()
    blanks = re.compile(r"\{\w+\}")
    for key, text in english.items():
        assert sorted(blanks.findall(text)) == sorted(blanks.findall(hindi[key])), key


def test_every_role_has_words():
    assert {f"role_{role}" for role in ROLES} <= language.words("en").keys()


def test_the_map_draws_by_the_classes_of_the_layers(client):
    page = client.get("/maps/flows").text
    if not assets.is_built(assets.MAP_SCRIPT):
        assert "make web" in page
        return
    given = re.search(r'classes="([^"]+)"', page).group(1).replace("&#34;", '"')
    layers = {each["name"]: each for each in client.get("/layers").json["layers"]}
    assert json.loads(given)["flows"] == layers["flows"]["legend"]


def test_a_file_may_be_kept_for_good_because_its_address_changes(client):
    address = f"/assets/{assets.digest()}/site.css"
    assert address in client.get("/").text
    file = client.get(address)
    assert file.mimetype == "text/css"
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/assets/0123456789abcdef/site.css").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["../page.py", "..%2fpage.py", "none.css", "images/../../page.py", "images"],
)
def test_no_other_file_can_be_asked_for(client, name):
    assert client.get(f"/assets/{assets.digest()}/{name}").status_code == 404


def test_a_file_is_never_found_outside_our_folders(tmp_path):
    outside = tmp_path / "secret"
    outside.write_text("x")
    assert assets.found(str(outside)) is None
    assert assets.found("site.css") is not None


def test_no_style_or_picture_loads_from_elsewhere():
    loads = re.compile(r"(?:url\(|@import|href=|src=)\s*['\"]?\s*(?:https?:)?//")
    for folder in assets.FOLDERS:
        for path in (*folder.glob("*.css"), *folder.glob("*.svg")):
            assert not loads.search(path.read_text(encoding="utf-8")), path


def test_the_ground_of_a_map_is_every_state(client):
    ground = client.get("/maps/background.geojson")
    assert len(ground.json["features"]) == 36
    again = client.get(
        "/maps/background.geojson", headers={"If-None-Match": ground.headers["ETag"]}
    )
    assert again.status_code == 304
