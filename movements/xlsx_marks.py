"""Cells of a sheet whose value is no value: formulas never computed, and errors.

The reader of cells gives an empty text for these, and what it can of XML that is cut
short, so the sheet's XML is looked at as well; cell by cell only where it holds these.
"""

import re
import zipfile
from dataclasses import dataclass, field

from movements.xlsx_archive import part_path
from movements.xlsx_xml import Attributes, attribute, walk

Place = tuple[int, int]  # row and column, from 0

_WORKBOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedStrings.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_OF_INTEREST = re.compile(rb"""<(?:\w+:)?f[\s/>]|\bt\s*=\s*["']e["']""")
_REF = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
_TRUE = ("1", "true")


@dataclass(slots=True)
class Marks:
    """What stands where.

    Attributes:
        codes: the fault of each cell that has one.
        formulas: cells whose formula has a value, which was taken.
    """

    codes: dict[Place, str] = field(default_factory=dict)
    formulas: int = 0


def marks(archive: zipfile.ZipFile, sheet: str) -> Marks:
    """Return the marks of a sheet by its name.

    Raises:
        UnreadableUpload: the workbook's XML is broken.
    """
    path, stale = _found(archive, sheet)
    reading = _Reading(stale=stale)
    xml = archive.read(path)
    if _OF_INTEREST.search(xml):
        walk(xml, reading.start, end=reading.end, text=reading.text)
    else:
        walk(xml)
    if _STRINGS in archive.namelist():
        walk(archive.read(_STRINGS))
    return reading.marks


def _found(archive: zipfile.ZipFile, sheet: str) -> tuple[str, bool]:
    """Return a sheet's part, and whether its formulas wait to be computed."""
    relation, told = "", []

    def of_workbook(name: str, found: Attributes) -> None:
        nonlocal relation
        if name == "sheet" and found.get("name") == sheet:
            relation = relation or attribute(found, "id")
        if name == "calcPr":
            told.append(found.get("fullCalcOnLoad", "").lower() in _TRUE)

    walk(archive.read(_WORKBOOK), of_workbook)
    targets: dict[str, str] = {}

    def of_relations(_name: str, found: Attributes) -> None:
        if "Id" in found:
            targets[found["Id"]] = found.get("Target", "")

    walk(archive.read(_RELATIONS), of_relations)
    return part_path(_WORKBOOK, targets.get(relation, "")), any(told)


@dataclass(slots=True)
class _Reading:
    """Where the parser is in a sheet, and what it has seen of the cell."""

    stale: bool
    marks: Marks = field(default_factory=Marks)
    row: int = -1
    column: int = -1
    kind: str = ""
    formula: bool = False
    within: bool = False
    value: str = ""

    def start(self, name: str, found: Attributes) -> None:
        """Take the begin of an element."""
        if name == "row":
            self.row = int(found["r"]) - 1 if "r" in found else self.row + 1
            self.column = -1
        elif name == "c":
            self.column = _column(found.get("r", ""), self.column + 1)
            self.kind = found.get("t", "")
            self.formula, self.value = False, ""
        elif name == "f":
            self.formula = True
        elif name == "v":
            self.within = True

    def text(self, data: str) -> None:
        """Take a piece of text."""
        if self.within:
            self.value += data

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "v":
            self.within = False
        if name != "c":
            return
        if self.kind == "e":
            self.marks.codes[self.row, self.column] = "spreadsheet_error"
        elif self.formula and (self.stale or self._is_uncomputed()):
            self.marks.codes[self.row, self.column] = "formula_without_value"
        elif self.formula:
            self.marks.formulas += 1

    def _is_uncomputed(self) -> bool:
        # A formula whose value is an empty text says that it is a text.
        return self.kind != "str" and not self.value.strip()


def _column(ref: str, implied: int) -> int:
    found = _REF.match(ref)
    if not found:
        return implied
    at = 0
    for letter in found[1]:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1
