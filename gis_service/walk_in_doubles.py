"""Whether somebody who arrives is on a list already: looked up before registering.

One phone serves a group and lists have mistakes, so nobody is ever taken for another:
the officer is shown who has the number, and says.
"""

from datetime import date, timedelta
from typing import Any

from flask import current_app

from gis_service.access import current_officer
from gis_service.audit import Subject
from gis_service.audit.purposes import Purpose
from gis_service.audit.seen import seen
from gis_service.intake import keys
from gis_service.people_plane import eye, months, opened_to_find
from movements import people
from movements.people_arrivals import SIDE
from movements.people_mobile import e164
from movements.people_shown import shown
from movements.sight import ENDS
from movements.unique_id import id_text

# Who arrived so long ago has come back since, if it is the same person.
LATELY = timedelta(days=14)


def listed(mobile: str) -> list[dict[str, Any]]:
    """Return journeys to the caller's places of who has a mobile.

    Those that can arrive now, or did so in the last days, at another desk perhaps.

    Within views that are marked ``reads_people``; each as ``people_shown.shown``.

    Raises:
        BadParameter: it is no mobile.
    """
    number = e164(mobile)
    looking, vault = eye(current_officer()), keys(current_app.extensions["secrets"])
    db = opened_to_find(looking)
    found, sealed = people.with_mobile(
        db, looking, number, months=months(db), keys=vault
    )
    name = looking.sides().get(SIDE)
    here = [
        each
        for own in found
        for each in own
        if name
        and each.row[ENDS[name]] == looking.scope[name]
        and each.row["stage"] != "cancelled"
        and _about_now(each.row["travel_date"], each.row["stage"], looking.today)
    ]
    profiles = people.known(db, here, keys=vault, sealed=sealed)
    ids = sorted({id_text(each.person) for each in here})
    about = Subject("person")
    seen(db, "arrival.look_up", Purpose.RECEPTION, about, ids=ids)
    return [shown(each, profiles) for each in here]


def _about_now(day: date, stage: str, today: date) -> bool:
    if stage == "arrived":
        return day >= today - LATELY
    return day <= today + timedelta(days=1)
