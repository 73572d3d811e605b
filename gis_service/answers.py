"""What every answer with an entity tag has in common: 304, caching, compression."""

import hashlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from flask import Response, current_app, g, request

from gis_service import encodings
from gis_service.cache import Cache

# Boundaries change when an operator loads some; a browser asks again after this.
PUBLIC_CACHE = "public, max-age=300, must-revalidate"
# Kept by the reader's own browser only, and asked for again each time: a 304 is
# cheap, and a revoked token must stop at once.
PRIVATE_CACHE = "private, no-cache"

# An answer differs by what its reader understands, and by who that is.
PUBLIC_VARY = "Accept-Encoding"
PRIVATE_VARY = "Accept-Encoding, Authorization, Cookie"

# Set for an answer that is whole and the same for everybody: see gis_service/front.py.
FOR_EVERYBODY = "nmis.for_everybody"


@dataclass(frozen=True, slots=True)
class Packed:
    """A body as it is sent, and how it is compressed."""

    body: bytes
    coding: str

    def __len__(self) -> int:
        """Return what it weighs in the cache, in bytes."""
        return len(self.body)


def tag(*parts: object) -> str:
    """Return the entity tag of an answer that depends on ``parts`` alone."""
    text = "\x1f".join(map(str, parts))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def unchanged(etag: str, *, public: bool) -> Response | None:
    """Return 304 where the reader has this answer already."""
    if not request.if_none_match.contains_weak(etag):
        return None
    return _tagged(_bare(304), etag, public=public)


def whole(
    make: Callable[[], bytes], *, etag: str, public: bool, media_type: str
) -> Response:
    """Return an answer from the cache, or made now and kept; empty is 204.

    Args:
        make: gives the body; called only where the cache has none.
        etag: names everything that the body depends on, the reader's scope included.
        public: whether it is the same for everybody, so that shared caches may keep it.
        media_type: of the body.
    """
    cache: Cache[Packed] = current_app.extensions["cache"]
    coding = _coding(encodings.KNOWN if public else encodings.FOR_ONE)
    found = cache.of((etag, coding), lambda: _packed(make(), coding))
    if public:
        request.environ[FOR_EVERYBODY] = True
    if not found.body:
        return _tagged(_bare(204), etag, public=public)
    response = _encoded(found.body, media_type, found.coding)
    return _tagged(response, etag, public=public)


def streamed(
    chunks: Generator[bytes], *, etag: str, public: bool, media_type: str
) -> Response:
    """Return an answer that is sent while it is made, and is never held whole.

    Its first chunk is made now, so that an error can still be told by a status. The
    server closes the answer when its reader leaves, and that closes ``chunks``.
    """
    body = _resumed(next(chunks), chunks)
    coding = _coding(encodings.KNOWN)
    if coding:
        body = encodings.packed_stream(body, coding)
    response = _encoded(body, media_type, coding)
    # Also where nothing of the body was ever read: HEAD, or a reader gone at once.
    response.call_on_close(chunks.close)
    return _tagged(response, etag, public=public)


def _resumed(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _packed(body: bytes, coding: str) -> Packed:
    if not coding or len(body) < encodings.FROM_BYTES:
        return Packed(body, encodings.PLAIN)
    return Packed(encodings.packed(body, coding), coding)


def _bare(status: int) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def _coding(known: tuple[str, ...]) -> str:
    return encodings.chosen(request.headers.get("Accept-Encoding", ""), known)


def _encoded(body: bytes | Iterator[bytes], media_type: str, coding: str) -> Response:
    response = Response(body, mimetype=media_type)
    if coding:
        response.headers["Content-Encoding"] = coding
    return response


def _tagged(response: Response, etag: str, *, public: bool) -> Response:
    headers = response.headers
    # Weak: plain and compressed bodies share it.
    headers["ETag"] = f'W/"{etag}"'
    # ``g.everybody``: the same for all who show no token (gis_service/readers.py).
    shared = public or g.get("everybody", False)
    headers["Cache-Control"] = PUBLIC_CACHE if shared else PRIVATE_CACHE
    headers["Vary"] = PUBLIC_VARY if public else PRIVATE_VARY
    return response
