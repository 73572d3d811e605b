"""What cannot be answered about flows is refused in words; Arrow and HEAD agree."""

from urllib.parse import urlencode

import pyarrow as pa
import pytest

from tests.flow_rows import BIHAR, MAHARASHTRA, MUMBAI, PUNE, add, flow, two_of

MEMBERS = {"type", "title", "status", "detail", "code", "instance", "errors"}
LEVELS = "'country', 'state', 'district' or 'cluster'"
LAST = "2089-09-18"

# The path, the filter at fault, what was given, and what is allowed, as told.
BAD = [
    ("/flows/village", "level", "village", LEVELS),
    ("/flows/STATE", "level", "STATE", LEVELS),
    ("/flows/%00", "level", "\0", LEVELS),
    (
        "/flows/state?from=2020-05-02&to=2020-05-01",
        "from/to",
        "2020-05-02",
        "not after",
    ),
    (
        "/flows/state?from=2000-01-01&to=2089-01-01",
        "from/to",
        "2089-01-01",
        "3,660 days",
    ),
    ("/flows/state?from=1999-12-31", "from", "1999-12-31", f"2000-01-01 to {LAST}"),
    ("/flows/state?to=2090-01-01", "to", "2090-01-01", f"2000-01-01 to {LAST}"),
    ("/flows/state?from=0001-01-02", "from", "0001-01-02", LAST),
    ("/flows/state?from=10000-01-01", "from", "10000-01-01", "date"),
    ("/flows/state?from=2020-02-30", "from", "2020-02-30", "date"),
    ("/flows/state?from=NaN", "from", "NaN", "date"),
    ("/flows/state?from=%00", "from", "\0", "date"),
    ("/flows/state?k=0", "k", "0", "1"),
    ("/flows/state?k=-1", "k", "-1", "1"),
    ("/flows/state?k=1000000000", "k", "1000000000", "20000"),
    ("/flows/state?k=1e9", "k", "1e9", "integer"),
    ("/flows/state?k=abc", "k", "abc", "integer"),
    ("/flows/state?k=", "k", "", "integer"),
    ("/flows/state?k=" + "9" * 5000, "k", "999", "integer"),
    ("/flows/state?mode=boat", "mode.0", "boat", "'train' or 'bus'"),
    ("/flows/state?mode=train&mode=boat", "mode.1", "boat", "'train' or 'bus'"),
    ("/flows/state?category=spy", "category.0", "spy", "'labour'"),
    ("/flows/state?stage=lost", "stage.0", "lost", "'cancelled'"),
    ("/flows/state?direction=up", "direction", "up", "'both', 'in' or 'out'"),
    ("/flows/state?window=last8", "window", "last8", "2020-W19"),
    ("/flows/state?window=2020-W54", "window", "2020-W54", "2020-W19"),
    ("/flows/state?window=2020-W00", "window", "2020-W00", "2020-W19"),
    ("/flows/state?window=0000-W01", "window", "0000-W01", "2020-W19"),
    ("/flows/state?window=9999-W52", "window", "9999-W52", "2020-W19"),
    ("/flows/state?window=1999-W10", "from", "1999-", "2000-01-01"),
    ("/flows/state?window=" + "x" * 500, "window", "xxx", "20 characters"),
    ("/flows/state?window=all&from=2020-05-01", "window", "all", "from and to"),
    ("/flows/state?window=last7&to=2020-05-01", "window", "last7", "from and to"),
    ("/flows/state?versus_from=2020-05-01", "versus_from/versus_to", "2020-", "both"),
    ("/flows/state?versus_to=2020-05-01", "versus_from/versus_to", "2020-", "both"),
    (
        "/flows/state?versus_from=2020-05-02&versus_to=2020-05-01",
        "from/to",
        "2020-05-02",
        "not after",
    ),
    ("/flows/state?zoom=5", "zoom", "5", "cluster"),
    ("/flows/cluster", "zoom", "", "0 to"),
    ("/flows/cluster?zoom=-1", "zoom", "-1", "0"),
    ("/flows/cluster?zoom=99", "zoom", "99", "less than"),
    ("/flows/cluster?zoom=4.5", "zoom", "4.5", "integer"),
    ("/flows/cluster?zoom=nan", "zoom", "nan", "integer"),
    ("/flows/cluster?zoom=5&unit=482", "unit", "482", "cluster"),
    ("/flows/country?unit=27", "unit", "27", "country"),
    ("/flows/state?bbox=nan,1,2,3", "bbox", "nan", "west < east"),
    ("/flows/state?bbox=0,0,inf,9", "bbox", "inf", "west < east"),
    ("/flows/state?bbox=80,0,70,9", "bbox", "80,0,70,9", "west < east"),
    ("/flows/state?bbox=70,9,80,9", "bbox", "70,9,80,9", "south < north"),
    ("/flows/state?bbox=70,-91,80,9", "bbox", "-91", "±90"),
    ("/flows/state?bbox=1,2,3", "bbox", "1,2,3", "four numbers"),
    ("/flows/state?bbox=1,2,3,4,5", "bbox", "1,2,3,4,5", "four numbers"),
    ("/flows/state?bbox=a,b,c,d", "bbox", "a,b,c,d", "four numbers"),
    ("/flows/state?bbox=", "bbox", "", "four numbers"),
    ("/flows/state?bbox=" + "1" * 200, "bbox", "111", "120 characters"),
    ("/flows/state?k=1&k=2", "k", "1, 2", "one value"),
    ("/flows/state?from=2020-05-01&from=2020-05-02", "from", "2020-05-02", "one value"),
    ("/flows/state?unit=27&unit=10", "unit", "27, 10", "one value"),
    ("/flows/state?format=xml", "format", "xml", "'json' or 'arrow'"),
    ("/flows/state?format=arrow&table=all", "table", "all", "'edges' or 'nodes'"),
    ("/flows/state?colour=red", "colour", "red", "not permitted"),
    ("/flows/state?from_=2020-05-01", "from_", "2020-05-01", "not permitted"),
    ("/flows/state?as_of=yesterday", "as_of", "yesterday", "date"),
    ("/flows/days?level=country", "level", "country", "'state' or 'district'"),
    ("/flows/days?from=2020-05-01", "from", "2020-05-01", "every day"),
    ("/flows/days?k=5", "k", "5", "every day"),
    ("/flows/days?no_from=2020-05-01", "no_from", "2020-05-01", "not permitted"),
    ("/flows/days?window=all", "window", "all", "every day"),
    ("/flows/days?mode=boat", "mode.0", "boat", "'train' or 'bus'"),
    ("/tiles/flows/4/11/7.mvt?window=x", "window", "x", "2020-W19"),
    ("/tiles/flows/4/11/7.mvt?k=0", "k", "0", "1"),
    ("/tiles/flows/4/11/7.mvt?level=cluster", "level", "cluster", "'state' or"),
    (
        "/tiles/flows/4/11/7.mvt?from=2020-05-02&to=2020-05-01",
        "from/to",
        "2020",
        "not af",
    ),
]
# A unit that is none says which there are; one is not told from its name alone.
NO_UNIT = [
    ("/flows/state?unit=Atlantis", "unknown_unit", "Atlantis"),
    ("/flows/state?unit=482", "unknown_unit", "482"),
    ("/flows/district?unit=99999999999999999999", "unknown_unit", "999"),
    ("/flows/district?unit=-1", "unknown_unit", "-1"),
    ("/flows/district?unit=%00", "unknown_unit", ""),
    ("/flows/district?unit=", "unknown_unit", ""),
    ("/flows/district?unit=Aurangabad", "ambiguous_unit", "Aurangabad"),
    ("/flows/days?unit=Atlantis", "unknown_unit", "Atlantis"),
    ("/tiles/flows/4/11/7.mvt?unit=Atlantis", "unknown_unit", "Atlantis"),
]


