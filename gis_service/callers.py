"""Whose a request is, before anybody has read its token: for fair shares of the gate.

A token is known by its hash. Once a view has found out which state it is of, all tokens
of that state count as one caller.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Set by whoever has found out which state's request it is.
STATE = "nmis.state"
_MOST = 4096
_HASH_BYTES = 16


@dataclass(frozen=True, slots=True)
class Callers:
    """The states of the tokens that were seen last."""

    _states: OrderedDict[bytes, Hashable] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def caller(self, environ: "WSGIEnvironment") -> Hashable:
        """Return whose a request is; None where it shows no token."""
        token = _token(environ)
        if token is None:
            return None
        with self._lock:
            return self._states.get(token, token)

    def note(self, environ: "WSGIEnvironment") -> None:
        """Remember whose token an answered request showed, where that was found out."""
        token, state = _token(environ), environ.get(STATE)
        if token is None or state is None:
            return
        with self._lock:
            self._states[token] = state
            self._states.move_to_end(token)
            while len(self._states) > _MOST:
                self._states.popitem(last=False)


def _token(environ: "WSGIEnvironment") -> bytes | None:
    shown: str | None = environ.get("HTTP_AUTHORIZATION")
    if shown is None:
        return None
    return hashlib.sha256(shown.encode("utf-8", "replace")).digest()[:_HASH_BYTES]
