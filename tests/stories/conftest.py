"""What every upload story needs: a state's token, and how it posts."""

from collections.abc import Callable

import made_up
import pytest

MAHARASHTRA, BIHAR = 27, 10


@pytest.fixture
def post(client, token) -> Callable:
    """``post(body, state=27, headers={}, **query)``: an upload by a state's system."""
    tokens = {}

    def posted(body: bytes, *, state: int = MAHARASHTRA, headers=None, **query):
        bearer = tokens.setdefault(state, token("uploader", state=state))
        sent = {"Authorization": f"Bearer {bearer}"} | (headers or {})
        return client.post(
            "/api/v1/batches", data=body, headers=sent, query_string=query
        )

    posted.tokens = tokens
    return posted


@pytest.fixture
def fetch(client, post, token) -> Callable:
    """``fetch(address, state=27, **headers)``: what a state's system reads back."""

    def fetched(address: str, *, state: int = MAHARASHTRA, headers=None):
        bearer = post.tokens.setdefault(state, token("uploader", state=state))
        sent = {"Authorization": f"Bearer {bearer}"} | (headers or {})
        return client.get(address, headers=sent)

    return fetched


@pytest.fixture
def sent(post, fetch):
    """``sent(*rows)``: uploads rows and returns their unique IDs."""

    def uploaded(*rows: dict[str, str], **query) -> list[str]:
        answer = post(made_up.csv_body(list(rows)), **query)
        assert answer.status_code == 201, answer.text
        listed = fetch(answer.json["links"]["people"].removeprefix("http://localhost"))
        return [each["id"] for each in listed.json["people"]]

    return uploaded


@pytest.fixture
def ask(client, token):
    """``ask(method, path, role="uploader", state=27, **more)``."""
    tokens = {}

    def asked(method, path, *, role="uploader", state=MAHARASHTRA, **more):
        key = tokens.setdefault((role, state), None) or token(role, state=state)
        tokens[role, state] = key
        header = {"Authorization": f"Bearer {key}"}
        return client.open(path, method=method, headers=header, **more)

    return asked


@pytest.fixture
def say(ask):
    def said(event, ids, state=MAHARASHTRA, **more):
        told = ask("POST", "/api/v1/events", role="state", state=state,
                   json={"event": event, "people": ids} | more)  # fmt: skip
        assert told.json["faults"] == [], told.text
        return told

    return said
