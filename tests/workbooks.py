"""Workbooks written part by part, so that each may be as odd as those people send."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
DATE = 1  # the style of cells that hold a day


@dataclass(frozen=True)
class Cell:
    """A cell as its XML: ``body`` within ``<c>``, its type, its style."""

    body: str
    kind: str = ""
    style: int = 0


def text(value: str) -> Cell:
    return Cell(f"<is><t>{escape(value)}</t></is>", "inlineStr")


def number(value: float | str, style: int = 0) -> Cell:
    return Cell(f"<v>{value}</v>", style=style)


def day(serial: float) -> Cell:
    return number(serial, DATE)


def formula(text: str, value: str | None = None, kind: str = "") -> Cell:
    shown = "" if value is None else f"<v>{escape(value)}</v>"
    return Cell(f"<f>{escape(text)}</f>{shown}", kind)


def error(text: str) -> Cell:
    return Cell(f"<v>{escape(text)}</v>", "e")


@dataclass(frozen=True)
class Page:
    """A sheet: its rows (texts, cells or ``None``), where they start, its merges."""

    rows: Sequence[Sequence[str | Cell | None]]
    name: str = "People"
    state: str = "visible"
    merged: Sequence[str] = ()
    first: int = 1


def workbook(*pages: Page, from_1904: bool = False, stale: bool = False) -> bytes:
    """Return an XLSX workbook of some sheets."""
    sheets = "".join(
        f'<sheet name={quoteattr(page.name)} sheetId="{at}" state="{page.state}"'
        f' r:id="rId{at}"/>'
        for at, page in enumerate(pages, 1)
    )
    days = '<workbookPr date1904="1"/>' if from_1904 else ""
    calc = '<calcPr fullCalcOnLoad="1"/>' if stale else ""
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"{days}<sheets>{sheets}</sheets>{calc}</workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *(
                    ("worksheet", f"worksheets/sheet{at}.xml")
                    for at in range(1, len(pages) + 1)
                ),
                ("styles", "styles.xml"),
            ]
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
    }
    for at, page in enumerate(pages, 1):
        parts[f"xl/worksheets/sheet{at}.xml"] = sheet_xml(page)
    return zipped(parts)


def sheet_xml(page: Page) -> str:
    rows = "".join(
        f'<row r="{at}">{"".join(_cells(row, at))}</row>'
        for at, row in enumerate(page.rows, page.first)
    )
    merged = "".join(f'<mergeCell ref="{each}"/>' for each in page.merged)
    merges = f"<mergeCells>{merged}</mergeCells>" if merged else ""
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{merges}</worksheet>'
    )


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """Return a ZIP archive of some parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(book: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook, to change one."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(people: Iterable[dict[str, str | Cell | None]]) -> list[list]:
    """Return people as rows below their header."""
    listed = list(people)
    return [list(listed[0]), *([*each.values()] for each in listed)]


def _cells(row: Sequence[str | Cell | None], at: int) -> Iterable[str]:
    for column, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        shown = cell if isinstance(cell, Cell) else text(cell)
        kind = f' t="{shown.kind}"' if shown.kind else ""
        yield f'<c r="{letters(column)}{at}"{kind} s="{shown.style}">{shown.body}</c>'


def letters(column: int) -> str:
    """Return a column's letters, from 0 on."""
    tens, ones = divmod(column, 26)
    return (letters(tens - 1) if tens else "") + chr(ord("A") + ones)


def _relations(listed: Iterable[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(listed, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
