"""The service's own secrets: made once under ``NMIS_VAR/secrets``, readable by us only.

No secret has a default. Whoever can read these files can read everybody's profile,
so a file that others on the machine may read is refused, never repaired in silence.
"""

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from movements.release.draw import ReleaseKey

KEY_BYTES = 32  # AES-256 and HMAC-SHA256 both take 256 bits


class LooseSecret(Exception):
    """A secret's file is readable by others, or is not of the right length."""


class NoReleaseKey(Exception):
    """The key of earlier releases is missing."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys of one installation, 32 bytes each.

    Attributes:
        cookie_key: signs the session cookie.
        kek: the key-encryption key, under which the vault's data keys are wrapped.
        index_key: makes the blind index of mobiles.
        digest_key: makes the digests that tell whether a row was sent before.
    """

    cookie_key: bytes
    kek: bytes
    index_key: bytes
    digest_key: bytes

    def __repr__(self) -> str:
        """Show nothing, so that no traceback or log holds a key."""
        return "Secrets(...)"


def secrets_in(var: Path, *, secret_key: str = "") -> Secrets:
    """Return the secrets below ``var``, making those that are not there.

    Args:
        var: the folder for everything made at run time (``NMIS_VAR``).
        secret_key: ``NMIS_SECRET_KEY``; signs cookies instead of the file's key.

    Raises:
        LooseSecret: a file is open to others or is cut short.
    """
    folder = var / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cookie_key = secret_key.encode() or _key(folder / "cookie.key")
    return Secrets(
        cookie_key=cookie_key,
        kek=_key(folder / "kek.key"),
        index_key=_key(folder / "index.key"),
        digest_key=_key(folder / "digest.key"),
    )


def release_key(var: Path, *, may_make: bool) -> ReleaseKey:
    """Return the key that all releases are drawn by, from a file of its own.

    Args:
        var: the folder for everything made at run time (``NMIS_VAR``).
        may_make: whether it is made where it is missing: before the first release
            only, since another key would be a second draw.

    Raises:
        NoReleaseKey: it is missing.
        LooseSecret: the file is open to others or is cut short.
    """
    path = var / "secrets" / "release.key"
    if not path.exists() and not may_make:
        raise NoReleaseKey(
            f"{path} is missing, and releases were drawn by it; put its backup in"
            " place. Without it there are no further releases"
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = _key(path)
    # Names it without giving it away: the secret has 256 random bits.
    key_id = hashlib.sha256(b"nmis release key" + secret).hexdigest()[:12]
    return ReleaseKey(key_id, secret)


def single(path: Path) -> bytes:
    """Return the secret of a file of its own, making it where it is not there.

    Raises:
        LooseSecret: the file is open to others or is cut short.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _key(path)


def _key(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise LooseSecret(f"{path} has mode {mode:o}; allowed: 600 (chmod 600 it)")
    key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(key) != KEY_BYTES:
        raise LooseSecret(f"{path} holds {len(key)} bytes; allowed: {KEY_BYTES}")
    return key


def _make(path: Path) -> None:
    # Written beside and linked into place: of several workers starting at once, one
    # wins and the others read its key, never half of it.
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
