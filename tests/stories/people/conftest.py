"""What stories of people need: travellers sent, clients of every role, events."""

from collections.abc import Callable

import pytest
from sqlalchemy.dialects.postgresql import insert

from movements.tables import CONSENT
from tests.travellers import HEAD, MAHARASHTRA, TODAY


@pytest.fixture
def send(post, fetch) -> Callable:
    """``send(row, …, state=27)``: the unique IDs of the travellers of an upload."""

    def sent(*rows: str, state: int = MAHARASHTRA) -> list[str]:
        body = (HEAD + "".join(rows)).encode()
        answer = post(body, state=state, headers={"Content-Type": "text/csv"})
        assert answer.status_code == 201, answer.text
        assert answer.json["accepted"] == len(rows), answer.text
        people = answer.json["links"]["people"].removeprefix("http://localhost")
        listed = fetch(people, state=state).json["people"]
        return [each["id"] for each in listed]

    return sent


@pytest.fixture(scope="module")
def as_(app, token) -> Callable:
    """``as_(role, state=None, district=None)``: a client with a token of the role."""
    made = {}

    def client(role: str, state: int | None = None, district: int | None = None):
        key = (role, state, district)
        if key not in made:
            made[key] = token(role, state=state, district=district)
        asking = app.test_client()
        asking.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {made[key]}"
        return asking

    return client


@pytest.fixture
def say(as_) -> Callable:
    """``say(event, people, state=…)``: an event that applies to all of them."""

    def said(event: str, people: list[str], *, state: int, **more) -> None:
        told = as_("state", state).post(
            "/api/v1/events", json={"event": event, "people": people} | more
        )
        assert told.json["applied"] == len(people), told.text

    return said


@pytest.fixture(scope="module")
def regime(database) -> Callable:
    """``regime(name)``: whether the receiving state has to agree, from today on."""

    def from_today(name: str) -> None:
        values = {"regime": name, "reference": "a test"}
        made = insert(CONSENT).values(valid_from=TODAY, **values)
        with database.owner.begin() as db:
            key = [CONSENT.c.valid_from]
            db.execute(made.on_conflict_do_update(index_elements=key, set_=values))

    return from_today
