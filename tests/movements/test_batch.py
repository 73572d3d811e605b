"""A batch on a real PostGIS: what is stored, counted, replaced and refused."""

import json
from dataclasses import replace

import made_up
import orjson
import pytest
from sqlalchemy import func, select
from test_rules import NAMES_AS_WRITTEN, RIGHT, WRONG

from boundaries.lookup import gazetteer
from boundaries.version import versions
from movements import identity
from movements.errors import BatchRefused, IdempotencyMismatch
from movements.flow import FLOW_DAY, FLOW_DELTA, ROUTE_DAY
from movements.receipt import people, receipt
from movements.tables import BATCH, MOVEMENT, PERSON, PROFILE, SOURCE_REF
from movements.unique_id import id_of
from routes.tables import ROUTE

GOOD = made_up.rows(1)[0]


def body(*people) -> bytes:
    return made_up.csv_body([GOOD | each for each in people])


def count(db, table) -> int:
    return db.execute(select(func.count()).select_from(table)).scalar_one()


def total(db, column) -> int:
    return db.execute(select(func.coalesce(func.sum(column), 0))).scalar_one()


def conserved(db) -> int:
    """Every count of journeys, which must be the same."""
    counts = {
        count(db, MOVEMENT),
        count(db, PROFILE),
        total(db, FLOW_DAY.c.n),
        total(db, ROUTE_DAY.c.n),
        total(db, FLOW_DELTA.c.n),
    }
    assert len(counts) == 1
    return counts.pop()


def faults_of(found) -> list[tuple[int, str, str]]:
    return [(each["row"], each["field"], each["code"]) for each in found.faults]


def fault_of(upload, change, **manner) -> dict:
    found = upload(body(change), **manner)
    (fault,) = found.faults
    assert (found.accepted, found.refused) == (0, 1)
    return fault


TEN_KINDS = [
    ({"name": ""}, "name", "required"),
    ({"age": "121"}, "age", "age_out_of_range"),
    ({"mobile": "12345"}, "mobile", "mobile_invalid"),
    ({"category": "nomad"}, "category", "not_allowed_value"),
    ({"origin_district": "Atlantis"}, "origin_district", "unknown_district"),
    (
        {"destination_district": "Aurangabad"},
        "destination_district",
        "ambiguous_district",
    ),
    ({"travel_date": "31/02/2020"}, "travel_date", "impossible_date"),
    ({"mode": "boat"}, "mode", "not_allowed_value"),
    ({"origin_lon": "77.2", "origin_lat": "28.6"}, "origin_lon", "outside_district"),
    (
        {"mode": "bus", "destination_district": "Patna", "route_states": "27;9;10"},
        "route_states",
        "route_gap",
    ),
]


def test_ten_kinds_of_bad_rows_among_ten_thousand_are_all_told(db, upload):
    rows = made_up.rows(10_000)
    expected = []
    for at in range(100):
        change, field, code = TEN_KINDS[at % 10]
        rows[at * 97] |= change
        expected.append((at * 97 + 1, field, code))
    found = upload(made_up.csv_body(rows))
    assert (found.rows, found.accepted, found.refused) == (10_000, 9_900, 100)
    assert faults_of(found) == expected
    assert conserved(db) == 9_900
    assert count(db, PERSON) == 9_900


def test_a_row_may_have_several_faults_and_is_refused_once(upload):
    found = upload(body({"age": "x", "mobile": "1", "mode": "ship"}, {}))
    assert faults_of(found) == [
        (1, "age", "not_an_integer"),
        (1, "mobile", "mobile_invalid"),
        (1, "mode", "not_allowed_value"),
    ]
    assert (found.rows, found.accepted, found.refused) == (2, 1, 1)


def test_atomic_stores_nothing_where_one_row_has_a_fault(db, upload):
    with pytest.raises(BatchRefused, match="1 of 3 rows") as refused:
        upload(body({}, {"age": "x"}, {}), atomic=True)
    told = refused.value.receipt
    assert (told["rows"], told["accepted"], told["refused"]) == (3, 0, 3)
    assert conserved(db) == count(db, BATCH) == 0


