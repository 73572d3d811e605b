"""A zip is not trusted."""

import zipfile

import pytest

from boundaries import archive
from boundaries.errors import BadBoundaryFile


def made(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["../a.shp", "/a.shp", "a/../../a.shp", "C:\\a.shp"])
def test_a_member_that_leaves_the_folder_is_refused(tmp_path, name):
    path = made(tmp_path / "a.zip", {name: "x"})
    with pytest.raises(BadBoundaryFile, match="leaves its folder"):
        archive.unpacked(path, tmp_path)


def test_a_zip_bomb_is_refused_by_what_comes_out(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LIMIT_BYTES", 1024**2)
    path = made(tmp_path / "a.zip", {"a.shp": bytes(8 * 1024**2)})
    assert path.stat().st_size < 20_000
    with pytest.raises(BadBoundaryFile, match="more than 1 MB"):
        archive.unpacked(path, tmp_path)


def test_too_many_members_are_refused(tmp_path):
    path = made(tmp_path / "a.zip", {f"{n}.txt": "" for n in range(101)})
    with pytest.raises(BadBoundaryFile, match="at most 100"):
        archive.unpacked(path, tmp_path)


def test_exactly_one_layer_is_taken_and_the_rest_left(tmp_path):
    path = made(tmp_path / "a.zip", {"x/a.geojson": "{}", "x/readme.txt": ""})
    folder = tmp_path / "out"
    folder.mkdir()
    assert archive.unpacked(path, folder).name == "a.geojson"
    assert [each.name for each in folder.iterdir()] == ["a.geojson"]
    for members in ({}, {"a.geojson": "", "b.geojson": ""}):
        folder = tmp_path / f"out{len(members)}"
        folder.mkdir()
        with pytest.raises(BadBoundaryFile, match="must hold one layer"):
            archive.unpacked(made(tmp_path / "b.zip", members), folder)


def test_two_members_of_one_name_are_refused(tmp_path):
    path = made(tmp_path / "a.zip", {"x/a.geojson": "{}", "y/a.geojson": "{}"})
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(BadBoundaryFile):
        archive.unpacked(path, folder)
