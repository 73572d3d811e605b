"""The only outgoing HTTP: one GET of a registered source, within limits.

urllib3's connections are given an IP address that was looked at
(``fetch_address.py``); TLS is verified against the name. Redirects are followed here,
each as carefully as the first address. No proxy, cookie or password of the machine's
user has a part in it.
"""

import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse

from layers.errors import AddressRefused, BadAnswer, Busy, NotAdmitted
from layers.fetch_address import (
    Address,
    Network,
    Resolve,
    address,
    looked_up,
    resolved,
)
from layers.fetch_body import Limits, whole
from layers.fetch_connection import Way, answered
from layers.fetch_pause import retry_after

USER_AGENT = "nmis-gis-service (+fetches registered sources)"
MOST_REDIRECTS = 5
OK, UNCHANGED = 200, 304
REDIRECTS = (301, 302, 303, 307, 308)
NOT_ADMITTED, BUSY = (401, 403), (429, 503)
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is fetched, and how far the source may lead us.

    Attributes:
        url: where it is.
        media_types: what it may be; an error page is none of these.
        networks: which addresses that are not public it may lead to.
        ports: allowed beside 80 and 443.
        token: shown to this host alone, and over TLS alone.
        token_header: the header it stands in, where it is not a bearer token.
        etag, last_modified: of what we have already.
    """

    url: str
    media_types: tuple[str, ...]
    networks: tuple[Network, ...] = ()
    ports: tuple[int, ...] = ()
    token: str | None = None
    token_header: str | None = None
    etag: str | None = None
    last_modified: str | None = None

    def __repr__(self) -> str:
        """Show no address and no token."""
        return "Wanted(...)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: ``body`` is ``None`` where we have it already; ``link`` as sent."""

    body: bytes | None
    etag: str | None = None
    last_modified: str | None = None
    link: str | None = None


def fetch(
    wanted: Wanted,
    *,
    resolve: Resolve = resolved,
    trust: ssl.SSLContext | None = None,
    limits: Limits = LIMITS,
) -> Fetched:
    """Return what a source holds now.

    Args:
        wanted: what is fetched.
        resolve: gives a name's addresses; asked once for each host on the way.
        trust: whose certificates are believed; the system's by default.
        limits: of bytes and time.

    Raises:
        AddressRefused: the source leads where it must not.
        SourceAway: it does not answer, or takes too long.
        BadAnswer: what it answers is not what it should be; ``NotAdmitted`` of the
            token, ``Busy`` where it asks to be left alone.
    """
    deadline = time.monotonic() + limits.total_s
    at, token = address(wanted.url, ports=wanted.ports), wanted.token
    for _ in range(MOST_REDIRECTS + 1):
        found = looked_up(
            at,
            resolve=resolve,
            networks=wanted.networks,
            seconds=deadline - time.monotonic(),
        )
        way = Way(at, found, trust or ssl.create_default_context(), limits, deadline)
        with answered(way, _headers(wanted, at, token)) as answer:
            if answer.status not in REDIRECTS:
                return _taken(answer, wanted, way)
            onward = _onward(at, answer, wanted.ports)
        # Once it was on its way to another host it is not shown again.
        token = token if onward.origin == at.origin else None
        at = onward
    raise AddressRefused(f"more than {MOST_REDIRECTS} redirects")


def _headers(wanted: Wanted, at: Address, token: str | None) -> dict[str, str]:
    headers = {
        "Host": at.named,
        "User-Agent": USER_AGENT,
        "Accept": ", ".join(wanted.media_types),
        "Accept-Encoding": "gzip, deflate",
    }
    if token:
        if at.scheme != "https":
            raise AddressRefused("a token is sent by https alone")
        if wanted.token_header:
            headers[wanted.token_header] = token
        else:
            headers["Authorization"] = f"Bearer {token}"
    if wanted.etag:
        headers["If-None-Match"] = wanted.etag
    if wanted.last_modified:
        headers["If-Modified-Since"] = wanted.last_modified
    return headers


def _onward(at: Address, answer: BaseHTTPResponse, ports: Sequence[int]) -> Address:
    place = answer.headers.get("Location", "")
    if not place:
        raise BadAnswer(f"it answered {answer.status} without a place to go to")
    onward = address(
        urljoin(f"{at.scheme}://{at.named}{at.target}", place), ports=ports
    )
    if at.scheme == "https" and onward.scheme == "http":
        raise AddressRefused("it leads from https to http")
    return onward


def _taken(answer: BaseHTTPResponse, wanted: Wanted, way: Way) -> Fetched:
    tags = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    known = wanted.etag or wanted.last_modified
    if answer.status == UNCHANGED and known:
        return Fetched(None, wanted.etag, wanted.last_modified)
    if answer.status in NOT_ADMITTED:
        raise NotAdmitted(f"it answered {answer.status}: is its token still good?")
    if answer.status in BUSY:
        seconds = retry_after(answer.headers.get("Retry-After"))
        raise Busy(f"it answered {answer.status}", seconds)
    if answer.status != OK:
        raise BadAnswer(f"it answered {answer.status}")
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in wanted.media_types:
        allowed = ", ".join(wanted.media_types)
        raise BadAnswer(f"it is of type {kind[:80]!r}; allowed: {allowed}")
    body = whole(answer, limits=way.limits, deadline=way.deadline)
    return Fetched(body, *tags, link=answer.headers.get("Link"))
