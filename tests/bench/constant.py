"""What granian can do at most: a constant body, or a constant 304."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = (
    Path(os.environ["BENCH_BODY"]).read_bytes() if "BENCH_BODY" in os.environ else b""
)
ETAG = os.environ.get("BENCH_ETAG", "")
HEADERS = [
    ("Content-Type", "application/vnd.mapbox-vector-tile"),
    ("Content-Encoding", "gzip"),
    ("Content-Length", str(len(BODY))),
    ("ETag", ETAG),
]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ.get("HTTP_IF_NONE_MATCH") == ETAG:
        start_response("304 Not Modified", [("ETag", ETAG)])
        return [b""]
    start_response("200 OK", HEADERS)
    return [BODY]
