"""Settings, read once from the environment; nothing else reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any


class BadSetting(Exception):
    """An environment variable has a value that is not allowed."""


def _setting(default: Any, help_text: str) -> Any:  # noqa: ANN401 - field() is untyped
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set; field ``x`` is ``NMIS_X``.

    ``docs/settings.md`` lists the same, and a test compares them.
    """

    database_url: str = _setting(
        "", "PostgreSQL address of your own server; empty: a private cluster"
    )
    bind: str = _setting("127.0.0.1:8000", "address and port to serve on")
    var: Path = _setting(Path("var"), "folder for everything made at run time")
    secret_key: str = _setting(
        "", "signs sign-ins under way; empty: made once under NMIS_VAR, mode 600"
    )
    workers: int = _setting(2, "number of web worker processes")
    basemap_url: str = _setting(
        "", "XYZ address of background tiles; empty: our own boundaries only"
    )
    aadhaar: str = _setting("off", "off, last4 or vault: what is kept of Aadhaar")
    sunset: date | None = _setting(
        None, "day (ISO 8601) after which uploads are refused with 410"
    )
    view_days: int = _setting(
        30, "days after the end of a month that its people stay in view"
    )
    keep_days: int = _setting(
        365, "days after the end of a month until its sealed archive is destroyed"
    )
    public_url: str = _setting("", "address that readers use, behind a proxy or prefix")
    public: str = _setting(
        "",
        "nothing or release: what readers without a token see of flows; empty: nothing,"
        " but of a demonstration by `nmis up` the release",
    )
    yes: bool = _setting(
        default=False, help_text="1: set-up never asks before it installs"
    )
    window_start: date = _setting(
        date(2020, 3, 1), "earliest travel date taken (the emergency's first month)"
    )
    window_ahead: int = _setting(
        120, "days ahead that a travel date may lie (partitions are made for these)"
    )

    ministry_grain: str = _setting(
        "analyst",
        "analyst or exact: how a nodal ministry reads what is finer than pairs of"
        " states by day, as the release or as it is",
    )
    log: str = _setting(
        "some",
        "some, all or none: requests that leave a line in the log; some are those that"
        " write, fail or take more than a second",
    )
    read_timeout: int = _setting(
        10, "seconds that a statement of the read plane may take; then 503 too_slow"
    )
    proxies: int = _setting(
        0, "how many proxies of yours stand before the service and name the caller"
    )
    upload_mb: int = _setting(256, "megabytes that one upload may have, as sent")
    upload_rows: int = _setting(1_000_000, "rows that one upload may have")
    queue_mb: int = _setting(
        1024, "megabytes of uploads of one state that may wait to be worked off"
    )
    exports_mb: int = _setting(
        2048, "megabytes of exported files kept under NMIS_VAR/exports"
    )
    oidc_issuer: str = _setting(
        "", "OpenID provider that officers sign in with, as it spells its issuer"
    )
    oidc_client_id: str = _setting("", "client id of this service at that provider")

    grievance: str = _setting(
        "",
        "whom people may complain to, in words: office, address, telephone; /about-data"
        " shows it",
    )

    epidemic: str = _setting(
        "",
        "an epidemic's notification, by its reference: contacts are traced under it;"
        " with NMIS_EPIDEMIC_UNTIL",
    )
    epidemic_until: date | None = _setting(
        None, "last day (ISO 8601) on which contacts are traced; with NMIS_EPIDEMIC"
    )
    trace_quota: int = _setting(
        20,
        "questions for contacts that a tracer may ask in a day (in India); above, a"
        " second tracer approves each",
    )

    webhook_networks: str = _setting(
        "", "networks that are not public and may be sent webhooks, comma between"
    )
    webhook_ports: str = _setting(
        "", "ports that webhooks may go to beside 443, comma between"
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read settings from ``env``; an empty value counts as unset.

        Raises:
            BadSetting: a value is not of its kind; says which are allowed.
        """
        given: dict[str, Any] = {}
        for each in fields(cls):
            text = env.get(variable(each.name), "")
            if text:
                given[each.name] = _read(each.name, text, each.default)
        _refuse_half(given)
        return cls(**given)


CHOICES = {
    "aadhaar": ("off", "last4", "vault"),
    "public": ("nothing", "release"),
    "ministry_grain": ("analyst", "exact"),
    "log": ("some", "all", "none"),
}


MOST_TRACES = 1_000  # of a tracer in a day
LONGEST_EPIDEMIC_DAYS = 366
# Of these no day is a default.
_DAYS = ("sunset", "epidemic_until")
# One of them says nothing without the other.
_TOGETHER = ("epidemic", "epidemic_until")


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"NMIS_{name.upper()}"


def _refuse_half(given: Mapping[str, object]) -> None:
    missing = [name for name in _TOGETHER if name not in given]
    if len(missing) == 1:
        names = " and ".join(map(variable, _TOGETHER))
        raise BadSetting(f"{variable(missing[0])} is not set: {names} go together")


def _refuse_far(name: str, text: str, last: date) -> None:
    # Whoever forgets it is to have it ended.
    furthest = datetime.now(UTC).date() + timedelta(days=LONGEST_EPIDEMIC_DAYS)
    if last > furthest:
        raise BadSetting(
            f"{variable(name)} is {text!r}; allowed: up to {furthest}; set it anew then"
        )


def _read(name: str, text: str, default: object) -> object:
    try:
        value = _typed(name, text, default)
    except ValueError as error:
        message = f"{variable(name)} is {text!r}: {error}"
        raise BadSetting(message) from error
    if name == "trace_quota" and value not in range(MOST_TRACES + 1):
        raise BadSetting(f"{variable(name)} is {text!r}; allowed: 0 to {MOST_TRACES}")
    if name == "epidemic" and not text.strip():
        raise BadSetting(f"{variable(name)} is {text!r}; allowed: a reference in words")
    if name == "epidemic_until" and isinstance(value, date):
        _refuse_far(name, text, value)
    allowed = CHOICES.get(name)
    if allowed and value not in allowed:
        message = f"{variable(name)} is {text!r}; allowed: {', '.join(allowed)}"
        raise BadSetting(message)
    return value


def _typed(name: str, text: str, default: object) -> object:
    if isinstance(default, bool):
        return text.lower() in ("1", "true", "yes")
    if isinstance(default, int):
        return int(text)
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, date) or name in _DAYS:
        return date.fromisoformat(text)
    return text
