"""Rows that change what was sent before: which may, and what stays of the old version.

Which fields changed cannot be told without opening the earlier profile; their names
are kept, their values are not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import polars as pl
from sqlalchemy import Connection

from movements.columns import NAMES
from movements.identity import DataKeys, opening_keys, unseal
from movements.ignored import Ignored
from movements.journeys import KEY, Journeys
from movements.keys import Keys
from movements.profile import records
from movements.replaced import Going
from movements.rule import Finding
from movements.sealing import NoDataKey
from movements.source_refs import Known
from movements.standing import WAY, Standing, of_way, standing

LAPSED = "permission_lapsed"
_WORDS = (
    "journeys of another day, district or mode than before begin anew: permissions and"
    " trains of the earlier ones have lapsed"
)
_UNDER_WAY = "correct who travels, not the journey; or leave the row out"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is needed to tell an earlier version from a row.

    Attributes:
        ways: the routes of the rows.
        keys: the vault's.
        aadhaar: what is kept of Aadhaar.
    """

    ways: Journeys
    keys: Keys
    aadhaar: str


@dataclass(frozen=True, slots=True)
class Amended:
    """What becomes of rows that change what was sent before.

    Attributes:
        findings: rows that may not: their journey is under way.
        going: the versions that they replace, by the person.
        kept: journeys that stay what events made of them.
        lapsed: how many lose what events made of them.
    """

    findings: tuple[Finding, ...] = ()
    going: Mapping[UUID, Going] = field(default_factory=dict)
    kept: Sequence[Standing] = ()
    lapsed: int = 0

    def notes(self) -> list[dict[str, object]]:
        """Return what the sender is told beside faults."""
        if not self.lapsed:
            return []
        return [Ignored(None, LAPSED, _WORDS, self.lapsed).body()]


def amended(
    db: Connection, rows: pl.DataFrame, known: Mapping[UUID, Known], terms: Earlier
) -> Amended:
    """Compare rows with the journeys that they would replace, which are locked.

    Args:
        db: a connection on the upload plane, within the tenant's walls.
        rows: checked rows with ``person_id`` (bytes), all of persons in ``known``.
        known: which journeys they stand for, by person.
        terms: how to read the earlier versions.
    """
    there = standing(db, known.values())
    found = {each.row["person_id"]: each for each in there.values()}
    going: dict[UUID, Going] = {}
    kept: list[Standing] = []
    barred: dict[str, list[int]] = {}
    lapsed = 0
    for person, now, before, after in _pairs(db, rows, found, terms):
        was = found.get(person)
        if was is None:  # purged meanwhile: the row brings the person back
            continue
        way = of_way(was, now)
        if was.under_way and way:
            barred.setdefault(way[0], []).append(now["row"] - 1)
            continue
        if not set(way) & set(WAY):
            kept.append(was)
        elif was.told:
            lapsed += 1
        fields = _fields(was, now, way=way, personal=(before, after))
        going[person] = Going(known[person], fields=fields)
    findings = tuple(
        Finding(field, "journey_under_way", np.array(at), _UNDER_WAY)
        for field, at in barred.items()
    )
    return Amended(findings, going, kept, lapsed)


Pair = tuple[UUID, dict[str, Any], dict[str, Any], dict[str, Any]]


def _pairs(
    db: Connection,
    rows: pl.DataFrame,
    found: Mapping[UUID, Standing],
    terms: Earlier,
) -> Iterator[Pair]:
    """Yield each person, the row, and what is personal of the old and the new."""
    months = {each.purge_month for each in found.values() if each.sealed}
    opened = opening_keys(db, months, keys=terms.keys)
    new = records(rows, aadhaar=terms.aadhaar).to_list()
    for now, after in zip(rows.iter_rows(named=True), new, strict=True):
        person = UUID(bytes=now["person_id"])
        now["route"] = terms.ways.routes[now[KEY]].states
        yield person, now, _before(found.get(person), opened), orjson.loads(after)


def _before(was: Standing | None, opened: DataKeys) -> dict[str, Any]:
    if was is None or was.sealed is None:
        return {}
    row = was.row
    place = (row["bucket"], row["person_id"].bytes, was.purge_month)
    try:
        personal: dict[str, Any] = orjson.loads(unseal(was.sealed, place, keys=opened))
    except NoDataKey:  # its month is erased: nothing is known of it
        return {}
    return personal


def _fields(
    was: Standing,
    now: Mapping[str, Any],
    *,
    way: tuple[str, ...],
    personal: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> tuple[str, ...]:
    before, after = map(_comparable, personal)
    changed = {*way}
    changed |= {
        name for name in {*before, *after} if before.get(name) != after.get(name)
    }
    if was.row["category"] != now["category"]:
        changed.add("category")
    for end in ("origin", "destination"):
        if "given" in (was.row[f"{end}_located"], now[f"{end}_located"]):
            degrees = (f"{end}_lon", f"{end}_lat")
            changed |= {name for name in degrees if was.row[name] != now[name]}
    return tuple(name for name in NAMES if name in changed)


def _comparable(personal: Mapping[str, Any]) -> dict[str, Any]:
    # Of a number in the vault the profile holds the last four digits.
    number = personal.get("aadhaar")
    return {**personal, "aadhaar": number[-4:] if number else None}
