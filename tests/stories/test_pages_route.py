"""An officer opens the page of a route, by its id."""

import re
from uuid import uuid4

import pytest

from boundaries.lookup import gazetteer
from routes.path import Journey, planned, store
from tests.flow_rows import BIHAR, MUMBAI, two_of
from tests.signing_in import sign_in

# Maharashtra, Madhya Pradesh, Uttar Pradesh, Bihar.
WAY = (27, 23, 9, 10)


@pytest.fixture(scope="module")
def route_id(database):
    with database.owner.begin() as db:
        patna, _ = two_of(db, BIHAR)
        (found,) = planned(db, [Journey("bus", MUMBAI, patna, WAY)]).values()
        store(db, [found])
        return found.route_id


@pytest.fixture
def page(client, token, route_id):
    secret = token("state", state=27)
    sign_in(client, secret)
    return client.get(f"/maps/routes/{route_id}").text


def test_its_states_stand_in_order(page, database):
    with database.owner.connect() as db:
        names = [gazetteer(db).states[code].name for code in WAY]
    listed = re.findall(r"<li>([^<]+)", page)
    assert [each.strip() for each in listed] == names
    assert "by bus" in page
    assert "Schematic line" in page


def test_its_map_is_folium_with_files_of_ours_only(page):
    assert 'class="folium-map"' in page
    assert "http://" not in page
    assert "https://" not in page
    assert not re.search(r"""["'(]//""", page)


def test_data_are_linked_never_written_into_the_page(page, route_id):
    assert f'"/api/v1/routes/{route_id}"' in page
    assert "coordinates" not in page


def test_every_script_carries_the_nonce_or_an_address(client, page, route_id):
    answer = client.get(f"/maps/routes/{route_id}")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy).group(1)
    for attributes in re.findall(r"<script([^>]*)>", answer.text):
        assert "src=" in attributes or f'nonce="{nonce}"' in attributes
    assert "unsafe" not in policy
    assert "<style" not in answer.text


def test_words_on_the_map_are_text(database, client, token, route_id, monkeypatch):
    from gis_service.endpoints import route_pages

    evil = "</script><img src=x onerror=alert(1)>"
    monkeypatch.setattr(route_pages, "_district", lambda *_: evil)
    sign_in(client, token("state", state=27))
    page = client.get(f"/maps/routes/{route_id}").text
    assert "<img src=x" not in page
    assert "\\u003cimg src=x" in page


def test_a_stranger_is_asked_to_sign_in_and_then_sent_on(client, token, route_id):
    sent = client.get(f"/maps/routes/{route_id}")
    assert sent.status_code == 303
    assert sent.location == f"/sign-in?next=/maps/routes/{route_id}"
    form = client.get(sent.location).text
    assert f'value="/maps/routes/{route_id}"' in form


def test_a_route_of_others_looks_like_none(client, token, route_id):
    sign_in(client, token("state", state=32))
    theirs = client.get(f"/maps/routes/{route_id}")
    none = client.get(f"/maps/routes/{uuid4()}")
    assert theirs.status_code == none.status_code == 404

    def plain(text: str) -> str:
        carried = r'(name="csrf-token" content|name="csrf_token" value)="[^"]+"'
        return re.sub(rf"/maps/routes/[0-9a-f-]{{36}}|{carried}", "", text)

    assert plain(theirs.text) == plain(none.text)


def test_a_role_without_routes_is_told_so(client, token, route_id):
    sign_in(client, token("ministry"))
    answer = client.get(f"/maps/routes/{route_id}")
    assert answer.status_code == 403
    assert "two ends" in answer.text
