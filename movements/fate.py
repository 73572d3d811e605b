"""Who each row stands for: a new person, or one sent before, changed or not."""

import secrets
import zlib
from collections.abc import Mapping

import polars as pl

from movements.copying import bytea
from movements.keys import Keys
from movements.profile import digests, records
from movements.record import Terms
from movements.source_refs import Known
from movements.tables import BUCKETS

FATES = ("new", "updated", "unchanged")

_ID = 16  # bytes


def identified(frame: pl.DataFrame, terms: Terms, keys: Keys) -> pl.DataFrame:
    """Return checked rows with fresh IDs, what is to be sealed, and its digest.

    Adds ``personal`` (bytes), ``digest`` (PostgreSQL's text of bytes), ``bucket``,
    ``person_id`` and ``movement_id`` (hexadecimal).
    """
    personal = records(frame, aadhaar=terms.aadhaar)
    # Only a row with a source_ref is ever compared with what was sent before.
    sent = frame["source_ref"].is_not_null().any()
    marks = digests(frame, personal, key=keys.digest) if sent else [b""] * frame.height
    people, movements = _fresh(frame.height), _fresh(frame.height)
    return frame.with_columns(
        personal=pl.Series(personal, dtype=pl.Binary),
        digest=pl.Series([bytea(mark) for mark in marks], dtype=pl.String),
        bucket=pl.Series([zlib.crc32(i) % BUCKETS for i in people], dtype=pl.Int16),
        person_id=pl.Series([i.hex() for i in people], dtype=pl.String),
        movement_id=pl.Series([i.hex() for i in movements], dtype=pl.String),
    )


def fated(rows: pl.DataFrame, stood: Mapping[str, Known]) -> pl.DataFrame:
    """Return identified rows with their ``fate``; who was known keeps the old IDs."""
    fresh = rows.with_columns(fate=pl.lit("new"))
    if not stood:
        return fresh
    before = pl.DataFrame(
        [
            (ref, bytea(old.digest), old.bucket, old.person_id.hex, old.movement_id.hex)
            for ref, old in stood.items()
        ],
        schema={
            "source_ref": pl.String,
            "old_digest": pl.String,
            "old_bucket": pl.Int16,
            "old_person_id": pl.String,
            "old_movement_id": pl.String,
        },
        orient="row",
    )
    same = pl.col("digest") == pl.col("old_digest")
    fate = pl.when(same).then(pl.lit("unchanged")).otherwise(pl.lit("updated"))
    joined = fresh.join(before, on="source_ref", how="left", maintain_order="left")
    kept = ("bucket", "person_id", "movement_id")
    return joined.with_columns(
        *(pl.coalesce(f"old_{name}", name).alias(name) for name in kept),
        fate=pl.when(pl.col("old_digest").is_null()).then("fate").otherwise(fate),
    )


def _fresh(count: int) -> list[bytes]:
    # One read of the operating system's random source for all.
    random = secrets.token_bytes(_ID * count)
    return [random[at : at + _ID] for at in range(0, len(random), _ID)]
