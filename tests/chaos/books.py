"""The database held against the senders' books."""

from collections import Counter
from datetime import date
from typing import Any

import orjson
import psycopg

from gis_service import db as planes
from gis_service import intake
from gis_service.secrets import secrets_in
from movements.identity import data_keys, unseal
from tests.auditing import verified
from tests.chaos.ground import Ground
from tests.chaos.ledger import Ledger, Row

_STORED = """
    SELECT m.source_ref, m.batch_id::text, m.travel_date, m.mode::text,
           m.category::text, unit.name, p.bucket, p.person_id, p.purge_month, p.sealed
    FROM nmis.movement AS m JOIN vault.profile AS p USING (bucket, person_id)
    JOIN (SELECT DISTINCT ON (code) code, name FROM nmis.unit WHERE level = 'district'
          ORDER BY code, valid_from DESC) AS unit ON unit.code = m.destination_district
    WHERE m.tenant = %s"""

Journey = tuple[str, str, str, str, str, int, str]


def unacknowledged(db: psycopg.Connection, told: dict[str, dict[str, Any]]) -> int:
    """Receipts that were answered and are not stored just so."""
    rows = db.execute("SELECT idempotency_key, receipt FROM nmis.batch").fetchall()
    stored = dict(rows)
    names = ("batch", "rows", "accepted", "refused", "new", "updated", "unchanged")
    return sum(
        key not in stored or any(stored[key][name] != one[name] for name in names)
        for key, one in told.items()
    )


def differences(db: psycopg.Connection, on: Ground, books: list[Ledger]) -> list[str]:
    """What is stored of rows otherwise than sent; call it while nobody sends."""
    found = []
    for tenant in {each.tenant for each in books}:
        own = [each for each in books if each.tenant == tenant]
        stored, sent = _stored(db, on, tenant), _sent(own)
        for word, more in (("stored", stored - sent), ("sent", sent - stored)):
            found += [f"only {word}, {n} x: {one[0]}" for one, n in more.items()]
    keys = {key for (key,) in db.execute("SELECT idempotency_key FROM nmis.batch")}
    told = {key for each in books for key in each.receipts}
    found += [f"batch {key} of nobody, or lost" for key in keys ^ told]
    return found + _uploads(db, books)


def _uploads(db: psycopg.Connection, books: list[Ledger]) -> list[str]:
    """Uploads that ended otherwise than was told, or did not end, or are lost."""
    rows = db.execute(
        "SELECT idempotency_key, state, rows_total FROM nmis.upload_job"
    ).fetchall()
    stored = {(key, state, count) for key, state, count in rows}
    told = {(key, *end) for each in books for key, end in each.uploads.items()}
    return [f"upload {one} only stored, or only told" for one in stored ^ told]


def audited(on: Ground) -> list[str]:
    """What a verification of the audit log finds."""
    opened = planes.database(on.running.urls)
    try:
        return [str(each) for each in verified(opened, on.var)[0]]
    finally:
        opened.close()


def _stored(
    db: psycopg.Connection, on: Ground, tenant: int
) -> Counter[tuple[str, Journey]]:
    rows = db.execute(_STORED, [tenant]).fetchall()
    keys = intake.keys(secrets_in(on.var))
    with on.database.owner.begin() as own:
        opened = data_keys(own, {row[8] for row in rows}, keys=keys)
    return Counter(
        (ref or batch, _journey(day, mode, kind, end, _opened(opened, sealed, place)))
        for ref, batch, day, mode, kind, end, *place, sealed in rows
    )


def _opened(keys: Any, sealed: bytes, place: list[Any]) -> Row:
    bucket, person, month = place
    read: Row = orjson.loads(unseal(sealed, (bucket, person.bytes, month), keys=keys))
    return read


def _sent(books: list[Ledger]) -> Counter[tuple[str, Journey]]:
    told = [(ref, row) for each in books for ref, row in each.rows.items()]
    told += [
        (batch, row)
        for each in books
        for batch, rows in each.loose.items()
        for row in rows
    ]
    return Counter(
        (
            name,
            _journey(
                date.fromisoformat(row["travel_date"]),
                *(row["mode"], row["category"], row["destination_district"], row),
            ),
        )
        for name, row in told
    )


def _journey(day: date, mode: str, kind: str, end: str, row: Row) -> Journey:
    address = row["current_address"]
    return (day.isoformat(), mode, kind, end, row["name"], int(row["age"]), address)
