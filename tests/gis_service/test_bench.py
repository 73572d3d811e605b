"""The bench harness works: a small run writes every bar. Its figures mean nothing."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import psycopg
import pytest

from tests.bench import bar, crowd, hammer, turns, twins
from tests.bench.service import Answer

ROOT = Path(__file__).parents[2]


@pytest.mark.long
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
    of = {
        section: [each["bar"] for each in held.values() if each["section"] == section]
        for section in ("reads", "cached", "brush", "people", "ingest")
    }
    assert of == {
        "reads": [50, 30],
        "cached": [0.5, 0.5],
        "brush": [5, 20, 1.2, 5, 20, 1.2, 5, 300, 100],
        "people": [50, 1.5, 10, 10],
        "ingest": [500],
    }
    assert "batches" in {each["section"] for each in held.values()}
    for each in report["bars"]:
        assert set(each) == {
            *("section", "name", "value", "bar", "unit", "holds", "runs"),
        }
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


def test_twins_have_the_columns_and_indexes_of_what_they_stand_for(database):
    """Else COPY into them would be easier than what a batch does."""
    address = database.owner.url.set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as db:
        twins.make(db)
        for table, schema in twins.SCHEMAS.items():
            first = db.execute(
                """SELECT max(inhrelid::regclass::text) FROM pg_inherits
                WHERE inhparent = %s::regclass""",
                (f"{schema}.{table}",),
            ).fetchone()[0]
            for name in (table, *([first.rpartition(".")[2]] if first else ())):
                theirs = _shape(db, f"{schema}.{name}")
                assert theirs == _shape(db, f"twin.{name}")
                assert theirs == _shape(db, f"twin_binary.{name}")


def _shape(db: psycopg.Connection, table: str) -> list:
    """Return the columns of a table, and what its indexes are of."""
    columns = """SELECT attname, format_type(atttypid, atttypmod), attnotnull
        FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0
        AND NOT attisdropped ORDER BY attname"""
    indexes = """SELECT regexp_replace(pg_get_indexdef(indexrelid),
        'INDEX .* USING', ''), indisunique
        FROM pg_index WHERE indrelid = %s::regclass ORDER BY 1"""
    return [db.execute(asked, (table,)).fetchall() for asked in (columns, indexes)]


def test_a_crowd_is_on_all_its_pairs_however_few_people_it_has(database):
    many = crowd.on_many_pairs(database, 4_000, pairs=3_000)
    few = crowd.thinned(many, 3_200)
    assert (many.height, few.height) == (4_000, 3_200)
    pairs = np.unique(crowd.pair_keys(many))
    assert pairs.size >= 3_000
    assert np.array_equal(pairs, np.unique(crowd.pair_keys(few)))


def test_a_crowd_travels_on_62_days_and_is_counted_whole(database):
    each = crowd.crowd(database, 200_000)
    rows = crowd.counted(each)
    assert rows["n"].sum() == each.height == 200_000
    assert (rows["day"].max() - rows["day"].min()).days == 61


def test_speeds_leave_the_first_answer_out():
    rounds = [{"a": [100.0, 2.0, 2.0], "b": [1.0, 6.0, 6.0]}]
    assert turns.speeds(rounds, ours="a", other="b") == [3.0]


def test_a_question_without_an_answer_counts_for_nobody():
    full, empty = Answer(200, b"x", 0.001, {}), Answer(204, b"", 0.5, {})
    sides = {
        "a": lambda asked: empty if asked == "sea" else full,
        "b": lambda _: full,
    }
    found = turns.asked(sides, ["land", "sea", "land"])
    assert found == {"a": [1.0, 1.0], "b": [1.0, 1.0]}


def test_a_wrong_status_ends_the_hammering():
    class Refusing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        asked = hammer.request("/", headers={})
        with pytest.raises(hammer.WrongAnswer, match="503"):
            hammer.per_second(server.server_port, asked, status=200, seconds=5)
    finally:
        server.shutdown()
        server.server_close()
