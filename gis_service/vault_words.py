"""What has to be said of how Aadhaar numbers are kept."""

import logging

from gis_service.settings import Settings

NO_HSM = (
    "Aadhaar numbers are kept (NMIS_AADHAAR=vault) without a hardware security module:"
    " their keys are files under NMIS_VAR/secrets. UIDAI asks for an HSM; see"
    " docs/vault.md."
)


def warning(settings: Settings) -> str | None:
    """Return what is to be said at the start, where anything is."""
    return NO_HSM if settings.aadhaar == "vault" else None


def tell(settings: Settings) -> None:
    """Write it into the log of this process."""
    if said := warning(settings):
        logging.getLogger(__name__).warning(said)
