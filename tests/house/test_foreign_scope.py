"""No byte of what an officer may not see is in any answer of any address."""

import gzip
import random
import re
from concurrent.futures import ThreadPoolExecutor

import mapbox_vector_tile
import pytest

from tests.flow_rows import (
    BIHAR,
    KERALA,
    MAHARASHTRA,
    MUMBAI,
    PUNE,
    add,
    add_route,
    flow,
    two_of,
)

# A number of people that stands nowhere else.
CANARY = 7_654_321
WINDOW = "from=2020-05-10&to=2020-05-10"

ADDRESSES = [
    *(f"/flows/{level}?{WINDOW}" for level in ("country", "state", "district")),
    "/flows/district?direction=in&k=1",
    *(
        f"/layers/{name}.geojson?{WINDOW}"
        for name in ("flows", "arrivals", "departures", "routes")
    ),
    *(
        f"/layers/{name}.csv?{WINDOW}"
        for name in ("flows", "arrivals", "departures", "routes")
    ),
    *(
        f"/tiles/{name}/{z}.mvt"
        for name in ("flows", "arrivals", "departures", "routes")
        for z in ("3/5/3", "4/11/6", "4/11/7")
    ),
    *(f"/tiles/{name}/3/5/3.mvt?level=state" for name in ("flows", "arrivals")),
    *(f"/tiles/{name}.json" for name in ("flows", "routes")),
    "/layers",
    "/openapi.json",
]


@pytest.fixture(scope="module")
def foreign(database):
    """A flow and a route between two other states, as loud as can be."""
    with database.owner.begin() as db:
        bihar, kerala = two_of(db, BIHAR), two_of(db, KERALA)
        add(db, [flow(MUMBAI, bihar[0], 12), flow(PUNE, MUMBAI, 4)])
        add_route(db, MUMBAI, bihar[0], 12)
        add(db, [flow(bihar[1], kerala[0], CANARY), flow(bihar[1], bihar[1], CANARY)])
        return add_route(db, bihar[1], kerala[0], CANARY)


def decoded(answer) -> str:
    body = answer.data
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    if answer.status_code == 204:
        return ""
    if answer.mimetype == "application/vnd.mapbox-vector-tile":
        return str(mapbox_vector_tile.decode(body))
    return body.decode()


READERS = (
    ("state", MAHARASHTRA, None),
    ("district", None, PUNE),
    ("district", None, MUMBAI),
)


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("reader", READERS)
def test_no_answer_holds_a_foreign_flow(client, token, foreign, path, reader):
    role, state, district = reader
    key = {"Authorization": f"Bearer {token(role, state=state, district=district)}"}
    answer = client.get(path, headers=key)
    assert answer.status_code in (200, 204)
    text = decoded(answer)
    assert str(CANARY) not in text
    assert str(foreign) not in text
    numbers = {int(each) for each in re.findall(r"(?<![\d.])\d{6,9}\b", text)}
    assert not {n for n in numbers if CANARY <= n <= 3 * CANARY}


def test_the_canary_does_sing_for_those_it_belongs_to(client, token, foreign):
    key = {"Authorization": f"Bearer {token('state', state=BIHAR)}"}
    for path in ADDRESSES[:3] + ADDRESSES[4:8]:
        assert (
            str(CANARY)[:4] in decoded(client.get(path, headers=key))
            or "country" in path
        )
    page = client.get(f"/api/v1/routes/{foreign}", headers=key)
    assert page.json["people"] == CANARY


def test_a_foreign_route_is_not_found_rather_than_forbidden(client, token, foreign):
    key = {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}
    assert client.get(f"/api/v1/routes/{foreign}", headers=key).status_code == 404


def test_a_cached_answer_never_goes_to_another_reader(client, token, foreign):
    path = f"/flows/district?{WINDOW}"
    texts = {}
    for state in (BIHAR, MAHARASHTRA, KERALA, BIHAR, MAHARASHTRA):
        key = {"Authorization": f"Bearer {token('state', state=state)}"}
        text = decoded(client.get(path, headers=key))
        assert texts.setdefault(state, text) == text
    assert str(CANARY) in texts[BIHAR]
    assert str(CANARY) not in texts[MAHARASHTRA]


def test_anothers_entity_tag_gives_no_304(client, token, foreign):
    path = f"/flows/district?{WINDOW}"
    bihar = {"Authorization": f"Bearer {token('state', state=BIHAR)}"}
    tag = client.get(path, headers=bihar).headers["ETag"]
    other = {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}
    assert client.get(path, headers=other | {"If-None-Match": tag}).status_code == 200
    assert client.get(path, headers=bihar | {"If-None-Match": tag}).status_code == 304


def test_shuffled_readers_at_once_each_get_their_own_answer(app, token, foreign):
    paths = [
        path for path in ADDRESSES if "geojson" in path or path.startswith("/flows")
    ]
    keys = [
        {"Authorization": f"Bearer {token('state', state=state)}"}
        for state in (MAHARASHTRA, BIHAR, KERALA)
    ]
    asked = [(path, key["Authorization"]) for path in paths for key in keys] * 3
    random.Random(7).shuffle(asked)  # noqa: S311 - the order of test requests

    def answer(ask):
        path, key = ask
        with app.test_client() as client:
            return client.get(path, headers={"Authorization": key}).data

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(answer, asked))
    alone = {ask: answer(ask) for ask in set(asked)}
    assert all(got == alone[ask] for ask, got in zip(asked, answers, strict=True))
