"""Every address of the OpenAPI document, asked with values that lead somewhere."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from movements.unique_id import id_text
from tests.leaks.oracle import Person, policy

# What stands for a variable part of an address, where it is not of the crowd's.
PARTS: dict[str, list[str]] = {
    "level": ["state", "district"],
    "z": ["4"],
    "x": ["11"],
    "y": ["6"],
    "name": ["no-such-name"],
    "style": ["flows"],
    "n": ["1"],
}
# Parameters that change what is told, by the address that takes them.
FORMS = ("csv", "json")


NOBODY = Person(-1, 0, (0, 0), (0, 0), (), "", {}, date.min, id=id_text(UUID(int=7)))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        operation: its template, as ``GET /api/v1/people/{person}``.
        path: with its query.
        permissions: one of which the caller needs; none: anybody's, or by layer.
        body: of a request that writes.
        person: whom it is about, where it is about one.
        public: whether it says that anybody may call it.
    """

    operation: str
    path: str
    permissions: tuple[str, ...]
    body: dict[str, Any] | None = None
    person: Person | None = None
    public: bool = False

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.operation.partition(" ")[0]


def purposes(role: str) -> list[str]:
    """Return what a role may read people for."""
    return next((p.split() for p in _purposes(role) if p), [])


def _purposes(role: str) -> Iterator[str]:
    return (line["purposes"] for line in policy() if line["role"] == role)


def asked(
    document: dict[str, Any], crowd: list[Person], more: dict[str, list[str]], role: str
) -> Iterator[Asked]:
    """Yield requests of every operation that a role could send, with its purpose.

    Args:
        document: the OpenAPI document.
        crowd: people to ask for, one by one.
        more: values for variable parts beside ``PARTS``.
        role: whose purpose is stated where one is.
    """
    stated = (purposes(role) or ["reception"])[0]
    for template, item in document["paths"].items():
        for method, operation in item.items():
            yield from _of(template, method, operation, crowd, more, stated)


def _of(template, method, operation, crowd, more, stated) -> Iterator[Asked]:
    named = [p["name"] for p in operation.get("parameters", ())]
    query = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"]
    parts = [name for name in named if "{" + name + "}" in template]
    # What changes somebody is asked of nobody: the crowd stays as it is.
    whom = crowd if method == "get" else [NOBODY]
    about = whom if "person" in parts else [None]
    known = PARTS | more
    for person in about:
        values = [
            [person.id] if n == "person" else known.get(n, ["none"]) for n in parts
        ]
        for chosen in itertools.product(*values):
            path = template
            for name, value in zip(parts, chosen, strict=True):
                path = path.replace("{" + name + "}", value)
            for text in _queries(query, stated):
                yield Asked(
                    operation=f"{method.upper()} {template}",
                    path=path + text,
                    permissions=tuple(operation.get("x-permissions", ())),
                    body={} if method in ("post", "put", "patch") else None,
                    person=person,
                    public={} in operation["security"] or not operation["security"],
                )


def _queries(named: list[str], stated: str) -> list[str]:
    fixed = [f"purpose={stated}"] if "purpose" in named else []
    forms = [[f"f={form}"] for form in FORMS] if "f" in named else [[]]
    texts = ["&".join((*fixed, *form)) for form in forms]
    return [f"?{text}" if text else "" for text in texts]
