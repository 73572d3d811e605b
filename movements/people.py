"""People as a reader sees them: with their journeys, by page, by ID, by mobile."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Connection

from movements import journal
from movements.journal import Seen
from movements.journal_filter import EVERYTHING, Wanted
from movements.journal_months import Months
from movements.journal_place import Place
from movements.keys import Keys
from movements.people_profiles import Key, Profile, Sealed, by_mobile, opened, profiles
from movements.people_shown import needs_profile, profile_key
from movements.sight import Eye

Journeys = list[Seen]  # of one person, in order of travel


@dataclass(frozen=True, slots=True)
class People:
    """A page of people, each with the journeys that are seen, and the next one's place.

    ``next`` is ``None`` where there is none.
    """

    people: list[Journeys]
    next: Place | None


def page(
    db: Connection,
    eye: Eye,
    wanted: Wanted = EVERYTHING,
    *,
    after: Place | None = None,
    limit: int = 100,
) -> People:
    """Return people in order of the first of their journeys that is asked for.

    A page comes of ``limit`` journeys: who has several of them makes it shorter, and
    who stood on a page before is not listed again.

    Raises:
        BadParameter: as ``journal.page``.
    """
    found = journal.page(db, eye, wanted, after=after, limit=limit)
    listed = of(db, eye, (seen.person for seen in found.journeys))
    before = [seen for own in listed for seen in own if after and _by(seen, after)]
    if before:
        again = journal.matching(db, eye, wanted, before)
        known = {s.person for s in before if s.row["movement_id"] in again}
        listed = [own for own in listed if own[0].person not in known]
    return People(listed, found.next)


def of(
    db: Connection,
    eye: Eye,
    people: Iterable[UUID],
    *,
    months: Months | None = None,
    among: Months | None = None,
) -> list[Journeys]:
    """Return people whom the reader sees, in the order given.

    Args:
        db: a connection within the reader's walls.
        eye: who looks.
        people: unique IDs.
        months: as ``journal_months.filled`` gives them, where they are known.
        among: from the first to the last of which; default: all.
    """
    order = list(dict.fromkeys(people))
    place = {person: at for at, person in enumerate(order)}
    seen = journal.of_people(db, eye, order, months=months, among=among)
    # Sorting keeps each person's journeys in order of travel.
    seen.sort(key=lambda each: place[each.person])
    return [list(own) for _, own in groupby(seen, key=lambda each: each.person)]


def with_mobile(
    db: Connection, eye: Eye, mobile: str, *, months: Months, keys: Keys
) -> tuple[list[Journeys], Sealed]:
    """Return people with a mobile, of those whose mobile the reader is shown.

    To the first question already, people of others are as if there were nobody. Of each
    who is found: journeys from the first to the last month in which it was theirs. With
    them comes what ``known`` opens.

    Args:
        db: a connection within the reader's walls.
        eye: who looks.
        mobile: E.164.
        months: as ``journal_months.filled`` gives them.
        keys: the keys of the vault.
    """
    have = by_mobile(db, mobile, months=months, keys=keys)
    theirs = sorted({month for _, month in have})
    whose = sorted(person for person, _ in have)
    found = of(db, eye, whose, months=months, among=theirs)
    told = [own for own in found if any(_tells(seen, have) for seen in own)]
    return told, have


def known(
    db: Connection,
    journeys: Iterable[Seen],
    *,
    keys: Keys,
    sealed: Sealed = MappingProxyType({}),
) -> dict[Key, Profile]:
    """Return the profiles that are needed to show journeys.

    Args:
        db: a connection within the reader's walls.
        journeys: of the people.
        keys: the keys of the vault.
        sealed: what was fetched of them already.

    Raises:
        Unsealable: a record does not open.
    """
    wanted = {profile_key(seen) for seen in journeys if needs_profile(seen)}
    fetched = [sealed[key] for key in wanted & sealed.keys()]
    found = opened(db, fetched, keys=keys) if fetched else {}
    further = wanted - sealed.keys()
    return found | profiles(db, further, keys=keys) if further else found


def _by(seen: Seen, after: Place) -> bool:
    own = seen.place
    return (own.travel_date, own.movement_id) <= (after.travel_date, after.movement_id)


def _tells(seen: Seen, have: Container[Key]) -> bool:
    return "mobile" in seen.fields and profile_key(seen) in have
