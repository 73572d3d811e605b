"""How one page leads to the next: pure, no question is asked here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from gis_service.connectors.description import Description
from gis_service.connectors.pointer import at
from layers.errors import AddressRefused, BadAnswer
from layers.fetch_address import address

_LINK = re.compile(r"<([^>]*)>([^<]*)")
LONGEST_CURSOR = 2_000

# Where a pull stands: page, offset or cursor, or the next address. None: at the start.
Place = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it came.

    Attributes:
        told: the JSON it is, where it is JSON.
        link: the header ``Link``.
        rows: how many it has.
    """

    told: Any
    link: str | None
    rows: int


def url(of: Description, place: Place, since: str | None) -> str:
    """Return the address of a page.

    Args:
        of: the platform.
        place: where the pull stands.
        since: the mark behind which rows are wanted.
    """
    if place and "url" in place:
        return str(place["url"])
    paging = of.paging
    asked = dict(of.parameters)
    if of.since and since is not None:
        asked[of.since.parameter] = since
    if paging.size_parameter and paging.kind != "none":
        asked[paging.size_parameter] = str(paging.size)
    if paging.parameter:
        value = _value(of, place)
        if value is not None:
            asked[paging.parameter] = str(value)
    parts = urlsplit(of.url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *asked.items()]
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def onward(of: Description, place: Place, answer: Answer) -> Place:
    """Return where the next page is; ``None`` where this was the last.

    Raises:
        BadAnswer: it leads in a circle, or the cursor is none.
        AddressRefused: it leads to another host, which the token is not for.
    """
    kind = of.paging.kind
    then: Place = None
    if kind in ("page", "offset") and answer.rows:
        step = 1 if kind == "page" else answer.rows
        then = {"at": _value(of, place) + step}
    elif kind == "cursor":
        then = _cursor(of, answer)
    elif kind == "link":
        then = _linked(of, place, answer)
    if then is not None and then == place:
        raise BadAnswer("its next page is this page again")
    return then


def _value(of: Description, place: Place) -> Any:  # noqa: ANN401 - a number or a text
    if place:
        return place["at"]
    return {"page": of.paging.first, "offset": 0}.get(of.paging.kind)


def _cursor(of: Description, answer: Answer) -> Place:
    found = at(answer.told, of.paging.next or "", default=None)
    if found is None or found is False or found == "":
        return None
    if not isinstance(found, str | int) or len(str(found)) > LONGEST_CURSOR:
        raise BadAnswer("its cursor is neither text nor a number")
    return {"at": found}


def _linked(of: Description, place: Place, answer: Answer) -> Place:
    for target, more in _LINK.findall(answer.link or ""):
        if _is_next(more):
            then = urljoin(url(of, place, None), target)
            there = address(then, ports=of.ports)
            if there.origin != address(of.url, ports=of.ports).origin:
                raise AddressRefused("its next page is at another host")
            return {"url": then}
    return None


def _is_next(parameters: str) -> bool:
    """Say whether a link's parameters (RFC 8288) name it the next page."""
    for each in parameters.split(";"):
        name, _, value = each.partition("=")
        words = value.strip(' ,\t"').lower().split()
        if name.strip().lower() == "rel" and "next" in words:
            return True
    return False
