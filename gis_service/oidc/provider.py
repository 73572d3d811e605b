"""The provider: what it says of itself, its keys, and how it knows us."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gis_service import secrets
from gis_service.oidc.kept import Kept
from gis_service.settings import BadSetting, Settings
from layers import fetch_issuer
from layers.errors import BadAnswer

DISCOVERY = "/.well-known/openid-configuration"
SECRET_FILE = "oidc-client"  # noqa: S105 - a file's name
KEPT_S = 3600.0
# Keys are asked for anew when one is not known; a stranger's tokens must not make us
# ask again and again.
KEYS_AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Client:
    """How the provider knows us.

    Attributes:
        issuer: of the provider, as it spells it.
        client_id: of this service.
        secret: of this service; without one, PKCE alone.
    """

    issuer: str
    client_id: str
    secret: str

    def __repr__(self) -> str:
        """Show no secret."""
        return f"Client({self.issuer}, {self.client_id})"


@dataclass(slots=True)
class Provider:
    """A provider, with what it said of itself kept for an hour."""

    client: Client
    _document: Kept[dict[str, Any]] = field(default_factory=Kept)
    _keys: Kept[KeySet] = field(default_factory=Kept)

    def address(self, name: str) -> str:
        """Return one of the provider's addresses, as its document has it.

        Raises:
            BadAnswer: it tells none, or is another provider.
            SourceAway, AddressRefused: it cannot be asked.
        """
        told = self._said().get(name)
        if not isinstance(told, str):
            raise BadAnswer(f"the provider tells no {name}")
        return told

    def names_itself(self) -> bool:
        """Return whether each of its answers carries ``iss`` (RFC 9207)."""
        told = self._said().get("authorization_response_iss_parameter_supported")
        return told is True

    def keys(self, *, anew: bool = False) -> KeySet:
        """Return its public keys; ``anew`` where one is missing among those kept.

        Raises:
            BadAnswer: they cannot be used.
            SourceAway, AddressRefused: it cannot be asked.
        """
        at = self.address("jwks_uri")
        within_s = KEYS_AGAIN_S if anew else KEPT_S
        return self._keys.told(
            lambda: _key_set(fetch_issuer.asked(at)), within_s=within_s
        )

    def tokens(self, form: dict[str, str]) -> dict[str, Any]:
        """Return what the provider gives for a code.

        Raises:
            BadAnswer: it refuses the code.
            SourceAway, AddressRefused: it cannot be asked.
        """
        client, authorization = self.client, ""
        if client.secret:
            # Each part is encoded as a form's value first (RFC 6749, 2.3.1).
            both = f"{quote(client.client_id, '')}:{quote(client.secret, '')}"
            authorization = "Basic " + base64.b64encode(both.encode()).decode()
        else:
            form = form | {"client_id": client.client_id}
        at = self.address("token_endpoint")
        return fetch_issuer.asked(at, form=form, authorization=authorization)

    def _said(self) -> dict[str, Any]:
        return self._document.told(self._fetched, within_s=KEPT_S)

    def _fetched(self) -> dict[str, Any]:
        told = fetch_issuer.asked(self.client.issuer.rstrip("/") + DISCOVERY)
        if told.get("issuer") != self.client.issuer:
            raise BadAnswer("the provider names another issuer than ours")
        return told


def provider(settings: Settings) -> Provider | None:
    """Return the provider of the settings, ``None`` where there is none.

    Raises:
        BadSetting: the issuer is no address, or our id at it is missing.
        LooseSecret: the client's secret may be read by others.
    """
    issuer = settings.oidc_issuer
    if not issuer:
        return None
    if not issuer.startswith(("https://", "http://")):
        raise BadSetting(f"NMIS_OIDC_ISSUER is {issuer!r}; allowed: https://...")
    if not settings.oidc_client_id:
        raise BadSetting("NMIS_OIDC_CLIENT_ID is missing beside NMIS_OIDC_ISSUER")
    secret = _secret(settings.var / "secrets" / SECRET_FILE)
    return Provider(Client(issuer, settings.oidc_client_id, secret))


def _secret(path: Path) -> str:
    if not path.exists():
        return ""
    secrets.refuse_loose(path)
    return path.read_text(encoding="utf-8").strip()


def _key_set(told: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(told)  # type: ignore[arg-type]  # as it came; checked there
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise BadAnswer("the provider's keys cannot be read") from error
