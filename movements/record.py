"""Checks of a whole upload at once: rows as texts in, checked columns and faults out.

Pure: nothing is read or written; places and the inside test are given.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from boundaries.gazetteer import Gazetteer
from movements import journey_rules, person_rules, place_rules
from movements.columns import NAMES
from movements.fault import CELL_ADVICE, NOT_SHOWN, Fault, masked
from movements.ignored import Ignored
from movements.points import LOCATED_BY, Inside, Points, points
from movements.rule import Column, Finding, Rows, by_distinct
from movements.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Terms:
    """What an installation takes.

    Attributes:
        tenant: LGD code of the uploading state; negative: that state's sandbox.
        first: the earliest travel date taken.
        last: the last travel date taken.
        aadhaar: ``off``, ``last4`` or ``vault``: what is kept of Aadhaar.
        gone: months out of view, by their first days; none of their days is taken.
    """

    tenant: int
    first: date
    last: date
    aadhaar: str = "off"
    gone: frozenset[date] = frozenset()

    @property
    def state(self) -> int:
        """LGD code of the state."""
        return abs(self.tenant)

    @property
    def sandbox(self) -> bool:
        """Whether its journeys are set apart from all others."""
        return self.tenant < 0


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of the checks.

    Attributes:
        frame: the checked columns of every row, ``None`` where empty or faulty, with
            ``row`` (from 1), ``origin_state``, ``destination_state`` and for each end
            ``*_lon``, ``*_lat`` (EPSG:4326 degrees) and ``*_located``.
        findings: what is wrong.
        ignored: what is not stored.
    """

    frame: pl.DataFrame
    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...]


def without_faults(frame: pl.DataFrame, findings: Iterable[Finding]) -> pl.DataFrame:
    """Return the rows that nothing was found wrong with."""
    bad = np.zeros(frame.height, dtype=np.bool_)
    for found in findings:
        bad[found.rows] = True
    return frame.filter(pl.Series(~bad)) if bad.any() else frame


def checked(
    sheet: Sheet, terms: Terms, *, places: Gazetteer, inside: Inside
) -> Checked:
    """Return the checked rows of a sheet.

    Args:
        sheet: the rows as read.
        terms: what is taken.
        places: the units that names and codes are looked up in.
        inside: says whether points lie in districts.
    """
    frame = sheet.frame
    columns = {
        **_person(frame, terms),
        **_journey(frame, sheet, terms),
        **_places(sheet, places),
    }
    columns["source_ref"] = journey_rules.source_ref(
        frame["source_ref"], mobile=columns["mobile"].values, aadhaar=frame["aadhaar"]
    )
    values = pl.DataFrame({name: each.values for name, each in columns.items()})
    ends = [points(end, values, places=places, inside=inside) for end in _ENDS]
    findings = [
        *(found for each in columns.values() for found in each.findings),
        *(found for end in ends for found in end.findings),
        *_across(frame, values, terms, places),
    ]
    return Checked(
        frame=_located(values, ends, places),
        findings=_readable(findings, sheet),
        ignored=(*sheet.ignored, *_aadhaar_off(frame, terms)),
    )


_ENDS = ("origin", "destination")


def _person(frame: pl.DataFrame, terms: Terms) -> dict[str, Column]:
    nothing = Column(frame["aadhaar"].clear(frame.height))
    return {
        "name": person_rules.name(frame["name"]),
        "age": person_rules.age(frame["age"]),
        "gender": person_rules.gender(frame["gender"]),
        "mobile": person_rules.mobile(frame["mobile"]),
        "aadhaar": nothing
        if terms.aadhaar == "off"
        else person_rules.aadhaar(frame["aadhaar"]),
        **{
            field: person_rules.text(field, frame[field])
            for field in ("current_address", "permanent_address", "guardian_ref")
        },
        "mobile_borrowed": person_rules.borrowed(frame["mobile_borrowed"]),
    }


def _journey(frame: pl.DataFrame, sheet: Sheet, terms: Terms) -> dict[str, Column]:
    day = functools.partial(
        journey_rules.travel_date,
        first=terms.first,
        last=terms.last,
        gone=terms.gone,
        day_first=sheet.day_first,
        month_first=sheet.month_first,
    )
    return {
        "category": journey_rules.choice("category", frame["category"]),
        "mode": journey_rules.choice("mode", frame["mode"]),
        "travel_date": by_distinct(frame["travel_date"], day),
        **{
            f"{end}_{axis}": journey_rules.coordinate(
                f"{end}_{axis}", frame[f"{end}_{axis}"]
            )
            for end in _ENDS
            for axis in ("lon", "lat")
        },
    }


