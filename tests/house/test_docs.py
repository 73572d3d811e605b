"""What is documented is what there is."""

from dataclasses import fields
from pathlib import Path

from gis_service.policy import ROLES
from gis_service.settings import Settings, variable
from layers.catalogue import LAYERS

DOCS = Path(__file__).parents[2] / "docs"


def test_every_setting_is_in_the_docs_with_its_default_and_help():
    text = (DOCS / "settings.md").read_text()
    lines = [line for line in text.splitlines() if line.startswith("| `NMIS_")]
    told = {line.split("`")[1]: line for line in lines}
    assert list(told) == [variable(each.name) for each in fields(Settings)]
    for each in fields(Settings):
        line = told[variable(each.name)]
        assert each.metadata["help"] in line
        shown = "" if each.default in ("", None) else str(each.default)
        assert f"| {f'`{shown}`' if shown else '(empty)'} |" in line


def test_every_layer_and_its_fields_are_in_the_docs():
    text = (DOCS / "layers.md").read_text()
    for name, layer in LAYERS.items():
        assert f"## `{name}`" in text
        section = text.split(f"## `{name}`")[1].split("\n## ")[0]
        for field in layer.fields:
            assert f"`{field}`" in section, f"{name}.{field}"


def test_every_role_and_address_is_in_the_docs(app):
    text = (DOCS / "api.md").read_text()
    for role in ROLES:
        assert f"`{role}`" in text
    for path in app.api_doc["paths"]:
        assert f"`{path}`" in text, path
