"""Whether the roots are whole, and the same as those that a file kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from gis_service.audit import roots
from gis_service.audit.chain import Claim
from gis_service.audit.entry import BEGINNING
from gis_service.audit.findings import Finding, Tally
from gis_service.audit.kept import Kept, roots_in
from gis_service.audit.keys import key_id
from gis_service.audit.root import Root
from gis_service.audit.tables import HEAD, ROOT

FILE_CHANGED = "file_changed"

# Heads, but no root that would vouch for them.
_ORPHANED = (
    select(HEAD.c.number)
    .distinct()
    .outerjoin(ROOT, ROOT.c.number == HEAD.c.number)
    .where(ROOT.c.number.is_(None))
)


def root_findings(
    db: Connection, *, public: Ed25519PublicKey, kept: Kept, tally: Tally
) -> Iterator[Finding]:
    """Yield what is wrong with roots, each by itself, their chain, and the file.

    Raises:
        BadRootsFile: the file holds something else.
    """
    beside = _Beside(roots_in(kept), public)
    number, tails = 0, {BEGINNING}
    for root in roots.every(db):
        tally.roots += 1
        if root.number < 1:
            yield _number(root)
            continue
        found = list(_faults(root, public))
        if root.number > number + 1:
            found.append(_missing(number + 1, root.number - 1))
        elif root.prev not in tails and not found:
            found.append(_order(root))
        other = list(beside.compared(root))
        yield from found
        # Of one that is wrong by itself, the file need not say so again.
        own = {each.root for each in found}
        yield from (each for each in other if each.root not in own)
        if all(
            each.root != root.number or each.kind == FILE_CHANGED
            for each in (*found, *other)
        ):
            tally.believed.add(root.number)
        number, tails = root.number, {root.hash, root.computed()}
    yield from beside.rest(number)
    for (orphaned,) in db.execute(_ORPHANED):
        yield _missing(orphaned, orphaned)


def lost_claims(db: Connection, kept: Kept, public: Ed25519PublicKey) -> list[Claim]:
    """Return what roots say that a file kept and the database has not any more."""
    last = db.execute(select(ROOT.c.number).order_by(ROOT.c.number.desc()).limit(1))
    number = last.scalar() or 0
    gone = (each for each in roots_in(kept) if each.number > number)
    heads = chain.from_iterable(
        ((head, root) for head in root.heads if not head.cut)
        for root in gone
        if root.is_signed(public)
    )
    claims = [Claim(h.writer, h.seq, h.hash, root.number) for h, root in heads]
    return sorted(claims, key=lambda each: (each.writer, each.seq))


@dataclass(slots=True)
class _Beside:
    """The roots of a file, read beside those of the database."""

    _kept: Iterator[Root]
    _public: Ed25519PublicKey
    _next: Root | None = field(init=False)

    def __post_init__(self) -> None:
        self._next = next(self._kept, None)

    def compared(self, root: Root) -> Iterator[Finding]:
        """Yield where the file has another root by this number, or has one before."""
        while self._next and self._next.number < root.number:
            yield self._lost(self._next)
            self._next = next(self._kept, None)
        if self._next and self._next.number == root.number:
            if self._next.body() != root.body():
                yield self._other(self._next)
            self._next = next(self._kept, None)

    def rest(self, number: int) -> Iterator[Finding]:
        """Yield the roots that the file kept and the database ends before."""
        while self._next:
            if self._next.number > number:
                yield self._lost(self._next)
            self._next = next(self._kept, None)

    def _lost(self, kept: Root) -> Finding:
        if not kept.is_signed(self._public):
            return self._file_changed(kept)
        says = f"root {kept.number} is missing from the database; the file kept it"
        return Finding("root_lost", says, root=kept.number)

    def _other(self, kept: Root) -> Finding:
        if not kept.is_signed(self._public):
            return self._file_changed(kept)
        says = f"root {kept.number} is not the one that the file kept"
        return Finding("root_forged", says, root=kept.number)

    def _file_changed(self, kept: Root) -> Finding:
        says = f"root {kept.number} of the file is not signed: the file was changed"
        return Finding(FILE_CHANGED, says, root=kept.number)


def _faults(root: Root, public: Ed25519PublicKey) -> Iterator[Finding]:
    if root.key_id != key_id(public) or not root.is_signed(public):
        says = f"root {root.number} is not signed with the key {key_id(public)}"
        yield Finding("root_changed", f"{says}: it was changed", root=root.number)
    elif root.hash != root.computed():
        says = f"root {root.number}: its hash was changed"
        yield Finding("root_changed", says, root=root.number)


def _missing(first: int, last: int) -> Finding:
    which = f"root {first} is" if first == last else f"roots {first} to {last} are"
    return Finding("root_missing", f"{which} missing", root=first)


def _number(root: Root) -> Finding:
    says = f"root {root.number} is none of ours: roots count from 1"
    return Finding("root_number", says, root=root.number)


def _order(root: Root) -> Finding:
    says = f"root {root.number} does not follow root {root.number - 1}"
    return Finding("root_order", says, root=root.number)
