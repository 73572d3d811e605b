"""Passwords: made here, shown once, kept as an argon2id hash.

Nobody chooses one: 100 random bits are guessed neither in a dictionary nor from a
stolen hash. So the cost is the least that OWASP's Password Storage Cheat Sheet (2024)
allows, 19 MiB and two passes: sign-ins at once must not fill the machine's memory.
"""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Without i, l, o and u: what is copied by hand from paper is read aright (Crockford).
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
GROUPS, LETTERS_EACH = 4, 5

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def new_password() -> str:
    """Return a password of 100 random bits."""
    groups = (
        "".join(secrets.choice(LETTERS) for _ in range(LETTERS_EACH))
        for _ in range(GROUPS)
    )
    return "-".join(groups)


def hashed(password: str) -> str:
    """Return what is stored of a password."""
    return _HASHER.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Return whether a password is the one stored; as slow where there is none."""
    try:
        _HASHER.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys() -> str:
    return hashed(new_password())
