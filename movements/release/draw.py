"""An atom's own threshold and rounding, drawn by a key: the same for ever.

Both come from one HMAC-SHA256 over the key's id, the level and what tells the atom from
others, each part with its length before it, so that no two atoms have one text.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from movements.release.levels import BASE, LEAST, MOST, Level

Ints = NDArray[np.int64]

# Bits of a draw; a base times as much still fits an int64.
BITS = 53
ONE = 1 << BITS


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """The key of all draws; it serves nothing else.

    Attributes:
        key_id: names it, in the release and in each draw.
        secret: 32 random bytes.
    """

    key_id: str
    secret: bytes

    def __repr__(self) -> str:
        """Show no secret, so that no traceback or log holds it."""
        return f"ReleaseKey({self.key_id!r}, ...)"


def drawn(
    key: ReleaseKey, level: Level, atoms: pl.DataFrame, *, counters: Ints
) -> tuple[Ints, Ints]:
    """Return each atom's threshold, and its rounding as a number below ``ONE``.

    Args:
        key: of all draws.
        level: of the atoms.
        atoms: with the columns ``level.by``.
        counters: int64[atoms], how often each was drawn again before publication; the
            threshold does not depend on it, so that the partition stays.
    """
    thresholds = np.empty(atoms.height, dtype=np.int64)
    roundings = np.empty(atoms.height, dtype=np.int64)
    head = _encoded([key.key_id, level.name])
    rows = atoms.select(level.by).iter_rows()
    for at, (row, counter) in enumerate(zip(rows, counters.tolist(), strict=True)):
        text = head + _encoded(row)
        first = _digest(key, text, 0)
        thresholds[at] = LEAST + int.from_bytes(first[:8]) % (MOST - LEAST + 1)
        again = _digest(key, text, counter) if counter else first
        roundings[at] = int.from_bytes(again[8:16]) >> (64 - BITS)
    return thresholds, roundings


def rounded(counts: Ints, roundings: Ints, base: int = BASE) -> Ints:
    """Return ``base`` · floor(count / ``base`` + u), u being a rounding by ``ONE``.

    Without bias: of a count of ``base`` · q + r, r in ``base`` are rounded up.
    """
    whole, rest = np.divmod(counts, base)
    up = base * roundings >= (base - rest) * ONE
    found: Ints = base * (whole + up)
    return found


def _digest(key: ReleaseKey, text: bytes, counter: int) -> bytes:
    return hmac.digest(key.secret, text + _encoded([counter]), hashlib.sha256)


def _encoded(parts: Sequence[Any] | Iterable[Any]) -> bytes:
    texts = [_text(part).encode() for part in parts]
    return b"".join(len(text).to_bytes(2) + text for text in texts)


def _text(part: object) -> str:
    return part.isoformat() if isinstance(part, date) else str(part)
