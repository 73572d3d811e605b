"""The columns of a batch row: which there are, and which are personal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column: must it be there, is it personal, what it holds."""

    name: str
    required: bool
    personal: bool
    holds: str


def _column(name: str, marks: str, holds: str) -> ColumnRule:
    return ColumnRule(name, "required" in marks, "personal" in marks, holds)


COLUMNS = (
    _column("name", "required personal", "as written, in any script; up to 200 signs"),
    _column("age", "required", "whole years, 0 to 120"),
    _column("gender", "", "male, female or other (m, f, o)"),
    _column("mobile", "personal", "ten digits, first 6 to 9; +91, 0091 or 0 before"),
    _column("aadhaar", "personal", "twelve digits; kept only as NMIS_AADHAAR says"),
    _column("category", "required", "labour, student, tourist, pilgrim or other"),
    _column("origin_district", "required", "LGD code, name, or name and state"),
    _column("destination_district", "required", "LGD code, name, or name and state"),
    _column("travel_date", "required", "yyyy-mm-dd; in CSV and XLSX also dd/mm/yyyy"),
    _column("mode", "required", "train or bus"),
    _column("route_states", "", "states passed, in order, with ; between"),
    _column("current_address", "personal", "where the journey starts; up to 500 signs"),
    _column("permanent_address", "personal", "where it ends; up to 500 signs"),
    _column("origin_lon", "", "degrees east, WGS 84"),
    _column("origin_lat", "", "degrees north, WGS 84"),
    _column("destination_lon", "", "degrees east, WGS 84"),
    _column("destination_lat", "", "degrees north, WGS 84"),
    _column("source_ref", "", "your own row id; a row sent again updates"),
    _column("mobile_borrowed", "", "yes where the mobile is somebody else's"),
    _column(
        "guardian_ref", "personal", "of a minor: source_ref or ID of who looks after"
    ),
)
NAMES = tuple(column.name for column in COLUMNS)
REQUIRED = tuple(column.name for column in COLUMNS if column.required)
PERSONAL = frozenset(column.name for column in COLUMNS if column.personal)
