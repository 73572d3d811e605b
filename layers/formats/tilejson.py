"""TileJSON 3.0: where a layer's tiles are and what is in them."""

from typing import Any

from layers.layer import Layer, columns

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
    return {
        "tilejson": "3.0.0",
        "name": layer.title,
        "description": layer.abstract,
        "attribution": layer.source.attribution,
        "version": version,
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "bounds": list(INDIA_BOUNDS),
        "center": [(west + east) / 2, (south + north) / 2, OPENING_ZOOM],
        "vector_layers": [
            {
                "id": layer.name,
                "description": layer.abstract,
                "minzoom": layer.minzoom,
                "maxzoom": layer.maxzoom,
                "fields": {name: _words(layer, name) for name in columns(layer.tiles)},
            }
        ],
    }


def _words(layer: Layer, name: str) -> str:
    described = layer.fields[name]
    unit = f" ({described.unit})" if described.unit else ""
    return f"{described.title}{unit}"
