"""Sending a signed message to an address that a stranger named, and nothing else.

They may name an address inside our own network, so the rules are those of ``fetch``:
https alone, each address of the name looked at before any is asked, certificates
verified, seconds limited. Redirects are not followed and what is answered is not read:
a receiver has nothing to say but its status.
"""

import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from layers.errors import AddressRefused
from layers.fetch_address import (
    Address,
    Network,
    Resolve,
    address,
    looked_up,
    refusal,
    resolved,
)
from layers.fetch_body import Limits
from layers.fetch_connection import Way, answered
from layers.fetch_pause import retry_after

USER_AGENT = "nmis-gis-service (+delivers webhooks)"
# A receiver that works before it answers does it wrongly; others wait behind it.
LIMITS = Limits(most_bytes=0, total_s=15.0, read_s=10.0)
_IP = frozenset("0123456789abcdef.:")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Where messages may go beside public addresses and port 443.

    Attributes:
        networks: that are not public and may be asked.
        ports: beside 443.
        resolve: gives a name's addresses.
        trust: whose certificates are believed; the system's by default.
    """

    networks: tuple[Network, ...] = ()
    ports: tuple[int, ...] = ()
    resolve: Resolve = field(default=resolved)
    trust: ssl.SSLContext | None = None


ALLOWED = Allowed()


@dataclass(frozen=True, slots=True)
class Answered:
    """What a receiver said: its status, and for how many seconds to leave it alone."""

    status: int
    retry_after_s: float | None = None


def target(url: str, allowed: Allowed = ALLOWED) -> Address:
    """Return an address that messages may be sent to, before its name is looked up.

    Raises:
        AddressRefused: it is none, is not https, or names what is not public.
    """
    at = address(url, ports=allowed.ports)
    if at.scheme != "https":
        raise AddressRefused(f"scheme is {at.scheme!r}; allowed: https")
    # A name is looked up when it is used; what is written out can be told now.
    if at.host.lower() == "localhost" or _is_literal(at.host):
        ip = "127.0.0.1" if at.host.lower() == "localhost" else at.host
        if why := refusal(ip, allowed.networks):
            raise AddressRefused(f"{at.host}, {why}; allowed are public addresses")
    return at


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Allowed = ALLOWED,
    limits: Limits = LIMITS,
) -> Answered:
    """Send a JSON body, and return what the receiver said.

    Raises:
        AddressRefused: it leads where it must not.
        SourceAway: it does not answer, or takes too long.
    """
    deadline = time.monotonic() + limits.total_s
    at = target(url, allowed)
    found: Sequence[str] = looked_up(
        at,
        resolve=allowed.resolve,
        networks=allowed.networks,
        seconds=deadline - time.monotonic(),
    )
    trust = allowed.trust or ssl.create_default_context()
    way = Way(at, found, trust, limits, deadline)
    sent = {
        "Host": at.named,
        "User-Agent": USER_AGENT,
        "Content-Type": "application/json",
        **headers,
    }
    with answered(way, sent, body) as answer:
        return Answered(answer.status, retry_after(answer.headers.get("Retry-After")))


def _is_literal(host: str) -> bool:
    return set(host.lower()) <= _IP and ("." in host or ":" in host)
