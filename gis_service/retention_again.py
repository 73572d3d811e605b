"""Erased again: whom and what a restored backup brought back, by the file beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, LargeBinary, Table, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Date

from gis_service import audit, retention
from gis_service.audit.keys import FILE, audit_key
from gis_service.retention import Purger
from gis_service.retention_caught_up import LISTS
from gis_service.retention_kept import Gone, Month, erased_file, key_name, lines_in
from gis_service.retention_key import hash_key
from gis_service.retention_person import erase
from gis_service.secrets import KEK
from movements.retention import INDIA, Run
from movements.retention_people import hashed
from movements.retention_tables import ERASED
from movements.tables import PERSON
from routes.arrays import BYTES, cells, columns, taught

# People looked at in one question.
PAGE = 10_000

_GIVEN = columns({"hash": LargeBinary})


class NoErasedFile(Exception):
    """The file of the erased is missing."""


class OtherKeys(Exception):
    """The keys are missing, or are not those that the file was written with."""


@dataclass(frozen=True, slots=True)
class Again:
    """What was erased again.

    Attributes:
        months: that were taken out of view, or whose archive was destroyed.
        people: who were erased one by one.
    """

    months: tuple[str, ...]
    people: int


def ready(var: Path) -> Path:
    """Return the file of the erased; the keys that it needs are beside it.

    Makes no key: another would make other hashes, and find nobody.

    Raises:
        NoErasedFile: it is not there.
        OtherKeys: a key is not there, or the file was written with another.
        BadErasedFile: the file holds something else.
    """
    path = erased_file(var)
    if not path.exists():
        raise NoErasedFile(
            f"{path} is missing: whoever was erased after the backup was made may be"
            " back. Put its copy in place, then call `nmis purge again`"
        )
    for name in (FILE, KEK):
        if not (var / "secrets" / name).exists():
            raise OtherKeys(
                f"{var / 'secrets' / name} is missing; put its backup in place, so that"
                " whoever was erased after the backup was made is erased again"
            )
    name = key_name(audit_key(var))
    if any(isinstance(line, Gone) and line.key != name for line in lines_in(path)):
        raise OtherKeys(
            f"{path} was written with another key than secrets/{FILE}; put the backup"
            " of that one in place"
        )
    return path


def erased_again(by: Purger) -> Again:
    """Erase again whatever the file names and the database still has, or has again.

    By what erased it before: months by the purge, then people one by one. Broken off,
    it goes on when called again.

    Raises:
        NoErasedFile, OtherKeys, BadErasedFile: as ``ready``.
        PurgeRunning: another purge, or a backup, is at work.
    """
    path = ready(by.var)
    _learnt(by.owner, path)
    wanted = list(_returned(by, path))
    if wanted:
        retention.purge(by, wanted)
    people = 0
    for person in _still_there(by):
        with by.owner.begin() as db:
            who = audit.operator()
            told = erase(
                db, person, key=by.audit, keys=by.keys, who=who, today=by.today
            )
            people += bool(told)
    return Again(tuple(run.name for run in wanted), people)


def _learnt(owner: Engine, path: Path) -> None:
    """Take the file's hashes into the database's own lists: they answer 410 again."""
    for line in lines_in(path):
        if isinstance(line, Gone) and line.of in LISTS:
            with owner.begin() as db:
                _listed(db, LISTS[line.of], line)


def _listed(db: Connection, table: Table, line: Gone) -> None:
    rows = select(_GIVEN.c.hash, literal(line.day, Date))
    new = insert(table).from_select(["hash", "gone"], rows).on_conflict_do_nothing()
    taught(db).execute(new, {"hash": cells(line.hashes, BYTES)})


def _returned(by: Purger, path: Path) -> Iterator[Run]:
    """Yield the months that the file has further than the database has."""
    kept: dict[tuple[date, int], list[Month]] = {}
    for line in lines_in(path):
        if isinstance(line, Month):
            kept.setdefault((line.month, line.run), []).append(line)
    for run in by.plan():
        lines = kept.get((run.month, run.number), [])
        destroyed = any(line.destroyed for line in lines)
        if run.destroyed or not lines or (run.archived and not destroyed):
            continue
        # Rows that came since, into a month that went in another history, are new.
        began = run.view_ends - timedelta(days=by.clocks.view_days)
        if not run.archived and began > max(_day(line.at) for line in lines):
            continue
        ends = min(run.floor_ends, by.today) if destroyed else run.floor_ends
        yield replace(run, floor_ends=ends)


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(INDIA)).date()


def _still_there(by: Purger) -> Iterator[UUID]:
    """Yield who is in the database, and in its list of the erased too."""
    key = hash_key(by.audit)
    with by.owner.connect() as db:
        streaming = {"stream_results": True, "yield_per": PAGE}
        everybody = db.execute(
            select(PERSON.c.person_id), execution_options=streaming
        ).scalars()
        with by.owner.connect() as other:
            while page := list(islice(everybody, PAGE)):
                of = {hashed(person, key=key): person for person in page}
                yield from (of[each] for each in _erased_of(other, of))


def _erased_of(db: Connection, hashes: Iterable[bytes]) -> list[bytes]:
    known = select(ERASED.c.hash).join(_GIVEN, _GIVEN.c.hash == ERASED.c.hash)
    found = taught(db).execute(known, {"hash": cells(hashes, BYTES)}).scalars()
    return [bytes(each) for each in found]
