"""An officer signs in with an account: name, password, and a code that works once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pyotp
import pytest
from sqlalchemy import delete, select, update

from gis_service import accounts, attempts, passwords, rates, totp
from gis_service.grants import Grant, granted
from gis_service.local_sign_in import NotRecognised, Told, recognised
from gis_service.tables import ACCOUNT, SIGN_IN_ATTEMPT
from tests.signing_in import SAME, form_token, from_anywhere

MAHARASHTRA = 27


@pytest.fixture
def key(app):
    return app.extensions["accounts"]


@pytest.fixture
def officer(database, key, request):
    """An account of this test's own."""
    name = re.sub(r"[^a-z]", ".", request.node.name.lower())[-40:].strip(".")
    with database.owner.begin() as db:
        return accounts.add(db, key, name=name, grant=Grant("state", MAHARASHTRA))


def codes(shown):
    return pyotp.parse_uri(shown.address)


def attempt(client, name, password, code, **more):
    carried = form_token(client, "/sign-in")
    data = {"name": name, "password": password, "code": code, "csrf_token": carried}
    address = more.pop("address", from_anywhere())
    data |= more
    return client.post("/sign-in", data=data, headers=SAME, environ_base=address)


def enter(client, shown, **more):
    return attempt(client, shown.name, shown.password, codes(shown).now(), **more)


def test_an_officer_signs_in_as_themselves_and_is_fresh(client, officer, database):
    answer = enter(client, officer, next="/maps/flows?x=1")
    assert (answer.status_code, answer.location) == (303, "/maps/flows?x=1")
    assert client.get("/flows/state").status_code == 200
    assert "Maharashtra" in client.get("/").text
    assert "Max-Age=28800" in answer.headers["Set-Cookie"]


def test_as_one_types_it_from_paper(client, officer):
    code = codes(officer).now()
    spaced = f"{code[:3]} {code[3:]}"
    typed = f" {officer.password.upper()} "
    answer = attempt(client, f" {officer.name.title()} ", typed, spaced)
    assert answer.status_code == 303


def test_a_code_works_once(client, officer):
    one = officer.name, officer.password, codes(officer).now()
    assert attempt(client, *one).status_code == 303
    # The very same: half a minute may end between the two.
    again = attempt(client.application.test_client(), *one)
    assert again.status_code == 422
    assert 'role="alert"' in again.text


def test_whatever_is_wrong_the_answer_is_the_same(client, officer):
    right, code = officer.password, codes(officer).now()
    later = codes(officer).at(datetime.now(UTC) + timedelta(hours=1))
    told = {
        re.search(r'id="fault">([^<]+)', attempt(client, *each).text).group(1)
        for each in (
            ("nobody.of.this.name", right, code),
            (officer.name, "wrong", code),
            (officer.name, right, later),
            (officer.name, right, ""),
            ("\0", "\0", "\u0967\u0968"),
        )
    }
    assert len(told) == 1
    assert client.get("/flows/state").status_code == 401


def test_a_name_that_nobody_has_takes_as_long(app, database, officer, key):
    def seconds(name):
        best = 9.0
        for _ in range(4):
            with database.access.connect() as db:
                begun = perf_counter()
                with pytest.raises(NotRecognised):
                    recognised(db, key, Told(name, "wrong", "000000"))
                best = min(best, perf_counter() - begun)
        return best

    known, unknown = seconds(officer.name), seconds("nobody.else")
    # Without the hash it would take a thirtieth.
    assert unknown > known / 4
    assert known > unknown / 4


@pytest.mark.parametrize("known", [True, False])
def test_guessing_is_slowed_down_also_for_names_that_nobody_has(
    client, officer, database, key, known
):
    name = officer.name if known else "guessed.name"
    for _ in range(attempts.FREE):
        assert attempt(client, name, "wrong", "000000").status_code == 422
    slow = attempt(client, name, officer.password, codes(officer).now())
    assert slow.status_code == 429
    assert 25 <= int(slow.headers["Retry-After"]) <= 30
    with database.owner.begin() as db:
        mine = SIGN_IN_ATTEMPT.c.name_hash == attempts.name_hash(key, name)
        before = datetime.now(UTC) - timedelta(seconds=31)
        db.execute(update(SIGN_IN_ATTEMPT).where(mine).values(last_at=before))
    if known:
        assert enter(client, officer).status_code == 303
        with database.owner.connect() as db:
            assert db.execute(select(SIGN_IN_ATTEMPT).where(mine)).first() is None
    else:
        assert attempt(client, name, "wrong", "000000").status_code == 422
        assert attempt(client, name, "wrong", "000000").status_code == 429


def test_one_address_tries_so_often_whatever_the_names(client, monkeypatch):
    monkeypatch.setitem(rates.LIMITS, "sign_in", rates.Limit(3, 3600, by_address=True))
    one = from_anywhere()
    told = [
        attempt(client, f"name.{n}", "x", "000000", address=one).status_code
        for n in range(5)
    ]
    assert told == [422, 422, 422, 429, 429]


