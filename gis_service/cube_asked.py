"""The one state of the cube that a request is answered from."""

from flask import current_app, g
from sqlalchemy import Connection

from layers.cube.keeper import Keeper
from layers.cube.snapshot import Snapshot


def cube_of(db: Connection, known: dict[str, int]) -> Snapshot:
    """Return the flows of the versions known or later ones, the same all request long.

    Asked for anew between finding the last days and counting them, the cube may have
    gone on, and the days be others.
    """
    if "flows" not in g:
        kept: Keeper = current_app.extensions["cube"]
        g.flows = kept.at(db, known)
    found: Snapshot = g.flows
    return found
