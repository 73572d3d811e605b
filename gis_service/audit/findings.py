"""What a verification finds, and how much it looked at."""

from dataclasses import dataclass, field

from gis_service.audit.believed import Believed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written.

    Attributes:
        kind: ``changed``, ``moved``, ``twice``, ``missing``, ``truncated``,
            ``replaced``, ``rewritten`` of entries; ``root_changed``,
            ``root_missing``, ``root_order``, ``root_number``, ``root_forged``,
            ``root_lost`` of roots; ``file_changed`` of the file.
        says: in words, where and what.
        writer: of an entry, whose chain.
        seq: of an entry, its place there; of several, the first.
        root: of a root, its number.
    """

    kind: str
    says: str
    writer: int | None = None
    seq: int | None = None
    root: int | None = None


@dataclass(slots=True)
class Tally:
    """How much was looked at.

    Attributes:
        entries: that were read.
        writers: whose chains they are.
        roots: that were read.
        unsigned: entries that no root covers yet, whose loss would not be seen.
        believed: roots that were found whole; what others say counts for nothing.
    """

    entries: int = 0
    writers: int = 0
    roots: int = 0
    unsigned: int = 0
    believed: Believed = field(default_factory=Believed)
