"""Limits that hold over all workers: who asks too often is told when to come again."""

import threading
from dataclasses import replace

import pytest

from gis_service import rates
from gis_service.rates import Limit, limited, taken

WHO, OTHER = b"a" * 16, b"b" * 16


@pytest.fixture
def tight(monkeypatch):
    """Five uploads an hour, so that no test has to be quick."""
    monkeypatch.setitem(rates.LIMITS, "upload", Limit(5, 3600))


@pytest.fixture
def second(app, database):
    """Another worker of the same service."""
    from gis_service.app import create_app

    return create_app(app.extensions["settings"], database)


def asked(client, bearer, **headers):
    sent = {"Authorization": f"Bearer {bearer}", **headers}
    return client.post("/api/v1/batches", data=b"x", headers=sent)


def test_an_allowance_is_used_up_and_fills_again(database, tight):
    with database.access.begin() as db:
        lefts = [taken(db, "upload", WHO) for _ in range(7)]
    assert [each.let_in for each in lefts] == [True] * 5 + [False] * 2
    assert [each.remaining for each in lefts] == [4, 3, 2, 1, 0, 0, 0]
    # One more each twelve minutes.
    assert 700 < lefts[-1].wait_s <= 720
    with database.access.begin() as db:
        assert taken(db, "upload", OTHER).let_in


def test_what_was_used_comes_back_with_time(database, monkeypatch):
    monkeypatch.setitem(rates.LIMITS, "upload", Limit(2, 0.1))
    with database.access.begin() as db:
        assert taken(db, "upload", b"c" * 16).let_in
        assert taken(db, "upload", b"c" * 16).let_in
        assert not taken(db, "upload", b"c" * 16).let_in
    threading.Event().wait(0.06)
    with database.access.begin() as db:
        assert taken(db, "upload", b"c" * 16).let_in


def test_many_at_once_take_no_more_than_there_is(database, tight):
    found = []

    def ask():
        with database.access.begin() as db:
            found.append(taken(db, "upload", b"d" * 16).let_in)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(found) == [False] * 7 + [True] * 5


def test_two_workers_count_together_and_tell_when_to_come_again(
    app, second, tight, token
):
    bearer = token("uploader", state=27)
    workers = (app.test_client(), second.test_client())
    answers = [asked(workers[n % 2], bearer) for n in range(7)]
    assert [each.status_code for each in answers] == [400] * 5 + [429] * 2
    told = answers[-1]
    assert told.mimetype == "application/problem+json"
    assert told.json["code"] == "too_many_requests"
    assert 700 < int(told.headers["Retry-After"]) <= 720
    assert told.headers["RateLimit-Policy"] == '"upload";q=5;w=3600'
    assert told.headers["RateLimit"].startswith('"upload";r=0;t=7')
    assert answers[0].headers["RateLimit"] == '"upload";r=4'
    # Another token of the same state has an allowance of its own.
    assert asked(workers[0], token("uploader", state=27)).status_code == 400


def test_who_may_not_ask_at_all_uses_nothing_up(app, client, tight, token):
    for _ in range(7):
        assert asked(client, token("analyst")).status_code == 403
        assert asked(client, "nmis_none").status_code == 401


@pytest.fixture(scope="module")
def door(database, tmp_path_factory):
    """A service behind one proxy, with a limited page for everybody."""
    from flask import Flask

    from gis_service.app import create_app
    from gis_service.settings import Settings

    var = tmp_path_factory.mktemp("var")
    made = create_app(Settings(var=var, proxies=1), database)
    assert isinstance(made, Flask)

    def page():
        return "come in"

    page.permission = None
    made.add_url_rule("/door", view_func=limited("sign_in")(page))
    return made


def test_callers_without_a_token_are_told_by_address(door, monkeypatch):
    client = door.test_client()

    def knock(address, heard=""):
        shown = f"{heard}, {address}" if heard else address
        return client.get("/door", headers={"X-Forwarded-For": shown}).status_code

    # What stands before the proxy's own word is anybody's.
    monkeypatch.setitem(rates.LIMITS, "sign_in", Limit(10, 600, by_address=True))
    assert [knock("192.0.2.1", f"10.0.0.{n}") for n in range(11)] == [200] * 10 + [429]
    assert knock("192.0.2.2") == 200
    # A household chooses freely among its own IPv6 addresses.
    assert [knock(f"2001:db8::{n}") for n in range(11)] == [200] * 10 + [429]
    assert knock("2001:db8:1::1") == 200


def test_no_address_and_no_token_stands_in_the_table(door, database):
    with database.access.connect() as db:
        rows = db.execute(rates.RATE.select()).all()
    assert rows
    assert all(len(row.who) == 16 and b"192.0" not in row.who for row in rows)


def test_allowances_that_are_whole_again_are_swept(database, monkeypatch):
    monkeypatch.setitem(rates.LIMITS, "upload", replace(Limit(1000, 0.001)))
    with database.access.begin() as db:
        taken(db, "upload", b"e" * 16)
    with database.access.begin() as db:
        rates.swept(db)
        assert b"e" * 16 not in [row.who for row in db.execute(rates.RATE.select())]


def test_only_limits_that_there_are_can_be_named():
    with pytest.raises(KeyError, match="no limit 'sing_in'"):
        limited("sing_in")