def test_a_dry_run_reports_the_same_and_stores_nothing(db, upload):
    sent = made_up.csv_body(made_up.rows(50, refs="r"))
    tried = upload(sent, dry_run=True)
    assert (tried.batch, count(db, BATCH), conserved(db)) == (None, 0, 0)
    kept = upload(sent)
    assert replace(kept, batch=None) == tried
    again = upload(sent, dry_run=True)
    assert (again.new, again.unchanged) == (0, 50)


def test_the_same_key_and_body_have_one_effect(db, upload):
    sent, manner = body({}), {"idempotency_key": "k", "digest": b"a"}
    first = upload(sent, **manner)
    second = upload(sent, **manner)
    assert (first.replayed, second.replayed) == (False, True)
    assert second.body() == first.body()
    assert conserved(db) == 1
    with pytest.raises(IdempotencyMismatch):
        upload(sent, idempotency_key="k", digest=b"b")


def test_a_row_sent_again_updates_and_keeps_its_id(db, upload):
    rows = made_up.rows(30, refs="r")
    first = upload(made_up.csv_body(rows))
    before = _ids(db, first)
    rows[3] |= {"travel_date": "2020-07-09"}
    rows[4] |= {"name": "Another Namuna"}
    rows[5] |= {"destination_district": "Ranchi" if "Ranchi" not in rows[5] else "Gaya"}
    more = made_up.rows(5, seed=9, refs="s")
    second = upload(made_up.csv_body(rows + more))
    assert (second.new, second.updated, second.unchanged) == (5, 3, 27)
    after = _ids(db, second)
    assert {ref: after[ref] for ref in before} == before
    assert conserved(db) == count(db, PERSON) == count(db, SOURCE_REF) == 35
    assert db.execute(
        select(MOVEMENT.c.travel_date.cast(made_up_text())).where(
            MOVEMENT.c.source_ref == "r3"
        )
    ).scalars().all() == ["2020-07-09"]
    assert all(n > 0 for n in db.execute(select(FLOW_DAY.c.n)).scalars())
    third = upload(made_up.csv_body(rows + more))
    assert (third.new, third.updated, third.unchanged) == (0, 0, 35)


def made_up_text():
    from sqlalchemy import Text

    return Text


def _ids(db, found) -> dict[str, str]:
    return {each.source_ref: each.id for each in people(db, found.batch, tenant=27)}


def test_two_states_may_use_the_same_source_ref(db, upload, terms):
    there = {"origin_district": "Lucknow", "destination_district": "Pune"}
    sent = body(there | {"source_ref": "1"})
    upload(sent)
    found = upload(sent, on=replace(terms, tenant=9))
    assert (found.new, count(db, PERSON)) == (1, 2)


def test_the_version_grows_with_each_batch_that_changes_flows(db, upload):
    before = versions(db)["flows"]
    sent = made_up.csv_body(made_up.rows(5, refs="r"))
    upload(sent)
    assert versions(db)["flows"] == before + 1
    upload(sent)
    assert versions(db)["flows"] == before + 1
    assert set(db.execute(select(FLOW_DELTA.c.version)).scalars()) == {before + 1}


def test_people_are_listed_by_row_with_readable_ids(db, upload):
    found = upload(body({"source_ref": "a"}, {"age": "x"}, {"source_ref": "c"}))
    first, second = people(db, found.batch, tenant=27)
    assert [(each.row, each.source_ref) for each in (first, second)] == [
        (1, "a"),
        (3, "c"),
    ]
    known = set(db.execute(select(PERSON.c.person_id)).scalars())
    assert {id_of(first.id), id_of(second.id)} == known
    (page,) = people(db, found.batch, tenant=27, after=1)
    assert page == second
    assert list(people(db, found.batch, tenant=9)) == []


def test_a_receipt_can_be_read_again(db, upload):
    found = upload(body({}, {"age": "x"}))
    assert receipt(db, found.batch, tenant=27).body() == found.body()


@pytest.mark.parametrize("name", NAMES_AS_WRITTEN)
def test_names_of_any_script_come_back_sign_by_sign(db, upload, keys, name):
    upload(body({"name": name, "current_address": f"{name}\nगली ४"}))
    (record,) = _unsealed(db, keys)
    assert record["name"] == name
    assert record["current_address"] == f"{name}\nगली ४"


