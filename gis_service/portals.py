"""Pull sources of portals, one after the other; one that fails disturbs no other."""

import ssl
import stat
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from gis_service.secrets import LooseSecret
from layers.errors import BadSource, LayerError
from layers.fetch_address import Resolve, resolved
from layers.portal_pull import Means, Pulled, pull
from layers.portal_store import failed
from layers.portal_tables import PORTAL_SOURCE

MOST_LETTERS = 8_192

Say = Callable[[str], None]


def pull_each(
    owner: Engine,
    names: Iterable[str],
    *,
    say: Say,
    resolve: Resolve = resolved,
    trust: ssl.SSLContext | None = None,
) -> bool:
    """Pull some sources and say how it went; return whether all of it went well.

    Each is a transaction of its own. A failure is noted with the source, whose last
    good snapshot stays.
    """
    means = Means(resolve=resolve, trust=trust)
    went_well = True
    for name in names:
        try:
            say(_said(name, _pulled(owner, name, means)))
        except (LayerError, LooseSecret) as error:
            went_well = False
            say(f"{name}: failed: {error}")
    return went_well


def _pulled(owner: Engine, name: str, means: Means) -> Pulled | None:
    try:
        token = _token(owner, name)
        with owner.begin() as db:
            now = datetime.now(UTC)
            return pull(db, name, now=now, means=replace(means, token=token))
    except Exception as error:
        # Noted whatever it is: or it would be tried again each minute.
        with owner.begin() as db:
            failed(db, name, error, now=datetime.now(UTC))
        raise


def _token(owner: Engine, name: str) -> str | None:
    file = select(PORTAL_SOURCE.c.token_file).where(PORTAL_SOURCE.c.name == name)
    with owner.connect() as db:
        path = db.execute(file).scalar_one_or_none()
    return token_in(Path(path)) if path else None


def token_in(path: Path) -> str:
    """Return the token that a file holds, one line.

    Raises:
        LooseSecret: others on the machine may read the file.
        BadSource: it is not there, or holds no token.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSource(f"the token file cannot be read: {path}") from error
    if mode & 0o077:
        raise LooseSecret(f"{path} has mode {mode:o}; allowed: 600 (chmod 600 it)")
    if not (text.isprintable() and 0 < len(text) <= MOST_LETTERS):
        raise BadSource(f"the token file holds no token of one line: {path}")
    return text


def _said(name: str, done: Pulled | None) -> str:
    if done is None:
        return f"{name}: it is being pulled, or was removed"
    if not done.changed:
        return f"{name}: nothing new"
    told = f"{name}: {done.districts} districts"
    return f"{told}, {done.unmatched} rows not used (nmis portal list says why)"