def test_of_one_code_sent_at_once_one_is_taken(database, key, officer):
    told = Told(officer.name, officer.password, codes(officer).now())

    def tried(_):
        with database.access.connect() as db:
            try:
                return recognised(db, key, told)
            except NotRecognised:
                return None

    for _ in range(5):
        with ThreadPoolExecutor(4) as pool:
            assert len(list(filter(None, pool.map(tried, range(4))))) == 1
        with database.owner.begin() as db:  # as if it had never been used
            db.execute(update(ACCOUNT).values(totp_step=0))
            db.execute(delete(SIGN_IN_ATTEMPT))


def test_guesses_sent_at_once_are_all_counted(database, key):
    def tried(_):
        with database.access.connect() as db:
            try:
                recognised(db, key, Told("many.at.once", "x", "000000"))
            except (NotRecognised, attempts.TooManyAttempts) as error:
                return type(error)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(tried, range(12)))
    assert told.count(NotRecognised) == attempts.FREE


def test_the_pause_doubles_up_to_a_quarter_of_an_hour():
    assert attempts.pause(4) == timedelta()
    assert attempts.pause(5) == timedelta(seconds=30)
    assert attempts.pause(7) == timedelta(minutes=2)
    assert attempts.pause(1_000_000) == timedelta(minutes=15)


def test_signing_in_again_makes_fresh_and_comes_back(client, officer, database):
    enter(client, officer)
    page = client.get("/sign-in/again?next=/maps/flows").text
    assert "Confirm that it is you" in page
    with database.owner.begin() as db:  # half a minute later
        mine = ACCOUNT.c.name == officer.name
        db.execute(update(ACCOUNT).where(mine).values(totp_step=0))
    answer = enter(client, officer, again="1", next="/maps/flows")
    assert answer.location == "/maps/flows"
    wrong = attempt(client, officer.name, "x", "1", again="1")
    assert "Confirm that it is you" in wrong.text


def test_a_disabled_or_reset_account_is_another_one(client, officer, database, key):
    enter(client, officer)
    with database.owner.begin() as db:
        accounts.disable(db, officer.name)
    assert client.get("/flows/state").status_code == 401
    with database.owner.begin() as db:
        mine = ACCOUNT.c.name == officer.name
        db.execute(update(ACCOUNT).where(mine).values(totp_step=0))
    assert enter(client, officer).status_code == 422
    with database.owner.begin() as db:
        shown = accounts.reset(db, key, officer.name)
    assert shown.password != officer.password
    assert enter(client, officer).status_code == 422
    assert enter(client, shown).status_code == 303


def test_nothing_that_opens_is_stored_as_it_is(officer, database, key):
    with database.owner.connect() as db:
        row = db.execute(select(ACCOUNT).where(ACCOUNT.c.name == officer.name)).one()
    assert row.password.startswith("$argon2id$")
    assert passwords.fits(row.password, officer.password)
    secret = codes(officer).secret
    assert secret.encode() not in row.totp
    assert totp.opened(key, row.totp, row.account_id) == secret
    with pytest.raises(totp.AccountKeyLost):
        totp.opened(key, row.totp, "account:another")
    with pytest.raises(totp.AccountKeyLost):
        totp.opened(totp.AccountKey.of(b"x" * 32), row.totp, row.account_id)
    assert officer.password not in f"{officer!r} {key!r}"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "A B"}, "name is 'A B'; allowed: 3 to 40"),
        ({"name": "officer.one", "role": "king"}, "role is 'king'"),
        ({"name": "officer.one", "state": 99}, "no state with LGD code 99"),
    ],
)
def test_what_cannot_be_added_is_said_in_words(db, key, given, words):
    asked = {"role": "state", "state": MAHARASHTRA, "district": None} | given
    name = asked.pop("name")
    with pytest.raises((accounts.BadAccount, Exception), match=words):
        accounts.add(db, key, name=name, grant=granted(db, **asked))


def test_a_name_is_taken_once(db, key):
    grant = Grant("state", MAHARASHTRA)
    accounts.add(db, key, name="taken.once", grant=grant)
    with pytest.raises(accounts.BadAccount, match="already"):
        accounts.add(db, key, name="taken.once", grant=grant)


def test_the_login_of_the_pages_gives_nobody_a_password_or_a_role(database):
    from sqlalchemy.exc import ProgrammingError

    for values in ({"password": "x"}, {"role": "auditor"}, {"disabled_at": None}):
        with database.access.connect() as db, pytest.raises(ProgrammingError):
            db.execute(update(ACCOUNT).values(values))
    with database.read.connect() as db, pytest.raises(ProgrammingError):
        db.execute(select(ACCOUNT.c.password))
