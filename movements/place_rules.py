"""Rules for places: districts and route states by code or name, and whose they are."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from boundaries.errors import AmbiguousUnit, UnknownUnit
from boundaries.gazetteer import Gazetteer
from boundaries.names import fold
from movements.fault import masked
from movements.rule import Column, Finding, Rows, where

# Searching near names takes milliseconds; a column with more wrong texts than this is
# not misspelt but another column.
ADVISED = 100

Resolved = dict[str, int | str | None]
Wrong = dict[str, UnknownUnit | AmbiguousUnit]


def district(
    field: str,
    given: pl.Series,
    places: Gazetteer,
    aliases: Mapping[str, int] | None = None,
) -> Column:
    """Return the LGD codes of districts; each distinct text is looked up once.

    Args:
        field: the column.
        given: the texts.
        places: the units that names and codes are looked up in.
        aliases: codes by folded names of the sender's own; they are asked where nothing
            goes by a name, so that they override none.
    """
    codes, wrong = _looked_up(given, Gazetteer.district, places)
    if aliases:
        known = _aliased(wrong, aliases, places)
        codes |= known
        wrong = {text: error for text, error in wrong.items() if text not in known}
    values = given.replace_strict(codes, default=None, return_dtype=pl.Int16)
    needed = where(given.is_null())
    missing = (Finding(field, "required", needed),) if len(needed) else ()
    return Column(values, missing + _findings(field, given, wrong))


def _aliased(wrong: Wrong, aliases: Mapping[str, int], places: Gazetteer) -> Resolved:
    found = {
        text: aliases.get(fold(text))
        for text, error in wrong.items()
        if isinstance(error, UnknownUnit)
    }
    return {text: code for text, code in found.items() if code in places.districts}


def route_states(given: pl.Series, places: Gazetteer) -> Column:
    """Return declared routes as ``27;23;9``: the LGD codes of states, in order."""
    texts, wrong = _looked_up(given, _states, places)
    values = given.replace_strict(texts, default=None, return_dtype=pl.String)
    # A list of separators only declares nothing.
    declared = pl.select(pl.when(values.str.len_bytes() > 0).then(values)).to_series()
    return Column(declared, _findings("route_states", given, wrong))


def strangers(
    origin: pl.Series, destination: pl.Series, *, tenant: int, places: Gazetteer
) -> tuple[Finding, ...]:
    """Return the rows with neither end in the uploader's state (an LGD code)."""
    theirs = places.district_codes[places.district_state == tenant].tolist()
    own = origin.is_in(theirs) | destination.is_in(theirs)
    rows: Rows = where(origin.is_not_null() & destination.is_not_null() & ~own)
    state = places.states.get(tenant)
    name = state.name if state else str(tenant)
    suggestion = f"one end must be in {name}"
    if not len(rows):
        return ()
    return (Finding("origin_district", "not_your_state", rows, suggestion),)


def _states(places: Gazetteer, text: str) -> str:
    names = [each.strip() for each in text.split(";")]
    return ";".join(str(places.state(each)) for each in names if each)


def _looked_up(
    given: pl.Series,
    look_up: Callable[[Gazetteer, str], int | str],
    places: Gazetteer,
) -> tuple[Resolved, Wrong]:
    found: Resolved = {}
    wrong: Wrong = {}
    asked = places
    for text in given.drop_nulls().unique(maintain_order=True).to_list():
        try:
            found[text] = look_up(asked, text)
        except (UnknownUnit, AmbiguousUnit) as error:
            wrong[text] = error
            if len(wrong) == ADVISED:
                asked = replace(places, suggesting=False)
    return found, wrong


def _findings(field: str, given: pl.Series, wrong: Wrong) -> tuple[Finding, ...]:
    rows: dict[str, list[int]] = {}
    advice: dict[int, str] = {}
    texts = given.to_list() if wrong else []
    for row, text in enumerate(texts):
        if text in wrong:
            rows.setdefault(_code(field, wrong[text]), []).append(row)
            advice[row] = _advice(text, wrong[text])
    return tuple(
        Finding(field, code, np.array(found), {row: advice[row] for row in found})
        for code, found in rows.items()
    )


def _code(field: str, error: UnknownUnit | AmbiguousUnit) -> str:
    kind = "unknown" if isinstance(error, UnknownUnit) else "ambiguous"
    return f"{kind}_{'state' if field == 'route_states' else 'district'}"


def _advice(text: str, error: UnknownUnit | AmbiguousUnit) -> str:
    near = " or ".join(error.candidates) or "an LGD code, or the name as LGD has it"
    if error.given == text:
        return near
    return f"{near} (for {masked('route_states', error.given)!r})"


def state_of(codes: pl.Series, places: Gazetteer) -> pl.Series:
    """Return the states of districts (LGD codes); ``None`` stays."""
    at = np.searchsorted(places.district_codes, codes.fill_null(0).to_numpy())
    states = places.district_state[np.minimum(at, len(places.district_codes) - 1)]
    frame = pl.DataFrame({"d": codes, "s": pl.Series(states, dtype=pl.Int16)})
    return frame.select(pl.when(pl.col("d").is_not_null()).then("s")).to_series()
