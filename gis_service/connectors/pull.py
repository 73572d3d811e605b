"""A state's platform pulled, as if the state had uploaded each page.

A page is fetched, then stored in one transaction with how far the pull has come.
Whoever is cut off goes on with the page that was not stored; a page that comes twice
finds its rows by ``source_ref`` and changes nothing.
"""

import hashlib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_network

from sqlalchemy import Connection

from boundaries.lookup import gazetteer
from gis_service import audit, intake
from gis_service.connectors import kept, rows
from gis_service.connectors.description import (
    MEDIA,
    Description,
    Mapping,
    described,
    refuse_bad_mapping,
    token,
)
from gis_service.connectors.kept import Run
from gis_service.connectors.paging import Answer, Place, onward, url
from gis_service.connectors.rows import Page
from gis_service.db import Database
from gis_service.settings import Settings
from gis_service.webhooks import outbox
from layers.errors import BadAnswer
from layers.fetch import Fetched, Wanted, fetch
from layers.fetch_address import Resolve, resolved
from layers.fetch_body import MIB, Limits
from movements.batch import Upload, accept
from movements.keys import Keys
from movements.mapping_store import spellings
from movements.receipt import Receipt
from movements.spellings import NONE, Spellings, of_entries


@dataclass(frozen=True, slots=True)
class Means:
    """By what platforms are pulled.

    Attributes:
        database: where batches go.
        settings: of this installation.
        keys: of the vault.
        resolve: gives a name's addresses.
        trust: whose certificates are believed; the system's by default.
    """

    database: Database
    settings: Settings
    keys: Keys = field(repr=False)
    resolve: Resolve = resolved
    trust: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did: batches, their rows, and whether it came to the end."""

    pages: int = 0
    rows: int = 0
    accepted: int = 0
    refused: int = 0
    is_whole: bool = False


def pull(means: Means, state: int) -> Pulled:
    """Pull a state's platform, from where the last pull was cut off.

    Raises:
        NoConnector, BadConnector: of its description.
        LooseSecret, BadSource: of its token's file.
        AddressRefused, SourceAway, BadAnswer: of what it answers.
        PulledElsewhere: another process pulls it.
    """
    walk = _Walk(means, described(means.settings.var, state), state)
    receipts, whole = walk.walked()
    return Pulled(
        pages=len(receipts),
        rows=sum(each.rows for each in receipts),
        accepted=sum(each.accepted for each in receipts),
        refused=sum(each.refused for each in receipts),
        is_whole=whole,
    )


def tried(means: Means, state: int) -> Receipt | None:
    """Return what would become of the first page; nothing is stored.

    Raises:
        NoConnector, BadConnector, LooseSecret, BadSource, AddressRefused, SourceAway,
            BadAnswer: as of ``pull``.
    """
    walk = _Walk(means, described(means.settings.var, state), state)
    with means.database.upload.begin() as db:
        spelt = walk.spellings(db)
    of = walk.of
    first = of.since.first if of.since else None
    answer = walk.fetched(url(of, None, first))
    page = rows.page(of, answer.body or b"", spelt)
    onward(of, None, Answer(page.told, answer.link, page.rows))
    if page.sheet is None:
        return None
    with means.database.upload.begin() as db:
        return accept(db, walk.upload(page, key=None))


@dataclass(slots=True)
class _Walk:
    means: Means
    of: Description
    state: int

    def walked(self) -> tuple[list[Receipt], bool]:
        """Go from page to page; return the batches, and whether the end was reached."""
        with self.means.database.upload.begin() as db:
            spelt = self.spellings(db)
            run = kept.begun(db, self.state)
        first = self.of.since.first if self.of.since else None
        since = run.since if run.since is not None else first
        receipts: list[Receipt] = []
        before = b""
        for _ in range(self.of.limits.pages):
            answer = self.fetched(url(self.of, run.place, since))
            page = rows.page(self.of, answer.body or b"", spelt)
            mark = hashlib.sha256(answer.body or b"").digest()
            if page.rows and mark == before:
                raise BadAnswer("it gives the same page again")
            before = mark
            then = onward(self.of, run.place, Answer(page.told, answer.link, page.rows))
            further = self._stored(run, page, then, receipts)
            if further is None:
                return receipts, True
            run = further
        return receipts, False

    def fetched(self, address: str) -> Fetched:
        """Fetch a page; the token is read anew, as it may have been renewed."""
        shown, of = token(self.means.settings.var, self.of), self.of
        header = of.token.header if of.token else "Authorization"
        limits = Limits(
            most_bytes=of.limits.page_mb * MIB, total_s=float(of.limits.page_seconds)
        )
        return fetch(
            Wanted(
                url=address,
                media_types=MEDIA[of.media],
                networks=tuple(map(ip_network, of.networks)),
                ports=tuple(of.ports),
                token=shown,
                token_header=None if header.lower() == "authorization" else header,
            ),
            resolve=self.means.resolve,
            trust=self.means.trust,
            limits=limits,
        )

    def spellings(self, db: Connection) -> Spellings:
        """Return how the platform spells columns, words and districts."""
        refuse_bad_mapping(self.of, gazetteer(db))
        mapping = self.of.mapping
        if isinstance(mapping, Mapping):
            return of_entries("connector", **mapping.model_dump())
        if mapping is None:
            return NONE
        return spellings(db, tenant=self.state, name=mapping)

    def upload(self, page: Page, *, key: str | None) -> Upload:
        """Return a page as an upload; a trial where it has no key."""
        assert page.sheet is not None  # noqa: S101 - a page without rows is no upload
        content = page.sheet.frame.write_csv().encode()
        return Upload(
            sheet=page.sheet,
            terms=intake.terms(self.means.settings, self.state),
            keys=self.means.keys,
            dry_run=key is None,
            idempotency_key=key,
            digest=hashlib.sha256((key or "").encode() + b"\0" + content).digest(),
        )

    def _stored(
        self, run: Run, page: Page, then: Place, receipts: list[Receipt]
    ) -> Run | None:
        """Store a page with how far this is; return where to go on, if anywhere."""
        mark = rows.highest(page.marks, run.since_next)
        receipt = None
        with self.means.database.upload.begin() as db:
            kept.hold(db, run)
            if page.sheet is not None:
                receipt = self._accepted(db, run, page)
            if then is None:
                every = self.of.every_minutes * 60.0
                kept.completed(db, run, mark, every_s=every)
                further = None
            else:
                further = kept.advanced(db, run, then, mark)
        if receipt:
            receipts.append(receipt)
        return further

    def _accepted(self, db: Connection, run: Run, page: Page) -> Receipt:
        # No sender's: theirs are ASCII.
        key = f"§pull/{run.run_id}/{run.pages + 1}"
        receipt = accept(db, self.upload(page, key=key))
        who = audit.Who("uploader", None, run.run_id.hex[:16])
        audit.accepted(db, receipt, who=who)
        outbox.told(db, receipt, tenant=self.state)
        kept.taken(db, run, receipt)
        return receipt


def due(db: Connection, states: Iterable[int]) -> list[int]:
    """Return which of some states' platforms are to be pulled by now."""
    later = kept.not_yet(db)
    return [each for each in states if each not in later]
