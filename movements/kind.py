"""What kind of file a body is: by its first bytes, and as its sender says."""

from movements.errors import UnreadableUpload

TEXT, XLSX, PARQUET = "text", "xlsx", "parquet"

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET_TYPE = "application/vnd.apache.parquet"

# Other types say nothing certain: programs send forms and octet streams, and Windows
# calls a CSV file application/vnd.ms-excel.
_TYPES = {
    "text/csv": TEXT,
    "application/json": TEXT,
    "application/x-ndjson": TEXT,
    XLSX_TYPE: XLSX,
    PARQUET_TYPE: PARQUET,
    "application/x-parquet": PARQUET,
}
_STARTS = {b"PK\x03\x04": XLSX, b"PK\x05\x06": XLSX, b"PAR1": PARQUET}
_NOT_TAKEN = {
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls) or one locked by a password; save it"
    " as .xlsx without a password",
    b"PARE": "an encrypted Parquet file; send it open",
    b"%PDF": "a PDF; send the table itself",
    b"7z\xbc\xaf": "a 7z archive; send the file itself, or packed by gzip",
    b"ORC": "an ORC file; send Parquet",
}


def kind(body: bytes, said: str = "") -> str:
    """Return ``text`` (CSV, NDJSON, JSON), ``xlsx`` or ``parquet``.

    Args:
        body: the body, unpacked.
        said: the media type that its sender gives, without parameters.

    Raises:
        UnreadableUpload: it is of a kind that is not taken, or not what was said.
    """
    for start, words in _NOT_TAKEN.items():
        if body.startswith(start):
            raise UnreadableUpload(f"the body is {words}")
    found = next(
        (each for start, each in _STARTS.items() if body.startswith(start)), ""
    )
    found = found or TEXT
    if _TYPES.get(said.lower(), found) != found:
        raise UnreadableUpload(
            f"the body is {_A[found]}, its Content-Type says {said}; send either right"
        )
    return found


_A = {TEXT: "text", XLSX: "a workbook or another ZIP", PARQUET: "Parquet"}
