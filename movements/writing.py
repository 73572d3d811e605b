"""Rows that an upload brings, written in place of the journeys that go for them."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection

from movements import aadhaar_writing, flow, store, upload_rows
from movements.binary_rows import Packed
from movements.copying import copied, meanwhile
from movements.gone import refuse_gone
from movements.identity import DataKeys, blind_index, data_keys, seal
from movements.journeys import KEY, Journeys, routed
from movements.profile import kept
from movements.replaced import Cause, Going, removed
from movements.sandbox import set_apart
from movements.standing import Standing, kept_frame
from movements.upload import Upload
from movements.upload_tables import KEPT
from routes.path import drawn, unstored
from routes.path import stored as store_routes


@dataclass(frozen=True, slots=True)
class Brought:
    """Identified rows with their ``fate``, and their routes."""

    rows: pl.DataFrame
    ways: Journeys


@dataclass(frozen=True, slots=True)
class Instead:
    """What goes for the rows that come.

    Attributes:
        going: journeys that go, those in whose place rows come included.
        standing: those of them whose stage and permission go over to the rows.
        cause: who lets them go, and why.
    """

    going: Sequence[Going]
    standing: Sequence[Standing]
    cause: Cause


def write(
    db: Connection,
    upload: Upload,
    brought: Brought,
    stamp: store.Stamp,
    instead: Instead,
) -> None:
    """Write rows that are new or changed; the flows follow, to be published.

    Args:
        db: a connection on the upload plane, within the tenant's walls.
        upload: whose rows they are.
        brought: the rows and their routes.
        stamp: whose batch it is.
        instead: what goes for them.

    Raises:
        GoneMeanwhile: some of their people went since the rows were examined.
    """
    ways = brought.ways
    rows, numbered = routed(
        brought.rows.sort("bucket", "person_id").with_columns(
            purge_month=pl.col("travel_date").dt.truncate("1mo")
        ),
        ways,
    )
    opened = data_keys(db, rows["purge_month"].unique().to_list(), keys=upload.keys)
    refuse_gone(db, rows, tenant=stamp.tenant, keys=upload.keys)
    in_vault = upload.terms.aadhaar == "vault"
    rows = aadhaar_writing.referenced(rows) if in_vault else rows
    new = unstored(db, [ways.routes[key] for key in numbered[KEY].to_list()])
    store.sent(db, rows, set_apart(numbered) if upload.terms.sandbox else numbered)
    if instead.standing:
        copied(db, KEPT, kept_frame(instead.standing))
    gone = removed(db, instead.going, instead.cause)
    with meanwhile(db):
        store.people_and_journeys(db, stamp=stamp)
        sealed = _sealed(rows, opened, upload)
        counts = upload_rows.counts(rows)
        lines = drawn(new)
    store.profiles(db, sealed, stamp=stamp)
    if in_vault:
        aadhaar_writing.stored(db, rows, tenant=stamp.tenant, keys=upload.keys)
    if upload.terms.sandbox:
        return  # of no flow, and along no route that others see
    # From here on rows are locked that other uploads want as well.
    store_routes(db, lines)
    flow.roll_up(db, store.changes(db, counts, gone=gone, stamp=stamp))
    if gone or stamp.kept:
        flow.swept(db)


def taken_back(
    db: Connection, going: Sequence[Going], cause: Cause, *, sandbox: bool
) -> None:
    """Remove journeys in whose place nothing comes; flows follow, to be published."""
    if removed(db, going, cause) and not sandbox:
        flow.roll_up(db, store.went())
        flow.swept(db)


def _sealed(rows: pl.DataFrame, opened: DataKeys, upload: Upload) -> Packed:
    places = rows.select("bucket", "person_id", "purge_month").rows()
    personal = kept(rows, aadhaar=upload.terms.aadhaar)
    profiles = seal(personal.to_list(), places, keys=opened)
    mobiles = _traced(rows, upload).to_list()
    found = {
        each: blind_index(each, keys=upload.keys) for each in set(mobiles) - {None}
    }
    sealed = upload_rows.Sealed(profiles, [found.get(each) for each in mobiles])
    return upload_rows.profiles(rows, sealed)


def _traced(rows: pl.DataFrame, upload: Upload) -> pl.Series:
    """Return the mobiles that lead to the people of rows.

    A borrowed one leads to whoever lent it, and would trace them. A sandbox's none.
    """
    mobiles, lent = rows["mobile"], rows["mobile_borrowed"]
    if upload.terms.sandbox:
        return mobiles.clear(rows.height)
    if not lent.count():
        return mobiles
    own = pl.when(pl.col("mobile_borrowed").is_null()).then(pl.col("mobile"))
    return rows.select(own.alias("mobile")).to_series()
