"""A state's line to the server, which may be away, or die over a request."""

import http.client
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gis_service.web_server import Address

# A server that is away for longer than this has not come back.
PATIENCE_S = 300.0
PAUSE_S = 0.1

Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Wire:
    """Asks with a token.

    Attributes:
        statuses: of all answers; 0 stands for none at all.
    """

    at: Address
    bearer: str
    statuses: Counter[int] = field(default_factory=Counter)

    def asked(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> Answer:
        """Ask once; names of headers have ``_`` for ``-``.

        Returns:
            Status and JSON; 0 and nothing where no whole answer came.
        """
        status, answer = self._asked(
            method,
            path,
            body,
            {name.replace("_", "-"): value for name, value in headers.items()},
        )
        self.statuses[status] += 1
        return status, answer

    def fetched(self, path: str) -> dict[str, Any]:
        """Ask for what is there until it is answered."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            status, answer = self.asked("GET", path)
            if status == 200:
                return answer
            assert status in (0, 429, 503), f"{path}: {status} {answer}"
            time.sleep(PAUSE_S)
        message = f"{path}: not answered for {PATIENCE_S:.0f} s"
        raise AssertionError(message)

    def _asked(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> Answer:
        told = {"Authorization": f"Bearer {self.bearer}"} | headers
        wire = http.client.HTTPConnection(self.at.host, self.at.port, timeout=20)
        try:
            wire.request(method, path, body=body or None, headers=told)
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            wire.close()
