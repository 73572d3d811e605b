import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from gis_service import cluster
from gis_service.cluster import config, errors, place, processes, programs


@pytest.fixture(scope="module")
def var():
    with tempfile.TemporaryDirectory(prefix="nmis-cluster-") as folder:
        path = Path(folder)
        path.chmod(0o711)  # the server may run as another account
        cluster.start(path, durable=False).stop()
        yield path
        cluster.stop(path)


@pytest.fixture
def running(var):
    started = cluster.start(var, durable=False)
    yield started
    started.stop()


def asked(url, statement):
    with psycopg.connect(url, autocommit=True) as db:
        return db.execute(statement).fetchone()[0]


def gone(data, seconds=20):
    until = time.monotonic() + seconds
    while processes.postmaster(data) and time.monotonic() < until:
        time.sleep(0.05)
    return processes.postmaster(data) is None


def test_each_plane_is_a_role_of_its_own_without_a_password(running):
    who = {p: asked(url, "SELECT current_user") for p, url in running.urls.items()}
    assert who == {
        "owner": "nmis_owner",
        "upload": "nmis_upload",
        "officer": "nmis_officer",
        "read": "nmis_read",
        "release": "nmis_release",
        "audit": "nmis_audit",
        "access": "nmis_access",
        "vault": "nmis_vault",
    }


def test_it_listens_on_a_unix_socket_only(running):
    assert asked(running.admin_url, "SHOW listen_addresses") == ""
    assert asked(running.admin_url, "SHOW jit") == "off"
    assert running.where.socket.stat().st_mode & 0o777 == 0o700


def test_whole_pages_in_the_log_are_packed_fast_and_seldom(running):
    """Otherwise a batch takes six times as long once millions are stored."""
    packed = asked(running.admin_url, "SHOW wal_compression")
    assert packed == ("lz4" if programs.programs().major >= 15 else "on")
    on = {"on": config.machine(1), "durable": True}
    durable = config.settings(running.where, **on, major=config.LZ4_SINCE)
    assert durable["max_wal_size"] == "4096MB"
    before = config.settings(running.where, **on, major=config.LZ4_SINCE - 1)
    assert before["wal_compression"] == "on"


def test_postgis_is_there_and_the_owner_may_make_schemas_and_extensions(running):
    owner = running.urls["owner"]
    assert asked(owner, "SELECT postgis_lib_version()")
    with psycopg.connect(owner, autocommit=True) as db:
        db.execute("CREATE SCHEMA tried")
        db.execute("CREATE EXTENSION btree_gist SCHEMA tried")
        db.execute("DROP SCHEMA tried CASCADE")


def test_a_second_start_takes_over_the_server_that_is_alive(var, running):
    before = processes.postmaster(running.where.data)
    again = cluster.start(var, durable=False)
    assert again.process is None
    assert processes.postmaster(again.where.data) == before


def test_a_killed_server_leaves_nothing_that_blocks_the_next(var):
    first = cluster.start(var, durable=False)
    with psycopg.connect(first.admin_url, autocommit=True) as db:
        db.execute("CREATE TABLE kept AS SELECT 1 AS one")
        os.kill(processes.postmaster(first.where.data), signal.SIGKILL)
    first.process.wait()
    second = cluster.start(var, durable=False)
    assert asked(second.admin_url, "SELECT one FROM kept") == 1
    second.stop()


def test_a_stale_process_number_of_another_program_does_not_block(var):
    stopped = cluster.start(var, durable=False)
    stopped.stop()
    stale = stopped.where.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stopped.where.data}\n0\n5432\n\n\n\n")
    stopped.where.own(stale)
    again = cluster.start(var, durable=False)
    assert again.is_up()
    again.stop()


def test_the_server_dies_with_the_program_that_started_it(var):
    program = (
        "import sys, time; from pathlib import Path; from gis_service import cluster;"
        "cluster.start(Path(sys.argv[1]), durable=False); print('up', flush=True);"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(var)], stdout=subprocess.PIPE
    ) as started:
        assert started.stdout.readline() == b"up\n"
        assert cluster.is_running(var)
        started.kill()
    assert gone(place.place(var).data)


def test_a_kept_server_outlives_the_program_and_is_stopped_by_name(var):
    kept = cluster.start(var, durable=False, kept=True)
    assert kept.kept
    assert cluster.start(var, durable=False).kept
    assert cluster.stop(var)
    assert not cluster.stop(var)
    assert not cluster.is_running(var)


def test_data_of_another_major_version_is_refused_in_words(var):
    written = place.place(var).data / "PG_VERSION"
    before = written.read_text()
    written.write_text("9\n")
    try:
        with pytest.raises(errors.OtherMajorVersion, match=r"by PostgreSQL 9; this"):
            cluster.start(var, durable=False)
    finally:
        written.write_text(before)


def test_a_machine_without_postgis_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "INSTALLED", tmp_path)
    monkeypatch.setattr(programs, "UNPACKED", tmp_path)
    with pytest.raises(errors.NoPostgres, match="make run"):
        programs.programs()


def test_a_socket_folder_that_others_can_open_is_refused(tmp_path):
    (tmp_path / "s").mkdir(mode=0o755)
    where = place.Place(home=tmp_path, socket=tmp_path / "s", account=None)
    with pytest.raises(errors.NotOurs, match="not a folder of our own"):
        place.make_socket_folder(where)


def test_a_socket_folder_may_not_be_a_link(tmp_path):
    (tmp_path / "theirs").mkdir(mode=0o700)
    (tmp_path / "s").symlink_to(tmp_path / "theirs")
    where = place.Place(home=tmp_path, socket=tmp_path / "s", account=None)
    with pytest.raises(errors.NotOurs):
        place.make_socket_folder(where)


def test_a_socket_path_that_the_system_would_refuse_is_refused_first(tmp_path):
    where = place.Place(home=tmp_path, socket=tmp_path / ("s" * 107), account=None)
    with pytest.raises(errors.PathTooLong, match="107 bytes"):
        place.make_socket_folder(where)


def test_below_a_closed_folder_the_data_lies_where_the_server_reaches_it(tmp_path):
    tmp_path.chmod(0o700)
    home = place.place(tmp_path / "var").home
    if os.geteuid() == 0:  # the server is then another account
        assert home.parent == place.OPEN_PLACE
        shutil.rmtree(home)
    else:
        assert home == tmp_path / "var" / "postgres"
