"""The cube of a release: any window is the sum of the atoms that lie in it."""

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import delete, select

from layers.cube.cells import chosen
from layers.cube.released import REST
from layers.cube.releases import Releases, newest, read
from layers.cube.rows import day_number
from movements.flow import FLOW_DAY
from movements.release.draw import ReleaseKey
from movements.release.make import make
from movements.release.tables import (
    CATEGORY_RELEASE,
    FLOW_RELEASE,
    RELEASE,
    RELEASE_WEEK,
)
from tests.flow_rows import MUMBAI, PUNE, add, flow

KEY = ReleaseKey("test", b"k" * 32)
MONDAY = date(2020, 5, 4)
TODAY = date(2020, 12, 1)
ENDS = (MUMBAI, PUNE, 187, 206, 216, 555, 557)


@pytest.fixture(autouse=True)
def empty(database):
    yield
    with database.owner.begin() as db:
        for table in (RELEASE_WEEK, RELEASE, FLOW_RELEASE, CATEGORY_RELEASE, FLOW_DAY):
            db.execute(delete(table))


@pytest.fixture
def atoms(database):
    rng = np.random.default_rng(4)
    rows = {}
    for _ in range(400):
        origin, destination = (int(each) for each in rng.choice(ENDS, 2))
        day = MONDAY + timedelta(days=int(rng.integers(28)))
        mode = str(rng.choice(["train", "bus"]))
        n = int(rng.integers(1, 30))
        rows[origin, destination, day, mode] = flow(
            origin, destination, n, day=day, mode=mode
        )
    with database.owner.begin() as db:
        add(db, rows.values())
    make(database.owner, key=KEY, today=TODAY)
    with database.release.connect() as db:
        return db.execute(select(FLOW_RELEASE)).all()


def whole(database):
    with database.release.connect() as db:
        return read(db, newest(db)).district


def lies_in(atom, first: date, last: date) -> bool:
    if atom.day is not None:
        return first <= atom.day <= last
    return first <= atom.week and atom.week + timedelta(days=6) <= last


def windows():
    for first in range(0, 28, 3):
        for length in (0, 3, 6, 7, 13, 27):
            begin = MONDAY + timedelta(days=first)
            yield begin, begin + timedelta(days=length)


def test_every_window_is_the_sum_of_its_atoms(database, atoms):
    release = whole(database)
    levels = {atom.level for atom in atoms}
    assert {"district", "state_to_district", "state"} <= levels
    for first, last in windows():
        inside = [atom for atom in atoms if lies_in(atom, first, last)]
        days = day_number(first), day_number(last)
        assert release.people.window(*days, None).sum() == sum(a.n for a in inside)
        assert release.atoms.window(*days, None).sum() == len(inside)
        bus = chosen(modes=["bus"], categories=(), stages=())
        by_bus = [atom.n for atom in inside if atom.mode == "bus"]
        assert release.people.window(*days, bus).sum() == sum(by_bus)


def test_each_pair_is_the_sum_of_its_atoms_and_its_rest_has_a_node(database, atoms):
    release = whole(database)
    pairs, cube = release.people.pairs, release.people
    counts = cube.window(*cube.span(), None)
    found = {
        (int(pairs.code[o]), int(pairs.code[d])): int(n)
        for o, d, n in zip(pairs.origin, pairs.destination, counts, strict=True)
    }
    told: dict[tuple[int, int], int] = {}
    for atom in atoms:
        ends = (
            atom.origin or REST + (atom.origin_state or 0),
            atom.destination or REST + (atom.destination_state or 0),
        )
        told[ends] = told.get(ends, 0) + atom.n
    assert found == told
    assert np.array_equal(release.atoms.pairs.origin, pairs.origin)
    assert np.array_equal(release.atoms.pairs.destination, pairs.destination)


def test_a_release_spans_whole_weeks(database, atoms):
    cube = whole(database).people
    first, last = cube.span()
    assert first == day_number(MONDAY)
    assert (last - first + 1) % 7 == 0
    every = np.ones(len(cube.pairs), dtype=bool)
    assert cube.extent(every, None) == (first, last)
    begin, people = cube.by_day(every, None)
    assert begin == first
    assert people.sum() == sum(atom.n for atom in atoms if atom.day is not None)


def test_everybody_is_told_of_pairs_of_states_and_whole_weeks(database, atoms):
    with database.release.connect() as db:
        told = read(db, newest(db)).state
    cube = told.people
    assert (cube.pairs.code >= REST).all()
    for first, last in windows():
        inside = [
            atom
            for atom in atoms
            if first <= atom.week and atom.week + timedelta(days=6) <= last
        ]
        days = day_number(first), day_number(last)
        assert cube.window(*days, None).sum() == sum(a.n for a in inside)
        assert told.atoms.window(*days, None).sum() == len(inside)
    assert cube.by_day(np.ones(len(cube.pairs), dtype=bool), None)[1].sum() == 0


def test_without_a_release_there_is_none_and_the_newest_is_read_once(database):
    kept = Releases()
    with database.release.connect() as db:
        assert kept.newest(db, 0) is None
    with database.owner.begin() as db:
        add(db, [flow(MUMBAI, PUNE, 300, day=MONDAY)])
    make(database.owner, key=KEY, today=TODAY)
    with database.release.connect() as db:
        assert kept.newest(db, 0) is None, "asked for the version of before"
        assert kept.newest(db, 1) == 1
        assert kept.of(db, 1) is kept.of(db, 1)
