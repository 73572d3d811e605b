"""The epidemic that is notified, if one is: contacts are traced under it alone."""

from dataclasses import dataclass
from datetime import date

from gis_service.settings import Settings


@dataclass(frozen=True, slots=True)
class Epidemic:
    """A notification: its reference, and its last day in India."""

    reference: str
    until: date


class NoEpidemic(Exception):
    """No epidemic is notified, or not any more; the message says until when one was."""


def told(settings: Settings) -> Epidemic | None:
    """Return the epidemic that the settings name, over or not."""
    if not settings.epidemic or settings.epidemic_until is None:
        return None
    return Epidemic(settings.epidemic, settings.epidemic_until)


def notified(settings: Settings, today: date) -> Epidemic | None:
    """Return the epidemic that is notified on a day."""
    last = told(settings)
    return last if last and today <= last.until else None


def demand(settings: Settings, today: date) -> Epidemic:
    """Return the epidemic that is notified on a day.

    Raises:
        NoEpidemic: none is.
    """
    found = notified(settings, today)
    if found is not None:
        return found
    last = told(settings)
    why = "no epidemic is notified (NMIS_EPIDEMIC)"
    if last:
        why = f"the epidemic of {last.reference} was notified until {last.until}"
    raise NoEpidemic(f"contacts are traced while an epidemic is notified; {why}")
