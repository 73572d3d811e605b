"""Signed statements of what was erased, for whoever asks later.

A statement is JSON with sorted keys and no spaces. Ed25519 signs it, with the key of
the audit log and after a word that no other statement of ours begins with.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, insert, select

from gis_service.audit import roots
from gis_service.audit.keys import AuditKey, key_id
from gis_service.audit.root import Root
from movements.retention import Run
from movements.retention_tables import PURGE, PURGE_PROOF

KIND = "nmis.purge.1"
_WORD = b"nmis purge proof\n"


@dataclass(frozen=True, slots=True)
class Phase:
    """What a statement is of.

    Attributes:
        name: as the statement has it.
        step: the step that signs it.
        told: the steps that it tells of.
        words: what happened, in words.
    """

    name: str
    step: str
    told: tuple[str, ...]
    words: str


OUT_OF_VIEW = Phase(
    "out_of_view", "prove", ("archive", "forget", "scrub"), "out of view"
)
DESTROYED = Phase(
    "destroyed", "attest", ("destroy", "wipe"), "archive and key destroyed"
)
PHASES = (OUT_OF_VIEW, DESTROYED)


class NoProof(Exception):
    """There is no statement of a month."""


class BadProof(Exception):
    """A file is no statement of ours, or was changed."""


def proved(
    db: Connection, run: Run, phase: Phase, *, key: AuditKey, root: Root | None
) -> Mapping[str, object]:
    """Sign and keep the statement of a phase.

    Args:
        db: a connection on the owner plane, in a transaction.
        run: the month.
        phase: which.
        key: signs.
        root: of the audit log that covers the phase; by default the last one.
    """
    statement = json.dumps(
        _statement(db, run, phase, key=key, root=root),
        sort_keys=True,
        separators=(",", ":"),
    )
    db.execute(
        insert(PURGE_PROOF).values(
            month=run.month,
            run=run.number,
            phase=phase.name,
            statement=statement,
            signature=key.signing.sign(_WORD + statement.encode()),
        )
    )
    return {"signed_by": key_id(key.public)}


def statements(db: Connection, month: date, *, key: AuditKey) -> list[dict[str, Any]]:
    """Return every statement of a month, as a file holds them.

    Raises:
        NoProof: there is none.
    """
    of = PURGE_PROOF.c
    kept = (
        select(PURGE_PROOF).where(of.month == month).order_by(of.run, of.phase.desc())
    )
    found = [
        {
            "statement": json.loads(row.statement),
            "signature": bytes(row.signature).hex(),
            "public_key": key.public.public_bytes_raw().hex(),
        }
        for row in db.execute(kept)
    ]
    if not found:
        raise NoProof(f"nothing was erased of {month:%Y-%m}, as far as is known")
    return found


def verified(text: str, *, public: Ed25519PublicKey) -> list[dict[str, Any]]:
    """Return the statements of a file, each signed with the key.

    The key that a file brings itself is not looked at: it proves nothing.

    Raises:
        BadProof: it is no such file, or a statement was changed.
    """
    try:
        found: list[dict[str, Any]] = list(json.loads(text))
        for each in found:
            plain = json.dumps(each["statement"], sort_keys=True, separators=(",", ":"))
            public.verify(bytes.fromhex(each["signature"]), _WORD + plain.encode())
            if each["statement"]["kind"] != KIND:
                raise BadProof(f"kind {each['statement']['kind']!r} is not known")
    except InvalidSignature as error:
        raise BadProof(
            "a statement is not signed with the key: changed, or not ours"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadProof("the file holds no statements of a purge") from error
    if not found:
        raise BadProof("the file holds no statements of a purge")
    return [each["statement"] for each in found]


def _statement(
    db: Connection, run: Run, phase: Phase, *, key: AuditKey, root: Root | None
) -> dict[str, Any]:
    of = PURGE.c
    steps = select(PURGE).where(of.month == run.month, of.run == run.number)
    rows = [
        row for row in db.execute(steps.order_by(of.started)) if row.step in phase.told
    ]
    last = root or db.execute(roots.LAST).one_or_none()
    return {
        "kind": KIND,
        "month": f"{run.month:%Y-%m}",
        "run": run.number,
        "phase": phase.name,
        "steps": {
            row.step: {
                "started": _instant(row.started),
                "done": _instant(row.done),
                "counts": row.counts,
            }
            for row in rows
        },
        "audit_root": {"number": last.number, "hash": bytes(last.hash).hex()}
        if last
        else None,
        "signed_at": _instant(datetime.now(UTC)),
        "key_id": key_id(key.public),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
