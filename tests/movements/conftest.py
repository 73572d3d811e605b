"""Keys and terms of a made-up installation, and a way to upload."""

from collections.abc import Callable
from datetime import date

import pytest

from movements.batch import Upload, accept
from movements.keys import Keys
from movements.reading import read
from movements.receipt import Receipt
from movements.record import Terms

KEYS = Keys(kek=b"k" * 32, index=b"i" * 32, digest=b"d" * 32)
MAHARASHTRA = 27
TEMPORARY = (
    "pg_temp.upload_row",
    "pg_temp.upload_way",
    "pg_temp.upload_sealed",
    "pg_temp.upload_count",
    "pg_temp.upload_old",
    "pg_temp.upload_gone",
    "pg_temp.upload_kept",
    "pg_temp.upload_ref",
    "pg_temp.flow_change",
)


@pytest.fixture(scope="session")
def keys() -> Keys:
    return KEYS


@pytest.fixture(scope="session")
def terms() -> Terms:
    return Terms(MAHARASHTRA, date(2020, 3, 1), date(2027, 2, 1))


@pytest.fixture
def upload(db, terms, keys) -> Callable[..., Receipt]:
    """``upload(body, …)``: accepts a body within the test's own transaction."""

    def accepted(body: bytes, *, on=terms, **manner) -> Receipt:
        # As COMMIT does between two real uploads; this test's never comes.
        db.exec_driver_sql(f"DROP TABLE IF EXISTS {', '.join(TEMPORARY)}")
        with db.begin_nested():
            return accept(db, Upload(read(body), on, keys, **manner))

    return accepted
