"""A cell is one mode, category and stage; asked cells are those asked by name."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from layers.cube.cells import CELLS, LIVE, chosen
from movements.flow import CATEGORIES, MODES, STAGES

# In the order in which ``rows`` numbers them: stage, category, mode.
EVERY = list(product(STAGES, CATEGORIES, MODES))


def some(names):
    return st.lists(st.sampled_from(names), unique=True, max_size=len(names))


@given(modes=some(MODES), categories=some(CATEGORIES), stages=some(STAGES))
def test_the_cells_asked_are_those_of_the_names_asked(modes, categories, stages):
    cells = chosen(modes=modes, categories=categories, stages=stages)
    wanted = {
        at
        for at, (stage, category, mode) in enumerate(EVERY)
        if (not modes or mode in modes)
        and (not categories or category in categories)
        and (stage in stages if stages else stage != "cancelled")
    }
    if cells is None:
        assert wanted == set(range(LIVE))
    else:
        assert {at for at in range(CELLS) if cells[at]} == wanted


def test_all_that_count_by_default_need_no_cells():
    assert chosen(modes=(), categories=(), stages=()) is None
    assert chosen(modes=MODES, categories=CATEGORIES, stages=STAGES[:-1]) is None


def test_every_stage_is_more_than_the_default():
    cells = chosen(modes=(), categories=(), stages=STAGES)
    assert cells is not None
    assert cells.all()
    assert [stage for stage, _, _ in EVERY[LIVE:]] == ["cancelled"] * (CELLS - LIVE)
