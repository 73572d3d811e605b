"""What a storm did and found."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Deaths:
    """Processes of one kind that were killed.

    Attributes:
        kills: of one process, or of several at once.
        open: kills that met an open transaction; ``written``, one with writes.
        at: kills by place; "random" and "whole server" beside the named ones.
        starts: how often one was started, or the whole server.
    """

    kills: int = 0
    open: int = 0
    written: int = 0
    at: Counter[str] = field(default_factory=Counter)
    starts: int = 0


@dataclass(slots=True)
class Seen:
    """All of it.

    Attributes:
        web: of the web server and its workers.
        queue: of the queue's workers.
        restarts: of PostgreSQL.
        wrong: every violation found.
        looks: how often everything was looked at; ``quiet``, while nobody sent.
        batches: answered at once; ``slices``: those of uploads answered later.
        uploads: answered later and done; ``refused``, as they had to be.
    """

    web: Deaths = field(default_factory=Deaths)
    queue: Deaths = field(default_factory=Deaths)
    restarts: int = 0
    restarts_open: int = 0
    away_s: float = 0.0
    looks: int = 0
    quiet: int = 0
    wrong: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    batches: int = 0
    rows: int = 0
    uploads: int = 0
    upload_rows: int = 0
    slices: int = 0
    refused: int = 0
    people: int = 0
    seconds: float = 0.0
