"""The attacks in short: ours holds every bar, and each other rule falls to some."""

import numpy as np
import polars as pl
import pytest

from gis_service.settings import Settings
from tests.attack import week
from tests.attack.intervals import narrowed
from tests.attack.on import Ground
from tests.attack.programs import is_possible, least_and_most
from tests.attack.sections import SECTIONS
from tests.attack.size import SHORT
from tests.attack.stage import staged


@pytest.fixture(scope="module")
def on(database, tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    # The same key each time: what is a matter of chance comes out alike.
    key = var / "secrets" / "release.key"
    key.parent.mkdir(mode=0o700)
    key.write_text("61" * 32)
    key.chmod(0o600)
    settings = Settings(var=var, public="release")
    with staged(database, settings, SHORT.people) as stage:
        yield Ground.of(stage, SHORT)


@pytest.mark.parametrize("name", list(SECTIONS))
def test_ours_holds(on, name):
    lines = list(SECTIONS[name](on))
    assert lines
    assert [line for line in lines if not line.holds] == []


def test_the_other_rules_fall(on):
    """At this size few cells are shown by any rule; ``make attack`` tells how far."""
    lines = [line for name in ("shown", "bounds") for line in SECTIONS[name](on)]
    found = {line.name: line.values for line in lines}
    _, hiding, rounding, noise = found[
        "small counts left fewer than five, by intervals"
    ]
    assert hiding > 0.01
    assert noise > 0.1
    shown = next(v for name, v in found.items() if "one to three people, shown" in name)
    assert shown[2] > 50
    assert rounding == 0


def test_the_attacks_find_what_is_given_away():
    """Thirty flows, and five categories that leave them little room."""
    told = {"week": 1, "origin_state": 1, "n": 11}
    flows = pl.DataFrame(
        [told | {"destination_state": 2, "destination": each} for each in range(30)]
    )
    kinds = pl.DataFrame([told | {"category": str(at), "n": 22} for at in range(5)])
    roomy = kinds.with_columns(n=pl.lit(33))
    for categories, most in ((roomy, 21), (kinds.with_columns(n=pl.lit(6)), 16)):
        made = week.of_week(flows, categories, 1)
        low, high = narrowed(made.system)
        assert low[made.flows].tolist() == [6] * 30
        assert high[made.flows].tolist() == [most] * 30
        assert least_and_most(made.system, made.flows[3]) == (6, most)
        assert is_possible(made.system, made.flows[3], most)
        assert not is_possible(made.system, made.flows[3], most + 1)


def test_what_an_officer_knows_narrows_what_is_left():
    """Of two flows of a state's categories, one is the officer's own."""
    told = {"week": 1, "origin_state": 1, "n": 11}
    flows = pl.DataFrame([told | {"destination_state": each} for each in (2, 3)])
    kinds = pl.DataFrame([told | {"category": str(at), "n": 11} for at in range(5)])
    alone = week.of_week(flows, kinds, 1)
    known = week.Known(3, from_state={1: 205}, by_category={(1, "0"): 15})
    both = week.of_week(flows, kinds, 1, known=known)
    assert narrowed(alone.system)[1][alone.flows].tolist() == [21, 21]
    assert both.atoms["destination_state"].to_list() == [2]
    assert narrowed(both.system)[1][both.flows].tolist() == [10]


def test_an_atom_that_is_not_there_is_noticed(on):
    """The sums are made apart from the service: one atom less, and they differ."""
    from tests.attack import random_filters

    atoms = on.atoms.drop("people")
    rng = np.random.default_rng(1)
    kept = rng.permutation(atoms.height)[1:]
    found = random_filters.wrong(atoms[kept], on.stage.door, filters=60, seed=1)
    assert found
