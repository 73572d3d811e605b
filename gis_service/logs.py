"""The log: a JSON object a line, to the standard error of each process.

Nothing personal is in it: statements are told without their values
(``hide_parameters``, gis_service/db.py), addresses as they stand in the code.
"""

import logging
import os
import sys
from datetime import UTC, datetime

import orjson

OURS = "nmis"


class Lines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: when, which process, how bad, who says so, and what."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "process": os.getpid(),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        told = record.getMessage()
        # A line of requests is an object already.
        is_object = record.name == f"{OURS}.request" and told.startswith("{")
        line |= orjson.loads(told) if is_object else {"message": told}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def configure() -> None:
    """Let this process write its log; what is not ours, from warnings up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)
