"""The provider's answer: redeemed, and believed only after everything was looked at."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from gis_service.oidc.asking import Asked
from gis_service.oidc.provider import Provider
from gis_service.sessions import FRESH, LIFE
from layers.errors import BadAnswer

# Signed with a key that only the provider has; never "none", nor a shared secret.
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "EdDSA", "Ed25519")
# Two clocks.
LEEWAY_S = 60
SUBJECT_LETTERS = 255  # OpenID Connect Core 1.0, 2


class NotBelieved(Exception):
    """The provider's answer is not one to our question; the message says why not."""


@dataclass(frozen=True, slots=True)
class Proved:
    """Who signed in, by the provider's word.

    Attributes:
        subject: the provider's name for them.
        claims: all that it says of them.
        at: when they showed the provider who they are.
    """

    subject: str
    claims: Mapping[str, Any]
    at: datetime

    def __repr__(self) -> str:
        """Show nothing: claims are personal."""
        return "Proved(...)"


def proved(
    provider: Provider, begun: Asked, told: Mapping[str, str], *, back: str
) -> Proved:
    """Return who signed in.

    Args:
        provider: whom they signed in with.
        begun: as the browser kept it.
        told: the parameters that the provider sent the browser back with.
        back: the address it was sent back to.

    Raises:
        NotBelieved: the answer is none to this question, or they were refused.
        BadAnswer, SourceAway, AddressRefused: the provider cannot be asked.
    """
    _refuse_strange(provider, begun, told)
    form = {
        "grant_type": "authorization_code",
        "code": told["code"],
        "redirect_uri": back,
        "code_verifier": begun.verifier,
    }
    given = provider.tokens(form)
    shown = given.get("id_token")
    if not isinstance(shown, str):
        raise BadAnswer("the provider gives no ID token")
    claims = _claims(provider, begun, shown, given.get("access_token"))
    return Proved(_subject(claims), claims, _since(claims, begun))


def _refuse_strange(provider: Provider, begun: Asked, told: Mapping[str, str]) -> None:
    if not hmac.compare_digest(told.get("state", "").encode(), begun.state.encode()):
        raise NotBelieved("the answer is to another question (state)")
    issuer = told.get("iss")
    if issuer is None and provider.names_itself():
        raise NotBelieved("the answer does not say whose it is (iss)")
    if issuer not in (None, provider.client.issuer):
        raise NotBelieved("the answer is another provider's (iss)")
    if "code" not in told:
        raise NotBelieved("the provider refused")


def _claims(
    provider: Provider, begun: Asked, shown: str, access_token: object
) -> Mapping[str, Any]:
    client = provider.client
    try:
        read = _verified(provider, shown)
        claims = CodeIDToken(
            read.claims,
            read.header,
            options={
                "iss": {"essential": True, "value": client.issuer},
                "aud": {"essential": True, "value": client.client_id},
                "nonce": {"essential": True, "value": begun.nonce},
            },
            params={
                "nonce": begun.nonce,
                "client_id": client.client_id,
                "max_age": LIFE.total_seconds(),
                "access_token": access_token,
            },
        )
        claims.validate(leeway=LEEWAY_S)
    except (JoseError, ValueError) as error:
        # A short code, as invalid_claim; the claims themselves are personal.
        reason = getattr(error, "error", "") or "unreadable"
        raise NotBelieved(f"the provider's token is not valid ({reason})") from error
    return dict(claims)


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims["sub"]
    fits = isinstance(subject, str) and subject.isprintable() and subject
    if not fits or len(subject) > SUBJECT_LETTERS:
        raise NotBelieved("the provider names nobody (sub)")
    return str(subject)


def _verified(provider: Provider, shown: str) -> jwt.Token:
    try:
        return jwt.decode(shown, provider.keys(), algorithms=ALGORITHMS)
    except (InvalidKeyIdError, ValueError):
        # It may have new keys.
        return jwt.decode(shown, provider.keys(anew=True), algorithms=ALGORITHMS)


def _since(claims: Mapping[str, Any], begun: Asked) -> datetime:
    now = datetime.now(UTC)
    at = min(now, datetime.fromtimestamp(claims["auth_time"], UTC))
    longest = FRESH if begun.again else LIFE
    if now - at > longest + timedelta(seconds=LEEWAY_S):
        raise NotBelieved("the provider did not ask who you are (auth_time)")
    return at
