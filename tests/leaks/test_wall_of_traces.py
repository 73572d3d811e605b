"""Contacts: each wall alone, and no canary but of whom one question is about."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from psycopg import sql
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import ProgrammingError

from boundaries.wall import enter, enter_to_trace
from gis_service import walls
from gis_service.intake import keys
from gis_service.people_plane import eye, today
from movements import tracing, tracing_sql
from movements.errors import SeveralPeople
from movements.events import bucket
from movements.journal import seen
from movements.journal_months import filled
from movements.people_profiles import index
from movements.tables import MOVEMENT, MOVEMENT_EVENT, PROFILE
from movements.tombstones import TOMBSTONE
from movements.trace_tables import TRACE
from movements.tracing import Wanted
from movements.unique_id import id_of, id_text
from tests.leaks.conftest import READERS
from tests.leaks.decoding import text_of
from tests.leaks.oracle import ALL, policy
from tests.leaks.test_wall_of_the_database import TABLES, officer, people_of, scope
from tests.signing_in import begin_session

TRACER = next(reader for reader in READERS if reader.role == "tracer")
LINE = next(line for line in policy() if line["permission"] == "country:trace:read")
GONE = LINE["stages"].split()
FIELDS = set(LINE["fields"].split())
DAYS = timedelta(days=20)
COACH, BUS = UUID(int=71), UUID(int=72)


@pytest.fixture(scope="module")
def riding(crowd, database):
    """By person: the carriage they ride in; in each some who have not departed."""
    rides = {p.id: COACH if p.mode == "train" else BUS for p in crowd if p.at % 4}
    of = MOVEMENT.c
    with database.owner.begin() as db:
        for person, carriage in rides.items():
            own = of.person_id == id_of(person)
            db.execute(update(MOVEMENT).where(own).values(carriage=carriage))
    return rides


def departed(crowd) -> set[str]:
    return {p.id for p in crowd if p.stage in GONE}


def with_them(crowd, riding, person) -> set[str]:
    """Who departed in the same carriage, by the crowd as it was sent."""
    carriage = riding.get(person.id)
    same = {
        p.id
        for p in crowd
        if carriage
        and riding.get(p.id) == carriage
        # No train is on its way for longer.
        and abs(p.travel_date - person.travel_date) <= timedelta(days=4)
    }
    return same & departed(crowd) - {person.id}


# The second wall: a login sees whom the question is about, whatever it asks.


def probes(crowd, riding, vault):
    """Yield what a question sets, and whose journeys and profiles are then there."""
    gone = departed(crowd)
    yield {}, set(), set()
    for p in crowd:
        own = {p.id} & gone
        yield {"people": [id_of(p.id)]}, own, own
        yield {"mobiles": [index(f"+91{p.sent['mobile']}", keys=vault)]}, set(), own
    for carriage in (COACH, BUS):
        rode = {p for p, c in riding.items() if c == carriage} & gone
        yield {"carriages": [carriage]}, rode, set()
    yield {"people": [uuid4()], "carriages": [uuid4()]}, set(), set()


def test_a_question_lets_see_whom_it_is_about(app, database, crowd, riding):
    vault = keys(app.extensions["secrets"])
    with database.officer.connect() as db:
        for set_to, moved, known in probes(crowd, riding, vault):
            enter_to_trace(db, **set_to)
            assert people_of(db, MOVEMENT) == moved, set_to
            assert people_of(db, PROFILE) == known, set_to
            for table in (MOVEMENT_EVENT, TOMBSTONE):
                assert not people_of(db, table)


def test_it_takes_every_other_scope_away_and_ends_with_it(database, crowd, riding):
    person = next(p for p in crowd if p.stage in GONE)
    with database.officer.connect() as db:
        enter(db, origin=27, destination=27, requisitions=1)
        enter_to_trace(db, people=[id_of(person.id)])
        assert people_of(db, MOVEMENT) == {person.id}
        enter_to_trace(db, carriages=[COACH])
        assert person.id not in people_of(db, PROFILE)
        enter(db, origin=10)
        assert people_of(db, MOVEMENT) == {p.id for p in crowd if p.origin[0] == 10}
        db.rollback()
        assert not people_of(db, MOVEMENT)


def test_a_tracer_without_a_question_sees_nobody(database, crowd, riding):
    with database.officer.connect() as db:
        enter(db, **scope(TRACER))
        assert not people_of(db, MOVEMENT)


@pytest.mark.parametrize("login", ["upload", "vault", "read", "audit", "access"])
def test_no_other_login_reads_questions(database, login):
    with (
        getattr(database, login).connect() as db,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        db.execute(select(TRACE))


TRACED = [each for each in walls.policies() if each.name == "traced"]
MUTANTS = {
    "dropped": "DROP POLICY {name} ON {table}",
    "open": "ALTER POLICY {name} ON {table} USING (true)",
}


@pytest.fixture
def admin(database, server):
    """A superuser's connection; all that it does is rolled back."""
    name = database.owner.url.database
    engine = create_engine(server.set(database=name, drivername="postgresql+psycopg"))
    with engine.connect() as db:
        yield db
        db.rollback()
    engine.dispose()


@pytest.mark.parametrize("kind", [None, *MUTANTS])
@pytest.mark.parametrize("policy", TRACED, ids=lambda policy: policy.table[1])
def test_a_policy_dropped_or_opened_is_noticed(app, crowd, riding, admin, policy, kind):
    vault, db = keys(app.extensions["secrets"]), admin
    table, noticed = TABLES[policy.table], False
    if kind:
        change = sql.SQL(MUTANTS[kind]).format(
            name=sql.Identifier(policy.name), table=sql.Identifier(*policy.table)
        )
        db.connection.cursor().execute(change)
    db.execute(text(f"SET LOCAL ROLE {policy.login}"))
    for set_to, moved, known in probes(crowd, riding, vault):
        enter_to_trace(db, **set_to)
        right = moved if table is MOVEMENT else known
        noticed = noticed or people_of(db, table) != right
    assert noticed == bool(kind)


