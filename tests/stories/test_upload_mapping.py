"""A state's own file, read by the mapping it has sent us before."""

import json
from pathlib import Path

import made_up
import nmis_data
import pytest
from workbooks import Page, workbook

from movements.mapping_store import MOST_MAPPINGS

SAMPLES = Path(nmis_data.__file__).parent / "mappings"
LABOUR = json.loads((SAMPLES / "namuna-shram-vibhag.json").read_text(encoding="utf-8"))
ROWS = [
    ["Worker Name", "Age (Yrs)", "Sex", "Contact No.", "Occupation", "From District",
     "To District", "Date of Journey", "Train/Bus", "Sl. No."],
    ["Asha Namuna", "34", "Lady", "9876501234", "Mazdoor", "Poona City", "Patna Sahib",
     "13/05/2020", "Rail", "1"],
    ["Ravi Namuna", "29", "m", "", "student", "Pune", "Gaya", "14/05/2020", "bus", "2"],
]  # fmt: skip


@pytest.fixture
def ask(client, post, token):
    """``ask(method, name, entries=None, state=27)``: a mapping's address."""

    def asked(method: str, name: str = "", entries=None, *, state: int = 27):
        bearer = post.tokens.setdefault(state, token("uploader", state=state))
        return client.open(
            f"/api/v1/mappings{name and f'/{name}'}",
            method=method,
            data=entries if isinstance(entries, bytes) else json.dumps(entries),
            headers={"Authorization": f"Bearer {bearer}"},
        )

    return asked


def table(sign: str = ",", rows=ROWS) -> bytes:
    return "\n".join(sign.join(row) for row in rows).encode()


def objects() -> bytes:
    # JSON has days in one form only, whatever a state calls the column.
    days = [{"Date of Journey": f"2020-05-{day}"} for day in (13, 14)]
    people = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    return json.dumps([a | b for a, b in zip(people, days, strict=True)]).encode()


@pytest.mark.parametrize(
    "sent",
    [table(), table(";"), table() + b"\n,,,,,,,,,", objects(), workbook(Page(ROWS))],
)
def test_a_states_own_file_is_read_by_its_mapping(post, ask, sent):
    ask("PUT", "labour", LABOUR)
    plain = post(sent)
    assert (plain.status_code, plain.json["code"]) == (422, "bad_columns")
    told = post(sent, mapping="labour", dry_run="true").json
    assert (told["accepted"], told["faults"]) == (2, [])
    assert "labour" in {
        each["message"].rpartition(": ")[2]
        for each in told["ignored"]
        if each["code"] == "mapping"
    }


def test_the_samples_of_the_house_are_taken(ask):
    for path in SAMPLES.glob("*.json"):
        answer = ask("PUT", path.stem, path.read_bytes())
        assert answer.status_code == 201, answer.text
        assert ask("PUT", path.stem, path.read_bytes()).status_code == 200
        kept = ask("GET", path.stem).json
        assert kept["columns"] == json.loads(path.read_bytes())["columns"]


def test_our_own_names_are_read_as_well(post, ask):
    ask("PUT", "labour", LABOUR)
    told = post(made_up.csv_body(made_up.rows(3)), mapping="labour").json
    assert (told["accepted"], told["refused"]) == (3, 0)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"columns": {"Naam": "nom"}}, "'nom' is no column of ours; allowed: name"),
        ({"columns": {"Age": "name"}}, "'age' is a column of ours"),
        (
            {"values": {"mode": {"ship": "boat"}}},
            "'boat' is no mode; allowed: train, bus",
        ),
        ({"values": {"mode": {"Train": "bus"}}}, "'train' is a mode by itself"),
        ({"values": {"gender": {"M": "female"}}}, "'m' is a gender by itself"),
        ({"districts": {"Poona": 9999}}, "9999, which is no district's code"),
        ({"districts": {"Patna": 490}}, "'patna' is Patna"),
        ({"districts": {"Aurangabad": 490}}, "'aurangabad' is the name of several"),
        ({"districts": {"": 490}}, "an entry is empty"),
        ({"districts": {"x" * 101: 490}}, "longer than 100"),
        ({"columns": {f"c{n}": "name" for n in range(5001)}}, "5001 entries"),
        ({}, "no entry"),
    ],
)
def test_a_mapping_overrides_nothing_and_leads_somewhere(ask, entries, words):
    answer = ask("PUT", "wrong", entries)
    assert (answer.status_code, answer.json["code"]) == (422, "bad_mapping")
    assert words in answer.json["detail"]
    assert ask("GET", "wrong").status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("Labour List", {"columns": {"a": "name"}}, 422),
        ("x" * 41, {"columns": {"a": "name"}}, 422),
        ("labour", b"{", 422),
        ("labour", [], 422),
        ("labour", {"colums": {}}, 422),
        ("labour", {"values": {"age": {"a": "b"}}}, 422),
        ("labour", {"districts": {"Poona": "490"}}, 422),
        ("labour", {"columns": {"a\0": "name"}}, 422),
        ("labour", b'{"districts": {"\\ud800": 490}}', 422),
        ("labour", b'{"columns": {"\xff": "name"}}', 422),
        ("labour", b'{"districts": {"x": 99999999999999999999}}', 422),
        ("labour", b" " * (1 << 21), 413),
    ],
)
def test_what_is_no_mapping_is_refused_in_words(ask, name, body, status):
    answer = ask("PUT", name, body)
    assert answer.status_code == status
    assert answer.json["detail"]


