"""The cube answers as SQL does, whatever is asked and by whom, after any batch."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from boundaries.scope import COUNTRY, NOTHING, Scope
from boundaries.version import versions
from layers.cube.rows import later
from layers.cube.snapshot import Snapshot, grown
from layers.flows import answer, by_day, counted
from layers.nodes import labels, nodes
from layers.question import DIRECTIONS, Question
from layers.window import ALL_DAYS, Window
from movements.flow import CATEGORIES, MODES, STAGES
from tests.flow_rows import MUMBAI, PUNE, cube_of, flow, question
from tests.flow_truth import change, everyone, truth

SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# Districts of Maharashtra (27), Bihar (10) and Kerala (32); some are near each other,
# so that they are one cluster at some zooms.
CODES = (MUMBAI, PUNE, 187, 206, 216, 555, 557)
FIRST = date(2020, 5, 1)
KEYS = st.tuples(
    st.sampled_from(CODES),
    st.sampled_from(CODES),
    st.sampled_from((0, 1, 2, 9, 40)),
    st.sampled_from(MODES),
    st.sampled_from(CATEGORIES[:2]),
    st.sampled_from((STAGES[0], STAGES[3], STAGES[4])),
)
BATCH = st.dictionaries(KEYS, st.integers(-200, 500), max_size=20)
SCOPES = (
    COUNTRY,
    NOTHING,
    Scope(frozenset({27})),
    Scope(frozenset({10, 32})),
    Scope(frozenset({27}), frozenset({PUNE})),
    Scope(frozenset({10, 32}), frozenset({187, 555})),
)
BOXES = (None, (72.0, 17.0, 75.0, 20.0), (74.0, 8.0, 78.0, 13.0), (0.0, 0.0, 1.0, 1.0))
UNITS = {"state": (None, 27, 10, 7), "district": (None, MUMBAI, 187, 1)}
LEVELS = (
    ("country", None),
    ("state", None),
    ("district", None),
    *(("cluster", zoom) for zoom in (3, 6, 10)),
)


@st.composite
def windows(draw):
    first = FIRST + timedelta(days=draw(st.integers(-2, 42)))
    closed = Window(first, first + timedelta(days=draw(st.integers(0, 41))))
    one_end = replace(closed, first=date.min), replace(closed, last=date.max)
    return draw(st.sampled_from((closed, closed, *one_end, ALL_DAYS)))


@dataclass(frozen=True, slots=True)
class Ask:
    """A question before there is a database to ask."""

    scope: Scope
    more: dict


@st.composite
def asks(draw):
    level, zoom = draw(st.sampled_from(LEVELS))
    some = {
        "modes": st.sampled_from(((), ("bus",), MODES)),
        "categories": st.sampled_from(((), ("student",))),
        "stages": st.sampled_from(((), ("arrived",), ("planned", "cancelled"), STAGES)),
        "direction": st.sampled_from(("both", "in", "out")),
        "unit": st.sampled_from(UNITS.get(level, (None,))),
        "window": windows(),
        "versus": st.none() | windows(),
        "bbox": st.sampled_from(BOXES),
        "k": st.integers(1, 8),
    }
    more = {name: draw(each) for name, each in some.items()}
    return Ask(draw(st.sampled_from(SCOPES)), {"level": level, "zoom": zoom} | more)


def written(db, batch, standing: Counter) -> None:
    """Write a batch; it takes away no more than there is."""
    rows = []
    for (origin, destination, day, mode, category, status), asked in batch.items():
        key = (origin, destination, day, mode, category, status)
        n = max(asked, -standing[key])
        standing[key] += n
        if n:
            more = {"mode": mode, "category": category, "status": status}
            on = FIRST + timedelta(days=day)
            rows.append(flow(origin, destination, n, day=on, **more))
    change(db, rows)


def check(db, cube: Snapshot, asked: Question) -> None:
    version = versions(db)["boundaries"]
    places = nodes(db, asked, version=version)
    clusters = labels(db, asked, version=version)
    wanted = truth(db, asked)
    found = answer(cube, asked, places, clusters)
    pairs = zip(found.origins.tolist(), found.destinations.tolist(), strict=True)
    edges = list(zip(pairs, found.people.tolist(), strict=True))
    assert edges == wanted.edges[: asked.k]
    # Conservation: everyone is on a listed edge, on a hidden one, or within a unit.
    assert found.shown + found.hidden + found.internal == wanted.everyone
    assert found.internal == wanted.internal
    assert found.total == sum(n for _, n in wanted.edges)
    assert found.edges_total == len(wanted.edges)
    assert found.codes.tolist() == wanted.codes
    of_nodes = zip(
        *(found.totals[name] for name in ("in", "out", "internal")), strict=True
    )
    assert list(of_nodes) == [wanted.node(code) for code in wanted.codes]
    if wanted.before is None:
        assert found.before is None
    else:
        pairs = zip(found.origins.tolist(), found.destinations.tolist(), strict=True)
        assert found.before.tolist() == [wanted.before[pair] for pair in pairs]
    every = counted(cube, asked, places, clusters)
    listed = zip(every.origins.tolist(), every.destinations.tolist(), strict=True)
    assert dict(zip(listed, every.people.tolist(), strict=True)) == dict(wanted.edges)


def check_days(db, cube: Snapshot, asked: Question) -> None:
    """Each day's people, where the level is one that /flows/days has."""
    plain = replace(asked, versus=None, window=ALL_DAYS, bbox=None)
    places = nodes(db, plain, version=versions(db)["boundaries"])
    first, people = by_day(cube, plain, places)
    assert sum(people.tolist()) == everyone(db, plain)
    for at, n in enumerate(people.tolist()):
        day = first + timedelta(days=at)
        assert n == everyone(db, replace(plain, window=Window(day, day)))
        if at > 2:
            return


@SLOW
@given(
    first=BATCH,
    batches=st.lists(BATCH, max_size=3),
    asked=st.lists(asks(), min_size=3, max_size=3),
)
def test_a_grown_cube_and_a_whole_one_answer_as_sql_does(*, db, first, batches, asked):
    undo = db.begin_nested()
    standing: Counter = Counter()
    written(db, first, standing)
    cube = cube_of(db)
    for batch in batches:
        written(db, batch, standing)
        cube = grown(cube, later(db, cube.version))
    assert cube.version == versions(db)["flows"]
    whole = cube_of(db)
    for ask in asked:
        question_ = question(db, ask.scope, **ask.more)
        event(question_.level)
        check(db, whole, question_)
        # One after the other, since what was selected of the pairs is remembered.
        for direction in DIRECTIONS:
            check(db, cube, replace(question_, direction=direction))
    plain = question(db, asked[0].scope, level="state", modes=asked[0].more["modes"])
    check_days(db, cube, plain)
    undo.rollback()
