"""What a web worker of the storm runs: the service, with places where it may stop.

Its connections carry the process's number, so that one sees whose transaction is open.
"""

import os
from pathlib import Path

from flask import Flask

from gis_service import wsgi
from tests.chaos import points
from tests.chaos.web_points import WEB_POINTS


def app() -> Flask:
    """Return the service as ``gis_service.wsgi`` makes it, armed."""
    os.environ["PGAPPNAME"] = f"{points.NAME}{os.getpid()}"  # libpq's own
    folder = Path(os.environ[points.FOLDER])
    points.arm(folder, WEB_POINTS)
    made = wsgi.app()
    points.up(folder).touch()
    return made
