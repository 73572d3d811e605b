"""Views that read people: for a stated purpose, and never without an entry.

Mark such a view with ``reads_people``, below ``require``; let its parameters be a
``ForPurpose``; call ``seen`` with the connection that read. The entry is committed
before the answer leaves, in the transaction of the read: no audit, no data.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, partial, wraps
from typing import Any, TypeVar

from flask import Response, current_app, g
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from gis_service.access import current_officer
from gis_service.audit.keys import AuditKey
from gis_service.audit.purposes import Purpose, stated
from gis_service.audit.record import Subject, Who, record
from gis_service.request_log import current
from routes.driver import driver

View = TypeVar("View", bound=Callable[..., Any])


# What is to be written by each connection that read.
Entries = dict[Connection, list[Callable[[], None]]]


class Unaudited(Exception):
    """A view that reads people wrote no entry, or answers while it still reads."""


class ForPurpose(BaseModel):
    """What people are read for."""

    model_config = ConfigDict(extra="forbid")

    purpose: Purpose | None = Field(
        None, description="what for; needed of all but uploaders on their own batches"
    )

    @classmethod
    def model_json_schema(cls, *given: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as pydantic's
        """Return the schema, made once: it is asked for with each request."""
        if given or more:
            return super().model_json_schema(*given, **more)
        return _schema(cls)

    def again(self) -> str:
        """Return the purpose as the end of a ``next`` link's query."""
        return f"&purpose={self.purpose}" if self.purpose else ""


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return BaseModel.model_json_schema.__func__(model)  # type: ignore[attr-defined, no-any-return]  # a class method


def reads_people(view: View) -> View:
    """Mark a view as reading people; it must write an entry, and answer whole."""

    @wraps(view)
    def audited(**parts: object) -> Response:
        entries: Entries = {}
        g.seen_by = entries
        answer: Response = view(**parts)
        if not entries:
            raise Unaudited(f"{view.__name__} wrote no entry")
        if answer.is_streamed:
            raise Unaudited(f"{view.__name__} answers while it still reads")
        for db, to_write in entries.items():
            # Entries and COMMIT: one turn to the server and back.
            with driver(db).pipeline():
                for write in to_write:
                    write()
                db.commit()
        return answer

    audited.__dict__["reads_people"] = True
    return audited  # type: ignore[return-value]  # called with what the address holds


def seen(
    db: Connection,
    action: str,
    purpose: Purpose | None,
    about: Subject,
    *,
    ids: Iterable[str] = (),
) -> None:
    """Write that the caller saw people, in the transaction that read them.

    Args:
        db: the connection that read.
        action: what is done, as ``batch.people``.
        purpose: as the caller stated it.
        about: what was read; its ``people`` are filled here.
        ids: unique IDs of the people, as ``unique_id.id_text`` has them.

    Raises:
        NoPurpose: none was stated where one is needed, or not one of the role's.
    """
    key: AuditKey = current_app.extensions["audit"]
    officer = who()
    writes(
        db,
        partial(
            record,
            db,
            officer,
            purpose=stated(officer.role, purpose),
            action=action,
            subject=replace(about, people=key.hashed(ids)),
        ),
    )


def writes(db: Connection, entry: Callable[[], None]) -> None:
    """Have an entry written at the end of the view, in the transaction that read.

    Within a view that is marked ``reads_people``.
    """
    g.seen_by.setdefault(db, []).append(entry)


def who() -> Who:
    """Return who is asking, as entries name them; the request as its answer does."""
    officer = current_officer()
    return Who(officer.role, officer.token_id, current())
