"""How one page of a state's platform leads to the next."""

import made_up
import pytest

from gis_service.connectors.description import Description
from gis_service.connectors.paging import Answer, onward, url
from gis_service.connectors.pointer import at
from gis_service.connectors.rows import highest, page
from layers.errors import AddressRefused, BadAnswer
from layers.fetch_pause import retry_after
from movements.spellings import NONE

HERE = "https://platform.test/rows?lang=hi"


def described(**paging):
    return Description(url=HERE, paging=paging)


def test_an_address_keeps_its_own_query_and_gets_ours():
    of = described(kind="page", parameter="p", size_parameter="n", size=50)
    assert url(of, None, None) == f"{HERE}&n=50&p=1"
    assert url(of, {"at": 4}, None) == f"{HERE}&n=50&p=4"


def test_a_page_without_rows_is_the_last():
    of = described(kind="page", parameter="p")
    assert onward(of, {"at": 3}, Answer([], None, 5)) == {"at": 4}
    assert onward(of, {"at": 4}, Answer([], None, 0)) is None


@pytest.mark.parametrize("end", [{}, {"next": None}, {"next": ""}, {"next": False}, []])
def test_no_cursor_is_the_end(end):
    of = described(kind="cursor", parameter="c", next="/next")
    assert onward(of, None, Answer(end, None, 1)) is None


@pytest.mark.parametrize("bad", [{"a": 1}, ["x"], 1.5, "x" * 2_001])
def test_a_cursor_that_is_none_is_told(bad):
    of = described(kind="cursor", parameter="c", next="/next")
    with pytest.raises(BadAnswer):
        onward(of, None, Answer({"next": bad}, None, 1))


def test_a_cursor_that_leads_to_itself_is_told():
    of = described(kind="cursor", parameter="c", next="/next")
    with pytest.raises(BadAnswer, match="this page again"):
        onward(of, {"at": "x"}, Answer({"next": "x"}, None, 1))


@pytest.mark.parametrize(
    ("link", "then"),
    [
        ('</rows?p=2>; rel="next"', "https://platform.test/rows?p=2"),
        ("<?p=2>; rel=next", "https://platform.test/rows?p=2"),
        (
            '</a>; rel="prev", </b>; title="x"; rel="last next"',
            "https://platform.test/b",
        ),
        ('</a>; rel="nextish"', None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_a_link_header_is_read(link, then):
    found = onward(described(kind="link"), None, Answer(None, link, 1))
    assert found == ({"url": then} if then else None)


@pytest.mark.parametrize("to", ["https://other.test/", "http://platform.test/"])
def test_a_link_to_another_origin_is_refused(to):
    with pytest.raises(AddressRefused):
        onward(described(kind="link"), None, Answer(None, f"<{to}>; rel=next", 1))


def test_a_pointer_is_read_as_the_standard_writes_it():
    told = {"a/b": [{"~c": 7}], "": 1}
    assert at(told, "/a~1b/0/~0c") == 7
    assert at(told, "") == told
    assert at(told, "/") == 1
    with pytest.raises(BadAnswer):
        at(told, "/none")


def test_the_highest_mark_is_by_number_or_by_instant():
    assert highest(["9", "10"], None) == "10"
    assert highest(["2020-05-09", "2020-05-10"], "2020-05-11") == "2020-05-11"
    assert highest([], None) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, None), ("", None), ("soon", None), ("120", 120), ("999999999", 86400)],
)
def test_a_pause_is_read(text, seconds):
    assert retry_after(text) == seconds
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@pytest.mark.parametrize("sign", [",", ";"])
def test_a_row_that_is_wrong_does_not_hide_how_new_the_others_are(sign):
    of = Description(
        url=HERE, media="csv", since={"parameter": "s", "field": "changed"}
    )
    rows = made_up.rows(3, refs="m-")
    header, *lines = made_up.csv_body(rows).decode().splitlines()
    lines = [f"{line},{at}" for at, line in enumerate(lines, 7)]
    lines[1] += ",one,too,many"
    body = "\n".join([f"{header},changed", *lines]).replace(",", sign).encode()
    found = page(of, body, NONE)
    assert (found.rows, found.marks) == (3, ["7", "9"])


def test_marks_of_any_length_are_compared_as_numbers():
    assert highest(["9" * 5_000, "1" + "0" * 5_000], "0" * 6_000) == "1" + "0" * 5_000
