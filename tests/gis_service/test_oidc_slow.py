"""A provider that is slow or away holds no place of a worker for long."""

from threading import Event, Thread
from time import monotonic

import pytest
from joserfc.jwk import ECKey

from gis_service import rates
from gis_service.oidc.provider import Client, Provider
from gis_service.rates import Limit
from gis_service.settings import Settings
from layers import fetch_issuer
from layers.errors import BadAnswer, SourceAway

KEY = ECKey.generate_key("P-256", {"kid": "1"}).as_dict(private=False)
ISSUER = "https://id.example"
DOCUMENT = {"issuer": ISSUER, "token_endpoint": "there", "jwks_uri": f"{ISSUER}/keys"}


class Fetched:
    """In place of the network: answers, fails, or waits until it may go on."""

    def __init__(self):
        self.asked, self.fault = [], None
        self.begun, self.go_on = Event(), Event()
        self.go_on.set()

    def __call__(self, url, **_more):
        self.asked.append(url)
        self.begun.set()
        assert self.go_on.wait(20)
        if self.fault:
            raise self.fault
        return {"keys": [KEY]} if url.endswith("/keys") else DOCUMENT


@pytest.fixture
def fetched(monkeypatch):
    made = Fetched()
    monkeypatch.setattr(fetch_issuer, "asked", made)
    return made


@pytest.fixture
def provider():
    return Provider(Client(ISSUER, "nmis", ""))


@pytest.fixture
def later(provider):
    """``later(11)``: so many seconds have passed."""

    def passed(seconds):
        for each in (provider._document, provider._keys):
            each.clock = lambda: monotonic() + seconds

    return passed


def test_while_it_is_slow_one_request_waits_for_it_and_the_others_a_moment(
    fetched, provider
):
    fetched.go_on.clear()
    first = Thread(target=provider.address, args=("token_endpoint",))
    first.start()
    try:
        assert fetched.begun.wait(20)
        since, told = monotonic(), []

        def ask():
            with pytest.raises(SourceAway, match="has not answered another request"):
                provider.address("token_endpoint")
            told.append(monotonic() - since)

        others = [Thread(target=ask, daemon=True) for _ in range(8)]
        for each in others:
            each.start()
        for each in others:
            each.join(5)
        assert len(told) == len(others)  # together, not one after the other
    finally:
        fetched.go_on.set()
        first.join()
    assert provider.address("token_endpoint") == "there"
    assert len(fetched.asked) == 1


@pytest.mark.parametrize("fault", [SourceAway("id.example: away"), BadAnswer("no")])
def test_that_it_failed_is_known_for_ten_seconds(fetched, provider, later, fault):
    fetched.fault = fault
    with pytest.raises(type(fault)):
        provider.address("token_endpoint")
    for _ in range(3):
        with pytest.raises(SourceAway, match=f"{fault}; .* again in 10 s"):
            provider.address("token_endpoint")
    assert len(fetched.asked) == 1
    fetched.fault = None
    later(11)
    assert provider.address("token_endpoint") == "there"


def test_keys_that_are_known_are_told_while_new_ones_cannot_be_had(
    fetched, provider, later
):
    known = provider.keys()
    later(61)
    fetched.fault = SourceAway("id.example: away")
    for _ in range(3):
        with pytest.raises(SourceAway):
            provider.keys(anew=True)
        assert provider.keys() is known
    assert fetched.asked.count(f"{ISSUER}/keys") == 2


def test_who_begins_to_sign_in_again_and_again_is_told_to_wait(
    database, tmp_path, fetched, monkeypatch
):
    from gis_service.app import create_app

    monkeypatch.setitem(rates.LIMITS, "sign_in", Limit(3, 3600, by_address=True))
    fetched.fault = SourceAway("id.example: away")
    settings = Settings(var=tmp_path, oidc_issuer=ISSUER, oidc_client_id="nmis")
    client = create_app(settings, database).test_client()
    answers = [client.get("/sign-in/provider").status_code for _ in range(5)]
    assert answers == [502] * 3 + [429] * 2
    assert len(fetched.asked) == 1
