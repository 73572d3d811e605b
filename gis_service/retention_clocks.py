"""How long people are kept, by the settings."""

from gis_service.settings import Settings
from movements.retention import Clocks


def clocks(settings: Settings) -> Clocks:
    """Return the clocks of an installation."""
    return Clocks(settings.view_days, settings.keep_days, settings.sunset)
