"""What a queue's worker of the storm runs: ``nmis worker``, with places to stop at.

Slices are short, so that uploads of a few hundred rows have many; turns too, so that
states give way to each other; and who is killed is missed after seconds.
"""

import os
from functools import partial
from importlib import import_module
from pathlib import Path

from gis_service import queue_step
from gis_service.queue_step import Work
from tests.chaos import points
from tests.chaos.queue_points import QUEUE_POINTS

SLICE_ROWS = 100
TURN_S = 0.2
# Many times what is between two renewals.
LEASE_S = 3.0


def main() -> None:
    """Work off uploads until somebody ends this process."""
    os.environ["PGAPPNAME"] = f"{points.NAME}{os.getpid()}"  # libpq's own
    folder = Path(os.environ[points.FOLDER])
    points.arm(folder, QUEUE_POINTS)
    queue_step.sheets = partial(queue_step.sheets, rows=SLICE_ROWS)
    command = import_module("gis_service.cli.worker")
    command.Work = partial(Work, lease_s=LEASE_S, turn_s=TURN_S)
    points.up(folder).touch()
    command.command(args=[])


if __name__ == "__main__":
    main()
