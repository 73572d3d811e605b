"""Fetch what a source holds now, and keep it; the last good answer stays otherwise."""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, select

from boundaries.lookup import gazetteer
from boundaries.version import bump
from boundaries.vintage import sets_on
from layers import portal_store
from layers.fetch import Wanted, fetch
from layers.fetch_address import Resolve, resolved
from layers.portal_cells import INDIA
from layers.portal_rows import Matched, Reading, matched
from layers.portal_sources import DIALECTS, SUBJECT, portal_of
from layers.portal_tables import PORTAL_SNAPSHOT, PORTAL_SOURCE


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did.

    Attributes:
        changed: whether there is a new snapshot.
        districts: how many it tells of; 0 where nothing changed.
        unmatched: rows that could not be used.
    """

    changed: bool
    districts: int = 0
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class Means:
    """By what a source is asked.

    Attributes:
        token: of the source, where it needs one.
        resolve: gives a name's addresses.
        trust: whose certificates are believed; the system's by default.
    """

    token: str | None = None
    resolve: Resolve = resolved
    trust: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        """Show no token."""
        return "Means(...)"


MEANS = Means()


def due(db: Connection) -> list[str]:
    """Return the names of the sources that are to be asked by now."""
    source = PORTAL_SOURCE.c
    late = select(source.name).where(source.due_at <= func.now())
    return list(db.execute(late.order_by(source.name)).scalars())


def pull(
    db: Connection, name: str, *, now: datetime, means: Means = MEANS
) -> Pulled | None:
    """Ask a source; ``None`` where somebody else is asking it, or it is not registered.

    Args:
        db: a connection as the owner, in a transaction; no other pull of the source
            runs until its end.
        name: of the portal.
        now: the instant.
        means: by what it is asked.

    Raises:
        AddressRefused, SourceAway, BadAnswer: as of ``fetch``, and where the answer
            cannot be used; nothing is changed.
    """
    mine = select(PORTAL_SOURCE).where(PORTAL_SOURCE.c.name == name)
    source = db.execute(mine.with_for_update(skip_locked=True)).one_or_none()
    if source is None:
        return None
    districts = sets_on(db).district
    before = _newest(db, source)
    # Matched to other districts, the same rows are to be read again.
    known = before is not None and before.district_set == districts
    wanted = _wanted(source, means, known=known)
    answer = fetch(wanted, resolve=means.resolve, trust=means.trust)
    digest = _digest(source, districts, answer.body)
    if before is not None and (answer.body is None or digest == before.digest):
        held: int = before.snapshot_id
        portal_store.went_well(db, source, answer, now=now, snapshot_id=held)
        return Pulled(changed=False)
    found = _matched(db, source, answer.body or b"", now=now)
    new = portal_store.keep(
        db, source, found, digest=digest, district_set=districts, now=now
    )
    portal_store.went_well(db, source, answer, now=now, snapshot_id=new)
    bump(db, SUBJECT)
    return Pulled(changed=True, districts=len(found.values), unmatched=found.unmatched)


def _newest(db: Connection, source: Row[Any]) -> Row[Any] | None:
    snapshot = PORTAL_SNAPSHOT.c
    query = select(snapshot.snapshot_id, snapshot.digest, snapshot.district_set)
    mine = query.where(snapshot.snapshot_id == source.snapshot_id)
    return db.execute(mine).one_or_none()  # type: ignore[return-value]  # named columns


def _wanted(source: Row[Any], means: Means, *, known: bool) -> Wanted:
    return Wanted(
        url=source.url,
        media_types=DIALECTS[source.dialect].media_types,
        networks=tuple(map(ip_network, source.networks)),
        ports=tuple(source.ports),
        token=means.token,
        etag=source.etag if known else None,
        last_modified=source.last_modified if known else None,
    )


def _digest(source: Row[Any], districts: str, body: bytes | None) -> bytes:
    """Return what tells equal answers, read alike, from others."""
    reading = [source.dialect, source.fields, source.date_format, districts]
    reading += [source.attribution, source.licence]
    told = orjson.dumps(reading, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told + b"\0" + (body or b"")).digest()


def _matched(
    db: Connection, source: Row[Any], body: bytes, *, now: datetime
) -> Matched:
    reading = Reading(
        portal=portal_of(source.name),
        fields=source.fields,
        units=gazetteer(db),
        today=now.astimezone(INDIA).date(),
        date_format=source.date_format,
    )
    return matched(DIALECTS[source.dialect].read(body), reading)
