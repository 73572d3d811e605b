"""One state's million journeys with their people, and others' beside them.

Journeys are the demonstration's, drawn anew and spread over a year, and stand as
batches of a state would have left them: in order of travel, within a batch in the
order of the people's key. Profiles are sealed with the vault's own keys. Nothing is
checked or counted in the flows.
"""

import secrets
import zlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl
import psycopg

from gis_service import intake
from gis_service.demo.names import names
from gis_service.secrets import secrets_in
from movements import identity, profile
from movements.keys import Keys
from movements.sealing import DataKeys
from movements.tables import BUCKETS
from tests.bench.crowd import SEED, crowd
from tests.bench.ground import Ground
from tests.bench.ingest_file import PARTY, mobile

TENANT = 27
# As many of the demonstration's people as journeys are drawn from.
DRAWN_FROM, LEAST_DRAWN_FROM = 200_000, 2_000
OTHERS = 0.1
FIRST_DAY, DAYS = date(2020, 3, 1), 365
BATCH = 10_000
CHUNK = 50_000
# What has come to pass of journeys; each as often as its share.
STAGES = ("planned", "departed", "arrived")
STAGE_SHARE = (0.2, 0.3, 0.5)

_MOVEMENT = (
    *("bucket", "movement_id", "travel_date", "person_id", "tenant", "batch_id"),
    *("row_number", "source_ref", "category", "mode", "stage", "permission"),
    *("origin_district", "destination_district", "origin_state", "destination_state"),
    *("transit", "route_states", "route_id", "origin", "destination"),
    *("origin_located", "destination_located"),
)
_PERSON = ("bucket", "person_id", "tenant", "created_at")
_PROFILE = (
    *("bucket", "person_id", "purge_month", "tenant", "origin_state"),
    *("destination_state", "origin_district", "destination_district", "stage"),
    *("permission", "transit", "sealed", "mobile_index"),
)
# What bytes begin with as text; identifiers begin with nothing.
_BYTES = dict.fromkeys(("sealed", "mobile_index"), "\\x")


@dataclass(frozen=True, slots=True)
class Vault:
    """The keys of the vault, and the data keys of the months."""

    keys: Keys
    months: DataKeys


def fill(on: Ground, own: int) -> pl.DataFrame:
    """Fill the tables of people anew; return the mobiles, with whose people have them.

    Args:
        on: where.
        own: journeys that leave the state; a tenth as many leave others.
    """
    rows = _drawn(on, own)
    vault = _vault(on, rows)
    with psycopg.connect(on.admin) as db:
        db.execute("TRUNCATE nmis.movement, nmis.person, vault.profile")
        points = _points(db)
        for chunk in rows.iter_slices(CHUNK):
            whole = chunk
            for end in ("origin", "destination"):
                there = points.rename({"code": f"{end}_district", "point": end})
                whole = whole.join(there, on=f"{end}_district", maintain_order="left")
            _copy(db, "nmis.person", whole.select(_PERSON))
            _copy(db, "nmis.movement", whole.select(_MOVEMENT))
            _copy(db, "vault.profile", _sealed(whole, vault).select(_PROFILE))
        db.commit()
        db.autocommit = True
        for table in ("nmis.movement", "nmis.person", "vault.profile"):
            db.execute(f"VACUUM ANALYZE {table}")
        db.execute("CHECKPOINT")
    return rows.select("mobile", "tenant", "origin_state", "destination_state")


def _drawn(on: Ground, own: int) -> pl.DataFrame:
    """Return the journeys in the order in which batches leave them, with the people."""
    pool = crowd(on.database, min(DRAWN_FROM, max(own, LEAST_DRAWN_FROM)))
    leaving = pl.col("origin_state") == TENANT
    parts = ((leaving, own), (~leaving, int(own * OTHERS)))
    each = pl.concat(
        pool.filter(kept).sample(size, with_replacement=True, seed=SEED)
        for kept, size in parts
    )
    named = {end: f"{end}_district" for end in ("origin", "destination")}
    mixed = each.sample(fraction=1.0, shuffle=True, seed=SEED).rename(named)
    return _with_people(_travelling(mixed))


