"""Hard cases at upload: nobody waits for a phone, a number, an address or a split."""

import io

import made_up
import pytest
from sqlalchemy import select

from movements.tables import MOVEMENT, PROFILE
from movements.unique_id import id_of

MAHARASHTRA, BIHAR = 27, 10
BARE = dict.fromkeys(made_up.rows(1)[0], "") | {
    "name": "Asha Namuna", "age": "31", "category": "labour", "mode": "train",
    "origin_district": "490", "destination_district": "212",
    "travel_date": "2020-05-21",
}  # fmt: skip


def row(**changes: str) -> dict[str, str]:
    return BARE | changes


def uploaded(post, fetch, *rows):
    told = post(made_up.csv_body(list(rows)))
    assert told.status_code == 201, told.text
    path = told.json["links"]["people"].removeprefix("http://localhost")
    return told.json, [each["id"] for each in fetch(path).json["people"]]


def test_without_phone_number_or_address_anybody_is_taken(post, fetch, ask):
    told, (person,) = uploaded(post, fetch, row())
    assert (told["accepted"], told["faults"], told["ignored"]) == (1, [], [])
    read = ask("GET", f"/api/v1/people/{person}").json
    assert (read["mobile"], read["aadhaar"], read["current_address"]) == (None,) * 3


def test_a_minor_hangs_on_a_guardian_of_the_file_or_of_before(post, fetch, ask):
    _, (before,) = uploaded(post, fetch, row(source_ref="g0"))
    told, ids = uploaded(
        post, fetch,
        row(source_ref="g1", age="5", guardian_ref="g2"),
        row(source_ref="g2"),
        row(age="7", guardian_ref="g0"),
        row(age="9", guardian_ref=before.lower()),
        row(age="11", guardian_ref="nobody"),
        row(age="12", source_ref="g3", guardian_ref="g3"),
        row(age="13"),
    )  # fmt: skip
    assert (told["accepted"], told["refused"]) == (7, 0)
    (note,) = told["ignored"]
    assert (note["code"], note["count"]) == ("guardian_unknown", 2)
    guardians = [ask("GET", f"/api/v1/people/{each}").json["guardian"] for each in ids]
    assert guardians == [ids[1], None, before, before, None, None, None]


def test_a_guardian_of_another_state_is_not_known(post, fetch):
    away = post(made_up.csv_body([row(source_ref="b1")]), state=BIHAR)
    path = away.json["links"]["people"].removeprefix("http://localhost")
    (bihari,) = fetch(path, state=BIHAR).json["people"]
    for ref in ("b1", bihari["id"]):
        told, _ = uploaded(post, fetch, row(age="5", guardian_ref=ref))
        assert [each["code"] for each in told["ignored"]] == ["guardian_unknown"]


def test_a_borrowed_mobile_is_marked_and_leads_to_nobody(post, fetch, ask, database):
    lent = "9123456700"
    told, (lender, borrower) = uploaded(
        post, fetch,
        row(mobile=lent, mobile_borrowed="no"),
        row(mobile=lent, mobile_borrowed="हाँ"),
    )  # fmt: skip
    assert told["faults"] == []
    found = ask("POST", "/api/v1/people/find", json={"mobile": lent}).json
    assert [each["id"] for each in found["people"]] == [lender]
    read = ask("GET", f"/api/v1/people/{borrower}").json
    assert (read["mobile"], read["mobile_borrowed"]) == (f"+91{lent}", True)
    assert ask("GET", f"/api/v1/people/{lender}").json["mobile_borrowed"] is None
    with database.owner.connect() as db:
        one = PROFILE.c.person_id == id_of(borrower)
        index = select(PROFILE.c.mobile_index).where(one)
        assert db.execute(index).scalar_one() is None


def test_borrowed_is_said_by_yes_and_no_alone(post):
    told = post(made_up.csv_body([row(mobile_borrowed="perhaps")])).json
    (fault,) = told["faults"]
    assert (fault["field"], fault["code"]) == ("mobile_borrowed", "not_allowed_value")


def test_rows_of_before_these_columns_are_still_the_same(post):
    sent = [row(source_ref="old")]
    short = [{n: v for n, v in sent[0].items() if n not in NEW} for _ in (0,)]
    assert post(narrow(short)).json["new"] == 1
    assert post(made_up.csv_body(sent)).json["unchanged"] == 1
    sent[0] |= {"guardian_ref": "old2", "mobile_borrowed": "yes"}
    assert post(made_up.csv_body(sent)).json["updated"] == 1
    assert post(made_up.csv_body(sent)).json["unchanged"] == 1


NEW = ("guardian_ref", "mobile_borrowed")


def narrow(rows) -> bytes:
    import csv

    out = io.StringIO()
    lines = csv.DictWriter(out, list(rows[0]))
    lines.writeheader()
    lines.writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("f", ["csv", "xlsx"])
def test_the_blank_tables_have_the_columns(client, f):
    from python_calamine import CalamineWorkbook

    table = client.get(f"/api/v1/batches/template.{f}").data
    if f == "csv":
        head = table.decode("utf-8-sig").splitlines()[0].split(",")
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(table))
        head = book.get_sheet_by_name("People").to_python()[0]
    assert set(NEW) <= set(head)


def _journey(database, person):
    with database.owner.connect() as db:
        of = MOVEMENT.c
        return db.execute(select(MOVEMENT).where(of.person_id == id_of(person))).one()
