"""Where webhooks may go in this installation, by its settings."""

from ipaddress import ip_network

from gis_service.settings import BadSetting, Settings
from layers.fetch_post import Allowed


def allowed(settings: Settings) -> Allowed:
    """Return which networks and ports are allowed beside public ones and 443.

    Raises:
        BadSetting: one of them is none.
    """
    try:
        networks = tuple(map(ip_network, _parts(settings.webhook_networks)))
    except ValueError as error:
        raise BadSetting(f"NMIS_WEBHOOK_NETWORKS: {error}") from error
    try:
        ports = tuple(map(int, _parts(settings.webhook_ports)))
    except ValueError as error:
        raise BadSetting(f"NMIS_WEBHOOK_PORTS: {error}") from error
    return Allowed(networks=networks, ports=ports)


def _parts(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]
