"""One writer's chain, followed entry by entry."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from gis_service.audit.entry import BEGINNING, Entry
from gis_service.audit.findings import Finding, Tally
from gis_service.audit.tables import ENTRY

# Where an entry comes from is looked for through the whole log; so for the first few.
MOST_LOOKED_FOR = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """What root ``number`` says: the entry at ``seq`` of ``writer`` has this hash."""

    writer: int
    seq: int
    hash: bytes
    number: int


@dataclass(slots=True)
class Chain:
    """What is known of a writer's chain so far.

    Attributes:
        db: a connection, to look for where an entry belongs.
        writer: whose chain.
        cut: up to where a signed root let entries be removed, if one did.
        at: the place of the last entry read.
        tails: what the next entry may name as the one before: the hash that the last
            one has, and the one that its fields give.
        sound: the place of the last entry that a root vouches for.
        claimed: the last claim read, whether its entry is there or not.
        faulty: whether the last entry was found faulty.
        rewritten: whether entries were found to be others than a root signed.
        looked_for: how often an entry's place was looked for.
    """

    db: Connection
    writer: int
    cut: Claim | None
    at: int = 0
    tails: tuple[bytes, ...] = (BEGINNING,)
    sound: int = 0
    claimed: Claim | None = None
    faulty: bool = False
    rewritten: bool = False
    looked_for: int = 0

    def read(self, entry: Entry) -> Iterator[Finding]:
        """Take the next entry."""
        found = self._fault(entry)
        missing = self._missing(entry)
        if missing:
            yield missing
        if found:
            yield found
        self.faulty = found is not None
        self.at = entry.seq
        self.tails = (entry.hash, entry.computed())

    def hold(self, claim: Claim) -> Iterator[Finding]:
        """Take what a root claims of the entry read last, or of one that is missing."""
        self.claimed = claim
        if claim.seq != self.at:
            return
        if self.faulty or self.rewritten:
            return  # what comes behind is built on what was told already
        if claim.hash in self.tails:
            self.sound = self.at
            return
        self.rewritten = True
        yield self._finding(
            "rewritten",
            self.sound + 1,
            f"from an entry between {self.sound + 1} and {self.at} on all were"
            f" rewritten: entry {self.at} is not the one that root {claim.number}"
            " signed",
        )

    def ended(self, tally: Tally) -> Iterator[Finding]:
        """Say what is missing at the end."""
        tally.writers += 1
        last = self.claimed.seq if self.claimed else 0
        tally.unsigned += max(0, self.at - last)
        allowed = self.cut.seq if self.cut else 0
        if self.claimed and self.at < last and last > allowed:
            first = max(self.at, allowed) + 1
            yield self._finding(
                "truncated",
                first,
                f"entries {first} to {last} are missing at the end; root"
                f" {self.claimed.number} signed them",
            )

    def _missing(self, entry: Entry) -> Finding | None:
        first, last = self.at + 1, entry.seq - 1
        if self.cut and last <= self.cut.seq:
            return None
        if first > last:
            return None
        if self.cut:
            first = max(first, self.cut.seq + 1)
        which = (
            f"entry {first} is" if first == last else f"entries {first} to {last} are"
        )
        return self._finding("missing", first, f"{which} missing")

    def _fault(self, entry: Entry) -> Finding | None:
        if entry.seq == self.at:
            return self._finding("twice", entry.seq, f"entry {entry.seq} stands twice")
        if entry.hash != entry.computed():
            return self._changed(entry)
        if self._follows(entry):
            return None
        return self._finding(
            "replaced",
            entry.seq,
            f"entry {entry.seq} does not follow entry {entry.seq - 1}: one of the two"
            " was replaced",
        )

    def _follows(self, entry: Entry) -> bool:
        if self.faulty or (entry.seq == self.at + 1 and entry.prev in self.tails):
            return True  # of a faulty one it is not known what it should be
        if self.cut is None:
            # Behind a gap, which is told by itself, it follows what is not there.
            return entry.seq > self.at + 1
        behind = entry.seq == self.cut.seq + 1
        return entry.prev == self.cut.hash if behind else entry.seq > self.at + 1

    def _changed(self, entry: Entry) -> Finding:
        place = self._place_of(entry)
        if place is None:
            says = f"entry {entry.seq} was changed: its fields do not give its hash"
            return self._finding("changed", entry.seq, says)
        writer, seq = place
        whose = f" of writer {writer}" if writer != self.writer else ""
        says = f"in place of entry {entry.seq} stands entry {seq}{whose}"
        return self._finding("moved", entry.seq, says)

    def _place_of(self, entry: Entry) -> tuple[int, int] | None:
        """Return where an entry was written, if its hash tells."""
        if self.looked_for >= MOST_LOOKED_FOR:
            return None
        self.looked_for += 1
        columns = ENTRY.c
        near = select(columns.writer, columns.seq).where(
            or_(columns.hash.in_([entry.prev, entry.hash]), columns.prev == entry.hash)
        )
        for writer, seq in self.db.execute(near.limit(MOST_LOOKED_FOR)).all():
            for tried in (seq - 1, seq, seq + 1, seq + 2):
                if entry.computed_at(writer, tried) == entry.hash:
                    return writer, tried
        return None

    def _finding(self, kind: str, seq: int, says: str) -> Finding:
        told = f"writer {self.writer}: {says}"
        return Finding(kind, told, writer=self.writer, seq=seq)
