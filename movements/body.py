"""The bytes of an upload, as text: unpacked and decoded, within limits."""

import codecs
import re
import zlib

from movements.errors import UnreadableUpload, UploadTooLarge

# 20,000 rows of the longest usual kind; above that an upload takes longer than a
# caller should wait. It bounds what gzip unpacks to as well, so no ratio is needed.
MAX_BYTES = 16 * 1024 * 1024

GZIP = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A lead byte and the right number of following bytes: proof that UTF-8 was meant.
_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_UTF16_SAMPLE = 400


def plain_of(body: bytes) -> bytes:
    """Return a body without its gzip, which is known by its first bytes.

    Raises:
        UploadTooLarge: more than ``MAX_BYTES``, as sent or unpacked.
        UnreadableUpload: broken gzip.
    """
    if len(body) > MAX_BYTES:
        raise UploadTooLarge("bytes", len(body), MAX_BYTES)
    return unpacked(body) if body.startswith(GZIP) else body


def text_of(plain: bytes) -> tuple[str, bool]:
    """Return the text of a body, and whether it had to be read as Windows-1252.

    UTF-8 with or without a byte order mark and UTF-16 are read; Windows-1252 only
    where nothing in the body looks like UTF-8.

    Raises:
        UnreadableUpload: broken text; says at which line.
    """
    for mark, encoding in _BOMS:
        if plain.startswith(mark):
            return _decoded(plain[len(mark) :], encoding), False
    encoding = _unmarked_utf16(plain)
    if encoding:
        return _decoded(plain, encoding), False
    try:
        return plain.decode("utf-8"), False
    except UnicodeDecodeError as error:
        return _windows(plain, error), True


def unpacked(body: bytes) -> bytes:
    """Return gzip's content, of one member or several.

    Raises:
        UploadTooLarge: the content is over ``MAX_BYTES``; it is not unpacked further.
        UnreadableUpload: not gzip, cut short, or with something after its end.
    """
    parts, left, rest = [], MAX_BYTES + 1, body
    while rest and left > 0:
        opener = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            part = opener.decompress(rest, left)
        except zlib.error as error:
            raise UnreadableUpload(f"the gzip body is broken: {error}") from error
        parts.append(part)
        left -= len(part)
        rest = opener.unused_data
        if left > 0 and not opener.eof:
            raise UnreadableUpload("the gzip body is cut short")
    if left <= 0:
        raise UploadTooLarge("bytes unpacked (at least)", MAX_BYTES + 1, MAX_BYTES)
    return b"".join(parts)


def _unmarked_utf16(plain: bytes) -> str:
    sample = plain[:_UTF16_SAMPLE]
    half = len(sample) // 2
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        # A header row is ASCII, so every other byte of it is zero.
        if half and zeros.count(0) > half * 0.8 > sample.count(0) - zeros.count(0):
            return encoding
    return ""


def _decoded(plain: bytes, encoding: str) -> str:
    try:
        return plain.decode(encoding)
    except UnicodeDecodeError as error:
        line = plain[: error.start].decode(encoding, "replace").count("\n") + 1
        raise UnreadableUpload(
            f"line {line} is not {encoding}: {error.reason}"
        ) from error


def _windows(plain: bytes, error: UnicodeDecodeError) -> str:
    if not _UTF8_PAIR.search(plain):
        try:
            return plain.decode("cp1252")
        except UnicodeDecodeError:
            pass
    line = plain.count(b"\n", 0, error.start) + 1
    raise UnreadableUpload(
        f"line {line} is not UTF-8 (byte {plain[error.start]:#04x}): save the file as"
        " UTF-8"
    ) from error
