"""A worker asks itself first, and starts also where nothing can be answered."""

from gis_service import db as planes
from gis_service.app import create_app
from gis_service.settings import Settings
from gis_service.warm import warm


def test_statements_are_prepared_before_the_first_reader(database, tmp_path):
    app = create_app(Settings(var=tmp_path), database)
    warm(app)
    with database.read.connect() as db:
        prepared = db.exec_driver_sql(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ("%ST_AsMVT(%",),
        )
        assert prepared.scalar_one() == 1


def test_without_a_database_a_worker_starts_all_the_same(tmp_path):
    nowhere = f"postgresql+psycopg://nmis_read@/nmis?host={tmp_path}"
    database = planes.database(dict.fromkeys(planes.PLANES, nowhere))
    made = create_app(Settings(var=tmp_path), database)
    warm(made)
    assert made.test_client().get("/health").json == {"status": "ok"}
    assert made.test_client().get("/ready").status_code == 503
    database.close()
