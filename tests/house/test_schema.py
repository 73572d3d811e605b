"""The tables in code and the tables that the migrations make are the same."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import func, inspect, select

import gis_service.audit.tables
import gis_service.connectors.tables
import gis_service.rates
import gis_service.tables
import gis_service.webhooks.tables
import layers.portal_tables
import movements.aadhaar_tables
import movements.flow
import movements.mapping_store
import movements.own_request_tables
import movements.queue_tables
import movements.release.tables
import movements.retention_tables
import movements.tables
import movements.tombstones
import movements.trace_tables
import routes.tables
from boundaries.tables import METADATA

OURS = {"aadhaar", "audit", "nmis", "vault"}
IMPORTED = (
    gis_service.connectors.tables,
    gis_service.webhooks.tables,
    gis_service.audit.tables,
    gis_service.rates,
    gis_service.tables,
    layers.portal_tables,
    movements.aadhaar_tables,
    movements.flow,
    movements.mapping_store,
    movements.own_request_tables,
    movements.queue_tables,
    movements.release.tables,
    movements.retention_tables,
    movements.tables,
    movements.tombstones,
    movements.trace_tables,
    routes.tables,
)


def ours(name, kind, parent):
    if kind == "schema":
        return name in OURS
    if kind == "table":
        partition = name.rpartition("_")[2]
        return not (partition.isdigit() and len(partition) == 6)
    return True


def test_metadata_equals_migrations(db):
    context = MigrationContext.configure(
        db,
        opts={
            "include_schemas": True,
            "include_name": ours,
            "include_object": _included,
            "compare_type": True,
            "version_table_schema": "nmis",
        },
    )
    assert compare_metadata(context, METADATA) == []


def _included(thing, name, kind, reflected, compared):
    if kind == "table" and name == "alembic_version":
        return False
    return alembic_helpers.include_object(thing, name, kind, reflected, compared)


@pytest.mark.parametrize(
    ("table", "column", "kind", "srid"),
    [
        ("movement", "origin", "POINT", 4326),
        ("movement", "destination", "POINT", 4326),
        ("route", "path", "LINESTRING", 4326),
        ("corridor", "geom", "MULTIPOLYGON", 4326),
        ("unit", "geom", "MULTIPOLYGON", 4326),
        ("unit_shape", "geom", "MULTIPOLYGON", 3857),
    ],
)
def test_geometry_columns_hold_the_right_type_and_srid(db, table, column, kind, srid):
    from sqlalchemy import column as named
    from sqlalchemy import table as view

    columns = view(
        "geometry_columns",
        *map(named, ("f_table_name", "f_geometry_column", "type", "srid")),
    )
    found = db.execute(
        select(columns.c.type, columns.c.srid).where(
            columns.c.f_table_name == table, columns.c.f_geometry_column == column
        )
    ).one()
    assert tuple(found) == (kind, srid)


def test_movements_and_vault_are_partitioned_by_month(db):
    names = inspect(db).get_table_names(schema="nmis")
    assert "movement_202005" in names
    assert (
        db.execute(
            select(func.count()).select_from(METADATA.tables["nmis.movement"])
        ).scalar_one()
        == 0
    )
