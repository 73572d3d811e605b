"""Compression is negotiated by weights, and what comes out is what went in."""

import gzip

import brotli
import pytest

from gis_service import encodings


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("deflate", ""),
        ("identity", ""),
        ("identity, gzip;q=0.5", ""),
        ("gzip, identity;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=nonsense, gzip;q=0.3", "gzip"),
        (";;;,,,=", ""),
    ],
)
def test_the_one_liked_best_is_taken_and_brotli_where_liked_alike(header, coding):
    assert encodings.chosen(header) == coding


@pytest.mark.parametrize(
    ("coding", "unpacked"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_a_body_comes_out_as_it_went_in_whole_or_by_pieces(coding, unpacked):
    pieces = [bytes([number % 7] * 999) for number in range(50)]
    assert unpacked(encodings.packed(b"".join(pieces), coding)) == b"".join(pieces)
    stream = b"".join(encodings.packed_stream(iter(pieces), coding))
    assert unpacked(stream) == b"".join(pieces)
