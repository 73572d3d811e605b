"""Names that mislead: what is clear is taken by its code, what is not is told."""

import csv
import io

import pytest
from sqlalchemy import select

from movements.columns import NAMES
from movements.tables import MOVEMENT
from movements.unique_id import id_text

PUNE = 490
ROW = dict.fromkeys(NAMES, "") | {
    "name": "Namuna Yatri",
    "age": "30",
    "category": "labour",
    "origin_district": "Pune, Maharashtra",
    "travel_date": "2020-05-21",
    "mode": "train",
}

# Spelt as files of 2020 and of later years spell them; the state's code.
CLEAR = [
    ("Hyderabad, Telangana", 36),  # no Census 2011 code
    ("Hyderabad, TS", 36),
    ("Leh, Ladakh", 37),  # a union territory since October 2019
    ("Daman, DNHDD", 38),  # merged in January 2020
    ("Diu, DN", 38),  # the ISO code of the part that gave its letters up
    ("Dehradun, UK", 5),  # Uttarakhand, once UT
    ("Raipur, CG", 22),  # Chhattisgarh, once CT
    ("Chandigarh, CH", 4),  # not Chhattisgarh
    ("Aurangabad, Bihar", 10),
    ("Aurangabad, Maharashtra", 27),
]
UNCLEAR = [
    ("Dehradun, UT", "ambiguous_district"),  # Uttarakhand, or a union territory
    ("Aurangabad", "ambiguous_district"),
    ("Bilaspur", "ambiguous_district"),
    ("Hyderabadd, Telangana", "unknown_district"),
]


def sent(post, places):
    out = io.StringIO()
    writer = csv.DictWriter(out, NAMES)
    writer.writeheader()
    writer.writerows(ROW | {"destination_district": place} for place in places)
    return post(out.getvalue().encode(), headers={"Content-Type": "text/csv"})


def test_what_is_clear_is_taken_by_its_code(post, fetch, database):
    receipt = sent(post, [place for place, _ in CLEAR])
    assert receipt.json["faults"] == []
    assert receipt.json["accepted"] == len(CLEAR)
    listed = fetch(f"/api/v1/batches/{receipt.json['batch']}/people").json["people"]
    with database.owner.connect() as db:
        codes = dict(
            db.execute(select(MOVEMENT.c.person_id, MOVEMENT.c.destination_state)).all()
        )
    states = {id_text(person): code for person, code in codes.items()}
    assert [states[each["id"]] for each in listed] == [code for _, code in CLEAR]


@pytest.mark.parametrize(("place", "code"), UNCLEAR)
def test_what_is_not_clear_is_told_with_its_candidates(post, place, code):
    receipt = sent(post, [place])
    assert receipt.json["accepted"] == 0
    (fault,) = receipt.json["faults"]
    assert (fault["field"], fault["code"]) == ("destination_district", code)
    assert fault["suggestion"]


def test_the_states_of_a_route_are_as_strict(post):
    row = ROW | {"destination_district": "Lucknow, Uttar Pradesh", "mode": "bus"}
    out = io.StringIO()
    writer = csv.DictWriter(out, NAMES)
    writer.writeheader()
    writer.writerow(row | {"route_states": "MH;UT;UP"})
    writer.writerow(row | {"route_states": "MH;MP;UP"})
    receipt = post(out.getvalue().encode(), headers={"Content-Type": "text/csv"}).json
    assert receipt["accepted"] == 1
    (fault,) = receipt["faults"]
    assert (fault["row"], fault["code"]) == (1, "ambiguous_state")
