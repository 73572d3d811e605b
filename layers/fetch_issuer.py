"""Asking an OpenID provider that the operator named: its documents, keys and tokens.

The operator trusts it with who their officers are, so it may be inside their own
network. All else is as for any source: an address is looked at before it is connected
to, certificates are verified, bytes and seconds are limited. Redirects are not
followed: a client's secret goes where the provider's own document says, or nowhere.
"""

import ssl
import time
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from layers.errors import AddressRefused, BadAnswer
from layers.fetch_address import Address, Resolve, address, looked_up, resolved
from layers.fetch_body import MIB, Limits, whole
from layers.fetch_connection import Way, answered

USER_AGENT = "nmis-gis-service (+signs officers in)"
# Somebody waits at a screen; the documents are a few kB.
LIMITS = Limits(most_bytes=MIB, total_s=10.0, read_s=5.0)
ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
OK = 200


def asked(
    url: str,
    *,
    form: dict[str, str] | None = None,
    authorization: str = "",
    resolve: Resolve = resolved,
    trust: ssl.SSLContext | None = None,
) -> dict[str, Any]:
    """Return the JSON object that a provider answers.

    Args:
        url: of one of its documents; https, or http on this machine itself.
        form: what is sent by POST; without it the document is read by GET.
        authorization: the header of that name.
        resolve: gives a name's addresses.
        trust: whose certificates are believed; the system's by default.

    Raises:
        AddressRefused: the address is none, or is not to be asked without TLS.
        SourceAway: it does not answer, or takes too long.
        BadAnswer: it refuses, or answers something else.
    """
    deadline = time.monotonic() + LIMITS.total_s
    at = address(url, ports=_port(url))
    seconds = deadline - time.monotonic()
    found = looked_up(at, resolve=resolve, networks=ANYWHERE, seconds=seconds)
    if at.scheme != "https" and not all(ip_address(ip).is_loopback for ip in found):
        raise AddressRefused("a provider on another machine is asked by https alone")
    way = Way(at, found, trust or ssl.create_default_context(), LIMITS, deadline)
    body = None if form is None else urlencode(form).encode("ascii")
    with answered(way, _headers(at, authorization, body), body) as answer:
        taken = whole(answer, limits=LIMITS, deadline=deadline)
        return _object(answer.status, taken)


def _port(url: str) -> tuple[int, ...]:
    try:
        port = urlsplit(url).port
    except ValueError as error:
        raise AddressRefused("this is not an address") from error
    return () if port is None else (port,)


def _headers(at: Address, authorization: str, body: bytes | None) -> dict[str, str]:
    headers = {
        "Host": at.named,
        "User-Agent": USER_AGENT,
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
    }
    if authorization:
        headers["Authorization"] = authorization
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return headers


def _object(status: int, body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadAnswer(f"it answered {status}, and no JSON") from error
    if not isinstance(told, dict):
        raise BadAnswer(f"it answered {status}, and no JSON object")
    if status != OK:
        # A code of OAuth's (RFC 6749, 5.2), never the provider's free words.
        raise BadAnswer(f"it answered {status} {str(told.get('error', ''))[:40]!r}")
    return told
