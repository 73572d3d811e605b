"""An answer's bytes as text, whatever they are wrapped in, to look for canaries."""

import gzip
import io
import zipfile

import mapbox_vector_tile
import pyarrow as pa
import pyarrow.parquet as pq


def text_of(answer) -> str:
    """Return headers and body as text: unzipped, unpacked, decoded."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return headers + "\n" + _decoded(answer.get_data(), answer.mimetype or "")


def _decoded(body: bytes, kind: str) -> str:
    if body[:2] == b"\x1f\x8b":
        return _decoded(gzip.decompress(body), kind)
    for mark, unpacked in UNPACKED.items():
        if mark in kind or body.startswith(mark.encode()):
            return unpacked(body) if body else ""
    # UTF-16 and the like have zeros between their signs.
    plain = body.decode(errors="replace")
    return plain + body.replace(b"\0", b"").decode(errors="replace")


def _of_zip(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    return "\n".join(part.decode(errors="replace") for part in parts)


def _of_parquet(body: bytes) -> str:
    return str(pq.read_table(io.BytesIO(body)).to_pylist())


def _of_arrow(body: bytes) -> str:
    return str(pa.ipc.open_stream(body).read_all().to_pylist())


def _of_tile(body: bytes) -> str:
    return str(mapbox_vector_tile.decode(body))


# By the first bytes, or a word of the media type.
UNPACKED = {
    "PK\x03\x04": _of_zip,
    "PAR1": _of_parquet,
    "arrow": _of_arrow,
    "mvt": _of_tile,
    "vector-tile": _of_tile,
}
