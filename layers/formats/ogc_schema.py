"""The JSON Schema of a layer's features, so that types are known where values miss."""

from typing import Any

from sqlalchemy import Boolean, Date, Float, Integer, Numeric
from sqlalchemy.types import TypeEngine

from layers.layer import Layer, columns

MEDIA_TYPE = "application/schema+json"

SHAPES = {"point": "any point", "line": "any line", "polygon": "any polygon"}

# From SQL's types; what is none of these is text.
KINDS: tuple[tuple[type[TypeEngine[Any]], dict[str, str]], ...] = (
    (Boolean, {"type": "boolean"}),
    (Integer, {"type": "integer"}),
    (Float, {"type": "number"}),
    (Numeric, {"type": "number"}),
    (Date, {"type": "string", "format": "date"}),
)


def document(layer: Layer, *, address: str) -> dict[str, Any]:
    """Return the schema of one feature of a layer.

    A type is one name, for clients that know no list of types: a value may be null
    wherever it is not known.

    Args:
        layer: what is described.
        address: of the schema itself.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": layer.title,
        "description": layer.abstract,
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": {"type": "object", "title": SHAPES[layer.kind]},
            "properties": {
                "type": "object",
                "properties": {name: _told(layer, name) for name in _names(layer)},
            },
        },
    }


def _names(layer: Layer) -> list[str]:
    return columns(layer.query)


def _told(layer: Layer, name: str) -> dict[str, str]:
    field = layer.fields[name]
    unit = {"x-ogc-unit": field.unit} if field.unit else {}
    kind = layer.query.selected_columns[name].type
    return _kind(kind) | {"title": field.title} | unit


def _kind(kind: TypeEngine[Any]) -> dict[str, str]:
    known = (told for each, told in KINDS if isinstance(kind, each))
    return next(known, {"type": "string"})
