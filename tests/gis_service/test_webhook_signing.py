"""Signatures of webhooks are those of Standard Webhooks."""

import base64

import pytest

from gis_service.settings import BadSetting, Settings
from gis_service.webhooks import signing
from gis_service.webhooks.allowed import allowed

# The example that libraries of Standard Webhooks are tested with.
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example_is_signed_as_published():
    key = base64.b64decode(SECRET)
    assert signing.headers(key, message=MESSAGE, at=AT, body=BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": str(AT),
        "webhook-signature": SIGNATURE,
    }
    assert signing.secret_text(key) == f"whsec_{SECRET}"


def test_the_operators_networks_and_ports_are_read_or_refused():
    rules = allowed(
        Settings(webhook_networks="10.1.0.0/16, fd00::/8", webhook_ports="8443")
    )
    assert [str(each) for each in rules.networks] == ["10.1.0.0/16", "fd00::/8"]
    assert rules.ports == (8443,)
    with pytest.raises(BadSetting, match="NMIS_WEBHOOK_NETWORKS"):
        allowed(Settings(webhook_networks="10.1.0.1/16"))
    with pytest.raises(BadSetting, match="NMIS_WEBHOOK_PORTS"):
        allowed(Settings(webhook_ports="https"))
