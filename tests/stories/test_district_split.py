"""A district is split between the upload and the arrival."""

import json
from datetime import date

import made_up
import pytest
import shapely
from conserved import conserved
from sqlalchemy import delete, func, select, update

from boundaries import bundled
from boundaries.activation import activate
from boundaries.load import Request, load
from boundaries.match import FieldMap
from boundaries.tables import BOUNDARY_SET, UNIT
from boundaries.version import bump
from movements.tables import MOVEMENT
from movements.unique_id import id_of

ANDHRA_PRADESH, GOA = 28, 30
KURNOOL, NANDYAL, NORTH_GOA = 511, 755, 552
SPLIT = date(2022, 4, 4)


@pytest.fixture(scope="module")
def split(database, tmp_path_factory):
    """``split()``: from then on a part of Kurnool is a district of its own."""
    with database.owner.begin() as db:
        # Two states are enough, so that it takes no seconds.
        others = UNIT.c.state_code.not_in((ANDHRA_PRADESH, GOA))
        db.execute(delete(UNIT).where(others))
        db.execute(update(BOUNDARY_SET).values(loaded_at=func.clock_timestamp()))
        bump(db, "boundaries")

    def done() -> None:
        path = tmp_path_factory.mktemp("set") / "districts.geojson"
        with database.owner.begin() as db:
            path.write_text(json.dumps(_districts(db)))
            said = Request(
                level="district",
                mapping=FieldMap(code="lgd", name="dist", state="st"),
                title="Example Survey 2022",
                publisher="Example Survey Office",
                licence="example licence",
                valid_from=SPLIT,
            )
            activate(db, load(db, path, said).set_ids)

    return done


def _districts(db) -> dict[str, object]:
    wkb = func.ST_AsBinary(UNIT.c.geom).label("wkb")
    asked = select(UNIT.c.code, UNIT.c.name, UNIT.c.state_code, wkb)
    of_set = asked.where(UNIT.c.set_id == bundled.DISTRICT_SET)
    features = []
    for row in db.execute(of_set):
        shape = shapely.from_wkb(bytes(row.wkb))
        if row.code == KURNOOL:
            west, south, east, north = shape.bounds
            half = shapely.box(west, south, (west + east) / 2, north)
            child = (NANDYAL, "Nandyal", row.state_code, shape & half)
            features.append(_feature(*child))
            shape -= half
        features.append(_feature(row.code, row.name, row.state_code, shape))
    return {"type": "FeatureCollection", "features": features}


def _feature(code: int, name: str, state: int, shape) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"lgd": code, "dist": name, "st": str(state)},
        "geometry": json.loads(shapely.to_geojson(shape)),
    }


def row(ref: str, destination: str) -> dict[str, str]:
    return made_up.rows(1)[0] | {
        "origin_district": str(NORTH_GOA), "destination_district": destination,
        "travel_date": "2020-05-21", "mode": "bus", "source_ref": ref,
    }  # fmt: skip


def stands(database, person: str) -> tuple[int, str]:
    of = MOVEMENT.c
    asked = select(of.destination_district, of.stage)
    with database.owner.connect() as db:
        return tuple(db.execute(asked.where(of.person_id == id_of(person))).one())


def test_records_keep_their_code_and_rows_may_carry_either(
    client, token, ask, split, database
):
    def sent(*rows):
        body = made_up.csv_body(list(rows))
        told = ask("POST", "/api/v1/batches", state=GOA, data=body)
        path = told.json["links"]["people"].removeprefix("http://localhost")
        people = ask("GET", path, state=GOA).json["people"]
        return told.json, [each["id"] for each in people]

    told, _ = sent(row("early", "Nandyal"))
    assert [each["code"] for each in told["faults"]] == ["unknown_district"]
    assert "Kurnool" in told["faults"][0]["suggestion"]
    _, (before,) = sent(row("a1", "Kurnool"))
    split()
    again, _ = sent(row("a1", str(KURNOOL)))
    assert (again["unchanged"], again["refused"]) == (1, 0)
    told, (old, new, named) = sent(
        row("a2", str(KURNOOL)), row("a3", str(NANDYAL)), row("a4", "Nandyal")
    )
    assert told["refused"] == 0
    codes = [stands(database, each)[0] for each in (before, old, new, named)]
    assert codes == [KURNOOL, KURNOOL, NANDYAL, NANDYAL]

    def arrived(person: str, district: int) -> int:
        key = {"Authorization": f"Bearer {token('district', district=district)}"}
        body = {"event": "arrived", "people": [person]}
        return client.post("/api/v1/events", headers=key, json=body).json["applied"]

    assert arrived(before, NANDYAL) == 0  # not of its code
    assert arrived(before, KURNOOL) == 1
    assert stands(database, before) == (KURNOOL, "arrived")
    fixed = ask("PUT", f"/api/v1/people/{old}", state=GOA, json=row("a2", "Nandyal"))
    assert fixed.json["changed"] == ["destination_district"]
    assert arrived(old, NANDYAL) == 1
    assert conserved(database) == 4
    span = "level=district&from=2020-05-13&to=2022-12-31"
    lineage = client.get(f"/boundaries/lineage.json?{span}").text
    assert str(NANDYAL) in lineage
