"""Which compression a reader takes, and bodies compressed so."""

from collections.abc import Iterator
from functools import lru_cache

import brotli
from isal import igzip, isal_zlib
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

# Smaller bodies grow, or win nothing, by compression.
FROM_BYTES = 500
# Level 3 of 3: on tiles 1.02 of the bytes of zlib's level 5 in a quarter of its time.
GZIP_LEVEL = 3
GZIP_WINDOW = 15 + 16  # 32 kB, with gzip's head and checksum
# Quality 2 of 11: answers are private and made anew for most questions. At 5 they were
# 0.92 of the bytes and took three times as long, half of the time of a brush's step.
BROTLI_QUALITY = 2

# The one that we like best first: it is taken where a reader likes several alike.
KNOWN = ("br", "gzip")
PLAIN = ""


@lru_cache(maxsize=512)  # browsers send a handful of different headers
def chosen(header: str) -> str:
    """Return ``br``, ``gzip`` or, for no compression, an empty text.

    Args:
        header: the value of ``Accept-Encoding``; weights (``q``) are heeded.
    """
    if not header:
        return PLAIN
    asked = parse_accept_header(header, Accept)
    best = max(KNOWN, key=asked.quality)
    liked = asked.quality(best)
    plain = asked.quality("identity") if "identity" in asked.values() else 0
    return best if liked > 0 and liked >= plain else PLAIN


def packed(body: bytes, coding: str) -> bytes:
    """Return a whole body compressed."""
    if coding == "br":
        made: bytes = brotli.compress(body, quality=BROTLI_QUALITY)
        return made
    return igzip.compress(body, GZIP_LEVEL, mtime=0)


def packed_stream(chunks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Yield the chunks of a body compressed, as soon as there is something to send."""
    if coding == "br":
        packer = brotli.Compressor(quality=BROTLI_QUALITY)
        pack, end = packer.process, packer.finish
    else:
        zipper = isal_zlib.compressobj(GZIP_LEVEL, wbits=GZIP_WINDOW)
        pack, end = zipper.compress, zipper.flush
    for chunk in chunks:
        if part := pack(chunk):
            yield part
    yield end()
