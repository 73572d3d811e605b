"""What is said of somebody of whom the reader sees no journey."""

from typing import NoReturn
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection

from gis_service.retention_key import refuse_erased
from movements.errors import Erased, UnknownPerson, Withdrawn
from movements.sight import Eye
from movements.tombstones import fate_of
from movements.unique_id import id_text


def refuse(db: Connection, looking: Eye, person: UUID) -> NoReturn:
    """Say that a person is gone, to those who could see them; to others: unknown.

    Of somebody whose month was purged nothing is left that tells who could: whoever
    has the unique ID is told.

    Args:
        db: a connection within the reader's walls.
        looking: who asks.
        person: a unique ID.

    Raises:
        Withdrawn, Erased: what became of them, and when.
        UnknownPerson: there is no such person, or none that the reader ever saw.
    """
    fate = fate_of(db, person, looking=looking)
    text = id_text(person)
    if fate is None:
        refuse_erased(db, person, current_app.extensions["audit"])
        raise UnknownPerson(f"no person {text}")
    told = f"{text} was {fate.kind} on {fate.at.date().isoformat()}"
    raise (Erased if fate.kind == "erased" else Withdrawn)(told)
