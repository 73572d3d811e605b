"""Writing entries: in the transaction of what they tell, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Connection, Integer, Text, Uuid, bindparam, func, select

from gis_service.audit.purposes import Purpose
from movements.receipt import Receipt
from routes.arrays import given, ids, taught

# As audit.append takes them.
_APPENDED = select(
    func.audit.append(
        *(
            bindparam(name, type_=Text)
            for name in ("role", "token_id", "purpose", "action", "subject_kind")
        ),
        bindparam("subject", type_=Uuid),
        given("people"),
        bindparam("n", type_=Integer),
        bindparam("request_id", type_=Text),
        bindparam("case_ref", type_=Text),
    )
)


class NotInTransaction(Exception):
    """An entry is written by a connection that commits each statement by itself."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever sees or writes.

    Attributes:
        role: one of ``policy.ROLES``, or ``operator`` for a command on the server.
        token_id: which token, where there is one.
        request_id: the request, as its answer names it.
    """

    role: str
    token_id: str | None
    request_id: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What is seen or written.

    Attributes:
        kind: as ``batch``, ``person``, ``train``.
        id: which one, where it has an id that tells nothing of a person.
        people: keyed hashes of the people seen (``keys.AuditKey.hashed``).
        n: of how many people; by default as many as ``people``.
        case_ref: for which case they were traced, as the tracer names it.
    """

    kind: str
    id: UUID | None = None
    people: Sequence[bytes] = ()
    n: int | None = None
    case_ref: str | None = None


def operator() -> Who:
    """Return who runs a command on the server itself."""
    return Who("operator", None, uuid4().hex[:16])


def record(
    db: Connection, who: Who, *, purpose: Purpose, action: str, subject: Subject
) -> None:
    """Write an entry within the caller's transaction: if one fails, so does the other.

    Answer with what was read only after COMMIT.

    Args:
        db: a connection of a plane that may write entries, in READ COMMITTED.
        who: sees or writes.
        purpose: what for.
        action: what is done, as ``batch.people``.
        subject: to what, and who was seen.

    Raises:
        NotInTransaction: the connection commits each statement by itself.
    """
    if getattr(db.connection.driver_connection, "autocommit", False):
        raise NotInTransaction(f"{action}: the entry would outlive what it tells")
    taught(db).execute(
        _APPENDED,
        {
            "role": who.role,
            "token_id": who.token_id,
            "purpose": purpose.value,
            "action": action,
            "subject_kind": subject.kind,
            "subject": subject.id,
            "people": ids(subject.people),
            "n": len(subject.people) if subject.n is None else subject.n,
            "request_id": who.request_id,
            "case_ref": subject.case_ref,
        },
    )


def accepted(db: Connection, receipt: Receipt, *, who: Who) -> None:
    """Write that a batch was accepted; a dry run and a repetition wrote nothing."""
    if receipt.batch is None or receipt.replayed:
        return
    record(
        db,
        who,
        purpose=Purpose.OWN_BATCH,
        action="batch.accept",
        subject=Subject("batch", receipt.batch, n=receipt.accepted),
    )
