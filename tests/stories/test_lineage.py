"""An analyst joins tables of two days through which district came from which."""

import csv
import io

import pytest
from sqlalchemy import update

from boundaries.tables import LINEAGE
from boundaries.version import bump

TABLES = ("/boundaries/lineage.csv", "/boundaries/lineage.json")


def rows(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    if ".json" in path:
        return answer.json["lineage"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_what_came_from_what_needs_no_token(client):
    found = rows(client, "/boundaries/lineage.json")
    assert len({each["child"] for each in found}) == 29
    assert [each["effective"] for each in found] == sorted(
        each["effective"] for each in found
    )
    of_505 = {each["child"] for each in found if each["parent"] == 505}
    assert of_505 == {745, 746, 747}
    assert {each["kind"] for each in found} == {"split", "split_also"}
    assert {each["share"] for each in found} == {None}


def test_the_table_says_the_same_as_the_json(client):
    table, told = (rows(client, path) for path in TABLES)
    assert len(table) == len(told)
    for row, each in zip(table, told, strict=True):
        assert row == {k: "" if v is None else str(v) for k, v in each.items()}


@pytest.mark.parametrize(
    ("days", "children"),
    [
        ("from=2020-05-13&to=2020-12-27", set()),
        ("from=2020-12-28&to=2020-12-28", {735}),
        ("to=2021-12-31", {735, 736, 737}),
        ("from=2022-04-04&to=2022-04-04", set(range(743, 756))),
        ("from=2022-12-15", set()),
    ],
)
def test_only_what_came_between_two_days(client, days, children):
    found = rows(client, f"/boundaries/lineage.json?{days}")
    assert {each["child"] for each in found} == children
    table = rows(client, f"/boundaries/lineage.csv?{days}")
    assert {int(each["child"]) for each in table} == children


def test_states_have_a_lineage_of_their_own_which_is_empty(client):
    assert rows(client, "/boundaries/lineage.json?level=state") == []
    assert rows(client, "/boundaries/lineage.csv?level=state") == []


@pytest.mark.parametrize("path", TABLES)
def test_it_is_tagged_and_kept_and_changes_with_the_boundaries(client, database, path):
    first = client.get(path)
    assert first.headers["Cache-Control"].startswith("public")
    seen = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=seen).status_code == 304
    assert client.head(path).headers["ETag"] == first.headers["ETag"]
    assert client.get(f"{path}?to=2021-01-01", headers=seen).status_code == 200
    with database.owner.begin() as db:
        db.execute(update(LINEAGE).where(LINEAGE.c.child == 735).values(share=0.25))
        bump(db, "boundaries")
    client.application.extensions["front"].trusted._since = float("-inf")
    again = client.get(path, headers=seen)
    assert again.status_code == 200
    assert "0.25" in again.text


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("level=village", "invalid_parameters", "level"),
        ("from=yesterday", "invalid_parameters", "from"),
        ("colour=red", "invalid_parameters", "colour"),
        ("from=2022-01-02&to=2022-01-01", "bad_question", "from/to"),
        ("to=2022-01-01&to=2022-01-02", "bad_question", "to"),
    ],
)
@pytest.mark.parametrize("path", TABLES)
def test_what_cannot_be_asked_is_refused_with_what_can(
    client, path, query, code, field
):
    answer = client.get(f"{path}?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, code), answer.text
    assert answer.json["errors"][0]["field"] == field
