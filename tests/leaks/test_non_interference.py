"""What a role may not see is changed; its answers stay the same, byte by byte."""

import re
from datetime import timedelta

import pytest

from gis_service.people_plane import today
from movements.columns import NAMES
from tests.leaks.asking import asked
from tests.leaks.conftest import headers_of
from tests.leaks.decoding import text_of
from tests.leaks.oracle import Reader
from tests.made_up import csv_body

# They answer for nothing between Kerala and Tamil Nadu, nor on the way.
BLIND = (
    *(Reader("uploader", 27), Reader("state", 27), Reader("state", 10)),
    *(Reader("district", 10, 212), Reader("railways"), Reader("analyst")),
    *(Reader("tracer"), None),
)
# The answer's own: its number, its instant, how long it took; and the counter of
# changes to the flows of the whole country, which every map compares.
OWN = re.compile(
    r"^(X-Request-Id|Date|ETag|Age|RateLimit\S*): .*$"
    r'|"version": ?"?[\w.-]+"?|v=[\w.-]+'
    r'|"(generated|timeStamp|updated)": ?"[^"]*"',
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/openapi.json").json


def test_others_people_change_no_byte_of_an_answer(app, crowd, token, document):
    client = app.test_client()
    headers = [headers_of(token, reader) for reader in BLIND]
    layers = [each["name"] for each in client.get("/layers").json["layers"]]
    more = {"layer": layers, "collection": layers, "format": ["geojson", "csv"]}
    before = [
        _answers(client, document, crowd, more, reader, shown)
        for reader, shown in zip(BLIND, headers, strict=True)
    ]
    _changed(client, token)
    after = [
        _answers(client, document, crowd, more, reader, shown)
        for reader, shown in zip(BLIND, headers, strict=True)
    ]
    for reader, then, now in zip(BLIND, before, after, strict=True):
        assert len(then) > 50
        differ = [path for path in then if then[path] != now[path]]
        assert differ == [], reader


def test_their_own_readers_do_see_the_change(app, crowd, token, document):
    client = app.test_client()
    shown = headers_of(token, Reader("state", 32))
    path = "/api/v1/movements?purpose=reception"
    before = client.get(path, headers=shown).json["movements"]
    _changed(client, token, refs="second")
    assert len(client.get(path, headers=shown).json["movements"]) > len(before)


def _changed(client, token, refs: str = "first") -> None:
    """People of Kerala to Tamil Nadu: sent, granted, gone; and a batch with faults."""
    day = (today() + timedelta(days=1)).isoformat()
    rows = [
        dict.fromkeys(NAMES, "")
        | {
            "name": f"Adrishya Namuna {at}",
            "age": "40",
            "mobile": f"98765432{at:02}",
            "category": "labour",
            "origin_district": "Idukki, Kerala",
            "destination_district": "Madurai, Tamil Nadu",
            "travel_date": day,
            "mode": "train" if at % 2 else "bus",
            "source_ref": f"{refs}-{at}",
        }
        for at in range(9)
    ]
    rows.append(rows[0] | {"age": "unknown", "source_ref": f"{refs}-bad"})
    bearer = headers_of(token, Reader("uploader", 32))
    sent = client.post(
        "/api/v1/batches",
        data=csv_body(rows),
        headers=bearer | {"Content-Type": "text/csv"},
    )
    assert (sent.json["accepted"], sent.json["refused"]) == (9, 1), sent.text
    listed = client.get(f"/api/v1/batches/{sent.json['batch']}/people", headers=bearer)
    ids = [each["id"] for each in listed.json["people"]]
    for event, state in (("permission_requested", 32), ("departed", 32)):
        said = client.post(
            "/api/v1/events",
            json={"event": event, "people": ids[:5]},
            headers=headers_of(token, Reader("state", state)),
        )
        assert said.json["applied"] == 5, said.text


def _answers(client, document, crowd, more, reader, shown) -> dict[str, str]:
    told = {}
    role = reader.role if reader else ""
    for one in asked(document, crowd[:2], more, role):
        if one.method != "GET" or one.operation in CHANGING:
            continue
        answer = client.get(one.path, headers=shown)
        told[one.path] = f"{answer.status_code}\n" + OWN.sub("", text_of(answer))
        answer.close()
    return told


# What counts the service's own work and tells it to whoever runs it.
CHANGING = {"GET /metrics", "GET /ready"}
