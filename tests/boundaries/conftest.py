"""Files as publishers send them, made of the bundled districts."""

import json
import zipfile
from datetime import date

import numpy as np
import pyogrio
import pytest
import shapely
from sqlalchemy import delete, func, select, update

from boundaries import bundled
from boundaries.load import Request
from boundaries.match import FieldMap
from boundaries.tables import BOUNDARY_SET, UNIT
from boundaries.version import bump


class Published:
    """Rows (code, name, state, shape) that can be changed and written as a file."""

    def __init__(self, rows):
        self.rows = rows

    def geojson(self, path):
        features = [
            {
                "type": "Feature",
                "properties": {"lgd": code, "dist": name, "st": state},
                "geometry": json.loads(shapely.to_geojson(shape)),
            }
            for code, name, state, shape in self.rows
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return path

    def gdal(self, path, *, crs="EPSG:4326", driver=None):
        codes, names, states, shapes = zip(*self.rows, strict=True)
        pyogrio.raw.write(
            path,
            shapely.to_wkb(list(shapes)),
            [np.array(codes), np.array(names, object), np.array(states, object)],
            ["lgd", "dist", "st"],
            geometry_type="MultiPolygon",
            crs=crs,
            driver=driver,
        )
        return path

    def zipped(self, path, folder, *, crs="EPSG:4326"):
        self.gdal(folder / "layer.shp", crs=crs, driver="ESRI Shapefile")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in folder.glob("layer.*"):
                archive.write(each, f"inner/{each.name}")
        return path


ANDHRA_PRADESH, GOA = 28, 30


@pytest.fixture
def small_country(db):
    """Leave two states of the bundled sets, so that a test takes no seconds."""
    db.execute(delete(UNIT).where(UNIT.c.state_code.not_in((ANDHRA_PRADESH, GOA))))
    # Snapshots in memory are told apart by version and time of loading.
    db.execute(update(BOUNDARY_SET).values(loaded_at=func.clock_timestamp()))
    bump(db, "boundaries")


@pytest.fixture
def published(db, small_country):
    """The districts of two states, as if a publisher had drawn the same."""
    wkb = func.ST_AsBinary(UNIT.c.geom).label("wkb")
    asked = select(UNIT.c.code, UNIT.c.name, UNIT.c.state_code, wkb)
    of_set = asked.where(UNIT.c.set_id == bundled.DISTRICT_SET)
    return Published(
        [
            (r.code, r.name, str(r.state_code), shapely.from_wkb(bytes(r.wkb)))
            for r in db.execute(of_set.order_by(UNIT.c.code))
        ]
    )


@pytest.fixture
def request_for():
    """``request_for(level="district", **changes)``: what a user says of a file."""

    def made(level="district", **changes):
        given = {
            "level": level,
            "mapping": FieldMap(code="lgd", name="dist", state="st"),
            "title": "Example Survey 2021",
            "publisher": "Example Survey Office",
            "licence": "example licence",
            "valid_from": date(2021, 1, 1),
        }
        return Request(**(given | changes))

    return made
