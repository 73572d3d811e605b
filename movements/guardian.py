"""Who looks after a minor: found by the row id or unique ID that the row gives.

Nobody waits for a guardian: one who is not known is kept as sent, and told.
"""

from collections.abc import Container, Iterable
from uuid import UUID

import polars as pl
from sqlalchemy import ARRAY, Connection, Uuid, func, literal, select

from movements.errors import BadUniqueId
from movements.events import bucket
from movements.ignored import Ignored
from movements.source_refs import known
from movements.tables import PERSON
from movements.unique_id import id_of, id_text

_UNKNOWN = (
    "nobody was sent by this guardian_ref yet; it is kept as sent. Send guardians"
    " before, or in the same file"
)
_NOT_HERE = (
    "no guardian was found by this guardian_ref, among these rows or the people whom"
    " you see; it is kept as sent"
)
Notes = tuple[dict[str, object], ...]


def guarded(
    db: Connection,
    rows: pl.DataFrame,
    *,
    tenant: int,
    only: Container[UUID] | None = None,
) -> tuple[pl.DataFrame, Notes]:
    """Return rows with ``guardian``, the unique ID, where one is named and known.

    Args:
        db: a connection on the upload plane, within the tenant's walls.
        rows: identified rows; guardians may be among them.
        tenant: whose; guardians are people of the same state.
        only: if given, of whom alone a unique ID may name a guardian, whichever state
            sent them; a row id names one among the rows then, and no other.
    """
    if not rows["guardian_ref"].count():
        return rows, ()
    named = set(rows["guardian_ref"].drop_nulls())
    found = _in_file(rows, named)
    if only is None:
        found |= _sent_before(db, named - found.keys(), tenant=tenant)
        found |= _by_id(db, named - found.keys(), tenant=tenant)
    else:
        asked = ids_in(named - found.keys())
        found |= {text: person for text, person in asked.items() if person in only}
    people = rows["person_id"].to_list()
    guardians = [
        _other(found.get(ref), UUID(bytes=person)) if ref is not None else None
        for ref, person in zip(rows["guardian_ref"], people, strict=True)
    ]
    hung = rows.with_columns(guardian=pl.Series(guardians, dtype=pl.String))
    unknown = rows["guardian_ref"].count() - hung["guardian"].count()
    if not unknown:
        return hung, ()
    code, words = "guardian_unknown", _UNKNOWN
    if only is not None:
        code, words = "guardian_not_here", _NOT_HERE
    return hung, (Ignored("guardian_ref", code, words, unknown).body(),)


def ids_in(texts: Iterable[str]) -> dict[str, UUID]:
    """Return the unique IDs among texts, by how they are written."""
    asked: dict[str, UUID] = {}
    for text in texts:
        try:
            asked[text] = id_of(text)
        except BadUniqueId:
            continue
    return asked


def _other(guardian: UUID | None, person: UUID) -> str | None:
    """Return a guardian's ID; nobody is their own."""
    if guardian is None or guardian == person:
        return None
    return id_text(guardian)


def _in_file(rows: pl.DataFrame, named: set[str]) -> dict[str, UUID]:
    own = rows.filter(pl.col("source_ref").is_in(list(named)))
    pairs = own.select("source_ref", "person_id").iter_rows()
    return {ref: UUID(bytes=person) for ref, person in pairs}


def _sent_before(
    db: Connection, named: Iterable[str], *, tenant: int
) -> dict[str, UUID]:
    stood = known(db, list(named), tenant=tenant)
    return {ref: each.person_id for ref, each in stood.items() if not each.withdrawn}


def _by_id(db: Connection, named: Iterable[str], *, tenant: int) -> dict[str, UUID]:
    asked = ids_in(named)
    people = list(asked.values())
    stored = select(PERSON.c.person_id).where(
        PERSON.c.tenant == tenant,
        PERSON.c.bucket == func.any(literal([bucket(each) for each in people])),
        PERSON.c.person_id == func.any(literal(people, ARRAY(Uuid))),
    )
    there = set(db.execute(stored).scalars()) if people else set()
    return {text: person for text, person in asked.items() if person in there}
