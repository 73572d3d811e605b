"""What a worker asks itself before it serves, so that no reader waits for it.

The first tiles of a new process and its new connection take several times as long as
later ones: statements are prepared, PostGIS is loaded, caches of both are empty.
"""

from http.client import NO_CONTENT, OK

from flask import Flask

# Tiles over all of India, closer than a map of the country begins: a place for each
# of some ten plans that PostgreSQL makes before it keeps one.
ZOOM = 9
COLUMNS, ROWS = range(358, 386, 6), range(212, 244, 8)


def warm(app: Flask) -> None:
    """Ask for some tiles; what is wrong now will be told to readers."""
    client = app.test_client()
    for x in COLUMNS:
        for y in ROWS:
            answer = client.get(f"/tiles/districts/{ZOOM}/{x}/{y}.mvt")
            if answer.status_code not in (OK, NO_CONTENT):
                return
