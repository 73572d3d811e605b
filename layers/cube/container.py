"""Named arrays in one file that several processes map.

The bytes: a magic word, the length of a JSON header, the header (what each array is
and where), the arrays, each on a boundary of 64 bytes, and a trailer with the length
and the CRC-32 of all before it. A file cut short or torn fails the trailer.
"""

import json
import mmap
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MAGIC = b"NMISCUB1"
WORD = 8  # bytes of each number outside the header
TRAILER = 2 * WORD + len(MAGIC)
ALIGNED = 64  # bytes; a cache line
CHUNK = 1 << 22


class TornFile(Exception):
    """The file is not whole, or not one of ours; the message says which."""


def write(path: Path, arrays: Mapping[str, Array], about: Mapping[str, int]) -> None:
    """Write a file beside its place, bring it to the disk, and rename it there."""
    beside = path.with_suffix(f".{os.getpid()}.part")
    private = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(private, "wb") as out:
        _written(out, arrays, about)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def mapped(path: Path) -> tuple[dict[str, Array], dict[str, int]]:
    """Return a file's arrays, mapped and read-only, and what is said about them.

    Raises:
        TornFile: it is cut short, or its sum is wrong.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < TRAILER + 2 * WORD:
            raise TornFile(f"{path.name} has {size} bytes")
        _check(file, size, path.name)
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    view = memoryview(data)
    header = json.loads(bytes(view[2 * WORD : 2 * WORD + _number(view, WORD)]))
    arrays = {
        name: np.frombuffer(
            data, dtype=dtype, count=int(np.prod(shape)), offset=at
        ).reshape(shape)
        for name, (dtype, shape, at) in header["arrays"].items()
    }
    return arrays, header["about"]


def _check(file: BinaryIO, size: int, name: str) -> None:
    """Read it all once; by reading, since mapped it would count as our memory."""
    body, found = size - TRAILER, 0
    begins = file.read(WORD) == MAGIC
    file.seek(0)
    for at in range(0, body, CHUNK):
        found = zlib.crc32(file.read(min(CHUNK, body - at)), found)
    trailer = memoryview(file.read(TRAILER))
    if not begins or bytes(trailer[-WORD:]) != MAGIC:
        raise TornFile(f"{name} does not begin and end as a base does")
    if _number(trailer, 0) != body:
        raise TornFile(f"{name} has not the length that it says")
    if _number(trailer, WORD) != found:
        raise TornFile(f"{name} has not the sum that it says")


def _number(view: memoryview, at: int) -> int:
    return int.from_bytes(view[at : at + WORD], "little")


def _written(
    out: BinaryIO, arrays: Mapping[str, Array], about: Mapping[str, int]
) -> None:
    header = _header(arrays, about)
    length = found = 0
    for part in _parts(header, arrays):
        out.write(part)
        length += len(part)
        found = zlib.crc32(part, found)
    out.writelines(number.to_bytes(WORD, "little") for number in (length, found))
    out.write(MAGIC)


def _header(arrays: Mapping[str, Array], about: Mapping[str, int]) -> bytes:
    """Return the header; padded, so that its own length does not move the arrays."""
    room = 256 * (len(arrays) + 1)
    at = _aligned(2 * WORD + room)
    places = {}
    for name, array in arrays.items():
        places[name] = (array.dtype.str, array.shape, at)
        at = _aligned(at + array.nbytes)
    return json.dumps({"about": dict(about), "arrays": places}).encode().ljust(room)


def _parts(header: bytes, arrays: Mapping[str, Array]) -> Any:  # noqa: ANN401 - an iterator of buffers
    at = 2 * WORD + len(header)
    yield MAGIC + len(header).to_bytes(WORD, "little") + header
    for array in arrays.values():
        yield bytes(_aligned(at) - at)
        yield np.ascontiguousarray(array).tobytes()
        at = _aligned(at) + array.nbytes


def _aligned(at: int) -> int:
    return -(-at // ALIGNED) * ALIGNED
