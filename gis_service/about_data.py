"""What is done with people's data, in words: who sees what is read from policy.csv."""

from collections.abc import Iterable, Iterator
from typing import Any

from gis_service import epidemic
from gis_service.access import grain_of
from gis_service.audit.purposes import OF_ROLE, Purpose
from gis_service.people_plane import today
from gis_service.policy import ROLES, Permission, Role
from gis_service.readers import told_to_all
from gis_service.retention_clocks import clocks
from gis_service.settings import Settings
from gis_service.web.language import say
from movements.sight import ALL, OWN, PLAIN, SEALED, Sight

# What a role may do beside reading lists, where the public should know of it.
_ALSO = (
    Permission.PERSON_REVEAL,
    Permission.STAGE_RECORD,
    Permission.ARRIVAL_CREATE,
    Permission.HEADCOUNT_READ,
    Permission.PERSON_CORRECT,
    Permission.REQUEST_ANSWER,
    Permission.TRACE_APPROVE,
    Permission.AUDIT_READ,
)
# What concerns people; the others are the service's own.
_PURPOSES = tuple(
    each for each in Purpose if any(each in own for own in OF_ROLE.values())
)


def told(settings: Settings) -> dict[str, Any]:
    """Return what is told of data, in the language of the answer."""
    kept = clocks(settings)
    sunset = settings.sunset.isoformat() if settings.sunset else None
    days = {"view": str(kept.view_days), "keep": str(kept.keep_days)}
    return {
        "purposes": [
            {"purpose": str(each), "text": say(f"purpose_{each}")} for each in _PURPOSES
        ],
        "epidemic": _epidemic(settings),
        "epidemic_text": _epidemic_text(settings),
        "law": [say("about_law_dpdp"), say("about_law_logs")],
        "law_note": say("about_law_note"),
        "aadhaar": say(f"about_aadhaar_{settings.aadhaar}"),
        "who": [*map(_role, ROLES, ROLES.values()), _public()],
        "clocks": {"view_days": kept.view_days, "keep_days": kept.keep_days},
        "clocks_text": [
            say("about_clock_view", **days),
            say("about_clock_keep", **days),
        ],
        "sunset": sunset,
        "sunset_text": say("about_sunset", day=sunset)
        if sunset
        else say("about_no_sunset"),
        "stays": say("about_stays"),
        "grievance": settings.grievance or None,
        "grievance_text": settings.grievance or say("about_no_grievance"),
    }


def _epidemic(settings: Settings) -> dict[str, str] | None:
    found = epidemic.notified(settings, today())
    if found is None:
        return None
    return {"reference": found.reference, "until": found.until.isoformat()}


def _epidemic_text(settings: Settings) -> str:
    last = epidemic.told(settings)
    if last is None:
        return say("about_no_epidemic")
    over = epidemic.notified(settings, today()) is None
    key = "about_epidemic_over" if over else "about_epidemic"
    return say(key, day=last.until.isoformat(), reference=last.reference)


def _role(name: str, role: Role) -> dict[str, Any]:
    """Return what a role sees and may do."""
    return {
        "role": name,
        "title": say(f"role_{name}"),
        "people": [_sight(each, role) for each in role.sights],
        "nobody": None if role.sights else say("about_nobody"),
        "purposes": [say(f"purpose_short_{each}") for each in role.purposes],
        "flows": list(_flows(name, role)),
        "also": [
            say(f"about_may_{each.value.replace(':', '_')}")
            for each in _ALSO
            if each in role.permissions
        ],
        "idle": None if role.permissions else say("about_idle"),
    }


def _public() -> dict[str, Any]:
    flows = say("about_flows_release" if told_to_all() else "about_flows_nothing")
    return {
        "role": "public",
        "title": say("about_public"),
        "people": [],
        "nobody": say("about_nobody"),
        "purposes": [],
        "flows": [flows],
        "also": [],
        "idle": None,
    }


def _sight(sight: Sight, role: Role) -> dict[str, Any]:
    """Return whom, when and what by one line of the policy."""
    return {
        "side": sight.side,
        "whom": say(f"about_whom_{sight.side}", unit=_unit(role)),
        "when": "; ".join(_when(sight)) or say("about_always"),
        "fields": _fields(sight.fields),
    }


def _when(sight: Sight) -> Iterator[str]:
    # In the order of life, not of the alphabet.
    stages = [each for each in _STAGES if each in sight.stages]
    permissions = [each for each in _PERMISSIONS if each in sight.permissions]
    if stages:
        yield say("about_when_stage", stages=_listed(f"stage_{s}" for s in stages))
    if permissions:
        yield _listed(f"permission_{each}" for each in permissions)
    first, last = sight.first_day, sight.last_day
    if first is not None and last is not None:
        yield say("about_when_days", before=str(-first), after=str(last))
    elif last is not None:
        yield say("about_when_until", after=str(last))
    elif first is not None:
        yield say("about_when_from", before=str(-first))


def _fields(fields: frozenset[str]) -> str:
    if fields.issuperset(ALL):
        return say("about_all_fields")
    return _listed(
        f"field_{each}" for each in (*PLAIN, *SEALED, *OWN) if each in fields
    )


def _flows(name: str, role: Role) -> Iterator[str]:
    grain = grain_of(name)
    if Permission.FLOW_READ in role.permissions and grain:
        where = "own" if role.unit else "country"
        yield say(f"about_flows_{grain}_{where}", unit=_unit(role))
    if Permission.RELEASE_READ in role.permissions:
        yield say("about_flows_release")


def _unit(role: Role) -> str:
    return say(f"about_unit_{role.unit or 'country'}")


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(map(say, keys))


_STAGES = ("planned", "permitted", "departed", "arrived", "cancelled")
_PERMISSIONS = ("none", "notified", "requested", "granted", "refused", "withdrawn")
