"""``python -m gis_service.cube_writer``: write a new base of the cube, then end.

Reads ``{"url", "folder"}`` as JSON from its standard input: the database's address for
the owner plane, and where bases are.
"""

import json
import os
import sys
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from layers.cube.folder import renewed

# Requests come first.
NICE = 10


def main() -> None:
    """Write a base, unless another process is at it."""
    needs = json.load(sys.stdin)
    os.nice(NICE)
    engine = create_engine(
        needs["url"],
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        hide_parameters=True,
    )
    with engine.connect() as db:
        renewed(db, Path(needs["folder"]))


if __name__ == "__main__":
    main()
