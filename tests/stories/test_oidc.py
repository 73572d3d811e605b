"""An officer signs in with an OpenID provider, a real one, over HTTP."""

import json
import logging
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from gis_service import accounts, rates
from gis_service.oidc import asking
from gis_service.tables import ACCOUNT, SESSION
from tests.oidc_provider import ROLES, Browser, running


@pytest.fixture(scope="module")
def both(database, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:  # all come from one address
        limit = rates.Limit(10_000, 60, by_address=True)
        patch.setitem(rates.LIMITS, "sign_in", limit)
        with running(database, tmp_path_factory.mktemp("oidc")) as found:
            yield found


@pytest.fixture
def browser():
    with Browser() as opened:
        yield opened


def sessions(database):
    with database.owner.connect() as db:
        return db.execute(select(SESSION).where(SESSION.c.kind == "oidc")).all()


def test_an_officer_signs_in_and_answers_for_what_the_operator_mapped(
    both, browser, database
):
    page = browser.sign_in(both.address, "asha", "?next=/maps/flows?x%3D1")
    assert page.status_code == 200
    assert 'content="0; url=/maps/flows?x=1"' in page.text
    assert browser.open(f"{both.address}/flows/state").status_code == 200
    assert "Maharashtra" in browser.open(both.address).text
    session = sessions(database)[-1]
    assert (session.role, session.state_code) == ("state", 27)
    # The provider asked just now, so it is fresh from then on.
    assert 0 < (session.fresh_until - session.created_at).total_seconds() <= 300


def test_a_claim_may_be_one_value_or_a_list(both, browser, database):
    browser.sign_in(both.address, "binod")
    session = sessions(database)[-1]
    assert (session.role, session.district_code) == ("district", 212)


def test_whom_no_row_fits_is_refused_in_words(both, browser, database, caplog):
    before = len(sessions(database))
    with caplog.at_level(logging.WARNING, "nmis"):
        page = browser.sign_in(both.address, "guest")
    assert page.status_code == 403
    assert "You have no role here" in page.text
    assert len(sessions(database)) == before
    assert browser.open(f"{both.address}/flows/state").status_code == 401
    assert "visitors" not in caplog.text


def test_the_first_row_that_fits_counts_and_a_change_counts_at_once(
    both, browser, database
):
    file = both.var / "oidc-roles.json"
    before = {"claim": "groups", "value": "staff", "role": "auditor"}
    file.write_text(json.dumps([before, *ROLES]))
    try:
        browser.sign_in(both.address, "asha")
        assert sessions(database)[-1].role == "auditor"
        for wrong in ({}, [{"claim": "groups"}], [before | {"role": "king"}]):
            file.write_text(json.dumps(wrong))
            assert browser.sign_in(both.address, "asha").status_code == 403
    finally:
        file.write_text(json.dumps(ROLES))


def test_the_question_is_bound_to_this_browser_and_asked_with_pkce(both, browser):
    sent = browser.open(f"{both.address}/sign-in/provider", allow_redirects=False)
    asked = {
        name: values[0]
        for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()
    }
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) == len(asked["nonce"]) == 48
    cookie = sent.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "max_age" in asked


def back(both, browser, **changed):
    """The way back with something changed of what the provider said."""
    begun = browser.open(f"{both.address}/sign-in/provider", allow_redirects=False)
    page = browser.open(begun.headers["Location"], allow_redirects=False)
    while "/sign-in/provider/back" not in page.headers.get("Location", ""):
        page = browser.open(
            urlsplit(both.issuer)._replace(path=page.headers["Location"]).geturl()
            if page.headers["Location"].startswith("/")
            else page.headers["Location"],
            allow_redirects=False,
        )
    told = parse_qs(urlsplit(page.headers["Location"]).query)
    query = {name: values[0] for name, values in told.items()} | changed
    return f"{both.address}/sign-in/provider/back", {
        name: value for name, value in query.items() if value is not None
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "another"},
        {"state": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},  # this provider says that it always tells it
        {"code": None, "error": "access_denied"},
    ],
)
def test_an_answer_to_another_question_is_not_believed(both, browser, changed):
    browser.sign_in(both.address, "asha")
    browser.session.cookies.pop("nmis")
    at, query = back(both, browser, **changed)
    page = browser.open(at, params=query)
    assert page.status_code == 403
    assert "nmis" not in browser.session.cookies


def test_an_answer_to_another_browser_or_a_second_time_is_not_believed(both, browser):
    browser.sign_in(both.address, "asha")
    at, query = back(both, browser)
    with Browser() as other:
        assert other.open(at, params=query).status_code == 403
    assert browser.open(at, params=query).status_code == 200
    assert browser.open(at, params=query).status_code == 403  # its cookie is used up


def test_a_code_of_another_verifier_is_refused_by_the_provider(both, browser):
    browser.sign_in(both.address, "asha")
    at, query = back(both, browser)
    key = both.app.extensions["secrets"].cookie_key
    kept = asking.read(key, browser.session.cookies["nmis-provider"])
    other = asking.written(key, replace(kept, verifier="x" * 48))
    browser.session.cookies.set("nmis-provider", other, domain="127.0.0.1", path="/")
    assert browser.open(at, params=query).status_code == 502


def test_a_fresh_sign_in_is_asked_of_the_provider(both, browser, database):
    browser.sign_in(both.address, "asha")
    first = sessions(database)[-1]
    asked = browser.open(f"{both.address}/sign-in/provider?again=1")
    assert 'name="login"' in asked.text
    sent = browser.open(
        f"{both.address}/sign-in/provider?again=1", allow_redirects=False
    )
    assert "prompt=login" in sent.headers["Location"]
    assert "max_age=300" in sent.headers["Location"]
    page = browser.sign_in(both.address, "asha", "?again=1&next=/maps/flows")
    assert page.status_code == 200
    last = sessions(database)[-1]
    assert last.fresh_until >= first.fresh_until
    assert last.account_id == first.account_id


def test_an_officer_disabled_here_is_out_at_once_whatever_the_provider_says(
    both, browser, database
):
    browser.sign_in(both.address, "binod")
    assert browser.open(f"{both.address}/flows/state").status_code == 200
    name = f"{both.issuer}#binod"
    with database.owner.begin() as db:
        accounts.disable(db, name)
    assert browser.open(f"{both.address}/flows/state").status_code == 401
    assert browser.sign_in(both.address, "binod").status_code == 403
    with database.owner.begin() as db:
        accounts.enable(db, name)
        db.execute(update(ACCOUNT).where(ACCOUNT.c.name == name).values(totp_step=0))


def test_the_page_offers_the_provider_where_there_is_one(both, browser, client):
    name = urlsplit(both.issuer).netloc
    assert f"Sign in with {name}" in browser.open(f"{both.address}/sign-in").text
    assert "provider" not in client.get("/sign-in").text
    assert client.get("/sign-in/provider").status_code == 404
