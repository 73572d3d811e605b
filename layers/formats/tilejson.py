"""TileJSON 3.0: where a layer's tiles are and what is in them."""

from typing import Any

from layers.flow_tiles import NODE_FIELDS
from layers.layer import Field, Layer, columns

# The extent of India, islands and claimed land included (EPSG:4326).
INDIA_BOUNDS = (68.0, 6.5, 97.6, 37.3)
OPENING_ZOOM = 4


def document(layer: Layer, *, tiles: str, version: str) -> dict[str, Any]:
    """Return a layer's TileJSON.

    Args:
        layer: what is described.
        tiles: absolute address with ``{z}``, ``{x}`` and ``{y}``.
        version: of the layer's data.
    """
    west, south, east, north = INDIA_BOUNDS
    zooms = {"minzoom": layer.minzoom, "maxzoom": layer.maxzoom}
    inside = [
        {
            "id": layer.name,
            "description": layer.abstract,
            **zooms,
            "fields": {
                name: _words(layer.fields[name]) for name in columns(layer.tiles)
            },
        }
    ]
    if layer.name in ("flows", "release_flows"):
        points = {name: _words(field) for name, field in NODE_FIELDS.items()}
        said = "The units that flows join, with their totals."
        inside.append({"id": "nodes", "description": said, **zooms, "fields": points})
    return {
        "tilejson": "3.0.0",
        "name": layer.title,
        "description": layer.abstract,
        "attribution": layer.source.attribution,
        "version": version,
        "scheme": "xyz",
        "tiles": [tiles],
        **zooms,
        "bounds": list(INDIA_BOUNDS),
        "center": [(west + east) / 2, (south + north) / 2, OPENING_ZOOM],
        "vector_layers": inside,
    }


def _words(described: Field) -> str:
    unit = f" ({described.unit})" if described.unit else ""
    return f"{described.title}{unit}"
