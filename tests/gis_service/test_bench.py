"""The bench harness works: a small run writes every bar. Its figures mean nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import bar

ROOT = Path(__file__).parents[2]


def test_a_small_run_measures_every_bar_and_writes_the_profile(server, tmp_path):
    address = server.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.run", "--small", "--out", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "NMIS_TEST_SERVER": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "bench.json").read_text())
    assert {"cores", "memory_gb", "python", "postgresql", "postgis"} <= set(
        report["machine"]
    )
    held = {each["name"]: each for each in report["bars"] if each["bar"] is not None}
    assert [each["bar"] for each in held.values()] == [0.3, 50, 30]
    for each in report["bars"]:
        assert set(each) == {"name", "value", "bar", "unit", "holds", "runs"}
        assert each["runs"]
    for name in held:
        assert name in done.stdout
    assert "cumulative" in (tmp_path / "bench-profile.txt").read_text()


def test_a_bar_is_held_by_the_median_of_its_runs():
    assert bar.at_least("a", [0.1, 0.4, 0.5], 0.3, "ratio").holds
    assert not bar.at_most("b", [10, 60, 70], 50, "ms").holds
    assert bar.told("c", [1.0, 3.0], "ms").holds is None


@pytest.mark.parametrize(("holds", "word"), [(True, "yes"), (False, "NO")])
def test_the_table_says_plainly_what_holds(holds, word):
    shown = bar.as_table([bar.Bar("a bar", 1.0, 2.0, "ms", holds, (1.0,))])
    assert shown.splitlines()[1].split() == ["a", "bar", "1", "2", "ms", word]
