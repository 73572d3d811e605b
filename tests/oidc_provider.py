"""A certified OpenID provider run by Node, and our service on a port, for a test."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from threading import Thread
from urllib.parse import urljoin

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from gis_service.app import create_app
from gis_service.settings import Settings

FOLDER = Path(__file__).parent / "oidc"
VENV = Path(__file__).parent.parent / "var" / "venv" / "bin"
SECRET = "made up: secret/of+tests"  # needs to be encoded in the header
ROLES = [
    {"claim": "groups", "value": "nmis-maharashtra", "role": "state", "state": 27},
    {"claim": "groups", "value": "nmis-patna", "role": "district", "district": 212},
]


class Quiet(WSGIRequestHandler):
    """A server that logs nothing."""

    def log(self, *_args):
        """Say nothing."""


@dataclass(slots=True)
class Running:
    """Both, running."""

    address: str
    issuer: str
    var: Path
    app: object


@contextmanager
def running(database, var: Path) -> Iterator[Running]:
    """Start both; stop both."""
    mounted = {}

    def mounted_app(environ, start):
        return mounted["app"](environ, start)

    server = make_server(
        "127.0.0.1",
        0,
        mounted_app,
        threaded=True,
        request_handler=Quiet,
    )
    address = f"http://127.0.0.1:{server.server_port}"
    with ExitStack() as ending:
        ending.callback(server.server_close)
        issuer = ending.enter_context(_provider(f"{address}/sign-in/provider/back"))
        (var / "secrets").mkdir(mode=0o700)
        client = var / "secrets" / "oidc-client"
        client.write_text(SECRET + "\n")
        client.chmod(0o600)
        (var / "oidc-roles.json").write_text(json.dumps(ROLES))
        settings = Settings(var=var, oidc_issuer=issuer, oidc_client_id="nmis")
        mounted["app"] = create_app(settings, database)
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield Running(address, issuer, var, mounted["app"])
        finally:
            server.shutdown()
            serving.join()


@contextmanager
def _provider(redirect: str) -> Iterator[str]:
    ours = VENV / "node"  # is there where the system's is too old
    node = str(ours) if ours.exists() else shutil.which("node")
    command = [node, "provider.js", redirect, SECRET]
    with subprocess.Popen(
        command,
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class Browser:
    """What a browser does with redirects and the provider's forms."""

    def __init__(self):
        self.session = requests.Session()
        self.session.headers["Sec-Fetch-Site"] = "same-origin"

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.session.close()

    def open(self, address: str, **more):
        return self.session.get(address, timeout=30, **more)

    def fill(self, page, **fields):
        """Send the form of a page, with its hidden fields."""
        action = unescape(re.search(r'<form[^>]*action="([^"]+)"', page.text).group(1))
        hidden = re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text
        )
        data = dict(hidden) | fields
        at = urljoin(page.url, action)
        return self.session.post(at, data=data, timeout=30)

    def sign_in(self, address: str, name: str, query: str = ""):
        """Go the whole way; return the page that the provider sends back to."""
        page = self.open(f"{address}/sign-in/provider{query}")
        if 'name="login"' in page.text:
            page = self.fill(page, login=name, password="any")
        if "/sign-in/provider/back" not in page.url:  # the provider asks for consent
            page = self.fill(page)
        return page
