"""Parquet files: what their types become, and what is refused."""

import decimal
import io
from datetime import UTC, date, datetime, timedelta, timezone

import made_up
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movements import parquet_rows
from movements.errors import (
    BadColumns,
    MovementError,
    UnreadableUpload,
    UploadTooLarge,
)
from movements.reading import Asked, read

PEOPLE = made_up.rows(3, refs="r")


def written(people: pa.Table, **how) -> bytes:
    out = io.BytesIO()
    pq.write_table(people, out, **how)
    return out.getvalue()


FILE = written(pa.Table.from_pylist(PEOPLE))


def cell(name: str, values: pa.Array) -> list[str | None]:
    """What a column of some values is read as."""
    people = pa.Table.from_pylist(PEOPLE[:1] * len(values))
    at = people.schema.get_field_index(name)
    sent = written(people.set_column(at, name, values))
    # Where types are told, the limits of a process of its own need not be tried again.
    found = parquet_rows.grid(sent, sheet=None, aliases={}, rows=99)
    return list(found.columns[name])


def test_a_parquet_file_gives_the_same_rows_as_csv():
    assert read(FILE).frame.equals(read(made_up.csv_body(PEOPLE)).frame)


IST = timezone(timedelta(hours=5, minutes=30))
DAY = datetime(2020, 5, 13)  # noqa: DTZ001 - a day as tables of data have it
FAR = 8_000_000_000_000_000_000


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([date(2020, 5, 13), None]), ["2020-05-13", None]),
        (pa.array([DAY], pa.timestamp("ns")), ["2020-05-13"]),
        (pa.array([DAY + timedelta(hours=6)]), ["2020-05-13T06:00:00"]),
        (pa.array([DAY.replace(tzinfo=IST)]), ["2020-05-13"]),
        (
            pa.array([datetime(2020, 5, 12, 18, 30, tzinfo=UTC)]),
            ["2020-05-13"],
        ),
        (pa.array([DAY.replace(tzinfo=UTC)]), ["2020-05-13T05:30:00"]),
        (pa.array([FAR], pa.timestamp("us")), [str(FAR)]),
        (pa.array([43964]), ["43964"]),
    ],
)
def test_moments_are_told_as_days_of_india(values, texts):
    assert cell("travel_date", values) == texts


@pytest.mark.parametrize(
    ("name", "values", "texts"),
    [
        ("age", pa.array([34, None], pa.uint8()), ["34", None]),
        ("age", pa.array([34.0, float("nan")]), ["34", None]),
        ("age", pa.array([decimal.Decimal("34.00")]), ["34"]),
        ("mobile", pa.array([9876543210]), ["9876543210"]),
        ("mobile", pa.array([9876543210.0]), ["9876543210"]),
        ("mobile", pa.array([9.87654e9]), ["9.87654E+09"]),
        ("aadhaar", pa.array([1.2e11]), ["1.2E+11"]),
        ("gender", pa.array([True]), ["TRUE"]),
        ("gender", pa.nulls(2), [None, None]),
        (
            "mode",
            pa.array(["bus", None, "bus"]).dictionary_encode(),
            ["bus", None, "bus"],
        ),
        ("name", pa.array(["Asha"], pa.large_string()), ["Asha"]),
        ("name", pa.array(["Asha"], pa.string_view()), ["Asha"]),
        ("name", pa.array(["रवि".encode()], pa.binary()), ["रवि"]),
        ("name", pa.array([b"\xff\xfe"], pa.binary()), ["��"]),
        ("name", pa.array([{"first": "Asha"}]), ["{…}"]),
        ("route_states", pa.array([[27, 23, 9], []]), ["27;23;9", ""]),
        ("route_states", pa.array([["27", None]]), ["27;"]),
        ("origin_lon", pa.array([72.8777]), ["72.8777"]),
        ("origin_lon", pa.array([72.875], pa.float32()), ["72.875"]),
        ("age", pa.array([34.0], pa.float16()), ["34"]),
        # 9876543210 has no number of its own among those of 32 bits.
        ("mobile", pa.array([9876543210.0], pa.float32()), ["9.876543E+09"]),
        ("aadhaar", pa.array([234567890124.0], pa.float32()), ["2.345679E+11"]),
    ],
)
def test_types_are_told_as_the_texts_they_stand_for(name, values, texts):
    assert cell(name, values) == texts


