"""Features as GeoJSON (RFC 7946): of each its properties; the shapes drawn are ours."""

import orjson

from layers.errors import BadAnswer
from layers.portal import Dialect, Row, Sheet


def read(body: bytes) -> Sheet:
    """Return the properties of each feature.

    Raises:
        BadAnswer: it is no FeatureCollection, or a part of one only.
    """
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadAnswer("it cannot be read as JSON") from error
    if not isinstance(told, dict) or told.get("type") != "FeatureCollection":
        raise BadAnswer("it is no FeatureCollection")
    features = told.get("features")
    if not isinstance(features, list):
        raise BadAnswer("it has no list of features")
    if _is_cut(told):
        raise BadAnswer("it is one page of several: ask the source for all at once")
    rows = [_properties(each) for each in features]
    return Sheet(frozenset().union(*rows), rows)


def _is_cut(told: Row) -> bool:
    within = told.get("properties")
    holders = [told, within if isinstance(within, dict) else {}]
    if any(each.get("exceededTransferLimit") for each in holders):
        return True
    links = told.get("links")
    return isinstance(links, list) and any(
        isinstance(each, dict) and each.get("rel") == "next" for each in links
    )


def _properties(feature: object) -> Row:
    found = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(found, dict):
        raise BadAnswer("a feature has no properties")
    return found


DIALECT = Dialect(
    media_types=(
        "application/geo+json",
        "application/json",
        "application/vnd.geo+json",
        "text/plain",
        "application/octet-stream",  # stores of files
    ),
    read=read,
)
