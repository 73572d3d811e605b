"""OGC API - Features 1.0: what there is, as its documents describe it."""

from collections.abc import Iterable
from typing import Any

from layers.layer import Layer
from layers.question import DEFAULT_K, MAX_K

# Longitude, latitude on WGS 84: what GeoJSON is always in.
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

CONFORMS_TO = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}"
    for part in ("core", "geojson")
)

JSON, GEOJSON = "application/json", "application/geo+json"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
HTML = "text/html"

Document = dict[str, Any]
Box = tuple[float, float, float, float]


def link(rel: str, href: str, media_type: str, title: str = "") -> dict[str, str]:
    """Return a link, as every document has them."""
    told = {"rel": rel, "type": media_type, "href": href}
    return told | ({"title": title} if title else {})


def landing(root: str) -> Document:
    """Return the first document, from which a client finds the others.

    Args:
        root: the service's address, without a slash at its end.
    """
    base = f"{root}/ogc"
    return {
        "title": "NMIS GIS service",
        "description": "The layers of the National Migrant Information System that"
        " the reader may see.",
        "links": [
            link("self", f"{base}/", JSON),
            *_descriptions(root),
            link("conformance", f"{base}/conformance", JSON),
            link("data", f"{base}/collections", JSON, "the collections"),
        ],
    }


def api(root: str) -> Document:
    """Return where the interface is described."""
    here = link("self", f"{root}/ogc/api", JSON)
    return {"title": "The interface", "links": [here, *_descriptions(root)]}


def conformance() -> Document:
    """Return which classes of the standard the service conforms to."""
    return {"conformsTo": list(CONFORMS_TO)}


def collections(root: str, layers: Iterable[Layer], *, extent: Box) -> Document:
    """Return the description of several layers."""
    return {
        "links": [link("self", f"{root}/ogc/collections", JSON)],
        "collections": [collection(root, each, extent=extent) for each in layers],
    }


def collection(root: str, layer: Layer, *, extent: Box) -> Document:
    """Return a layer's description.

    Args:
        root: the service's address, without a slash at its end.
        layer: what is described.
        extent: west, south, east, north of its features (CRS84).
    """
    here = f"{root}/ogc/collections/{layer.name}"
    described = "the members of its features"
    return {
        "id": layer.name,
        "title": layer.title,
        "description": layer.abstract + _cut(layer),
        "attribution": layer.source.attribution,
        "licence": layer.source.licence,
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [list(extent)], "crs": CRS84}},
        "filters": [*layer.filters, "as_of"],
        "links": [
            link("self", here, JSON),
            link("items", f"{here}/items", GEOJSON, layer.title),
            link("describedby", f"{here}/schema", SCHEMA, described),
        ],
    }


def _cut(layer: Layer) -> str:
    if "k" not in layer.filters:
        return ""
    return f" Without k the {DEFAULT_K:,} largest; with it at most {MAX_K:,}."


def _descriptions(root: str) -> list[dict[str, str]]:
    return [
        link("service-desc", f"{root}/openapi.json", OPENAPI, "OpenAPI 3.1"),
        link("service-doc", f"{root}/docs", HTML, "the same as a page"),
    ]
