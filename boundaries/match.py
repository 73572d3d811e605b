"""Which unit each feature of a file is: by code, by name, or nobody's."""

from dataclasses import dataclass, field

from boundaries.errors import AmbiguousUnit, BadBoundaryFile, UnknownUnit
from boundaries.gazetteer import Gazetteer
from boundaries.names import number


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Which fields of the file hold the LGD code, the name and the state."""

    code: str | None = None
    name: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """What a feature was found to be."""

    code: int
    state_code: int
    name: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A feature that is no known unit, and why."""

    feature: int
    given: str
    why: str


@dataclass(frozen=True, slots=True)
class Matched:
    """Per feature its unit or None, and what is wrong."""

    units: list[Unit | None]
    unmatched: list[Unmatched] = field(default_factory=list)
    disagreeing: list[str] = field(default_factory=list)


def matched(
    fields: dict[str, list[str]],
    mapping: FieldMap,
    *,
    level: str,
    known: Gazetteer,
) -> Matched:
    """Find the unit of each feature; a code is believed unless its name says another.

    Args:
        fields: the file's fields, as text.
        mapping: which of them hold what.
        level: state or district.
        known: the units and names known so far.

    Raises:
        BadBoundaryFile: a mapped field is not in the file, or neither code nor name
            is mapped.
    """
    columns = _columns(fields, mapping)
    result = Matched(units=[])
    for row, (code, name, state) in enumerate(zip(*columns, strict=True)):
        try:
            unit = _unit(code, name, state, level=level, known=known)
        except (UnknownUnit, AmbiguousUnit) as error:
            given = " / ".join(filter(None, (code, name, state)))
            result.unmatched.append(Unmatched(row, given, str(error)))
            result.units.append(None)
            continue
        result.units.append(unit)
        if other := _other(unit, name, level=level, known=known):
            result.disagreeing.append(f"code {unit.code} is named {name!r}: {other}")
    return result


def _columns(fields: dict[str, list[str]], mapping: FieldMap) -> list[list[str]]:
    if not (mapping.code or mapping.name):
        raise BadBoundaryFile("map at least code=FIELD or name=FIELD")
    rows = len(next(iter(fields.values()), []))
    columns = []
    for asked in (mapping.code, mapping.name, mapping.state):
        if asked and asked not in fields:
            raise BadBoundaryFile(f"no field {asked!r}; there are {', '.join(fields)}")
        columns.append(fields[asked] if asked else [""] * rows)
    return columns


def _unit(code: str, name: str, state: str, *, level: str, known: Gazetteer) -> Unit:
    if level == "state":
        return _state(code, name or state, known)
    parent = known.state(state) if state else None
    if not code:
        found = known.district(name, state=parent)
        return Unit(found, known.districts[found].state_code, name)
    lgd = _lgd(code, level)
    before = known.districts.get(lgd)
    if before is None and parent is None:
        raise UnknownUnit(level, f"{code} (a new code needs its state)")
    state_code = parent if parent is not None else before.state_code if before else 0
    return Unit(lgd, state_code, name or (before.name if before else code))


def _state(code: str, name: str, known: Gazetteer) -> Unit:
    lgd = _lgd(code, "state") if code else known.state(name)
    if lgd not in known.states:
        raise UnknownUnit("state", code)
    return Unit(lgd, lgd, name or known.states[lgd].name)


def _lgd(code: str, level: str) -> int:
    digits = number(code)
    # The column that holds codes is a two-byte integer; LGD's are below a thousand.
    if digits is None or not 0 < int(digits) < 2**15:
        raise UnknownUnit(level, code)
    return int(digits)


def _other(unit: Unit, name: str, *, level: str, known: Gazetteer) -> str | None:
    """Return which other unit of the same state goes by that name, if one does."""
    try:
        if level == "state":
            found = known.state(name)
        else:
            found = known.district(name, state=unit.state_code)
    except (UnknownUnit, AmbiguousUnit):
        return None
    return known.label(level, found) if found != unit.code else None
