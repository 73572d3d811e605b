"""Compact files written by the derivation are read back exactly."""

import importlib.util
import lzma
from pathlib import Path

import shapely

from boundaries.topology import coverage

WRITER = Path(__file__).parents[2] / "tools" / "boundaries" / "topology.py"


def writer():
    spec = importlib.util.spec_from_file_location("topology_writer", WRITER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_shared_lines_islands_holes_and_enclaves_come_back(tmp_path):
    enclave = shapely.box(1, 1, 2, 2)
    around = shapely.box(0, 0, 3, 3) - enclave
    beside = shapely.union_all([shapely.box(3, 0, 4, 3), shapely.box(6, 6, 7, 7)])
    shapes = [around, enclave, beside]
    path = tmp_path / "a.topojson.xz"
    writer().write(
        path, shapes, [{"code": n} for n in range(3)], step=1e-6, name="units"
    )
    read = coverage(lzma.decompress(path.read_bytes()))
    assert [each["code"] for each in read.properties] == [0, 1, 2]
    assert shapely.equals(read.shapes, shapes).all()
    assert shapely.coverage_is_valid(read.shapes)


def test_a_line_between_two_units_is_written_once(tmp_path):
    path = tmp_path / "a.topojson.xz"
    halves = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    writer().write(path, halves, [{}, {}], step=1e-6, name="units")
    assert lzma.decompress(path.read_bytes()).count(b"]]") >= 3
