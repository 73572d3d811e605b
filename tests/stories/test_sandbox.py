"""A state tries its uploads in the sandbox: answered in full, seen by nobody else."""

import made_up
import pytest
from conserved import conserved
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from gis_service.access import BadGrant
from movements import sandbox
from movements.flow import FLOW_DAY, FLOW_DELTA, ROUTE_DAY
from movements.tables import BATCH, MOVEMENT, PERSON, PROFILE
from routes.tables import ROUTE

MAHARASHTRA, BIHAR, UTTAR_PRADESH, PUNE, PATNA = 27, 10, 9, 490, 212
SANDBOX = -MAHARASHTRA
GOOD = made_up.rows(1)[0] | {
    "destination_district": "Patna", "travel_date": "2020-05-21", "mode": "train",
    "mobile": "9123456789", "route_states": "27;23;9;10",
}  # fmt: skip
PATHS = (
    *("/flows/country", "/flows/state", "/flows/district", "/flows/days"),
    *(f"/tiles/{layer}/3/5/3.mvt" for layer in ("flows", "arrivals", "routes")),
    *(f"/layers/{layer}.geojson" for layer in ("flows", "arrivals", "departures")),
)


def row(ref: str, **changes: str) -> dict[str, str]:
    return GOOD | {"source_ref": ref} | changes


def count(database, table) -> int:
    with database.owner.connect() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def tried(ask):
    """The unique IDs of three people in the sandbox."""
    return send(ask)


def send(ask) -> list[str]:
    body = made_up.csv_body([row("s1"), row("s2"), row("s3"), row("s4", age="x")])
    told = ask("POST", "/api/v1/batches", state=SANDBOX, data=body)
    assert told.status_code == 201, told.text
    assert (told.json["accepted"], told.json["refused"]) == (3, 1)
    people = told.json["links"]["people"].removeprefix("http://localhost")
    listed = ask("GET", people, state=SANDBOX).json["people"]
    assert [each["source_ref"] for each in listed] == ["s1", "s2", "s3"]
    return [each["id"] for each in listed]


def in_sandbox(ask, event: str, ids: list[str], **more):
    body = {"event": event, "people": ids} | more
    return ask("POST", "/api/v1/events", state=SANDBOX, json=body)


def test_the_sandbox_is_answered_in_full(ask, tried, database):
    train = {"number": "01901", "day": "2020-05-21"}
    for event, more in (
        ("permission_requested", {}), ("requisitioned", {"train": train}),
        ("departed", {}),
    ):  # fmt: skip
        told = in_sandbox(ask, event, tried[:1], **more)
        assert told.json["applied"] == 1, told.text
    path = f"/api/v1/people/{tried[0]}"
    events = ask("GET", f"{path}/events", state=SANDBOX, query_string={}).json
    assert len(events["events"]) == 3
    read = ask("GET", path, state=SANDBOX).json
    assert read["name"] == GOOD["name"]
    assert read["journeys"][0]["destination_district"] == PATNA
    change = row("s2", name="Asha Sudhari")
    fixed = ask("PUT", f"/api/v1/people/{tried[1]}", state=SANDBOX, json=change).json
    assert fixed["changed"] == ["name"]
    gone = ask("DELETE", f"/api/v1/people/{tried[2]}", state=SANDBOX).json
    assert gone["outcome"] == "withdrawn"
    again = made_up.csv_body([row("s1"), row("s2"), row("s3")])
    told = ask("POST", "/api/v1/batches", state=SANDBOX, data=again).json
    assert (told["new"], told["updated"], told["unchanged"]) == (1, 1, 1)


def test_its_people_are_filtered_by_place(ask, tried):
    for path in ("people", "movements"):
        for name, here, elsewhere in (
            ("origin_state", "Maharashtra", "Bihar"),
            ("origin_district", "Pune", "Patna"),
            ("destination_state", str(BIHAR), str(MAHARASHTRA)),
            ("destination_district", str(PATNA), str(PUNE)),
        ):
            for place, whom in ((here, set(tried)), (elsewhere, set())):
                of = {"purpose": "own_batch", name: place}
                listed = ask("GET", f"/api/v1/{path}", state=SANDBOX, query_string=of)
                found = {each["id"] for each in listed.json[path]}
                assert found & set(tried) == whom, (path, name, place)
                assert whom or not found


def test_flows_tiles_and_layers_are_the_same_bytes_with_it_and_without(
    ask, sent, database
):
    sent(row("real0"))
    tables = (FLOW_DAY, ROUTE_DAY, FLOW_DELTA, ROUTE)
    counted = [count(database, table) for table in tables]
    readings = [(path, state) for path in PATHS for state in (MAHARASHTRA, BIHAR)]

    def read() -> list[tuple[int, bytes]]:
        answers = (ask("GET", p, role="state", state=s) for p, s in readings)
        return [(each.status_code, each.data) for each in answers]

    before = read()
    assert {status for status, _ in before} <= {200, 204}
    (one, *_) = send(ask)
    in_sandbox(ask, "departed", [one])
    assert [count(database, table) for table in tables] == counted
    assert read() == before


