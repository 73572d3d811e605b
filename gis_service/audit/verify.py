"""Whether the log is whole: every root, every entry, each where it was written.

Roots first, since they say what the chains must hold; then all entries beside all
heads, both in order, so that it takes the same memory however long the log is.
"""

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Select, select

from gis_service.audit.chain import Chain, Claim
from gis_service.audit.entry import Entry, of_row
from gis_service.audit.findings import Finding, Tally
from gis_service.audit.kept import kept_now
from gis_service.audit.roots import CHUNK
from gis_service.audit.tables import ENTRY, HEAD, ROOT, readable
from gis_service.audit.verify_roots import lost_claims, root_findings

_STREAM = {"stream_results": True, "yield_per": CHUNK}
_ENTRIES = select(*readable(ENTRY)).order_by(ENTRY.c.writer, ENTRY.c.seq)
# Of roots that are there, to be believed or not: a head without one says nothing.
_HEADS = (
    select(HEAD.c.writer, HEAD.c.seq, HEAD.c.hash, HEAD.c.number)
    .join(ROOT, ROOT.c.number == HEAD.c.number)
    .order_by(HEAD.c.writer, HEAD.c.seq)
)
_CLAIMS = _HEADS.where(HEAD.c.cut.is_(False))
_CUTS = _HEADS.where(HEAD.c.cut)

# An entry comes before what is claimed of it.
Step = tuple[int, int, int, Entry | Claim]


def findings(
    db: Connection, *, public: Ed25519PublicKey, kept: Path, tally: Tally
) -> Iterator[Finding]:
    """Yield what is not as it was written; nothing where all is.

    Args:
        db: a connection in REPEATABLE READ, so that all is of one instant; it has read
            nothing yet, so that whatever the file holds is in the database too.
        public: the key that roots are signed with.
        kept: a file of roots, kept beside or elsewhere; it need not be there.
        tally: is filled while one reads.

    Raises:
        BadRootsFile: the file holds something else.
    """
    beside = kept_now(kept)
    yield from root_findings(db, public=public, kept=beside, tally=tally)
    yield from _entry_findings(db, tally, lost_claims(db, beside, public))


def _entry_findings(
    db: Connection, tally: Tally, lost: list[Claim]
) -> Iterator[Finding]:
    cuts = {each.writer: each for each in _claims(db, _CUTS, tally)}
    claims = heapq.merge(
        _claims(db, _CLAIMS, tally), lost, key=lambda each: (each.writer, each.seq)
    )
    chain: Chain | None = None
    for writer, _, _, step in heapq.merge(
        _entry_steps(db, tally), _claim_steps(claims), key=lambda step: step[:3]
    ):
        if chain is None or chain.writer != writer:
            if chain:
                yield from chain.ended(tally)
            chain = Chain(db, writer, cuts.get(writer))
        yield from chain.read(step) if isinstance(step, Entry) else chain.hold(step)
    if chain:
        yield from chain.ended(tally)


def _entry_steps(db: Connection, tally: Tally) -> Iterator[Step]:
    for row in db.execute(_ENTRIES, execution_options=_STREAM):
        tally.entries += 1
        entry = of_row(row)
        yield entry.writer, entry.seq, 0, entry


def _claim_steps(claims: Iterator[Claim]) -> Iterator[Step]:
    for claim in claims:
        yield claim.writer, claim.seq, 1, claim


def _claims(db: Connection, query: Select[Any], tally: Tally) -> Iterator[Claim]:
    for row in db.execute(query, execution_options=_STREAM):
        claim = Claim(row.writer, row.seq, bytes(row.hash), row.number)
        if claim.number in tally.believed:
            yield claim
