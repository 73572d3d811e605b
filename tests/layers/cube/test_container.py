"""A file of arrays comes back as it was written, or is refused as torn."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from layers.cube.container import MAGIC, TornFile, mapped, write

ROOM = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ARRAYS = st.dictionaries(
    st.text("abcdefgh._", min_size=1, max_size=20),
    npst.arrays(
        st.sampled_from((np.int16, np.int32, np.int64, np.uint8)),
        npst.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=9),
    ),
    max_size=14,
)
ABOUT = {"version": 2**62, "epoch": 2**52 - 1, "first_day": -3}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    """The bytes of a good file."""
    path = tmp_path_factory.mktemp("cube") / "1-1.cube"
    arrays = {"a": np.arange(40, dtype=np.int32), "b": np.zeros((0, 3), np.int16)}
    write(path, arrays, ABOUT)
    return path.read_bytes()


def refused(folder, data: bytes) -> None:
    path = folder / "torn.cube"
    path.write_bytes(data)
    with pytest.raises(TornFile, match=r"torn\.cube"):
        mapped(path)


@ROOM
@given(arrays=ARRAYS)
def test_arrays_come_back_as_they_were_written_and_cannot_be_changed(
    *, tmp_path, arrays
):
    write(tmp_path / "1-1.cube", arrays, ABOUT)
    found, about = mapped(tmp_path / "1-1.cube")
    assert about == ABOUT
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)
        assert not found[name].flags.writeable
    assert os.listdir(tmp_path) == ["1-1.cube"]  # noqa: PTH208 - names are the point


def test_a_file_cut_short_at_any_byte_is_refused(tmp_path, whole):
    for length in range(len(whole)):
        refused(tmp_path, whole[:length])


@ROOM
@example(at=0, bit=0)
@given(at=st.integers(0), bit=st.integers(0, 7))
def test_a_file_with_any_bit_turned_is_refused(*, tmp_path, whole, at, bit):
    data = bytearray(whole)
    data[at % len(data)] ^= 1 << bit
    refused(tmp_path, bytes(data))


def test_every_byte_of_head_and_tail_is_watched(tmp_path, whole):
    for at in (*range(64), *range(len(whole) - 64, len(whole))):
        data = bytearray(whole)
        data[at] ^= 0xFF
        refused(tmp_path, bytes(data))


@pytest.mark.parametrize(
    "data",
    [b"", MAGIC, MAGIC * 2, MAGIC * 6, bytes(4096), b"SQLite format 3\0" * 40],
    ids=["empty", "one word", "two words", "six words", "zeros", "another's"],
)
def test_what_is_no_base_is_refused(tmp_path, data):
    refused(tmp_path, data)


def test_a_file_with_something_after_its_end_or_twice_in_a_row_is_refused(
    tmp_path, whole
):
    refused(tmp_path, whole + b"\0")
    refused(tmp_path, whole * 2)


def test_a_file_that_is_replaced_stays_what_it_was_for_who_has_it_mapped(tmp_path):
    path = tmp_path / "1-1.cube"
    write(path, {"a": np.full(100_000, 1)}, ABOUT)
    before, _ = mapped(path)
    write(path, {"a": np.full(100_000, 2)}, ABOUT)
    after, _ = mapped(path)
    path.unlink()
    assert (int(before["a"].sum()), int(after["a"].sum())) == (100_000, 200_000)