def _unsealed(db, keys) -> list[dict]:
    rows = db.execute(select(PROFILE)).all()
    held = identity.data_keys(db, {row.purge_month for row in rows}, keys=keys)
    return [
        orjson.loads(
            identity.unseal(
                bytes(row.sealed),
                (row.bucket, row.person_id.bytes, row.purge_month),
                keys=held,
            )
        )
        for row in rows
    ]


@pytest.mark.parametrize(
    ("setting", "kept"), [("off", None), ("last4", RIGHT[-4:]), ("vault", RIGHT[-4:])]
)
def test_of_aadhaar_only_what_the_setting_says_is_kept(
    db, upload, terms, keys, setting, kept
):
    found = upload(body({"aadhaar": RIGHT}), on=replace(terms, aadhaar=setting))
    (record,) = _unsealed(db, keys)
    assert record["aadhaar"] == kept
    ignored = [(each["field"], each["code"], each["count"]) for each in found.ignored]
    assert ignored == ([("aadhaar", "aadhaar_off", 1)] if setting == "off" else [])


def test_a_wrong_aadhaar_is_a_fault_only_where_aadhaar_is_kept(upload, terms):
    assert upload(body({"aadhaar": WRONG})).accepted == 1
    on = replace(terms, aadhaar="last4")
    assert fault_of(upload, {"aadhaar": WRONG}, on=on)["code"] == "aadhaar_check_digit"


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"origin_district": "Mumbay"}, "unknown_district", "Mumbai"),
        ({"destination_district": "Aurangabad"}, "ambiguous_district", "Bihar"),
        ({"destination_district": "Bilaspur"}, "ambiguous_district", "Himachal"),
        ({"route_states": "27;UT;9"}, "ambiguous_state", "UT"),
        ({"route_states": "27;99"}, "unknown_state", None),
        (
            {"origin_district": "Patna", "destination_district": "Gaya"},
            "not_your_state",
            "Maharashtra",
        ),
        ({"origin_lon": "19.07", "origin_lat": "72.87"}, "outside_district", "swapped"),
        ({"travel_date": "2019-05-01"}, "travel_date_outside_window", "2020-03-01"),
    ],
)
def test_faults_say_what_would_be_right(upload, change, code, words):
    fault = fault_of(upload, {"origin_district": made_up.MUMBAI} | change)
    assert fault["code"] == code
    assert words is None or words in fault["suggestion"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("CH", "Chandigarh"),
        ("CG", "Chhattisgarh"),
        ("CT", "Chhattisgarh"),
        ("DN", "Dadra and Nagar Haveli and Daman and Diu"),
        ("Telangana", "Telangana"),
        ("उत्तर प्रदेश", "Uttar Pradesh"),
    ],
)
def test_identity_traps_of_route_states(db, upload, text, state):
    found = upload(body({"route_states": text}), accept_route_gap=True)
    assert found.accepted == 1, found.faults
    (states,) = db.execute(select(MOVEMENT.c.route_states)).scalars()
    names = [gazetteer(db).states[code].name.lower() for code in states]
    assert state.lower() in names


def test_a_gap_of_the_route_is_named_with_ways_to_close_it(db, upload):
    change = {"mode": "bus", "destination_district": "Patna", "route_states": "27;9;10"}
    fault = fault_of(upload, change)
    assert "Maharashtra and Uttar Pradesh do not touch" in fault["suggestion"]
    assert "Maharashtra; Madhya Pradesh; Uttar Pradesh; Bihar" in fault["suggestion"]
    found = upload(body(change), accept_route_gap=True)
    assert found.accepted == 1
    (stored,) = db.execute(select(ROUTE.c.has_gap)).scalars()
    assert stored


