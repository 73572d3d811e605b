"""Who each row stands for: a new person, or one sent before, changed or not."""

import secrets
import zlib
from collections.abc import Mapping

import polars as pl

from movements.keys import Keys
from movements.profile import digests, records
from movements.record import Terms
from movements.source_refs import Known
from movements.tables import BUCKETS

# A row of a person who was withdrawn is "revived": counted as new, with the old ID.
FATES = ("new", "updated", "unchanged", "revived")

_ID = 16  # bytes


def identified(frame: pl.DataFrame, terms: Terms, keys: Keys) -> pl.DataFrame:
    """Return checked rows with fresh IDs and a digest of what was sent.

    Adds ``bucket`` and, as bytes, ``digest``, ``person_id`` and ``movement_id``.
    """
    # Only a row with a source_ref is ever compared with what was sent before.
    marks: list[bytes] | None = None
    if frame["source_ref"].count():
        personal = records(frame, aadhaar=terms.aadhaar)
        marks = digests(frame, personal, key=keys.digest)
    people, movements = _fresh(frame.height), _fresh(frame.height)
    return frame.with_columns(
        digest=pl.lit(b"") if marks is None else pl.Series(marks, dtype=pl.Binary),
        bucket=pl.Series([zlib.crc32(i) % BUCKETS for i in people], dtype=pl.Int16),
        person_id=pl.Series(people, dtype=pl.Binary),
        movement_id=pl.Series(movements, dtype=pl.Binary),
    )


def fated(rows: pl.DataFrame, stood: Mapping[str, Known]) -> pl.DataFrame:
    """Return identified rows with their ``fate``; who was known keeps the old IDs.

    Who was withdrawn keeps the person's; the journey is a new one.
    """
    fresh = rows.with_columns(fate=pl.lit("new"))
    if not stood:
        return fresh
    before = pl.DataFrame(
        [
            (
                *(ref, old.digest, old.bucket, old.person_id.bytes),
                None if old.withdrawn else old.movement_id.bytes,
            )
            for ref, old in stood.items()
        ],
        schema={
            "source_ref": pl.String,
            "old_digest": pl.Binary,
            "old_bucket": pl.Int16,
            "old_person_id": pl.Binary,
            "old_movement_id": pl.Binary,
        },
        orient="row",
    )
    same = pl.col("digest") == pl.col("old_digest")
    fate = (
        pl.when(same)
        .then(pl.lit("unchanged"))
        .when(pl.col("old_movement_id").is_null())
        .then(pl.lit("revived"))
        .otherwise(pl.lit("updated"))
    )
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
