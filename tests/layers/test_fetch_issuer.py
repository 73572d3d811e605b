"""Asking an OpenID provider: by TLS beyond this machine, within limits, no further."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from layers.errors import AddressRefused, BadAnswer, SourceAway
from layers.fetch_issuer import LIMITS, asked


class Answer(BaseHTTPRequestHandler):
    """Answers what its server was told to."""

    def do_GET(self):
        self._answer(b"")

    def do_POST(self):
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body):
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        status, headers, sent = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_args):
        """Say nothing."""


@contextmanager
def serving():
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        server.seen, server.answer = [], (200, {}, b"{}")
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def server():
    with serving() as found:
        yield found


@pytest.fixture
def url(server):
    server.seen.clear()
    return f"http://127.0.0.1:{server.server_port}/told"


def test_a_document_is_read_and_a_form_is_posted(server, url):
    server.answer = (200, {}, json.dumps({"a": 1}).encode())
    assert asked(url) == {"a": 1}
    assert asked(url, form={"code": "x&y"}, authorization="Basic eA==") == {"a": 1}
    (get, *_), (post, path, headers, body) = server.seen
    assert (get, post, path, body) == ("GET", "POST", "/told", b"code=x%26y")
    assert headers["Authorization"] == "Basic eA=="
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Cookie" not in headers


def test_without_tls_this_machine_alone_is_asked(url):
    port = int(url.split(":")[2].split("/")[0])
    for ips in (["10.0.0.7"], ["127.0.0.1", "192.0.2.1"]):
        with pytest.raises(AddressRefused, match="https alone"):
            asked(f"http://id.example:{port}/", resolve=lambda *_, ips=ips: ips)
    assert asked(f"http://id.example:{port}/", resolve=lambda *_: ["127.0.0.1"])


def test_a_redirect_is_not_followed(server, url):
    server.answer = (302, {"Location": "http://127.0.0.1/"}, b"{}")
    with pytest.raises(BadAnswer, match="302"):
        asked(url, form={"code": "x"})
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {}, b"<html>"), "no JSON"),
        ((200, {}, b"[]"), "no JSON object"),
        ((400, {}, b'{"error": "invalid_grant"}'), "400 'invalid_grant'"),
        ((500, {}, b"oh"), "500"),
        ((200, {}, b" " * (LIMITS.most_bytes + 1)), "larger than"),
    ],
)
def test_what_is_no_answer_is_said_in_words(server, url, answer, words):
    server.answer = answer
    with pytest.raises(BadAnswer, match=words):
        asked(url)


@pytest.mark.parametrize(
    "wrong", ["ftp://id.example", "id.example", "https://a:b@id.example", "http://x:y/"]
)
def test_what_is_no_address_is_refused(wrong):
    with pytest.raises(AddressRefused):
        asked(wrong)


def test_a_provider_that_is_away_is_said_to_be():
    with pytest.raises(SourceAway):
        asked("http://127.0.0.1:9/", resolve=lambda *_: ["127.0.0.1"])
