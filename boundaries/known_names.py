"""Load the names and codes that units go by, and which unit came from which."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert

from boundaries.bundled_places import display_name
from boundaries.bundled_rows import rows
from boundaries.names import fold
from boundaries.tables import ALIAS, LINEAGE

LGD = "Local Government Directory"
ISO = "ISO 3166-2; days of change: general knowledge, reviewed"
CENSUS = "Census of India 2011"
KNOWN = "general knowledge, reviewed"

Alias = dict[str, Any]


def load(db: Connection) -> None:
    """Replace all names, codes and lineage by the bundled ones."""
    db.execute(delete(ALIAS))
    db.execute(delete(LINEAGE))
    made = (*_state_names(), *_state_codes(), *_district_names())
    one_each = {(a["level"], a["kind"], a["folded"], a["code"]): a for a in made}
    db.execute(insert(ALIAS), list(one_each.values()))
    db.execute(insert(LINEAGE), list(_lineage()))


def _alias(level: str, code: str, kind: str, value: str, source: str) -> Alias:
    return {
        "level": level,
        "code": int(code),
        "kind": kind,
        "value": value,
        "folded": fold(value),
        "source": source,
        "valid_from": None,
        "valid_to": None,
    }


def _state_names() -> Iterator[Alias]:
    for row in rows("states.csv"):
        code = row["lgd_state_code"]
        yield _alias("state", code, "name", row["name"], LGD)
        yield _alias("state", code, "variant", row["lgd_name"], LGD)
        for value in filter(None, row["variants"].split("|")):
            yield _alias("state", code, "variant", value, KNOWN)
    for row in rows("state_names_hi.csv"):
        code = row["lgd_state_code"]
        for value in filter(None, [row["name_hi"], *row["variants_hi"].split("|")]):
            yield _alias("state", code, "name_hi", value, KNOWN)


def _state_codes() -> Iterator[Alias]:
    for row in rows("states.csv"):
        for value in filter(None, row["census2011_state_code"].split("+")):
            yield _alias("state", row["lgd_state_code"], "census2011", value, CENSUS)
    for row in rows("state_iso.csv"):
        made = _alias("state", row["lgd_state_code"], "iso", row["iso_3166_2"], ISO)
        yield made | {name: _day(row[name]) for name in ("valid_from", "valid_to")}


def _district_names() -> Iterator[Alias]:
    for row in rows("districts_2020-05-12.csv"):
        code = row["lgd_district_code"]
        yield _alias("district", code, "name", display_name(row["lgd_name"]), LGD)
        for value in filter(None, row["variants"].split("|")):
            yield _alias("district", code, "variant", value, LGD)
        if number := row["census2011_district_code"]:
            yield _alias("district", code, "census2011", number, CENSUS)
    for row in rows("district_aliases.csv"):
        kind = row["kind"]
        yield _alias("district", row["lgd_district_code"], kind, row["alias"], KNOWN)


def _lineage() -> Iterator[dict[str, Any]]:
    for row in rows("district_lineage.csv"):
        yield {
            "level": "district",
            "child": int(row["child"]),
            "effective": date.fromisoformat(row["effective"]),
            "kind": row["kind"],
            "parent": int(row["parent"]) if row["parent"] else None,
            "share": float(row["share"]) if row["share"] else None,
            "child_name": row["child_name"],
            "source": row["source"],
        }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
