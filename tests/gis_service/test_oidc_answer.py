"""What a provider's token must be to be believed: told by a provider that lies."""

import hmac
import json
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from threading import Thread
from time import monotonic, time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from gis_service.oidc import asking
from gis_service.oidc.answer import NotBelieved, proved
from gis_service.oidc.provider import Client, Provider
from gis_service.oidc.provider import provider as found
from gis_service.secrets import LooseSecret
from gis_service.settings import BadSetting, Settings
from layers.errors import BadAnswer
from tests.oidc_provider import Quiet

KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
LATER = ECKey.generate_key("P-256", {"kid": "2", "use": "sig"})


class Liar:
    """A provider that says whatever a test wants."""

    def __init__(self):
        self.issuer = ""
        self.keys = [KEY]
        self.id_token = ""
        self.document = {}
        self.asked = []

    def __call__(self, environ, start):
        request = Request(environ)
        self.asked.append(request.path)
        told = {
            "/.well-known/openid-configuration": self._document,
            "/keys": lambda: {
                "keys": [key.as_dict(private=False) for key in self.keys]
            },
            "/token": lambda: {"access_token": "x", "id_token": self.id_token},
        }[request.path]()
        return Response(json.dumps(told), mimetype="application/json")(environ, start)

    def _document(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.document


@contextmanager
def serving(liar):
    server = make_server("127.0.0.1", 0, liar, request_handler=Quiet)
    liar.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def liar():
    with serving(Liar()) as found:
        yield found


@pytest.fixture
def provider(liar):
    liar.keys, liar.document = [KEY], {}
    return Provider(Client(liar.issuer, "nmis", ""))


@pytest.fixture
def begun():
    return asking.asked("/", again=False)


def claims(liar, begun, **changed):
    now = int(time())
    told = {
        "iss": liar.issuer,
        "sub": "someone",
        "aud": "nmis",
        "exp": now + 300,
        "iat": now,
        "auth_time": now - 5,
        "nonce": begun.nonce,
    } | changed
    return {name: value for name, value in told.items() if value is not None}


def believed(provider, begun):
    told = {"state": begun.state, "code": "x"}
    return proved(provider, begun, told, back="http://localhost/back")


def signed(told, *, key=KEY, alg="RS256", **header):
    return jwt.encode({"alg": alg, "kid": key.kid} | header, told, key, [alg])


def test_a_right_token_is_believed(liar, provider, begun):
    liar.id_token = signed(claims(liar, begun))
    who = believed(provider, begun)
    assert who.subject == "someone"
    assert "someone" not in repr(who)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": ["nmis", "another"]},  # and no azp
        {"aud": ["nmis", "another"], "azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time()) - 3600},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a\0b"},
        {"sub": "x" * 256},
        {"auth_time": None},
        {"auth_time": "yesterday"},
        {"auth_time": int(time()) - 9 * 3600},
    ],
)
def test_a_token_with_a_claim_that_is_wrong_is_not(liar, provider, begun, changed):
    liar.id_token = signed(claims(liar, begun, **changed))
    with pytest.raises(NotBelieved) as told:
        believed(provider, begun)
    assert "someone" not in str(told.value)


def test_a_token_signed_by_nobody_or_another_is_not(liar, provider, begun):
    told = claims(liar, begun)
    right = signed(told)
    head, body, signature = right.split(".")
    # With the public key, which everybody has, as the secret.
    shared = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ." + body
    made = hmac.digest(KEY.as_pem(private=False), shared.encode(), "sha256")
    for wrong in (
        signed(told, key=OTHER),
        "eyJhbGciOiJub25lIiwia2lkIjoiMSJ9." + body + ".",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[::-1]}",
        f"{shared}.{urlsafe_b64encode(made).decode().rstrip('=')}",
        "not a token",
        "",
    ):
        liar.id_token = wrong
        with pytest.raises(NotBelieved):
            believed(provider, begun)


def test_a_new_key_is_asked_for_but_not_again_and_again(liar, provider, begun):
    liar.id_token = signed(claims(liar, begun))
    believed(provider, begun)
    liar.keys = [KEY, LATER]
    liar.id_token = signed(claims(liar, begun), key=LATER, alg="ES256")
    provider._keys.clock = lambda: monotonic() + 61
    assert believed(provider, begun).subject == "someone"
    liar.asked.clear()
    unknown = ECKey.generate_key("P-256", {"kid": "3"})
    liar.id_token = signed(claims(liar, begun), key=unknown, alg="ES256")
    for _ in range(3):
        with pytest.raises(NotBelieved):
            believed(provider, begun)
    assert "/keys" not in liar.asked


def test_who_asks_again_must_have_been_asked_just_now(liar, provider):
    begun = asking.asked("/", again=True)
    liar.id_token = signed(claims(liar, begun, auth_time=int(time()) - 600))
    with pytest.raises(NotBelieved, match="auth_time"):
        believed(provider, begun)


def test_a_provider_that_names_another_issuer_is_not_ours(liar, provider, begun):
    liar.document = {"issuer": "https://elsewhere.example"}
    with pytest.raises(BadAnswer, match="another issuer"):
        believed(provider, begun)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"oidc_issuer": "id.example"}, "NMIS_OIDC_ISSUER is 'id.example'"),
        ({"oidc_issuer": "https://id.example"}, "NMIS_OIDC_CLIENT_ID is missing"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(tmp_path, given, words):
    with pytest.raises(BadSetting, match=words):
        found(Settings(var=tmp_path, **given))


def test_the_clients_secret_is_read_from_a_file_of_our_own_only(tmp_path):
    settings = Settings(
        var=tmp_path, oidc_issuer="https://id.example", oidc_client_id="nmis"
    )
    assert found(settings).client.secret == ""
    file = tmp_path / "secrets" / "oidc-client"
    file.parent.mkdir()
    file.write_text("made up\n")
    file.chmod(0o644)
    with pytest.raises(LooseSecret, match="mode 644"):
        found(settings)
    file.chmod(0o600)
    assert found(settings).client.secret == "made up"
    assert "made up" not in repr(found(settings).client)


def test_what_the_browser_keeps_is_ours_and_for_ten_minutes(begun, monkeypatch):
    kept = asking.written(b"k" * 32, begun)
    assert asking.read(b"k" * 32, kept) == begun
    for key, wrong in ((b"x" * 32, kept), (b"k" * 32, kept[:-2]), (b"k" * 32, None)):
        with pytest.raises(asking.NotUnderWay):
            asking.read(key, wrong)
    monkeypatch.setattr(asking, "WAIT_S", -1)
    with pytest.raises(asking.NotUnderWay):
        asking.read(b"k" * 32, kept)