@pytest.fixture(scope="module")
def key(token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}


@pytest.fixture(scope="module")
def filled(database):
    with database.owner.begin() as db:
        there, _ = two_of(db, BIHAR)
        add(db, [flow(MUMBAI, there, 70), flow(PUNE, MUMBAI, 5), flow(there, PUNE, 9)])
        add(db, [flow(PUNE, PUNE, 3), flow(MUMBAI, PUNE, 2, mode="bus")])


def named(path: str) -> str:
    return path[:60]


@pytest.mark.parametrize(
    ("path", "field", "given", "allowed"), BAD, ids=[named(bad[0]) for bad in BAD]
)
def test_a_fault_is_told_with_what_was_given_and_what_is_allowed(
    client, key, path, field, given, allowed
):
    answer = client.get(path, headers=key)
    assert answer.status_code == 422, answer.text[:200]
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) >= MEMBERS
    assert answer.json["code"] in ("bad_question", "invalid_parameters")
    faults = {fault["field"]: fault for fault in answer.json["errors"]}
    fault = faults[field]
    assert given in str(fault["value"])
    assert allowed in f"{fault['message']} {fault.get('allowed')}"
    assert len(answer.data) < 2_000  # what was given is not given back at length


@pytest.mark.parametrize(("path", "code", "given"), NO_UNIT)
def test_a_unit_that_is_none_is_told(client, key, path, code, given):
    answer = client.get(path, headers=key)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert given in answer.json["detail"]
    assert "candidates" in answer.json