def test_points_are_given_or_of_the_pin_or_of_the_district(db, upload):
    upload(
        body(
            {
                "origin_district": "Mumbai",
                "origin_lon": "72.83",
                "origin_lat": "18.94",
                "destination_district": "Patna",
                "permanent_address": "Kankarbagh, Patna 800020",
            },
            {
                "origin_district": "Pune",
                "current_address": "Mumbai 400001",
                "destination_district": "Gaya",
                "permanent_address": "",
            },
        )
    )
    columns = MOVEMENT.c
    stored = db.execute(
        select(
            columns.origin_located,
            columns.destination_located,
            func.ST_X(columns.origin).label("lon"),
            func.ST_SRID(columns.origin).label("srid"),
        ).order_by(columns.row_number)
    ).all()
    assert [row[:2] for row in stored] == [("given", "pin"), ("district", "district")]
    assert stored[0].lon == pytest.approx(72.83)
    assert {row.srid for row in stored} == {4326}


def test_no_aadhaar_no_phone_a_minor_homeless_never_blocks(db, upload):
    bare = dict.fromkeys(
        ("gender", "mobile", "aadhaar", "current_address", "permanent_address"), ""
    )
    assert upload(body(bare | {"age": "0"})).accepted == 1


def test_one_phone_serves_a_group_and_merges_nobody(db, upload):
    upload(body(*[{"mobile": "9876543210"}] * 4))
    assert count(db, PERSON) == 4
    marks = db.execute(select(PROFILE.c.mobile_index)).scalars()
    assert len({bytes(mark) for mark in marks}) == 1


def test_nothing_personal_stands_in_plain_in_any_table(db, upload, terms):
    canary = {
        "name": "Kanarikanam Namuna",
        "mobile": "9123456780",
        "aadhaar": RIGHT,
        "current_address": "Kanarigali 4, Pune 411001",
        "permanent_address": "Kanarigram 7",
        "origin_district": "Pune",
    }
    for setting in ("off", "last4", "vault"):
        on = replace(terms, aadhaar=setting)
        upload(body(canary, canary | {"age": "x", "mobile": "91234567801"}), on=on)
    everything = _everything(db)
    for secret in ("Kanari", "9123456780", RIGHT, "411001"):
        assert secret not in everything
        assert secret.encode().hex() not in everything


def _everything(db) -> str:
    found = []
    names = db.exec_driver_sql(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE tablename NOT LIKE"
        " 'unit%%' AND (schemaname IN ('nmis', 'vault', 'aadhaar')"
        " OR schemaname LIKE 'pg_temp%%')"
    ).scalars()
    for name in names.all():
        rows = db.exec_driver_sql(f"SELECT t::text FROM {name} t")  # noqa: S608 - from the catalogue
        found += rows.scalars().all()
    return "\n".join(found)


def test_a_mobile_in_the_wrong_column_is_masked_there_too(upload):
    for field in ("route_states", "origin_district", "age", "source_ref"):
        found = upload(body({field: "Patna;9876543210"}, {field: "9876543210" * 12}))
        assert "9876543210" not in orjson.dumps(found.body()).decode() or not (
            found.faults
        )


def test_advice_stops_where_a_whole_column_is_wrong(upload):
    rows = made_up.rows(200)
    for at, row in enumerate(rows):
        row["destination_district"] = f"Mumbai{at:03}"
    found = upload(made_up.csv_body(rows))
    near = ["Mumbai" in (each["suggestion"] or "") for each in found.faults]
    assert (len(near), near[0], near[-1]) == (200, True, False)


def test_json_with_a_broken_sign_is_a_fault_not_an_error(upload):
    sent = json.dumps([GOOD, GOOD]).replace("Namuna", "Nam\\ud800una", 1).encode()
    assert faults_of(upload(sent)) == [(1, "name", "unreadable_text")]


def test_a_nul_in_any_column_is_a_fault_not_an_error(upload):
    for field in made_up.NAMES:
        if field == "aadhaar":
            continue
        found = upload(json.dumps([GOOD | {field: "a\0b"}]).encode())
        assert found.refused == 1, field


def test_a_ragged_row_is_one_fault_among_good_rows(upload):
    found = upload(body({}) + b"Asha,30\r\n")
    assert faults_of(found) == [(2, "row", "column_count")]
    assert (found.rows, found.accepted, found.refused) == (2, 1, 1)
