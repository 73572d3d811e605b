"""How large a request's body may be, and how deep its JSON.

Forms and JSON are held in memory whole, and JSON takes up to thirty times its size
there. Uploads are read by their views as they come, up to limits of their own: mark
such a view with ``own_limit``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from gis_service.csrf import FORMS
from gis_service.steady import Source

View = TypeVar("View", bound=Callable[..., Any])

# Forms, and whatever anybody may send: the longest text that is asked for, each letter
# of it escaped, is a fifth of this.
SMALL_BYTES = 64 * 1024
# JSON of callers who are known: 20,000 unique IDs, one a line, are half of this.
MOST_BYTES = 2 * 1024 * 1024
# What is taken has three levels. Whatever looks at a value calls itself once for each.
MOST_LEVELS = 16


@dataclass(slots=True)
class Bounded:
    """A body that ends in an error behind so many bytes.

    Attributes:
        source: what the server gives.
        most: bytes that may come.
    """

    source: Source
    most: int
    taken: int = 0

    def read(self, size: int = -1) -> bytes:
        """Return as many bytes, or all that are left.

        Raises:
            RequestEntityTooLarge: more come than are allowed.
        """
        left = self.most - self.taken + 1
        piece = self.source.read(left if size < 0 else min(size, left))
        self.taken += len(piece)
        if self.taken > self.most:
            raise _too_large(f"more than {self.most}", self.most)
        return piece


class Shallow(DefaultJSONProvider):
    """Flask's JSON, of few levels."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ANN401 - as Flask has it
        """Return what a text holds.

        Raises:
            BadRequest: a list in a list, and so on, too often.
            ValueError: it is no JSON.
        """
        try:
            told = super().loads(s, **kwargs)
        except RecursionError as error:
            raise _too_deep() from error
        if _is_deep(told):
            raise _too_deep()
        return told


def own_limit(view: View) -> View:
    """Mark a view that reads its body by itself; write it below the route's decorator.

    It sees to it that the body is not too large.
    """
    view.__dict__["own_limit"] = True
    return view


def install(app: Flask) -> None:
    """Bound what requests to ``app`` may send; before anything reads a body."""
    app.json = Shallow(app)
    app.before_request(bound)


def bound() -> None:
    """Bound this request's body, whether or not it says how long it is.

    Raises:
        RequestEntityTooLarge: it says that it is too large; nothing of it is read.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "own_limit", False):
        return
    known = getattr(view, "permission", None) is not None
    most = MOST_BYTES if known and request.mimetype not in FORMS else SMALL_BYTES
    length = request.content_length or 0
    if length > most:
        raise _too_large(str(length), most)
    request.environ["wsgi.input"] = Bounded(request.environ["wsgi.input"], most)


def _is_deep(told: object) -> bool:
    level = _inner([told])
    for _ in range(MOST_LEVELS):
        level = [inner for each in level for inner in _inner(each)]
    return bool(level)


def _inner(told: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    """Return the lists and objects right within one."""
    values = told.values() if isinstance(told, dict) else told
    return [each for each in values if isinstance(each, dict | list)]


def _too_large(given: str, most: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"the body has {given} bytes; allowed: {most}")


def _too_deep() -> BadRequest:
    return BadRequest(
        f"the JSON has more than {MOST_LEVELS} levels, one within the other; allowed:"
        f" {MOST_LEVELS}"
    )
