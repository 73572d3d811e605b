"""A small real web server that portals' tests ask, plain or with TLS."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

JSON = {"Content-Type": "application/geo+json"}
CSV = {"Content-Type": "text/csv; charset=utf-8"}


@dataclass
class Portal:
    """A running server: what each path answers, and who asked."""

    port: int
    scheme: str = "http"
    routes: dict[str, Callable] = field(default_factory=dict)
    asked: list[tuple[str, dict]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)  # told by SNI
    bodies: list[tuple[bytes, dict]] = field(default_factory=list)  # posted

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def tells(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Have a path answer with a body."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in told.items():
                handler.send_header(name, value)
            if status not in (204, 304):
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.routes[path] = answer

    def leads(self, path: str, to: str, status: int = 302) -> None:
        self.tells(path, b"", status, Location=to)


@contextmanager
def portal(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None):
    """A server on a free port of a loopback address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            at.asked.append((self.path, dict(self.headers)))
            with suppress(OSError):  # a client that leaves is what some tests want
                at.routes[self.path.partition("?")[0]](self)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            at.bodies.append((body, dict(self.headers)))
            self.do_GET()

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        address_family = 10 if ":" in host else 2
        daemon_threads = True

        def handle_error(self, *_):
            pass

    server = Server((host, 0), Handler)
    at = Portal(server.server_port, "https" if tls else "http")
    if tls:
        tls.sni_callback = lambda _socket, name, _context: at.names.append(name)
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield at
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for some names, and a client's that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made up for tests")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([_name(each) for each in names]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "made.pem", folder / "made.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=str(pem))


def _name(text: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(text))
    return x509.DNSName(text)
