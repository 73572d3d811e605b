"""What the peers serve: views with the columns of our own layers, in schema ``bench``.

``bench.districts`` is the layer ``districts`` with whole shapes (EPSG:4326);
``bench.districts_<tier>`` are the stored shapes of a display tier (EPSG:3857), from
which our tiles are made.
"""

import psycopg
from psycopg import sql

from boundaries.shape import tier_for_zoom

TIERS = range(4)
# The attributes of our district tiles; items have the area too.
ATTRIBUTES = (
    *("code", "name", "name_hi", "state_code", "population_2011", "lon", "lat"),
)

_COLUMNS = """u.code::integer AS id, u.code, u.name, u.name_hi, u.state_code,
    u.population_2011, ST_X(u.inner_point) AS lon, ST_Y(u.inner_point) AS lat"""
_ITEMS = """CREATE OR REPLACE VIEW bench.districts AS
    SELECT {columns}, u.area_km2, u.geom::geometry(MultiPolygon, 4326) AS geom
    FROM nmis.unit u WHERE u.set_id = {unit_set} AND u.level = 'district'"""
_TIER = """CREATE OR REPLACE VIEW {view} AS
    SELECT s.code::integer AS id, s.code, s.name, s.name_hi, s.state_code,
        s.population_2011, s.lon, s.lat, s.geom::geometry(MultiPolygon, 3857) AS geom
    FROM nmis.unit_shape s
    WHERE s.set_id = {unit_set} AND s.level = 'district' AND s.tier = {tier}"""


def make(admin: str, unit_set: str) -> None:
    names = {"columns": sql.SQL(_COLUMNS), "unit_set": sql.Literal(unit_set)}
    with psycopg.connect(admin) as db:
        db.execute("CREATE SCHEMA IF NOT EXISTS bench")
        db.execute(sql.SQL(_ITEMS).format(**names))
        for tier in TIERS:
            view = sql.Identifier("bench", f"districts_{tier}")
            query = sql.SQL(_TIER).format(view=view, tier=sql.Literal(tier), **names)
            db.execute(query)


def of_zoom(zoom: int) -> str:
    """Return the view that a tile of this zoom is made from."""
    return f"districts_{tier_for_zoom(zoom)}"
