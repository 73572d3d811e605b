"""Where the fetcher may go: an address in parts, its host looked up once and checked.

What a name leads to is for its owner to say, and may be our own network. So each
address that a name has is looked at before any is asked, and the one that was looked at
is the one that is connected to; the name is not looked up again.
"""

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from threading import Thread

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from layers.errors import AddressRefused, SourceAway

Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

PORTS = {"http": 80, "https": 443}
MOST_LETTERS = 2_000

# Beyond what the standard library calls not global: addresses that hold an IPv4 address
# within, which would be asked behind our back, and a cloud's own host on a public one.
ALSO_REFUSED = tuple(
    map(
        ip_network,
        (
            "::ffff:0:0/96",  # IPv4-mapped
            "::/96",  # IPv4-compatible
            "64:ff9b::/96",  # translated to IPv4
            "64:ff9b:1::/48",
            "2002::/16",  # 6to4
            "2001::/32",  # Teredo
            "fec0::/10",  # site-local
            "192.0.0.0/24",  # protocols' own, and a cloud's metadata
            "168.63.129.16/32",  # another cloud's
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts; ``target`` is path and query.

    The query may hold a key, so nothing here shows ``target``.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a credential belongs to."""
        return self.scheme, self.host, self.port

    @property
    def named(self) -> str:
        """The host as the header ``Host`` has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __repr__(self) -> str:
        """Show the host alone."""
        return f"Address({self.scheme}://{self.named})"


def address(url: str, *, ports: Sequence[int] = ()) -> Address:
    """Return an address in parts.

    Args:
        url: absolute, http or https.
        ports: allowed beside 80 and 443.

    Raises:
        AddressRefused: it is no such address, or names credentials or another port.
    """
    if len(url) > MOST_LETTERS or not url.isprintable() or set(url) & set(" \\"):
        raise AddressRefused("an address has at most 2,000 letters and no spaces")
    try:
        parts = parse_url(url)
    except LocationParseError as error:
        raise AddressRefused("this is not an address") from error
    if parts.scheme not in PORTS or not parts.host:
        raise AddressRefused(f"scheme is {parts.scheme!r}; allowed: http, https")
    if parts.auth is not None:
        raise AddressRefused("an address holds no name or password: use a token file")
    port = parts.port or PORTS[parts.scheme]
    allowed = sorted({*PORTS.values(), *ports})
    if port not in allowed:
        listed = ", ".join(map(str, allowed))
        raise AddressRefused(f"port is {port}; allowed for this source: {listed}")
    return Address(parts.scheme, parts.host.strip("[]"), port, parts.request_uri)


def resolved(host: str, port: int) -> list[str]:
    """Return every address that a name has now, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def looked_up(
    at: Address, *, resolve: Resolve, networks: Sequence[Network], seconds: float
) -> list[str]:
    """Return the addresses to connect to, after looking at each of them.

    Args:
        at: whose host is looked up, once.
        resolve: gives a name's addresses.
        networks: which of those not public may be asked.
        seconds: how long looking may take.

    Raises:
        SourceAway: the name has no address, or none in time.
        AddressRefused: one of its addresses is not to be asked.
    """
    found = _in_time(at, resolve, seconds)
    if not found:
        raise SourceAway(f"the name {at.host} has no address")
    for each in found:
        if why := refusal(each, networks):
            raise AddressRefused(
                f"{at.host} leads to {each}, {why}; allowed are public addresses and"
                " the networks that the source lists (--allow-cidr)"
            )
    return found


def _in_time(at: Address, resolve: Resolve, seconds: float) -> list[str]:
    found: list[str] = []

    def look() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(resolve(at.host, at.port))

    # The system's look-up cannot be broken off, only left alone.
    looking = Thread(target=look, daemon=True)
    looking.start()
    looking.join(max(0.0, seconds))
    if looking.is_alive():
        raise SourceAway(f"looking up the name {at.host} took too long")
    return found


def refusal(text: str, networks: Sequence[Network]) -> str | None:
    """Return why an IP address is not asked, ``None`` where it is."""
    try:
        ip = ip_address(text)
    except ValueError:
        return "which is no IP address"
    if any(ip in network for network in networks):
        return None
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return f"which is {_kind(ip)}"
    if any(ip in network for network in ALSO_REFUSED):
        return "which stands for another address"
    return None


def _kind(ip: IPv4Address | IPv6Address) -> str:
    kinds = (
        "loopback",
        "link_local",
        "multicast",
        "unspecified",
        "private",
        "reserved",
    )
    named = (kind for kind in kinds if getattr(ip, f"is_{kind}"))
    return next(named, "not public").replace("_", "-")
