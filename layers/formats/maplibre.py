"""A MapLibre style from a layer's one style; needs no glyphs, sprites or other host."""

from typing import Any

from layers.layer import Layer
from layers.style import Style, legend

BACKGROUND = "#e9eef2"


def document(layer: Layer, *, tilejson: str) -> dict[str, Any]:
    """Return a style that draws one layer on a plain background.

    Args:
        layer: what is drawn.
        tilejson: absolute address of the layer's TileJSON.
    """
    return {
        "version": 8,
        "name": layer.title,
        "metadata": {"nmis:legend": legend(layer.style)},
        "sources": {layer.name: {"type": "vector", "url": tilejson}},
        "layers": [
            {
                "id": "background",
                "type": "background",
                "paint": {"background-color": BACKGROUND},
            },
            *_drawn(layer),
        ],
    }


def _drawn(layer: Layer) -> list[dict[str, Any]]:
    style = layer.style
    common = {"source": layer.name, "source-layer": layer.name}
    line = {"type": "line", "layout": {"line-join": "round"}} | common
    if layer.kind == "line":
        paint = {
            "line-color": _by_class(style, "colour"),
            "line-width": _by_class(style, "width"),
            "line-opacity": style.opacity,
        }
        return [{"id": layer.name, "paint": paint} | line]
    outline = {"line-color": style.outline, "line-width": style.outline_width}
    fill = {"fill-color": _by_class(style, "colour"), "fill-opacity": style.opacity}
    return [
        {"id": layer.name, "type": "fill", "paint": fill} | common,
        {"id": f"{layer.name}-outline", "paint": outline} | line,
    ]


def _by_class(style: Style, attribute: str) -> Any:  # noqa: ANN401 - a value or an expression
    first, *others = (getattr(each, attribute) for each in style.classes)
    if not others:
        return first
    bounds = (each.above for each in style.classes[1:])
    steps = [part for pair in zip(bounds, others, strict=True) for part in pair]
    value = ["to-number", ["get", style.field], 0]
    return ["step", value, first, *steps]
