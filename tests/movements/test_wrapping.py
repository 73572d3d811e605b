"""Wrapped secrets open in their own row, under the key they name, and nowhere else."""

from datetime import date

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from movements.aadhaar_tables import AADHAAR_KEY
from movements.errors import Unsealable
from movements.tables import DATA_KEY
from movements.wrapping import (
    KeyRing,
    UnknownKek,
    key_id,
    label,
    ring_of,
    under,
    unwrapped,
    wrapped,
    wrapped_under,
)

OLD, NEW = b"o" * 32, b"n" * 32
MAY = date(2020, 5, 1)
HERE = label(AADHAAR_KEY.c.wrapped, MAY, 1)


def made(key: bytes, secret: bytes = b"secret") -> bytes:
    return wrapped_under(ring_of(key), key_id(key), secret, label=HERE)


@given(
    secret=st.binary(max_size=200), altered=st.integers(0, 20), bit=st.integers(0, 7)
)
def test_any_secret_comes_back_and_an_altered_one_never(secret, altered, bit):
    ring, blob = ring_of(OLD), made(OLD, secret)
    assert unwrapped(ring, blob, label=HERE) == secret
    wrong = bytearray(blob)
    wrong[altered] ^= 1 << bit
    with pytest.raises(Unsealable):
        unwrapped(ring, bytes(wrong), label=HERE)


def test_a_secret_does_not_open_in_another_row_or_column():
    there = label(AADHAAR_KEY.c.wrapped, MAY, 2)
    for other in (there, label(DATA_KEY.c.wrapped, MAY, 1), b""):
        with pytest.raises(Unsealable):
            unwrapped(ring_of(OLD), made(OLD), label=other)


@pytest.mark.parametrize("blob", [b"", b"\x02", b"\x01", b"\x03" * 80])
def test_what_is_no_wrapped_secret_is_refused(blob):
    with pytest.raises(Unsealable):
        unwrapped(ring_of(OLD), blob, label=HERE)


def test_a_key_that_is_not_known_is_read_anew_and_both_open_meanwhile():
    files = [OLD]
    ring = KeyRing(lambda: list(files))
    assert unwrapped(ring, made(OLD), label=HERE) == b"secret"
    with pytest.raises(UnknownKek):
        unwrapped(ring, made(NEW), label=HERE)
    files.insert(0, NEW)
    for key in (OLD, NEW):
        assert unwrapped(ring, made(key), label=HERE) == b"secret"


def test_a_secret_is_wrapped_under_the_key_that_came_last(db):
    files = [OLD]
    ring = KeyRing(lambda: list(files))
    assert under(wrapped(db, ring, b"s", label=HERE)) == key_id(OLD)
    files.insert(0, NEW)
    assert under(wrapped(db, ring, b"s", label=HERE)) == key_id(NEW)


def test_a_secret_of_the_form_before_opens_with_whichever_key_it_has():
    nonce = b"n" * 12
    blob = b"\x01" + nonce + AESGCM(OLD).encrypt(nonce, b"s", HERE)
    assert under(blob) == b""
    assert unwrapped(KeyRing(lambda: [NEW, OLD]), blob, label=HERE) == b"s"
    with pytest.raises(Unsealable):
        unwrapped(ring_of(NEW), blob, label=HERE)


def test_labels_tell_rows_apart_whatever_their_keys_say():
    column = AADHAAR_KEY.c.wrapped
    assert label(column, "a", "b|c") != label(column, "a|b", "c")
    assert label(column, 'a","b') != label(column, "a", "b")
