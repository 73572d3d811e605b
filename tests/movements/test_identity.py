"""The vault seals, opens only in its place, and keeps its keys wrapped."""

from datetime import date
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from movements import data_keys, identity
from movements.errors import Unsealable
from movements.keys import Keys
from movements.sealing import MonthKeys, NoDataKey
from movements.tables import DATA_KEY
from movements.wrapping import key_id, ring_of, wrapped_under

MAY, JUNE = date(2020, 5, 1), date(2020, 6, 1)
PERSON = bytes(range(16))


@pytest.fixture
def opened(db, keys):
    return identity.data_keys(db, [MAY, JUNE, MAY], keys=keys)


@given(text=st.text())
def test_any_text_in_any_script_comes_back_unchanged(text: str):
    held = {MAY: MonthKeys({1: AESGCM(b"m" * 32)})}
    record = text.encode("utf-8", "surrogatepass")
    (sealed,) = identity.seal([record], [(3, PERSON, MAY)], keys=held)
    assert identity.unseal(sealed, (3, PERSON, MAY), keys=held) == record


@pytest.mark.parametrize(
    "place", [(4, PERSON, MAY), (3, PERSON[::-1], MAY), (3, PERSON, JUNE)]
)
def test_a_record_opens_in_its_own_place_only(opened, place):
    (sealed,) = identity.seal([b"{}"], [(3, PERSON, MAY)], keys=opened)
    assert identity.unseal(sealed, (3, PERSON, MAY), keys=opened) == b"{}"
    with pytest.raises(Unsealable):
        identity.unseal(sealed, place, keys=opened)


@pytest.mark.parametrize("at", [0, 1, 5, 20, -1])
def test_an_altered_record_does_not_open(opened, at):
    (sealed,) = identity.seal([b"{}" * 20], [(3, PERSON, MAY)], keys=opened)
    altered = bytearray(sealed)
    altered[at] ^= 1
    with pytest.raises(Unsealable):
        identity.unseal(bytes(altered), (3, PERSON, MAY), keys=opened)


def test_equal_records_never_look_equal(opened):
    sealed = identity.seal([b"{}"] * 50, [(3, PERSON, MAY)] * 50, keys=opened)
    assert len(set(sealed)) == 50


def test_a_month_has_one_data_key_and_another_key_cannot_unwrap_it(db, keys, opened):
    again = identity.data_keys(db, [MAY], keys=keys)
    (sealed,) = identity.seal([b"{}"], [(3, PERSON, MAY)], keys=opened)
    assert identity.unseal(sealed, (3, PERSON, MAY), keys=again) == b"{}"
    assert len(db.execute(select(DATA_KEY)).all()) == 2
    other = Keys(kek=b"x" * 32, index=keys.index, digest=keys.digest)
    with pytest.raises(Unsealable, match="is not here"):
        identity.data_keys(db, [MAY], keys=other)


def test_records_come_with_what_opens_them(db, keys, opened):
    (sealed,) = identity.seal([b"{}"], [(3, PERSON, MAY)], keys=opened)
    of = DATA_KEY.c
    asked = select(of.purge_month, *data_keys.beside(of.purge_month, table=DATA_KEY))
    rows = db.execute(asked.where(of.purge_month == MAY)).all()
    here = {"ring": keys.ring, "table": DATA_KEY}
    held = data_keys.opened(db, rows, **here)
    assert identity.unseal(sealed, (3, PERSON, MAY), keys=held) == b"{}"
    # Wrapped anew since the row was read, and the key before is gone.
    gone = wrapped_under(ring_of(b"g" * 32), key_id(b"g" * 32), b"m" * 32, label=b"")
    stale = [row._asdict() | {"wrapped": [gone]} for row in rows]
    held = data_keys.opened(db, [SimpleNamespace(**row) for row in stale], **here)
    assert identity.unseal(sealed, (3, PERSON, MAY), keys=held) == b"{}"


def test_a_record_of_another_version_or_month_opens_with_its_own_key_only(opened):
    old, new = AESGCM(b"o" * 32), AESGCM(b"n" * 32)
    first = {MAY: MonthKeys({1: old})}
    (sealed,) = identity.seal([b"{}"], [(3, PERSON, MAY)], keys=first)
    both = {MAY: MonthKeys({1: old, 2: new})}
    (anew,) = identity.seal([b"{}"], [(3, PERSON, MAY)], keys=both)
    for each in (sealed, anew):
        assert identity.unseal(each, (3, PERSON, MAY), keys=both) == b"{}"
    with pytest.raises(NoDataKey, match="version 1"):
        identity.unseal(sealed, (3, PERSON, MAY), keys={MAY: MonthKeys({2: new})})
    with pytest.raises(NoDataKey, match="2020-05"):
        identity.unseal(sealed, (3, PERSON, MAY), keys={})


def test_a_record_of_the_form_before_still_opens():
    key, nonce = AESGCM(b"m" * 32), b"n" * 12
    place = (3, PERSON, MAY)
    sealed = b"\x01" + nonce + key.encrypt(nonce, b"{}", identity.bound(place))
    held = {MAY: MonthKeys({1: key})}
    assert identity.unseal(sealed, place, keys=held) == b"{}"


def test_keys_do_not_show_in_words(keys):
    assert "kkk" not in repr(keys)


def test_the_blind_index_needs_its_key(keys):
    other = Keys(kek=keys.kek, index=b"o" * 32, digest=keys.digest)
    mobile = "+919876543210"
    assert identity.blind_index(mobile, keys=keys) != identity.blind_index(
        mobile, keys=other
    )
