"""What every upload story needs: a state's token, and how it posts."""

from collections.abc import Callable

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
