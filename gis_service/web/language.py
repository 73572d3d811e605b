"""The language of a page: asked for in its address, remembered, or the browser's."""

from functools import cache
from importlib.resources import files

import orjson
from flask import Response, request

LANGUAGES = {"en": "English", "hi": "हिन्दी"}
COOKIE = "nmis_lang"
COOKIE_S = 365 * 24 * 3600


@cache
def words(language: str) -> dict[str, str]:
    """Return the words of a language by key; the map is built from the same file."""
    path = files("gis_service.web") / "words" / f"{language}.json"
    table: dict[str, str] = orjson.loads(path.read_bytes())
    return table


def current() -> str:
    """Return the language of the page that is being answered."""
    for asked in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def say(key: str, **values: str) -> str:
    """Return words in the page's language, with ``{names}`` filled in."""
    text = words(current())[key]
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def named(name: str, name_hi: str | None) -> str:
    """Return a place's name in the page's language, where it has one."""
    return name_hi if current() == "hi" and name_hi else name


def remembered(response: Response) -> Response:
    """Keep a language that the address asked for."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(
            COOKIE,
            asked,
            max_age=COOKIE_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response