GOOD = [
    {},
    {"k": 1},
    {"window": "last7"},
    {"window": "2020-W19", "mode": "bus"},
    {"from": "2000-01-01", "to": "2000-01-02"},
    {"versus_from": "2020-05-01", "versus_to": "2020-05-09", "k": 20_000},
    {"from": "2020-05-10", "versus_from": "2020-05-10", "versus_to": "2020-05-10"},
]


@pytest.mark.parametrize("query", GOOD, ids=map(str, GOOD))
@pytest.mark.parametrize("level", ["country", "state", "district", "cluster"])
def test_arrow_says_what_json_says(client, key, filled, level, query):
    zoom = {"zoom": 4} if level == "cluster" else {}
    path = f"/flows/{level}?{urlencode(query | zoom)}"
    wanted = client.get(path, headers=key).json
    for table in ("edges", "nodes"):
        answer = client.get(f"{path}&format=arrow&table={table}", headers=key)
        assert answer.mimetype == "application/vnd.apache.arrow.stream"
        read = pa.ipc.open_stream(answer.data).read_all()
        assert read.to_pylist() == wanted[table]
        said = {k.decode(): v.decode() for k, v in read.schema.metadata.items()}
        for name in ("shown", "total", "internal", "hidden", "edges_total", "version"):
            assert said[name] == str(wanted[name])
        for name in ("from", "to", "level"):
            assert said[name] == (wanted[name] or "")
        if "versus_from" in query:
            assert wanted["versus"] == {
                end: said[f"versus_{end}"] for end in ("from", "to")
            }


@pytest.mark.parametrize(
    "path",
    [
        "/flows/state",
        "/flows/district?format=arrow",
        "/flows/days",
        "/tiles/flows/4/11/7.mvt",
    ],
)
def test_head_is_get_without_its_body(client, key, filled, path):
    whole, bare = client.get(path, headers=key), client.head(path, headers=key)
    assert bare.status_code == whole.status_code == 200
    assert bare.data == b""
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control", "Vary"):
        assert bare.headers[name] == whole.headers[name]
    again = client.head(path, headers=key | {"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304
    bad = client.head(path.split("?")[0] + "?k=0", headers=key)
    assert (bad.status_code, bad.data) == (422, b"")
