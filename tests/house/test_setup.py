import configparser
import json
import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("boundaries", "routes", "movements", "layers", "gis_service", "nmis_data")


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", OURS)
def test_a_top_level_name_belongs_to_our_distribution_only(name):
    owners = set(metadata.packages_distributions().get(name, ()))
    assert owners == {"nmis-gis-service"}


def test_every_target_of_the_makefile_is_documented_and_phony():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", text, re.MULTILINE))
    documented = set(re.findall(r"^([a-z0-9-]+):.*## \S", text, re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert targets == documented == phony


def test_everything_that_setup_cfg_asks_for_is_pinned():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    asked = setup["options"]["install_requires"].split()
    asked += [
        each
        for extra in setup["options.extras_require"].values()
        for each in extra.split()
    ]
    names = {plain(re.split(r"[\[<>=,!~]", each)[0]) for each in asked}
    pinned = {plain(line.split("==")[0]) for line in pins("requirements.txt")}
    assert names - pinned == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-node.txt"])
def test_a_pin_is_a_name_and_a_version_and_nothing_else(name):
    assert [p for p in pins(name) if not re.fullmatch(r"[\w.-]+==[\w.]+", p)] == []


def test_the_environment_of_the_tests_is_the_pinned_one():
    pinned = dict(line.split("==") for line in pins("requirements.txt"))
    found = {
        name: metadata.version(name)
        for name in pinned
        if metadata.version(name) != pinned[name]
    }
    assert found == {}


def test_the_lock_of_the_map_names_no_registry():
    lock = ROOT / "gis_service/web/map/package-lock.json"
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    assert [name for name, each in packages.items() if "resolved" in each] == []
    assert all(each.get("integrity") for name, each in packages.items() if name)


def test_continuous_integration_runs_the_tests_and_then_the_browser():
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("make")] == [
        "make test",
        "make e2e",
    ]
