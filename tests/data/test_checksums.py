"""The bundled data is what its checksums say."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

DATA = Path(str(files("nmis_data")))


def listed():
    lines = (DATA / "checksums.txt").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_every_bundled_file_is_listed_with_its_checksum():
    found = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for pattern in ("*.csv", "*.xz")
        for path in DATA.glob(pattern)
    }
    assert found == listed(), "renew: python tools/boundaries/derive.py --checksums"


def test_every_bundled_file_is_named_with_its_source_in_the_readme():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert [name for name in listed() if name not in readme] == []
