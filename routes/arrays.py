"""Whole columns as single bound arrays, in PostgreSQL's binary form.

The driver would make and look at every element by itself, and the server would read
each from text: for 10,000 keys that is 10 ms instead of one.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import BindParameter, Connection, bindparam, column, func, literal
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine, UserDefinedType

from routes.driver import driver

Fixed = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type that arrays are made of, by PostgreSQL's numbers, which never change."""

    one: int
    many: int


BOOLEAN = Kind(16, 1000)
BYTES = Kind(17, 1001)
SMALLINT = Kind(21, 1005)
INTEGER = Kind(23, 1007)
TEXT = Kind(25, 1009)
FLOAT = Kind(701, 1022)
DATE = Kind(1082, 1182)
UUID = Kind(2950, 2951)

_HEAD = struct.Struct(">iiiii").pack  # dimensions, NULLs, type, length, lower bound
_EMPTY = struct.Struct(">iii").pack
_WIDTH = struct.Struct(">i").pack
_NULL = _WIDTH(-1)


@dataclass(frozen=True, slots=True)
class Array:
    """An array, as the server reads it."""

    kind: Kind
    raw: bytes


def fixed(elements: Fixed, kind: Kind) -> Array:
    """Return elements of one width: big-endian numbers, or raw bytes."""
    laid = np.empty(len(elements), dtype=[("width", ">i4"), ("one", elements.dtype)])
    laid["width"], laid["one"] = elements.dtype.itemsize, elements
    return Array(kind, _head(len(elements), kind) + laid.tobytes())


def ids(keys: Sequence[bytes]) -> Array:
    """Return UUIDs, given as 16 bytes each."""
    return fixed(np.frombuffer(b"".join(keys), dtype="V16"), UUID)


def cells(elements: Iterable[bytes | None], kind: Kind) -> Array:
    """Return elements of any width, or NULL."""
    each = [
        _NULL if element is None else _WIDTH(len(element)) + element
        for element in elements
    ]
    return Array(kind, _head(len(each), kind, nulls=_NULL in each) + b"".join(each))


def _head(count: int, kind: Kind, *, nulls: bool = False) -> bytes:
    return _HEAD(1, nulls, kind.one, count, 1) if count else _EMPTY(0, 0, kind.one)


def bound(array: Array) -> BindParameter[Any]:
    """Return an array as a value, for a connection that was ``taught``."""
    return literal(array, _Given())


def given(name: str) -> BindParameter[Any]:
    """Return a name to bind an array to, on a connection that was ``taught``."""
    return bindparam(name, type_=_Given())


def columns(names: Mapping[str, type[TypeEngine[Any]]]) -> TableValuedAlias:
    """Return a table of bound arrays; bind each column's name to an ``Array``."""
    typed = (column(name, kind) for name, kind in names.items())
    return (
        func.unnest(*map(given, names))
        .table_valued(*typed, name="given")
        .render_derived()
    )


def taught(db: Connection) -> Connection:
    """Return the connection, which can now send arrays.

    SQLAlchemy's connections do not look at what is registered for all of psycopg.
    """
    driver(db).adapters.register_dumper(Array, _AsItIs)
    return db


class _AsItIs(Dumper):
    format = Format.BINARY

    def get_key(self, obj: Array, format: Any) -> Any:  # noqa: A002, ANN401 - psycopg's
        del format
        return (self.cls, obj.kind.many)

    def upgrade(self, obj: Array, format: Any) -> "_AsItIs":  # noqa: A002, ANN401 - psycopg's
        del format
        made = _AsItIs(self.cls)
        made.oid = obj.kind.many
        return made

    def dump(self, obj: Array) -> bytes:
        return obj.raw


class _Given(UserDefinedType[Any]):
    """A value that the driver knows how to send."""

    cache_ok = True

    def get_col_spec(self, **kw: object) -> str:  # pragma: no cover - no table has it
        del kw
        return "bytea"