def test_long_numbers_kept_as_fractions_are_marked():
    people = pa.Table.from_pylist(PEOPLE[:1])
    at = people.schema.get_field_index("source_ref")
    found = read(written(people.set_column(at, "source_ref", pa.array([1e16]))))
    assert found.cells == ((0, "source_ref", "number_shortened"),)


@pytest.mark.parametrize("kind", [pa.float32(), pa.float16()])
def test_numbers_that_may_be_others_are_marked_in_narrow_columns(kind):
    least = 2**24 if kind == pa.float32() else 2**11
    people = pa.Table.from_pylist(PEOPLE[:1] * 2)
    at = people.schema.get_field_index("source_ref")
    ids = pa.array([float(least - 1), float(least)]).cast(kind)
    found = read(written(people.set_column(at, "source_ref", ids)))
    assert found.cells == ((1, "source_ref", "number_shortened"),)
    assert found.frame["source_ref"][0] == str(least - 1)


def test_unknown_columns_are_named_and_not_read():
    people = pa.Table.from_pylist([each | {"caste": "x"} for each in PEOPLE])
    (ignored,) = read(written(people)).ignored
    assert (ignored.field, ignored.code, ignored.count) == (
        "caste",
        "unknown_column",
        3,
    )


def test_missing_and_doubled_columns_are_named():
    people = pa.Table.from_pylist(PEOPLE)
    with pytest.raises(BadColumns, match="missing: age"):
        read(written(people.drop_columns(["age"])))
    doubled = people.append_column("Name", people["name"])
    with pytest.raises(BadColumns, match="twice: name"):
        read(written(doubled))


def test_row_groups_however_many_are_one_table():
    many = pa.Table.from_pylist(made_up.rows(30))
    assert read(written(many, row_group_size=7)).frame.height == 30
    empty = pa.Table.from_pylist(PEOPLE).slice(0, 0)
    with pytest.raises(UnreadableUpload, match="no row"):
        read(written(empty))
    with pytest.raises(UploadTooLarge, match="3 rows given, 2 allowed"):
        read(FILE, Asked(rows=2))


def named_by_all(text: str, rows: int) -> bytes:
    people = pa.Table.from_pylist(PEOPLE[:1] * rows)
    at = people.schema.get_field_index("name")
    return written(people.set_column(at, "name", pa.array([text] * rows)))


def test_one_text_named_by_every_row_counts_for_each():
    sent = named_by_all("x" * 1_000_000, 20)
    assert len(sent) < 200_000
    with pytest.raises(UploadTooLarge, match="bytes of text"):
        read(sent)


@pytest.mark.parametrize(
    ("sent", "kind", "words"),
    [
        (FILE[:-1], UnreadableUpload, "Parquet"),
        (FILE[: len(FILE) // 2], UnreadableUpload, "Parquet"),
        (b"PAR1" + bytes(50) + b"PAR1", UnreadableUpload, "Parquet"),
        (b"PAR1\xff\xff\xff\xffPAR1", UnreadableUpload, "Parquet"),
        (b"PARE" + bytes(50) + b"PARE", UnreadableUpload, "encrypted"),
        (
            written(pa.table({f"c{n}": [1] for n in range(501)})),
            UploadTooLarge,
            "501 columns",
        ),
        (
            written(pa.Table.from_pylist(PEOPLE * 400), row_group_size=1),
            UploadTooLarge,
            "1200 row groups",
        ),
        (
            written(
                pa.table({"a": pa.array([b"\0" * 80_000_000])}),
                compression="zstd",
                use_dictionary=False,
            ),
            UploadTooLarge,
            "unpacked",
        ),
    ],
)
def test_what_is_no_parquet_or_too_much_of_it_is_refused(sent, kind, words):
    with pytest.raises(kind, match=words):
        read(sent)


@settings(max_examples=8, deadline=None)
@given(st.integers(4, len(FILE) - 5), st.binary(min_size=1, max_size=30))
def test_a_damaged_file_is_read_or_refused(at: int, noise: bytes):
    try:
        found = read(FILE[:at] + noise + FILE[at + len(noise) :])
    except MovementError:
        return
    assert found.frame.columns == list(made_up.NAMES)