def test_no_officer_sees_anybody_of_it(ask, tried, client, token):
    in_sandbox(ask, "requisitioned", tried[:2], train={"number": "01901"})
    in_sandbox(ask, "departed", tried[:2])
    readers = [
        ("state", state, None) for state in (MAHARASHTRA, BIHAR, UTTAR_PRADESH)
    ] + [("district", None, PUNE), ("district", None, PATNA), ("railways", None, None),
         ("uploader", MAHARASHTRA, None), ("uploader", -BIHAR, None)]  # fmt: skip
    for role, state, district in readers:
        key = token(role, state=state, district=district)
        header = {"Authorization": f"Bearer {key}"}
        purpose = {"district": "permit", "uploader": "own_batch"}.get(role, "manifest")
        of = {"purpose": purpose}
        for path in ("/api/v1/people", "/api/v1/movements"):
            listed = client.get(path, headers=header, query_string=of)
            assert listed.status_code == 200, listed.text
            assert not any(each in listed.text for each in tried)
        one = client.get(f"/api/v1/people/{tried[0]}", headers=header, query_string=of)
        assert one.status_code == 404
        for body in ({"mobile": GOOD["mobile"]}, {"id": tried[0]}):
            found = client.post("/api/v1/people/find", headers=header, query_string=of,
                                json=body)  # fmt: skip
            assert found.status_code in (200, 403)
            assert not any(each in found.text for each in tried)
        said = {"event": "arrived", "people": tried[:1]}
        told = client.post("/api/v1/events", headers=header, json=said)
        assert told.status_code == 403 or told.json["applied"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin_state": 27}, {"destination_state": 10}, {"origin_district": PUNE},
        {"destination_district": PATNA}, {"transit": [23]}, {"requisitioned": True},
    ],
)  # fmt: skip
def test_the_database_refuses_a_row_of_it_at_a_real_place(tried, database, wrong):
    ours = MOVEMENT.c.tenant == SANDBOX
    with database.owner.begin() as db, pytest.raises(IntegrityError):
        db.execute(MOVEMENT.update().where(ours).values(wrong))


def test_no_profile_of_it_can_be_found_by_mobile(tried, database):
    of = PROFILE.c
    with database.owner.connect() as db:
        indexes = db.execute(select(of.mobile_index).where(of.tenant < 0)).scalars()
        assert set(indexes) == {None}
    with database.owner.begin() as db, pytest.raises(IntegrityError):
        db.execute(PROFILE.update().where(of.tenant < 0).values(mobile_index=b"m"))


def test_who_travels_in_a_month_without_flows_is_found_by_unique_id(ask, tried):
    find = {"purpose": "own_batch"}
    path = "/api/v1/people/find"
    by_mobile = {"mobile": GOOD["mobile"]}
    told = ask("POST", path, state=SANDBOX, query_string=find, json=by_mobile)
    assert told.json == {"people": []}
    late = row("s5", travel_date="2020-11-21")
    sent = ask("POST", "/api/v1/batches", state=SANDBOX, data=made_up.csv_body([late]))
    people = sent.json["links"]["people"].removeprefix("http://localhost")
    (one,) = ask("GET", people, state=SANDBOX).json["people"]
    by_id = {"id": one["id"]}
    told = ask("POST", path, state=SANDBOX, query_string=find, json=by_id)
    assert [each["id"] for each in told.json["people"]] == [one["id"]]


def test_it_is_wiped_and_nothing_else_is(sent, ask, tried, database):
    sent(row("real"))
    before = conserved_without_sandbox(database)
    with database.owner.begin() as db:
        assert sandbox.wiped(db) >= len(tried)
    for table in (MOVEMENT, PROFILE, PERSON, BATCH):
        with database.owner.connect() as db:
            of = select(func.count()).where(table.c.tenant < 0)
            assert db.execute(of).scalar_one() == 0
    assert conserved(database) == before
    answer = ask("GET", f"/api/v1/people/{tried[0]}", state=SANDBOX)
    assert answer.status_code == 404


def conserved_without_sandbox(database) -> int:
    with database.owner.connect() as db:
        real = select(func.count()).where(MOVEMENT.c.tenant > 0)
        return db.execute(real).scalar_one()


def test_only_uploaders_have_one(token):
    for role in ("state", "district", "auditor"):
        with pytest.raises(BadGrant):
            token(role, state=SANDBOX)
