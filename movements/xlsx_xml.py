"""Elements of a workbook's XML, one by one; documents that define entities are refused.

Only for the process that may take only so much: see ``movements.apart``.
"""

from collections.abc import Callable, Mapping
from typing import NoReturn
from xml.parsers import expat

from movements.errors import UnreadableUpload

Attributes = Mapping[str, str]
Start = Callable[[str, Attributes], None]
Text = Callable[[str], None]


def walk(
    xml: bytes,
    start: Start | None = None,
    *,
    end: Text | None = None,
    text: Text | None = None,
) -> None:
    """Call ``start(name, attributes)`` for each element, names without namespace.

    Without any of these it only makes sure that the XML is whole.

    Raises:
        UnreadableUpload: it is not XML, or has a document type.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refused
    if start:
        started = start
        parser.StartElementHandler = lambda name, found: started(_local(name), found)
    if end:
        ended = end
        parser.EndElementHandler = lambda name: ended(_local(name))
    if text:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - the parser takes it so
    except expat.ExpatError as error:
        raise UnreadableUpload(f"the workbook's XML is broken: {error}") from error


def attribute(found: Attributes, name: str) -> str:
    """Return an attribute of any namespace, or an empty text."""
    return next((value for key, value in found.items() if _local(key) == name), "")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refused(*_declared: object) -> NoReturn:
    raise UnreadableUpload(
        "the workbook's XML has a document type; no program needs it"
    )