def test_a_mapping_as_large_as_may_be_reads_every_kind_of_file(post, ask):
    many = {f"heading of the column number {n} {'x' * 60}": "name" for n in range(4900)}
    entries = LABOUR | {"columns": LABOUR["columns"] | many}
    assert ask("PUT", "large", entries).status_code == 201
    for sent in (table(), workbook(Page(ROWS))):
        assert post(sent, mapping="large", dry_run="true").json["accepted"] == 2


@pytest.mark.parametrize(
    "query",
    [
        {"mapping": "a\0b"},
        {"mapping": "LABOUR"},
        {"sheet": "x" * 32},
        {"report": "some"},
        {"lang": "ta"},
    ],
)
def test_parameters_that_name_nothing_are_refused(post, query):
    answer = post(table(), **query)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_parameters")


def test_a_name_that_is_known_keeps_its_meaning_whatever_was_stored(
    post, ask, database, monkeypatch
):
    # As after other boundaries, where a new district has the name of an alias.
    monkeypatch.setattr("gis_service.endpoints.mappings.checked", lambda *_: None)
    ask("PUT", "odd", LABOUR | {"districts": {"Gaya": 490, "Aurangabad": 490}})
    monkeypatch.undo()
    rows = [ROWS[0], ROWS[2], [*ROWS[2][:6], "Aurangabad", *ROWS[2][7:9], "3"]]
    told = post(table(rows=rows), mapping="odd").json
    assert told["accepted"] == 1
    assert [each["code"] for each in told["faults"]] == ["ambiguous_district"]


def test_mappings_are_a_states_own(post, ask):
    ask("PUT", "labour", LABOUR)
    assert ask("GET", "labour", state=10).status_code == 404
    assert ask("DELETE", "labour", state=10).status_code == 404
    assert ask("GET", state=10).json == {"mappings": []}
    told = post(table(), state=10, mapping="labour")
    assert (told.status_code, told.json["code"]) == (404, "unknown_mapping")
    assert "labour" in [each["name"] for each in ask("GET").json["mappings"]]
    assert ask("DELETE", "labour").status_code == 204
    assert ask("GET", "labour").status_code == 404


def test_only_an_uploader_keeps_mappings(client, token):
    for role, unit in (("state", {"state": 27}), ("analyst", {})):
        key = {"Authorization": f"Bearer {token(role, **unit)}"}
        for method in ("GET", "PUT", "DELETE"):
            answer = client.open("/api/v1/mappings/x", method=method, headers=key)
            assert answer.status_code == 403
    assert client.get("/api/v1/mappings").status_code == 401


def test_a_state_has_so_many_and_no_more(ask):
    for each in range(MOST_MAPPINGS):
        assert ask("PUT", f"m{each}", LABOUR, state=9).status_code == 201
    answer = ask("PUT", "one-more", LABOUR, state=9)
    assert (answer.status_code, answer.json["code"]) == (422, "bad_mapping")
    assert ask("PUT", "m0", LABOUR, state=9).status_code == 200
