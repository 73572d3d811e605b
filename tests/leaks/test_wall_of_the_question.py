"""The first wall alone: asked by a login that sees all, questions keep to the scope."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select, true

from gis_service.people_plane import eye, today
from movements import journal, sight
from movements.errors import UnknownBatch
from movements.events import history, record
from movements.happened import Happened, Teller
from movements.journal_filter import Wanted
from movements.receipt import people, receipt
from movements.sight import Eye
from movements.stage import RULES
from movements.tables import BATCH, MOVEMENT_EVENT
from movements.unique_id import id_of, id_text
from tests.leaks.conftest import READERS
from tests.leaks.oracle import fields
from tests.leaks.test_wall_of_the_database import officer

LIMIT = 100
PARTS = ("stages", "permissions", "first_day", "last_day")
NOTHING = {"stages": frozenset(), "permissions": frozenset()}
# Tracers have no lists: test_wall_of_traces.py.
SEERS = [
    reader
    for reader in READERS
    if eye(officer(reader)).sights and reader.role != "tracer"
]


def listed(db: Connection, looking: Eye) -> set[str]:
    """Who is in a list that an eye asks for."""
    page = journal.page(db, looking, Wanted(), after=None, limit=LIMIT)
    return {id_text(each.person) for each in page.journeys}


def right(crowd, reader) -> set[str]:
    """Who should be."""
    return {p.id for p in crowd if fields(reader, p, today=today())}


@pytest.mark.parametrize("reader", SEERS, ids=str)
def test_a_list_keeps_to_what_its_reader_sees(database, crowd, reader):
    with database.owner.connect() as db:
        assert listed(db, eye(officer(reader))) == right(crowd, reader)


# Every part of every line of the policy, at the readers who could notice it.
MUTANTS = [
    pytest.param(role, at, part, id=f"{role}-{at}-{part}")
    for role in dict.fromkeys(reader.role for reader in SEERS)
    for at, of in enumerate(
        eye(officer(next(r for r in SEERS if r.role == role))).sights
    )
    for part in PARTS
    if getattr(of, part) not in (None, frozenset())
]


@pytest.mark.parametrize(("role", "at", "part"), MUTANTS)
def test_a_limit_dropped_from_a_line_is_noticed(database, crowd, role, at, part):
    noticed = False
    with database.owner.connect() as db:
        for reader in SEERS:
            if reader.role != role:
                continue
            looking = eye(officer(reader))
            weaker = list(looking.sights)
            weaker[at] = replace(weaker[at], **{part: NOTHING.get(part)})
            found = listed(db, replace(looking, sights=tuple(weaker)))
            noticed = noticed or found != right(crowd, reader)
    assert noticed


# Of requisitioned journeys the index's own condition says the same again.
AT_AN_END = [reader for reader in SEERS if reader.role != "railways"]


@pytest.mark.parametrize("reader", AT_AN_END, ids=str)
def test_the_predicate_of_the_side_dropped_is_noticed(
    database, crowd, reader, monkeypatch
):
    monkeypatch.setattr(sight, "_at", lambda _side, _code, _of: true())
    with database.owner.connect() as db:
        assert listed(db, eye(officer(reader))) != right(crowd, reader)


def test_a_batch_is_its_tenants_alone(database, crowd):
    with database.owner.connect() as db:
        every = db.execute(BATCH.select()).all()
        for row in every:
            assert receipt(db, row.batch_id, tenant=row.tenant)
            for other in {each.tenant for each in every} - {row.tenant}:
                with pytest.raises(UnknownBatch):
                    receipt(db, row.batch_id, tenant=other)
                assert not list(people(db, row.batch_id, tenant=other))


@pytest.mark.parametrize("reader", SEERS, ids=str)
def test_events_are_told_of_journeys_seen_with_an_end_in_scope(database, crowd, reader):
    if reader.state is None and reader.district is None:
        return
    of = officer(reader)
    with database.owner.connect() as db:
        every = db.scalars(select(MOVEMENT_EVENT.c.person_id)).all()
        told = {
            p.id for p in crowd if history(db, id_of(p.id), scope=of.scope, eye=eye(of))
        }
    ends = {
        p.id
        for p in crowd
        if (reader.district or reader.state)
        in ((p.origin[1], p.destination[1]) if reader.district
            else (p.origin[0], p.destination[0]))
    }  # fmt: skip
    assert told == ends & right(crowd, reader) & set(map(id_text, every))


@pytest.mark.parametrize("event", sorted(RULES))
@pytest.mark.parametrize("reader", SEERS, ids=str)
def test_nothing_is_said_of_journeys_that_are_not_seen(database, crowd, reader, event):
    """An event would bring what its teller may not see into what they may."""
    of = officer(reader)
    if reader.state is None and reader.district is None:
        return
    every = tuple(id_of(p.id) for p in crowd)
    by = Teller(of.role, of.scope, of.token_id, eye=eye(of))
    with database.owner.connect() as db, db.begin() as trial:
        said = record(db, Happened(event, every), by)
        trial.rollback()
    unknown = {id_text(f.person) for f in said.faults if f.code == "unknown_person"}
    side = RULES[event].side
    mine = {
        p.id
        for p in crowd
        if (getattr(p, side)[1] if reader.district else getattr(p, side)[0])
        == (reader.district or reader.state)
    }
    # Whoever is seen from that end is known; the others do not exist.
    assert {p.id for p in crowd} - unknown == mine & right(crowd, reader)
