"""One person by mobile, and who rode in the same coach or bus.

Four steps, and before each the walls of the database are set to what it is about:
whose number it is, their journeys, who else was in those carriages, who those are.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection

from boundaries.names import fold
from boundaries.wall import enter_to_trace
from movements import journal, people_profiles, tracing_sql
from movements.errors import NoSuchName, SeveralPeople, TooManyContacts
from movements.events import bucket
from movements.journal import Seen
from movements.journal_months import Months
from movements.keys import Keys
from movements.people_profiles import Key, Profile, Sealed, index
from movements.people_shown import month, profile_key
from movements.sight import Eye
from movements.vehicle import ON_THE_WAY

# A coach has 72 berths and carried twice as many; where more are in it, "GEN" stands
# for a whole train, or somebody wrote one coach for all.
MOST = 500

# A phone serves a group. Of a number that was made up for whole lists (9999999999) no
# journey is looked for: it would take longer than anybody waits.
MOST_SHARING = 100

Journeys = list[Seen]  # of one person, in order of travel


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is asked for.

    Attributes:
        mobile: E.164; the person's own, never one that was lent to them.
        name: which of those who share it.
        first: first day of travel.
        last: last day of travel, inclusive.
    """

    mobile: str
    name: str | None
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Contacts:
    """Whom a question found.

    Attributes:
        person: their journeys; none: nobody was found.
        others: of each other one the journeys in the same carriages.
        profiles: of all of them, by person and month.
    """

    person: Journeys = field(default_factory=list)
    others: list[Journeys] = field(default_factory=list)
    profiles: Mapping[Key, Profile] = field(default_factory=dict)

    def apart(self) -> Journeys:
        """Return the person's journeys of which no coach or bus is known."""
        return [seen for seen in self.person if seen.row["carriage"] is None]


def contacts(
    db: Connection, eye: Eye, wanted: Wanted, *, months: Months, keys: Keys
) -> Contacts:
    """Return who has a mobile, and who rode in the same coach or bus.

    Args:
        db: a connection on the officer plane, in a transaction.
        eye: a tracer.
        wanted: who is asked for.
        months: as ``journal_months.filled`` gives them.
        keys: the keys of the vault.

    Raises:
        SeveralPeople: who they are asked by is several.
        NoSuchName: the number is somebody's of another name.
        TooManyContacts: more than ``MOST`` were in the same carriages.
        Unsealable: a record does not open.
    """
    found = _with_mobile(db, eye, wanted, months=months, keys=keys)
    if not found:
        return Contacts()
    person = found[0].person
    enter_to_trace(db, people=[person])
    profiles = people_profiles.profiles(db, map(profile_key, found), keys=keys)
    others = _others(db, eye, found)
    if others:
        enter_to_trace(db, people=[own[0].person for own in others])
        every = [profile_key(seen) for own in others for seen in own]
        profiles |= people_profiles.profiles(db, every, keys=keys)
    return Contacts(found, others, profiles)


def _with_mobile(
    db: Connection, eye: Eye, wanted: Wanted, *, months: Months, keys: Keys
) -> Journeys:
    """Return the journeys of the one who has a mobile; none: nobody has."""
    enter_to_trace(db, mobiles=[index(wanted.mobile, keys=keys)])
    among = [m for m in months if month(wanted.first) <= m <= wanted.last]
    have = people_profiles.by_mobile(db, wanted.mobile, months=among, keys=keys)
    people = {person for person, _ in have}
    called = people
    if people and wanted.name is not None:
        called = _called(db, wanted.name, have, keys=keys)
    # Where nobody is called so, whether anybody travelled then is looked up as well.
    people = called or people
    if len(people) > MOST_SHARING:
        raise SeveralPeople(len(people)) if called else NoSuchName(len(people))
    if not people:
        return []
    enter_to_trace(db, people=people)
    told = [
        own
        for own in _of_people(db, eye, sorted(people), wanted)
        if any("mobile" in each.fields and profile_key(each) in have for each in own)
    ]
    if told and not called:
        raise NoSuchName(len(told))
    if len(told) > 1:
        raise SeveralPeople(len(told))
    return told[0] if told else []


def _called(db: Connection, name: str, have: Sealed, *, keys: Keys) -> set[UUID]:
    """Return those who go by a name, as it is written in any way; maybe nobody."""
    profiles = people_profiles.opened(db, have.values(), keys=keys)
    folded = fold(name)
    return {
        person
        for (person, _), profile in profiles.items()
        if folded and fold(profile.get("name") or "") == folded
    }


def _of_people(
    db: Connection, eye: Eye, people: Collection[UUID], wanted: Wanted
) -> list[Journeys]:
    given = {
        "buckets": sorted({bucket(person) for person in people}),
        "people": list(people),
        "first": wanted.first,
        "last": wanted.last,
    }
    rows = db.execute(tracing_sql.of_people(eye), given).mappings()
    return _by_person(journal.seen(eye, rows))


def _others(db: Connection, eye: Eye, own: Journeys) -> list[Journeys]:
    shared = {s.row["carriage"]: s.row["travel_date"] for s in own if s.row["carriage"]}
    if not shared:
        return []
    enter_to_trace(db, carriages=shared)
    given = {
        "carriages": list(shared),
        "person": own[0].person,
        "first": min(shared.values()) - ON_THE_WAY,
        "last": max(shared.values()) + ON_THE_WAY,
    }
    rows = db.execute(tracing_sql.in_carriages(eye), given).mappings()
    others = _by_person(journal.seen(eye, rows))
    if len(others) > MOST:
        raise TooManyContacts(len(others), MOST)
    return others


def _by_person(journeys: Iterable[Seen]) -> list[Journeys]:
    ordered = sorted(journeys, key=lambda seen: seen.person)
    return [list(own) for _, own in groupby(ordered, key=lambda seen: seen.person)]
