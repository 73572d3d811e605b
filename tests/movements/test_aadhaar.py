"""Aadhaar numbers: apart, sealed in their place, never in plain, no oracle."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import made_up
import orjson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from test_rules import RIGHT, aadhaar_number

from movements import identity
from movements.aadhaar import Held, NoAadhaar, aadhaar_of, number_index, people_of
from movements.aadhaar_tables import AADHAAR_KEY, NUMBER
from movements.data_keys import left_alone
from movements.errors import Unsealable
from movements.profile import masked
from movements.sealing import MonthKeys, NoDataKey
from movements.tables import DATA_KEY, PROFILE

MAY = date(2020, 5, 1)
PERSON, REFERENCE = UUID(int=7), UUID(int=9)
PLACE = Held(3, PERSON, MAY, REFERENCE)
GOOD = made_up.rows(1)[0] | {"travel_date": "2020-05-09", "aadhaar": RIGHT}


@pytest.fixture
def vault(terms):
    return replace(terms, aadhaar="vault")


def body(*people) -> bytes:
    return made_up.csv_body([GOOD | each for each in people])


def profile(db, keys) -> tuple[Held, dict]:
    """The only person's place, and what the profile says."""
    row = db.execute(select(PROFILE)).one()
    place = (row.bucket, row.person_id.bytes, row.purge_month)
    opened = identity.opening_keys(db, [row.purge_month], keys=keys)
    said = orjson.loads(identity.unseal(bytes(row.sealed), place, keys=opened))
    reference = UUID(said["aadhaar_ref"])
    return Held(row.bucket, row.person_id, row.purge_month, reference), said


@given(text=st.text(alphabet="0123456789", min_size=12, max_size=12))
def test_a_number_opens_in_its_place_and_by_its_reference_only(text):
    held = MonthKeys({1: AESGCM(b"k" * 32)})
    sealed = held.sealed(text.encode(), PLACE.bound)
    assert held.opened(sealed, PLACE.bound).decode() == text
    assert text.encode() not in sealed
    for other in (
        replace(PLACE, bucket=4),
        replace(PLACE, person_id=REFERENCE),
        replace(PLACE, purge_month=date(2020, 6, 1)),
        replace(PLACE, reference=PERSON),
    ):
        with pytest.raises(Unsealable):
            held.opened(sealed, other.bound)
    with pytest.raises(Unsealable):
        MonthKeys({1: AESGCM(b"x" * 32)}).opened(sealed, PLACE.bound)


def test_the_profile_has_four_digits_and_a_reference_and_the_vault_the_number(
    db, upload, vault, keys
):
    upload(body({}), on=vault)
    held, said = profile(db, keys)
    assert said["aadhaar"] == RIGHT[-4:]
    assert masked(said) == f"XXXX XXXX {RIGHT[-4:]}"
    assert aadhaar_of(db, held, tenant=27, keys=keys) == RIGHT
    for other, tenant in (
        (replace(held, reference=REFERENCE), 27),
        (replace(held, person_id=PERSON), 27),
        (held, 9),
    ):
        with pytest.raises(NoAadhaar):
            aadhaar_of(db, other, tenant=tenant, keys=keys)


def test_who_has_none_is_in_no_vault(db, upload, vault, keys):
    upload(body({"aadhaar": ""}), on=vault)
    assert db.execute(select(NUMBER)).all() == []
    assert masked({"aadhaar": None}) is None


def test_a_corrected_number_takes_the_place_of_the_one_before(db, upload, vault, keys):
    upload(body({"source_ref": "a"}), on=vault)
    before, _ = profile(db, keys)
    other = aadhaar_number("3")
    found = upload(body({"source_ref": "a", "aadhaar": other}), on=vault)
    assert found.updated == 1
    held, _ = profile(db, keys)
    assert aadhaar_of(db, held, tenant=27, keys=keys) == other
    assert held.reference != before.reference
    again = upload(body({"source_ref": "a", "aadhaar": other}), on=vault)
    assert (again.unchanged, len(db.execute(select(NUMBER)).all())) == (1, 1)
    gone = upload(body({"source_ref": "a", "aadhaar": ""}), on=vault)
    assert (gone.updated, db.execute(select(NUMBER)).all()) == (1, [])


def test_a_number_leaves_the_vault_also_when_the_setting_is_another_by_then(
    db, upload, vault, terms
):
    upload(body({"source_ref": "a"}), on=vault)
    found = upload(body({"source_ref": "a", "name": "Asha Namuna"}), on=terms)
    assert (found.updated, db.execute(select(NUMBER)).all()) == (1, [])


def test_one_number_of_two_people_or_two_states_is_taken_alike(db, upload, vault, keys):
    there = {"origin_district": "Lucknow", "destination_district": "Pune"}
    answers = [
        upload(body({}), on=vault),
        upload(body({}), on=vault),
        upload(body(there), on=replace(vault, tenant=9)),
    ]
    assert len({str(each.body() | {"batch": 0, "links": 0}) for each in answers}) == 1
    assert len(people_of(db, RIGHT, tenant=27, keys=keys)) == 2
    assert len(people_of(db, RIGHT, tenant=9, keys=keys)) == 1
    indexes = db.execute(select(NUMBER.c.tenant, NUMBER.c.number_index)).all()
    assert len({bytes(each.number_index) for each in indexes}) == 2
    assert number_index(
        RIGHT, tenant=27, key=keys.aadhaar_index
    ) != identity.blind_index(RIGHT, keys=keys)


def test_a_month_whose_keys_are_destroyed_opens_nothing_any_more(
    db, upload, vault, keys
):
    upload(body({}), on=vault)
    held, _ = profile(db, keys)
    left_alone(db, MAY)
    for each in (DATA_KEY, AADHAAR_KEY):
        db.execute(each.delete().where(each.c.purge_month == MAY))
    with pytest.raises(NoDataKey):
        profile(db, keys)
    with pytest.raises(NoDataKey):
        aadhaar_of(db, held, tenant=27, keys=keys)
