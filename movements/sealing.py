"""Records sealed with a month's data keys: what their bytes are."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from movements.errors import Unsealable
from movements.wrapping import NONCE

FORM = b"\x02"  # of a record: this, the key's version, the nonce, the ciphertext
UNVERSIONED = b"\x01"  # of before: without the version, which is 1


class NoDataKey(Unsealable):
    """The data key of a month, or the version that a record names, is not there."""


@dataclass(frozen=True, slots=True)
class MonthKeys:
    """The data keys of a month by version; records are sealed with the newest."""

    by_version: Mapping[int, AESGCM]

    @property
    def newest(self) -> int:
        """The version that records are sealed with."""
        return max(self.by_version)

    @property
    def head(self) -> bytes:
        """What a sealed record begins with."""
        return FORM + bytes([self.newest])

    def sealed(self, record: bytes, bound: bytes) -> bytes:
        """Return a record sealed for the place that ``bound`` names."""
        nonce = secrets.token_bytes(NONCE)
        key = self.by_version[self.newest]
        return self.head + nonce + key.encrypt(nonce, record, bound)

    def opened(self, sealed: bytes, bound: bytes) -> bytes:
        """Return the record.

        Raises:
            NoDataKey: the version of the key that it names is destroyed.
            Unsealable: another key, another place, or altered bytes.
        """
        version = version_of(sealed)
        if version not in self.by_version:
            raise NoDataKey(f"version {version} of the data key is not there")
        at = 1 if sealed[:1] == UNVERSIONED else 2
        nonce, ciphertext = sealed[at : at + NONCE], sealed[at + NONCE :]
        try:
            return self.by_version[version].decrypt(nonce, ciphertext, bound)
        except (InvalidTag, ValueError) as error:
            raise Unsealable("the record does not open in this place") from error


DataKeys = Mapping[date, MonthKeys]


def version_of(sealed: bytes) -> int:
    """Return which version of its month's key a record is sealed with.

    Raises:
        Unsealable: the form is not known.
    """
    if sealed[:1] == UNVERSIONED:
        return 1
    if sealed[:1] != FORM or not sealed[1:2]:
        raise Unsealable(f"form {sealed[:1].hex()} of a record is not known")
    return sealed[1]