def _places(sheet: Sheet, places: Gazetteer) -> dict[str, Column]:
    frame = sheet.frame
    ends = {
        f"{end}_district": place_rules.district(
            f"{end}_district", frame[f"{end}_district"], places, sheet.districts
        )
        for end in _ENDS
    }
    return {
        **ends,
        "route_states": place_rules.route_states(frame["route_states"], places),
    }


def _across(
    frame: pl.DataFrame, values: pl.DataFrame, terms: Terms, places: Gazetteer
) -> Iterable[Finding]:
    yield from place_rules.strangers(
        values["origin_district"],
        values["destination_district"],
        tenant=terms.state,
        places=places,
    )
    for end in _ENDS:
        yield from journey_rules.halves(
            end, lon=frame[f"{end}_lon"], lat=frame[f"{end}_lat"]
        )


def _located(
    values: pl.DataFrame, ends: Iterable[Points], places: Gazetteer
) -> pl.DataFrame:
    more = {"row": pl.int_range(1, values.height + 1, dtype=pl.Int32, eager=True)}
    words = pl.Series(LOCATED_BY)
    for end, found in zip(_ENDS, ends, strict=True):
        more[f"{end}_state"] = place_rules.state_of(values[f"{end}_district"], places)
        more[f"{end}_lon"] = pl.Series(found.lon)
        more[f"{end}_lat"] = pl.Series(found.lat)
        more[f"{end}_located"] = words.gather(found.located)
    return values.with_columns(**more)


def _readable(findings: Iterable[Finding], sheet: Sheet) -> tuple[Finding, ...]:
    """Return the findings, where what could not be read has that one only."""
    if not sheet.broken and not sheet.cells:
        return tuple(findings)
    broken = np.array([row for row, _ in sheet.broken], dtype=np.int64)
    cells = _of_cells(sheet)
    kept = [_without(found, broken, cells) for found in findings]
    rows = Finding("row", sheet.broken[0][1], broken) if sheet.broken else None
    return (*kept, *cells, *([rows] if rows else ()))


def _of_cells(sheet: Sheet) -> list[Finding]:
    rows: dict[tuple[str, str], list[int]] = {}
    for row, field, code in sheet.cells:
        rows.setdefault((field, code), []).append(row)
    return [
        Finding(field, code, np.array(found), CELL_ADVICE[code])
        for (field, code), found in rows.items()
    ]


def _without(found: Finding, broken: Rows, cells: Iterable[Finding]) -> Finding:
    unread = [each.rows for each in cells if each.field == found.field]
    bad = np.isin(found.rows, np.concatenate([broken, *unread]))
    return Finding(found.field, found.code, found.rows[~bad], found.suggestion)


def _aadhaar_off(frame: pl.DataFrame, terms: Terms) -> tuple[Ignored, ...]:
    sent = frame.height - frame["aadhaar"].null_count()
    if terms.aadhaar != "off" or not sent:
        return ()
    why = "Aadhaar is switched off here (NMIS_AADHAAR=off); it is not stored"
    return (Ignored("aadhaar", "aadhaar_off", why, sent),)


def faults(sheet: Sheet, findings: Iterable[Finding]) -> list[Fault]:
    """Return every fault, by row and then by column, values masked."""
    order = {name: at for at, name in enumerate(NAMES)}
    listed = [
        Fault(
            row=int(row) + 1,
            field=found.field,
            code=found.code,
            value=masked(found.field, _value(sheet, found, int(row))),
            suggestion=found.suggested(int(row)),
        )
        for found in findings
        for row in found.rows
    ]
    return sorted(listed, key=lambda each: (each.row, order.get(each.field, -1)))


def _value(sheet: Sheet, found: Finding, row: int) -> str | None:
    # Nothing is stored anew of who was erased; the number of the row says which.
    if found.field not in NAMES or found.code in NOT_SHOWN:
        return None
    value: str | None = sheet.frame[found.field][row]
    return value
