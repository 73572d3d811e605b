"""A file as an answer: whole or a part of it (RFC 9110, 14), with its name."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from flask import Response, g, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header

from gis_service.answers import PRIVATE_CACHE, PUBLIC_CACHE
from gis_service.gate import FILED

# An address whose bytes never change, such as one of a release.
LASTING = "max-age=31536000, immutable"
CHUNK = 256 * 1024

Part = tuple[int, int]


def unchanged(etag: str, *, public: bool, lasting: bool = False) -> Response | None:
    """Return 304 where the reader has this file already."""
    if not request.if_none_match.contains_weak(etag):
        return None
    response = Response(status=304)
    del response.headers["Content-Type"]
    return _told(response, etag, public=public, lasting=lasting)


def answer(
    file: BinaryIO,
    *,
    etag: str,
    public: bool,
    lasting: bool,
    media_type: str,
    name: str,
) -> Response:
    """Return the file, or the part of it that is asked, and close it behind.

    Several parts at once are not given apart: who asks for them is given the whole.

    Args:
        file: open for reading.
        etag: of its bytes, which are the same wherever they were made.
        public: whether it is the same for everybody, by its layer.
        lasting: whether the address has these bytes for ever.
        media_type: of the bytes.
        name: what the reader's own copy is called.

    Raises:
        RequestedRangeNotSatisfiable: no byte of the file is asked.
    """
    size = os.fstat(file.fileno()).st_size
    try:
        asked = _asked(size, etag)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    begin, end = asked or (0, size)
    response = Response(_read(file, begin, end), mimetype=media_type)
    response.call_on_close(file.close)
    response.content_length = end - begin
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if asked:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    request.environ[FILED] = True
    return _told(response, etag, public=public, lasting=lasting)


def _asked(size: int, etag: str) -> Part | None:
    """Return where the asked part begins and ends; ``None`` for the whole.

    Raises:
        RequestedRangeNotSatisfiable: it begins behind the file's end.
    """
    asked = parse_range_header(request.headers.get("Range"))
    if request.method != "GET" or asked is None or asked.units != "bytes":
        return None
    known = request.if_range
    if known.date or known.etag not in (None, etag):
        return None
    if len(asked.ranges) > 1:
        return None
    begin, end = asked.ranges[0]
    if begin < 0:  # so many of the last bytes
        begin = max(size + begin, 0)
    end = size if end is None else min(end, size)
    if begin >= end:
        raise RequestedRangeNotSatisfiable(size)
    return begin, end


def _read(file: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    file.seek(begin)
    while begin < end and (chunk := file.read(min(CHUNK, end - begin))):
        begin += len(chunk)
        yield chunk


def _told(response: Response, etag: str, *, public: bool, lasting: bool) -> Response:
    headers = response.headers
    # Strong: bytes are the same, so that parts of them fit together.
    headers["ETag"] = f'"{etag}"'
    shared = public or g.get("everybody", False)
    if lasting:
        headers["Cache-Control"] = f"{'public' if shared else 'private'}, {LASTING}"
    else:
        headers["Cache-Control"] = PUBLIC_CACHE if shared else PRIVATE_CACHE
    if not public:
        headers["Vary"] = "Authorization, Cookie"
    return response
