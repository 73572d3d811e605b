"""The tracer's page in a real browser: a question, and whom it finds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.e2e.browsing import DESKTOP, PHONE, fits, in_session
from tests.live import serving
from tests.signing_in import begin_session
from tests.travellers import HEAD, MAHARASHTRA, TODAY, mobile, row

pytestmark = pytest.mark.e2e

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
def address(app) -> Iterator[str]:
    """The address of a server in which an epidemic is notified until tomorrow."""
    told = {
        "epidemic": "S.O. 3 (made up)",
        "epidemic_until": TODAY + timedelta(days=1),
    }
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, **told)
    with serving(app) as found:
        yield found
    app.extensions["settings"] = before


@pytest.fixture(scope="module")
def riders(app, token) -> None:
    """Three of one coach, who departed."""
    client = app.test_client()

    def post(path, role, **sent):
        bearer = {"Authorization": f"Bearer {token(role, state=MAHARASHTRA)}"}
        answer = client.post(path, headers=bearer | sent.pop("headers", {}), **sent)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    body = HEAD + "".join(row(at, day=TODAY) for at in range(4000, 4003))
    kind = {"Content-Type": "text/csv"}
    sent = post("/api/v1/batches", "uploader", data=body.encode(), headers=kind)
    bearer = {"Authorization": f"Bearer {token('uploader', state=MAHARASHTRA)}"}
    listed = client.get(f"/api/v1/batches/{sent['batch']}/people", headers=bearer)
    people = [each["id"] for each in listed.json["people"]]
    train = {"number": "01951", "day": str(TODAY)}
    ride = {"event": "requisitioned", "train": train, "vehicle": "S4"}
    post("/api/v1/events", "state", json=ride | {"people": people})
    gone = {"event": "departed", "people": people}
    assert post("/api/v1/events", "state", json=gone)["applied"] == len(people)


@SIZES
@pytest.mark.parametrize("lang", ["en", "hi"])
def test_a_tracer_asks_and_reads_who_was_in_the_coach(
    visit, app, database, riders, size, lang
):
    client = app.test_client()
    begin_session(client, database, role="tracer", number=f"-{lang}-{size['width']}")
    opened = in_session(visit(size), client)
    page, name = opened.page, f"{lang}-{size['width']}"
    opened.open(f"/traces?lang={lang}")
    assert fits(opened, size)
    opened.picture(f"traces-{name}")
    page.fill("#mobile", mobile(4000))
    page.fill("#case_id", "BR-PAT/2020-0119")
    page.click("#trace-form button")
    page.wait_for_selector("#found .number")
    named = page.locator(".traces tbody th").all_inner_texts()
    assert sorted(named) == ["Namuna 4001", "Namuna 4002"]
    assert fits(opened, size)
    opened.picture(f"traces-found-{name}")
    page.fill("#mobile", mobile(4999))
    page.click("#trace-form button")
    assert page.locator(".traces tbody th").count() == 0
    assert fits(opened, size)
