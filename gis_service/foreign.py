"""Who reads layers of portals: everybody signed in, or everybody, as the source says.

They count nobody of ours, so nobody's scope narrows them; whether they may go further
than to officers is the licence's question, and the operator answers it
(``nmis portal add --public``).
"""

from sqlalchemy import select

from boundaries.scope import COUNTRY
from gis_service.access import current_officer
from gis_service.db import connection
from gis_service.readers import Reader
from layers.portal_tables import PORTAL_SOURCE


def foreign_reader(name: str) -> Reader:
    """Return who asks for a portal's layer.

    Raises:
        NoToken, BadToken: nobody is signed in, and the source is not public.
    """
    if not is_open(name):
        current_officer()
    return Reader(COUNTRY)


def is_open(name: str) -> bool:
    """Return whether a portal's source is registered as public."""
    source = PORTAL_SOURCE.c
    query = select(source.public).where(source.name == name)
    return bool(connection().execute(query).scalar_one_or_none())
