"""The unique ID, as read aloud and typed."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movements.errors import BadUniqueId
from movements.unique_id import id_of, id_text

AN_ID = UUID(int=0x0123456789ABCDEF0123456789ABCDEF)


@given(st.uuids())
def test_an_id_survives_being_written_and_typed(person: UUID):
    assert id_of(id_text(person)) == person


@given(st.uuids())
def test_case_hyphens_spaces_and_lookalikes_do_not_matter(person: UUID):
    typed = id_text(person)[:-1].lower().replace("-", " ").replace("0", "o")
    assert id_of(typed.replace("1", "l") + id_text(person)[-1].lower()) == person


def test_an_id_is_read_aloud_in_groups_of_four():
    groups = id_text(AN_ID).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4, 4, 4, 3]


@given(st.uuids(), st.integers(0, 25), st.integers(0, 24))
def test_one_wrong_or_two_swapped_signs_are_noticed(person: UUID, at: int, turn: int):
    signs = list(id_text(person).replace("-", ""))
    wrong = signs.copy()
    wrong[at] = "7" if signs[at] != "7" else "3"
    with pytest.raises(BadUniqueId):
        id_of("".join(wrong))
    if signs[turn] != signs[turn + 1]:
        signs[turn], signs[turn + 1] = signs[turn + 1], signs[turn]
        with pytest.raises(BadUniqueId):
            id_of("".join(signs))


@pytest.mark.parametrize("text", ["", "7", "U" * 27, "Z" * 27, "é" * 27, "0" * 28])
def test_what_is_no_id_is_refused(text: str):
    with pytest.raises(BadUniqueId):
        id_of(text)
