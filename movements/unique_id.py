"""The unique ID of a person, as read aloud and typed.

128 random bits in Crockford base32 (26 signs; Crockford, "Base 32 Encoding") and
one check sign modulo 37, in groups of four. Nothing of the person is in it.
"""

import re
from uuid import UUID

from movements.errors import BadUniqueId

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = _SIGNS + "*~$=U"
_VALUE = {sign: value for value, sign in enumerate(_SIGNS)}
_LENGTH = 26
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})


def id_text(person: UUID) -> str:
    """Return the text form, such as ``7ZZZ-…-ZZ*``: always 27 signs and six hyphens."""
    value = person.int
    signs = [_SIGNS[(value >> shift) & 31] for shift in range(125, -1, -5)]
    signs.append(_CHECKS[value % 37])
    text = "".join(signs)
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def id_of(text: str) -> UUID:
    """Return the ID of a text, in any case, with or without hyphens and spaces.

    Raises:
        BadUniqueId: a sign, the length or the check sign is wrong.
    """
    signs = re.sub(r"[\s-]", "", text).upper()
    body, check = signs[:-1].translate(_LOOKALIKES), signs[-1:].translate(_LOOKALIKES)
    if len(body) != _LENGTH or any(sign not in _VALUE for sign in body):
        raise BadUniqueId(text)
    value = 0
    for sign in body:
        value = value << 5 | _VALUE[sign]
    if value >> 128 or _CHECKS[value % 37] != check:
        raise BadUniqueId(text)
    return UUID(int=value)
