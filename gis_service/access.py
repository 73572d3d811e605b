"""What whoever is asking may do: how views are marked, and the check before each.

A caller shows a bearer token, or the cookie of a session. Who they are is read by
``officer.py``; what they may is here. Everything that views need is offered here.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import current_app, request, url_for

from gis_service import csrf
from gis_service.csrf import ForgedForm
from gis_service.grants import BadGrant
from gis_service.officer import (
    SAFE_METHODS,
    BearerNeeded,
    NoToken,
    Officer,
    current_officer,
    has_bearer,
    signed_in,
)
from gis_service.policy import LEVELS, ROLES, Permission, roles_with
from gis_service.sessions import SessionEnded
from gis_service.settings import Settings
from gis_service.tokens import MAX_DAYS, BadToken, issue, revoke, tokens

__all__ = [
    "MAX_DAYS",
    "BadGrant",
    "BadToken",
    "BearerNeeded",
    "ForgedForm",
    "NoToken",
    "NotPermitted",
    "Officer",
    "SessionEnded",
    "StepUpNeeded",
    "by_layer",
    "by_reader",
    "check",
    "current_officer",
    "demand",
    "demand_grain",
    "fresh",
    "grain_of",
    "issue",
    "public",
    "require",
    "require_fresh",
    "revoke",
    "signed_in",
    "tokens",
]

View = TypeVar("View", bound=Callable[..., Any])


class NotPermitted(Exception):
    """The caller is known, but their role may not do this; the message says who may."""


class StepUpNeeded(Exception):
    """What is asked for needs a sign-in of the last minutes; ``sign_in`` is where."""

    def __init__(self, message: str, sign_in: str) -> None:
        """Keep the address of the page to sign in again."""
        super().__init__(message)
        self.sign_in = sign_in


def require(*permissions: Permission) -> Callable[[View], View]:
    """Mark a view as needing one of some permissions; write it below the route's.

    The check runs before the view and before its parameters are read. The
    application refuses to start with a view that is marked neither so nor ``public``.
    """

    def marked(view: View) -> View:
        view.__dict__["permission"] = permissions
        return view

    return marked


def require_fresh(view: View) -> View:
    """Mark a view as needing a fresh sign-in; write it below ``require``.

    For what shows or gives away people: whoever asks has signed in, by themselves, at
    most five minutes ago. A token that a program sends is never fresh.
    """
    view.__dict__["fresh"] = True
    return view


def public(view: View) -> View:
    """Mark a view as open to everybody; write it below the route's decorator.

    One that changes something asks ``csrf.is_ours`` by itself.
    """
    view.__dict__["permission"] = None
    return view


def by_layer(view: View) -> View:
    """Mark a view that is open for public layers and itself checks for the others."""
    view.__dict__["permission"] = None
    view.__dict__["by_layer"] = True
    return view


def by_reader(view: View) -> View:
    """Mark a view that checks who reads; open to all where the release is public."""
    view.__dict__["permission"] = None
    view.__dict__["by_layer"] = True
    return view


def check() -> None:
    """Refuse the request unless its view is public or its caller holds the permission.

    Raises:
        NoToken, BadToken, BearerNeeded, ForgedForm, NotPermitted, StepUpNeeded: as
            their names say.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    permissions: tuple[Permission, ...] | None = getattr(view, "permission", None)
    if permissions is None or request.method == "OPTIONS":
        return
    officer = current_officer()
    if not has_bearer() and request.method not in SAFE_METHODS:
        csrf.demand()
    demand(officer, *permissions)
    if getattr(view, "fresh", False):
        fresh()


def fresh() -> None:
    """Refuse whoever did not sign in as themselves in the last five minutes.

    Raises:
        NoToken, BadToken: nobody is asking.
        StepUpNeeded: says where to sign in again, and comes back to what was read.
    """
    until = current_officer().fresh_until
    if until is not None and datetime.now(UTC) < until:
        return
    back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
    raise StepUpNeeded(
        "this needs a sign-in of the last five minutes, with your own account; a token"
        " is not enough",
        url_for("sign_in.again", next=back),
    )


def demand(officer: Officer, *permissions: Permission) -> None:
    """Refuse an officer whose role has none of the permissions.

    Raises:
        NotPermitted: names the roles that hold it, and why this one does not.
    """
    role = ROLES[officer.role]
    if role.permissions.intersection(permissions):
        return
    why = f": {role.refusal}" if role.refusal else ""
    raise NotPermitted(
        f"the role {officer.role!r} has no permission {' or '.join(permissions)}{why};"
        f" permitted: {', '.join(roles_with(*permissions))}"
    )


def grain_of(role: str) -> str | None:
    """Return the finest level of flows that a role reads exactly in this installation.

    ``None`` where it reads none. ``NMIS_MINISTRY_GRAIN`` decides for a ministry.
    """
    settings: Settings = current_app.extensions["settings"]
    if role == "ministry" and settings.ministry_grain == "exact":
        return LEVELS[-1]
    return ROLES[role].grain


def demand_grain(officer: Officer, level: str) -> None:
    """Refuse an officer who may not read flows as finely as ``level``.

    Raises:
        NotPermitted: names the finest level permitted.
    """
    grain = grain_of(officer.role)
    demand(officer, Permission.FLOW_READ)
    if grain is None or LEVELS.index(level) > LEVELS.index(grain):
        permitted = LEVELS[: LEVELS.index(grain or LEVELS[0]) + 1]
        raise NotPermitted(
            f"the role {officer.role!r} reads flows by {' or '.join(permitted)} and"
            f" day, not by {level}"
        )