def _travelling(each: pl.DataFrame) -> pl.DataFrame:
    rng = np.random.default_rng(SEED)
    days = np.datetime64(FIRST_DAY) + np.sort(rng.integers(0, DAYS, each.height))
    stages = rng.choice(len(STAGES), each.height, p=STAGE_SHARE)
    people = _identifiers(each.height)
    batches = pl.Series(_identifiers(-(-each.height // BATCH)))
    at = np.arange(each.height)
    return each.with_columns(
        pl.Series("at", at),
        pl.Series("travel_date", days),
        pl.Series("movement_id", _identifiers(each.height)),
        pl.Series("person_id", people),
        pl.Series("bucket", [zlib.crc32(person) % BUCKETS for person in people]),
        pl.Series("stage", STAGES)[stages],
        tenant="origin_state",
        batch_id=batches[at // BATCH],
        **_constant(),
    ).sort(pl.col("at") // BATCH, "bucket", "person_id")


def _with_people(each: pl.DataFrame) -> pl.DataFrame:
    at, rng = pl.col("at"), np.random.default_rng(SEED)
    states = [f"{end}_state" for end in ("origin", "destination")]
    way = [pl.lit("{"), states[0], pl.lit(","), states[1], pl.lit("}")]
    women = pl.when(at % 8 == 0).then(pl.lit("female"))
    return each.with_columns(
        pl.Series("name", names(rng, each["destination_state"].to_numpy())),
        mobile=mobile(at // PARTY),
        age=at % 60 + 5,
        gender=women.otherwise(pl.lit("male")),
        current_address=pl.format("Synthetic camp {}", at % 900 + 1),
        permanent_address=pl.format("Synthetic house {}", at % 90_000 + 1),
        row_number=at % BATCH + 1,
        source_ref=pl.format("SYNTHETIC-{}", "at"),
        purge_month=pl.col("travel_date").dt.month_start(),
        route_states=pl.concat_str(way),
    )


def _constant() -> dict[str, pl.Expr]:
    return {
        "created_at": pl.lit(f"{FIRST_DAY}"),
        "permission": pl.lit("notified"),
        "transit": pl.lit("{}"),
        "route_id": pl.lit(bytes(16)),
        "origin_located": pl.lit("district"),
        "destination_located": pl.lit("district"),
        "aadhaar": pl.lit(None, dtype=pl.String),
    }


def _identifiers(count: int) -> list[bytes]:
    raw = secrets.token_bytes(16 * count)
    return [raw[at : at + 16] for at in range(0, len(raw), 16)]


def _vault(on: Ground, rows: pl.DataFrame) -> Vault:
    own = secrets_in(on.settings.var, secret_key=on.settings.secret_key)
    keys = intake.keys(own)
    with on.database.owner.begin() as db:
        months = rows["purge_month"].unique().to_list()
        return Vault(keys, identity.data_keys(db, months, keys=keys))


def _sealed(rows: pl.DataFrame, vault: Vault) -> pl.DataFrame:
    personal = profile.kept(rows, aadhaar="off")
    places = rows.select("bucket", "person_id", "purge_month").rows()
    sealed = identity.seal(personal.to_list(), places, keys=vault.months)
    index = {
        number: identity.blind_index(number, keys=vault.keys)
        for number in rows["mobile"].unique()
    }
    found = [index[number] for number in rows["mobile"]]
    return rows.with_columns(
        pl.Series("sealed", sealed), pl.Series("mobile_index", found)
    )


def _points(db: psycopg.Connection[Any]) -> pl.DataFrame:
    """Return the districts' inner points by LGD code, as PostgreSQL's text of them."""
    asked = "SELECT code, inner_point::text FROM nmis.unit WHERE level = 'district'"
    rows = [(code, point) for code, point in db.execute(asked).fetchall()]
    schema = {"code": pl.Int64, "point": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _copy(db: psycopg.Connection[Any], table: str, rows: pl.DataFrame) -> None:
    text = BytesIO()
    rows.with_columns(
        (pl.lit(_BYTES.get(name, "")) + pl.col(name).bin.encode("hex")).alias(name)
        for name, kind in rows.schema.items()
        if kind == pl.Binary
    ).write_csv(text, include_header=False)
    into = f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    with db.cursor().copy(into) as copy:
        copy.write(text.getvalue())
