"""The process that opens a file, given on standard input; JSON on standard output.

A line of JSON stands before the file: what is asked of it.

Run by ``movements.apart``. It ends with 3 where memory is short, with a signal where
it takes too long, and with 4 where the file trips its reader.
"""

import sys
from typing import Any

import orjson

from movements.apart_limits import first_to_go, limit
from movements.errors import OF_A_FILE


def answered(kind: str, body: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the table of a file, or what is wrong with it.

    The reader is imported here, since only one is needed and each takes its time.
    """
    if kind == "xlsx":
        from movements.xlsx_rows import grid  # noqa: PLC0415 - see above
    else:
        from movements.parquet_rows import grid  # noqa: PLC0415 - see above
    try:
        return grid(body, **asked).body()
    except OF_A_FILE as error:
        values = list(vars(error).values()) or [str(error)]
        return {"wrong": [type(error).__name__, *values]}


def main() -> int:
    """Answer one file and return the exit code."""
    first_to_go()
    limit()
    (kind,) = sys.argv[1:]
    given = sys.stdin.buffer
    try:
        asked = orjson.loads(given.readline())
        told = answered(kind, given.read(), asked)
        sys.stdout.buffer.write(orjson.dumps(told))
        sys.stdout.flush()
    except MemoryError:
        return 3
    except Exception:  # noqa: BLE001 - whatever trips a reader, the file is at fault
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
