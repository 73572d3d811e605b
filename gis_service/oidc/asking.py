"""Sending an officer to the provider, and what their browser keeps meanwhile.

The browser keeps what must be there again when the provider sends it back, signed and
for ten minutes, in a cookie of its own: the session's is not sent on the way back from
another site.
"""

from dataclasses import asdict, dataclass

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from itsdangerous import BadSignature, URLSafeTimedSerializer

from gis_service.oidc.provider import Provider
from gis_service.sessions import FRESH, LIFE

SCOPE = "openid"
WAIT_S = 600
# RFC 7636 asks for 43 to 128 letters.
RANDOM_LETTERS = 48


@dataclass(frozen=True, slots=True)
class Asked:
    """A sign-in under way.

    Attributes:
        state: comes back with the answer.
        nonce: comes back within the token.
        verifier: shows that the code is redeemed by whom it was asked by.
        target: where the officer goes on to.
        again: whether they must show anew who they are.
    """

    state: str
    nonce: str
    verifier: str
    target: str
    again: bool

    def __repr__(self) -> str:
        """Show nothing."""
        return "Asked(...)"


class NotUnderWay(Exception):
    """The browser keeps no sign-in under way, or one that took too long."""


def asked(target: str, *, again: bool) -> Asked:
    """Return a new sign-in."""
    state, nonce, verifier = (generate_token(RANDOM_LETTERS) for _ in range(3))
    return Asked(state, nonce, verifier, target, again)


def address(provider: Provider, begun: Asked, *, back: str) -> str:
    """Return where the officer is sent to.

    Args:
        provider: whom they sign in with.
        begun: their sign-in.
        back: the address that the provider sends them back to.

    Raises:
        BadAnswer, SourceAway, AddressRefused: the provider cannot be asked.
    """
    longest = FRESH if begun.again else LIFE
    more = {"prompt": "login"} if begun.again else {}
    return str(
        prepare_grant_uri(
            provider.address("authorization_endpoint"),
            client_id=provider.client.client_id,
            response_type="code",
            redirect_uri=back,
            scope=SCOPE,
            state=begun.state,
            nonce=begun.nonce,
            code_challenge=create_s256_code_challenge(begun.verifier),
            code_challenge_method="S256",
            max_age=str(int(longest.total_seconds())),
            **more,
        )
    )


def written(key: bytes, begun: Asked) -> str:
    """Return a sign-in as the browser keeps it."""
    return str(_signer(key).dumps(asdict(begun)))


def read(key: bytes, kept: str | None) -> Asked:
    """Return the sign-in that the browser kept.

    Raises:
        NotUnderWay: it kept none, it is not ours, or it took too long.
    """
    try:
        return Asked(**_signer(key).loads(kept or "", max_age=WAIT_S))
    except (BadSignature, TypeError) as error:
        raise NotUnderWay("begin to sign in again") from error


def _signer(key: bytes) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="nmis oidc sign-in")
