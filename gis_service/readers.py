"""Who reads flows: an officer exactly, others the release, as finely as they may."""

from dataclasses import dataclass

from flask import current_app, g

from boundaries.scope import COUNTRY, Scope
from gis_service.access import (
    NoToken,
    NotPermitted,
    Officer,
    current_officer,
    demand,
    demand_grain,
    grain_of,
    signed_in,
)
from gis_service.policy import LEVELS, ROLES, Permission
from gis_service.settings import Settings

# Clusters are made of districts: who may not read these may not read those.
GRAINS = {"cluster": "district"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose rows a reader may see, or how finely a release is told to them.

    Attributes:
        scope: the units they answer for.
        told: as of ``Question``; none where flows are exact.
    """

    scope: Scope
    told: str | None = None

    @property
    def plane(self) -> str:
        """The plane that answers them."""
        return "read" if self.told is None else "release"


EVERYBODY = Reader(COUNTRY, "state")


def exact_reader(level: str) -> Reader:
    """Return the officer who asks, as a reader of exact flows of a level.

    Raises:
        NoToken, BadToken: nobody is asking.
        NotPermitted: not exactly, or not as finely as this.
    """
    officer = current_officer()
    demand_grain(officer, level)
    return Reader(officer.scope)


def release_reader() -> Reader:
    """Return who asks, as a reader of the release.

    Raises:
        NoToken, BadToken: nobody is asking, and the release is not public.
        NotPermitted: their role may not, and the release is not public.
    """
    officer = asking()
    if officer is None:
        return _everybody()
    told = ROLES[officer.role].told
    if told is None and is_public():
        return _everybody()
    demand(officer, Permission.RELEASE_READ)
    return Reader(COUNTRY, told)


def flow_reader(level: str) -> Reader:
    """Return who asks, as a reader of flows of a level: exactly if they may.

    Raises:
        NoToken, BadToken: nobody is asking, and the release is not public.
        NotPermitted: neither exactly nor from a release, as finely as this.
    """
    officer = asking()
    level = GRAINS.get(level, level)
    if officer is not None and _exactly(officer, level):
        return Reader(officer.scope)
    if officer is not None and ROLES[officer.role].told is None and not is_public():
        demand(officer, Permission.FLOW_READ, Permission.RELEASE_READ)
        demand_grain(officer, level)
    reader = release_reader()
    refuse_finer(reader, level)
    return reader


def refuse_finer(reader: Reader, level: str) -> None:
    """Refuse who is told of states only what is finer.

    Raises:
        NotPermitted: says what is told.
    """
    if reader.told == "state" and LEVELS.index(level) > LEVELS.index("state"):
        raise NotPermitted(
            f"everybody is told flows by country or state and whole weeks, not by"
            f" {level}: sign in as an officer or an analyst"
        )


def told_to_all() -> str | None:
    """Return how finely the reader is told a release, who reads nothing exactly.

    ``None`` for those who read some flows exactly, or none at all.
    """
    officer = signed_in()
    if officer is not None and grain_of(officer.role) is not None:
        return None
    told = ROLES[officer.role].told if officer else None
    return told or ("state" if is_public() else None)


def is_public() -> bool:
    """Return whether readers without a token are told the release."""
    settings: Settings = current_app.extensions["settings"]
    return settings.public == "release"


def _exactly(officer: Officer, level: str) -> bool:
    grain = grain_of(officer.role)
    return grain is not None and LEVELS.index(level) <= LEVELS.index(grain)


def _everybody() -> Reader:
    g.everybody = True  # the same answer for all who show no token: see answers.py
    return EVERYBODY


def asking() -> Officer | None:
    """Return who asks; ``None`` where nobody does and the release is public.

    Raises:
        NoToken, BadToken: nobody does, and it is not.
    """
    try:
        return current_officer()
    except NoToken:
        if is_public():
            return None
        raise
