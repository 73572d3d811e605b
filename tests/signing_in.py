"""Signing in on the pages as a browser does it: the form, then what it carries."""

import re
from datetime import UTC, datetime
from ipaddress import IPv4Address
from secrets import randbits

from gis_service import sessions
from gis_service.grants import granted
from gis_service.sessions import Holder
from gis_service.tables import ACCOUNT

SAME = {"Sec-Fetch-Site": "same-origin"}
FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


def from_anywhere() -> dict[str, str]:
    """A request's environment: an address of its own, which may sign in ten times."""
    return {"REMOTE_ADDR": str(IPv4Address(0x0A000000 + randbits(24)))}


def form_token(client, path: str = "/sign-in") -> str:
    """What a form of a page carries."""
    return FIELD.search(client.get(path).text).group(1)


def sign_in(client, token: str, headers=SAME, **more):
    """Sign in with a token."""
    data = {"token": token, "csrf_token": form_token(client)} | more
    return client.post(
        "/sign-in", data=data, headers=headers, environ_base=from_anywhere()
    )


def sign_out(client, headers=SAME):
    data = {"csrf_token": form_token(client, "/")}
    return client.post("/sign-out", data=data, headers=headers)


def begin_session(
    client, database, *, role, state=None, district=None, ago=None, number=""
):
    """Put an officer's own session into a client's cookie: fresh, or begun ``ago``.

    ``number`` tells officers of one role and unit apart.
    Return the header that lets it write.
    """
    with database.owner.begin() as db:
        grant = granted(db, role=role, state=state, district=district)
        name = f"test-{role}-{state}-{district}{number}"
        account = {"account_id": f"account:{name}", "kind": "oidc", "name": name}
        if not db.execute(ACCOUNT.select().where(ACCOUNT.c.name == name)).first():
            db.execute(ACCOUNT.insert().values(account))
        proved = datetime.now(UTC) - ago if ago else datetime.now(UTC)
        holder = Holder("oidc", grant, account["account_id"], proved)
        session_id = sessions.begin(db, holder)
    client.set_cookie("nmis", session_id)
    return SAME | {"X-CSRF-Token": form_token(client, "/")}
