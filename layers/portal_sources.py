"""Registered sources of portals: added, removed, listed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from boundaries.version import bump
from layers.catalogue import PORTALS
from layers.errors import AddressRefused, BadSource
from layers.fetch_address import address
from layers.portal import Portal
from layers.portal_tables import PORTAL_SNAPSHOT, PORTAL_SOURCE
from layers.portals import _csv, _geojson

DIALECTS = {"csv": _csv.DIALECT, "geojson": _geojson.DIALECT}
ENDINGS = {".csv": "csv", ".geojson": "geojson", ".json": "geojson"}

SUBJECT = "portals"
MOST_HOURS = 24 * 31
MOST_PORT = 65_535
# A wider network than this is no longer one that somebody means.
SHORTEST = {4: 8, 6: 32}


@dataclass(frozen=True, slots=True)
class Registration:
    """A source as it is registered.

    Attributes:
        name: of the portal.
        url: where it is.
        dialect: of its answers; by the end of the address if not told.
        fields: our names of columns, and the source's.
        date_format: of its days, where they are not ISO 8601.
        networks: which addresses that are not public it may lead to (CIDR).
        ports: beside 80 and 443.
        token_file: where its token lies on this server.
        attribution: whose it is; the host's name if empty.
        licence: under which it may be shown.
        public: shown without a token.
        refresh_hours: how often it is asked; the portal's usual if 0.
    """

    name: str
    url: str
    dialect: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    networks: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    token_file: str | None = None
    attribution: str = ""
    licence: str = "not stated"
    public: bool = False
    refresh_hours: int = 0


def portal_of(name: str) -> Portal:
    """Return a portal by name.

    Raises:
        BadSource: there is none; says which there are.
    """
    if name not in PORTALS:
        raise BadSource(f"no portal {name!r}; there are {', '.join(PORTALS)}")
    return PORTALS[name]


def register(db: Connection, given: Registration) -> None:
    """Add a source, or change it; it is due at once, and read as if for the first time.

    What was fetched before stays until the next answer that can be used.

    Raises:
        BadSource: something given is not allowed; says what is.
    """
    portal = portal_of(given.name)
    _refuse(given, portal)
    row = {
        "url": given.url,
        "dialect": given.dialect or _dialect(given.url),
        "fields": dict(given.fields),
        "date_format": given.date_format,
        "networks": [str(ip_network(each)) for each in given.networks],
        "ports": list(given.ports),
        "token_file": given.token_file,
        "attribution": given.attribution or urlsplit(given.url).hostname,
        "licence": given.licence,
        "public": given.public,
        "refresh_hours": given.refresh_hours or portal.refresh_hours,
        "due_at": func.now(),
        "failures": 0,
        "failing_since": None,
        "failure": None,
        "etag": None,
        "last_modified": None,
    }
    added = insert(PORTAL_SOURCE).values(name=given.name, **row)
    db.execute(added.on_conflict_do_update(index_elements=["name"], set_=row))
    bump(db, SUBJECT)


def remove(db: Connection, name: str) -> None:
    """Remove a source and all that was fetched from it.

    Raises:
        BadSource: it is not registered.
    """
    gone = db.execute(delete(PORTAL_SOURCE).where(PORTAL_SOURCE.c.name == name))
    if gone.rowcount == 0:
        raise BadSource(f"no source of {name!r} is registered")
    db.execute(delete(PORTAL_SNAPSHOT).where(PORTAL_SNAPSHOT.c.name == name))
    bump(db, SUBJECT)


def sources(db: Connection) -> list[Row[Any]]:
    """Return every source with its newest snapshot, as the operator may see them."""
    newest = PORTAL_SNAPSHOT.c
    shown = (newest[each] for each in ("fetched_at", "checked_at", "data_date", "rows"))
    query = select(
        PORTAL_SOURCE, *shown, newest.matched, newest.unmatched, newest.faults
    ).outerjoin(PORTAL_SNAPSHOT, newest.snapshot_id == PORTAL_SOURCE.c.snapshot_id)
    return list(db.execute(query.order_by(PORTAL_SOURCE.c.name)).all())


def _dialect(url: str) -> str:
    path = urlsplit(url).path.lower()
    for ending, dialect in ENDINGS.items():
        if path.endswith(ending):
            return dialect
    raise BadSource(f"the dialect is not told; allowed: {', '.join(DIALECTS)}")


def _refuse(given: Registration, portal: Portal) -> None:
    _refuse_value("dialect", [given.dialect] if given.dialect else [], DIALECTS)
    _refuse_value("field", given.fields, portal.columns)
    _refuse_number("refresh", given.refresh_hours or 1, MOST_HOURS)
    for port in given.ports:
        _refuse_number("port", port, MOST_PORT)
    for each in given.networks:
        _refuse_network(each)
    try:
        at = address(given.url, ports=given.ports)
    except AddressRefused as error:
        raise BadSource(f"the address: {error}") from error
    if given.token_file and at.scheme != "https":
        raise BadSource("a token is sent by https alone: the address begins otherwise")


def _refuse_value(what: str, given: Iterable[str], allowed: Collection[str]) -> None:
    for each in given:
        if each not in allowed:
            raise BadSource(f"{what} is {each!r}; allowed: {', '.join(allowed)}")


def _refuse_number(what: str, given: int, most: int) -> None:
    if not 1 <= given <= most:
        raise BadSource(f"{what} is {given}; allowed: 1 to {most}")


def _refuse_network(text: str) -> None:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise BadSource(f"network is {text!r}; allowed: as 10.1.0.0/16") from error
    shortest = SHORTEST[network.version]
    if network.prefixlen < shortest:
        raise BadSource(f"network is {text!r}; allowed: /{shortest} or smaller")