# The first wall: asked by a login that sees all.


def traced(app, db, person, looking=None):
    """Whom a question finds: the person, and those in the same carriages."""
    wanted = Wanted(f"+91{person.sent['mobile']}", None, today() - DAYS, today() + DAYS)
    vault = keys(app.extensions["secrets"])
    found = tracing.contacts(
        db, looking or eye(officer(TRACER)), wanted, months=filled(db), keys=vault
    )
    return (
        {id_text(each.person) for each in found.person},
        {id_text(own[0].person) for own in found.others},
    )


def right(crowd, riding, person):
    if person.id not in departed(crowd):
        return set(), set()
    return {person.id}, with_them(crowd, riding, person)


def test_a_question_keeps_to_whom_it_is_about(app, database, crowd, riding):
    with database.owner.connect() as db:
        for person in crowd:
            assert traced(app, db, person) == right(crowd, riding, person)


def test_the_stages_dropped_are_noticed(app, database, crowd, riding):
    looking = eye(officer(TRACER))
    weaker = [replace(each, stages=frozenset()) for each in looking.sights]
    blind = replace(looking, sights=tuple(weaker))
    with database.owner.connect() as db:
        assert any(
            traced(app, db, person, blind) != right(crowd, riding, person)
            for person in crowd
        )


def test_whoever_is_no_tracer_finds_nobody(app, database, crowd, riding):
    with database.owner.connect() as db:
        for reader in READERS:
            if reader is not TRACER:
                looking = eye(officer(reader))
                assert traced(app, db, crowd[5], looking) == (set(), set())


def test_people_and_carriages_are_bound(database, crowd, riding):
    looking = eye(officer(TRACER))
    one, days = crowd[5], {"first": today() - DAYS, "last": today() + DAYS}
    nobody = uuid4()
    asked = {
        "buckets": list(range(64)),
        "people": [id_of(one.id)],
        "carriages": [BUS],
        "person": nobody,
    }
    with database.owner.connect() as db:
        for question, whom in (
            (tracing_sql.of_people(looking), {one.id}),
            (
                tracing_sql.in_carriages(looking),
                {p for p, c in riding.items() if c == BUS} & departed(crowd),
            ),
        ):
            rows = db.execute(question, asked | days).mappings()
            assert {id_text(each.person) for each in seen(looking, rows)} == whom


def test_a_shared_number_tells_nobody(app, database, crowd, riding):
    gone = sorted(departed(crowd))[:2]
    vault = keys(app.extensions["secrets"])
    person = next(p for p in crowd if p.id == gone[0])
    same = index(f"+91{person.sent['mobile']}", keys=vault)
    with database.owner.connect() as db:
        own = PROFILE.c.person_id == id_of(gone[1])
        db.execute(update(PROFILE).where(own).values(mobile_index=same))
        with pytest.raises(SeveralPeople):
            traced(app, db, person)
        db.rollback()


# Both together, over HTTP.


@pytest.fixture
def asking(app, database, monkeypatch):
    """``asking(person)``: what a tracer is told, while an epidemic is notified."""
    told = {"epidemic": "made up", "epidemic_until": today(), "trace_quota": 1000}
    settings = replace(app.extensions["settings"], **told)
    monkeypatch.setitem(app.extensions, "settings", settings)
    client = app.test_client()
    header = begin_session(client, database, role="tracer")

    def ask(person):
        days = {"from": str(today() - DAYS), "to": str(today() + DAYS)}
        body = {"mobile": person.canaries["mobile"], "case_id": "CASE-1"} | days
        path = "/api/v1/traces?purpose=trace"
        return client.post(path, json=body, headers=header)

    ask.client = client
    return ask


def test_no_canary_sings_but_of_whom_a_question_is_about(crowd, riding, asking):
    sung, leaks = set(), []
    for person in crowd:
        answer = asking(person)
        assert answer.status_code == 200, answer.text
        own, others = right(crowd, riding, person)
        told = text_of(answer)
        for other in crowd:
            may = FIELDS if other.id in own | others else set()
            songs = other.canaries | {"id": other.id}
            heard = {field for field, canary in songs.items() if canary in told}
            sung |= heard
            leaks += [(person.at, other.at, field) for field in heard - may]
    assert leaks == []
    assert sung == {"id", "name", "mobile"}


def test_the_list_of_questions_names_nobody(crowd, riding, asking):
    for person in crowd:
        asking(person)
    for state in ("answered", "waiting", "approved", "declined", "used"):
        told = text_of(asking.client.get(f"/api/v1/traces?state={state}"))
        for person in crowd:
            songs = [person.id, *person.canaries.values()]
            assert not any(song in told for song in songs)


def test_the_crowd_has_what_these_tests_need(crowd, riding, database):
    assert set(ALL) >= FIELDS - {"mobile_borrowed", "vehicle"}
    for carriage in (COACH, BUS):
        stages = {p.stage in GONE for p in crowd if riding.get(p.id) == carriage}
        assert stages == {True, False}
    with database.owner.connect() as db:
        buckets = db.execute(select(MOVEMENT.c.bucket, MOVEMENT.c.person_id)).all()
    assert all(bucket(person) == at for at, person in buckets)
