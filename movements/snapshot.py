"""Snapshots: an upload that names everybody; whom it does not name is withdrawn.

Nobody is withdrawn by mistake: a dry run says how many it would be, and only who sends
what it answered has it done. One row whose ``source_ref`` cannot be read would withdraw
its person, so then nothing is done.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from movements.errors import SnapshotRefused, SnapshotUnconfirmed
from movements.ignored import Ignored
from movements.keys import Keys
from movements.replaced import Going
from movements.sheet import Sheet
from movements.source_refs import Known
from movements.standing import Standing

# A nightly file that lacks more of them is more often cut off than meant.
MOST_SHARE = 0.2

_SHOWN = 5  # rows that are named
# Faults of a row id that can be read.
_READ = frozenset({"duplicate_source_ref", "erased_on_request"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which days a snapshot speaks of, and what its sender has confirmed.

    Attributes:
        first: the first travel date.
        last: the last travel date.
        body: SHA-256 of the rows as sent, and of how they are to be read.
        confirm: what the dry run answered.
        accept_large: whether more than ``MOST_SHARE`` of those that stand may go.
    """

    first: date
    last: date
    body: bytes = b""
    confirm: str | None = None
    accept_large: bool = False

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last travel date."""
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class Missing:
    """Whom a snapshot does not name.

    Attributes:
        going: whose journeys it takes back.
        under_way: how many have departed or arrived, and stay.
        stood: how many row ids of these days stood before it.
    """

    going: tuple[Going, ...] = ()
    under_way: int = 0
    stood: int = 0

    def notes(self) -> list[dict[str, object]]:
        """Return what the sender is told beside faults."""
        if not self.under_way:
            return []
        words = "journeys that have departed or arrived and are not named; they stay"
        return [Ignored(None, "under_way_not_named", words, self.under_way).body()]


def named(sheet: Sheet, faults: Iterable[Mapping[str, object]]) -> frozenset[str]:
    """Return every row id of a snapshot, those of refused rows too.

    Raises:
        SnapshotRefused: a row has none, or one that cannot be read.
    """
    unread = {row for row, _ in sheet.broken}
    unread |= {row for row, field, _ in sheet.cells if field == "source_ref"}
    refs = sheet.frame["source_ref"].to_list()
    unread |= {row for row, ref in enumerate(refs) if ref is None}
    for fault in faults:
        mangled = fault["code"] not in _READ
        if fault["field"] == "source_ref" and mangled:
            unread.add(int(str(fault["row"])) - 1)
    if unread:
        shown = ", ".join(str(row + 1) for row in sorted(unread)[:_SHOWN])
        raise SnapshotRefused(
            f"{len(unread)} rows have no source_ref that can be read (rows {shown}"
            f"{', …' if len(unread) > _SHOWN else ''}); a snapshot names everybody"
        )
    return frozenset(refs)


def unnamed(
    stood: Mapping[str, Known], refs: frozenset[str], snapshot: Snapshot
) -> list[Known]:
    """Return the journeys of a snapshot's days that it does not name."""
    return [
        known
        for ref, known in stood.items()
        if ref not in refs and _of(snapshot, known)
    ]


def missing(
    stood: Mapping[str, Known],
    absent: Sequence[Known],
    standing: Mapping[UUID, Standing],
    snapshot: Snapshot,
) -> Missing:
    """Return what becomes of those who are not named.

    Args:
        stood: every row id that stood before, of these days and of the rows.
        absent: ``unnamed`` of them.
        standing: where the journeys of the absent stand.
        snapshot: says of which days.
    """
    found = [each for each in absent if each.movement_id in standing]
    going = tuple(
        Going(each, "withdrawn")
        for each in found
        if not standing[each.movement_id].under_way
    )
    before = sum(_of(snapshot, known) for known in stood.values())
    return Missing(going, len(found) - len(going), before)


def confirmation(snapshot: Snapshot, gone: Missing, *, tenant: int, keys: Keys) -> str:
    """Return what a dry run answers: of this body, and of those who would go."""
    movements = sorted(each.known.movement_id.bytes for each in gone.going)
    told = b"|".join(
        [
            f"snapshot|{tenant}|{snapshot.first}|{snapshot.last}".encode(),
            snapshot.body,
            *movements,
        ]
    )
    return f"{hmac.digest(keys.digest, told, 'sha256').hex()[:32]}-{len(movements)}"


def refuse_unconfirmed(
    snapshot: Snapshot, gone: Missing, *, tenant: int, keys: Keys
) -> None:
    """Refuse what its sender has not confirmed.

    Raises:
        SnapshotUnconfirmed: no dry run was answered so, or more go than usual.
    """
    n = len(gone.going)
    wanted = confirmation(snapshot, gone, tenant=tenant, keys=keys)
    if snapshot.confirm is None:
        raise SnapshotUnconfirmed(
            f"this snapshot withdraws {n} people; send it with dry_run=true first, then"
            " again with confirm= as the dry run answers"
        )
    if not hmac.compare_digest(snapshot.confirm.encode(), wanted.encode()):
        raise SnapshotUnconfirmed(
            f"confirm is of another dry run; now {n} people would be withdrawn: send it"
            " with dry_run=true again"
        )
    if n > MOST_SHARE * gone.stood and not snapshot.accept_large:
        raise SnapshotUnconfirmed(
            f"this snapshot withdraws {n} of {gone.stood} people, more than"
            f" {MOST_SHARE:.0%}; add accept_large=true if that is meant"
        )


def _of(snapshot: Snapshot, known: Known) -> bool:
    return not known.withdrawn and snapshot.first <= known.travel_date <= snapshot.last
