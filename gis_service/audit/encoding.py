"""Values as the bytes that are hashed and signed: each with its length before it.

The length is four bytes, big-endian; no value at all is ``ffffffff``. So no two lists
of values are the same bytes, wherever one value ends and the next begins.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

Value = str | int | bytes | bool | UUID | datetime | Sequence[UUID] | None

NOTHING = b"\xff\xff\xff\xff"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def packed(values: Iterable[Value]) -> bytes:
    """Return the values as bytes.

    Texts are UTF-8, numbers eight bytes big-endian, truths the numbers 1 and 0,
    instants microseconds since 1970 (UTC), identifiers their sixteen bytes, lists of
    identifiers these one after the other.
    """
    return b"".join(map(_field, values))


def _field(value: Value) -> bytes:
    if value is None:
        return NOTHING
    plain = _plain(value)
    return len(plain).to_bytes(4, "big") + plain


def _plain(value: str | int | bytes | UUID | datetime | Sequence[UUID]) -> bytes:
    if isinstance(value, datetime):
        value = (value - EPOCH) // MICROSECOND
    if isinstance(value, int):
        return value.to_bytes(8, "big", signed=True)
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    own = [value] if isinstance(value, UUID) else value
    return b"".join(each.bytes for each in own)
