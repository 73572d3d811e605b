"""The service's own secrets: made once under ``NMIS_VAR/secrets``, readable by us only.

No secret has a default. Whoever can read these files can read everybody's profile,
so a file that others on the machine may read is refused, never repaired in silence.
"""

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from movements.errors import Unsealable
from movements.release.draw import ReleaseKey
from movements.wrapping import KeyRing

KEY_BYTES = 32  # AES-256 and HMAC-SHA256 both take 256 bits

# The key-encryption key, and while it is changed (gis_service/vault_files.py) the next
# one and the one before. Read in this order, whichever moment a change is at.
NEXT, KEK, OLD = "kek-next.key", "kek.key", "kek-old.key"


class LooseSecret(Exception):
    """A secret's file is readable by others, or is not of the right length."""


class NoReleaseKey(Exception):
    """The key of earlier releases is missing."""


class LostKek(Unsealable):
    """The key-encryption key is missing, and there was one."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys of one installation, 32 bytes each.

    Attributes:
        cookie_key: signs the cookie of a sign-in under way.
        kek: the key-encryption keys, under which data keys and others are wrapped.
        index_key: makes the blind index of mobiles.
        digest_key: makes the digests that tell whether a row was sent before.
    """

    cookie_key: bytes
    kek: KeyRing = field(compare=False)
    index_key: bytes
    digest_key: bytes

    def __repr__(self) -> str:
        """Show nothing, so that no traceback or log holds a key."""
        return "Secrets(...)"


def secrets_in(var: Path, *, secret_key: str = "") -> Secrets:
    """Return the secrets below ``var``, making those that are not there.

    Args:
        var: the folder for everything made at run time (``NMIS_VAR``).
        secret_key: ``NMIS_SECRET_KEY``; signs them instead of the file's key.

    Raises:
        LooseSecret: a file is open to others or is cut short.
        LostKek: the key-encryption key is missing, and there was one.
    """
    folder = var / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # It was made before the index's key; another would open nothing that is sealed.
    if (folder / "index.key").exists() and not (folder / KEK).exists():
        raise LostKek(f"{folder / KEK} is missing; put its backup in place")
    cookie_key = secret_key.encode() or _key(folder / "cookie.key")
    _key(folder / KEK)
    return Secrets(
        cookie_key=cookie_key,
        kek=key_ring(folder),
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


def key_ring(folder: Path) -> KeyRing:
    """Return the key-encryption keys of a folder, read anew as they are needed."""
    return KeyRing(partial(keks, folder))


def keks(folder: Path) -> list[bytes]:
    """Return the key-encryption keys that are there, the one to wrap under first.

    Raises:
        LooseSecret: a file is open to others or is cut short.
        LostKek: there is none.
    """
    found = [key for name in (NEXT, KEK, OLD) if (key := _there(folder / name))]
    if not found:
        raise LostKek(f"{folder / KEK} is missing; put its backup in place")
    return found


def _there(path: Path) -> bytes | None:
    try:
        return key_of(path)
    except FileNotFoundError:
        return None


def _key(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    return key_of(path)


def refuse_loose(path: Path) -> None:
    """Refuse a file that others on the machine may read.

    Raises:
        LooseSecret: they may.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise LooseSecret(f"{path} has mode {mode:o}; allowed: 600 (chmod 600 it)")


def key_of(path: Path) -> bytes:
    """Return the key in a file.

    Raises:
        FileNotFoundError: there is no such file.
        LooseSecret: it is open to others or is cut short.
    """
    refuse_loose(path)
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
