"""The parts of a workbook's ZIP archive, within limits."""

import io
import posixpath
import zipfile
import zlib

from movements.errors import UnreadableUpload, UploadTooLarge

# 20,000 rows of 18 cells are 20 MB of XML; what is far above holds no more people.
MAX_INFLATED = 64 * 1024 * 1024
# XML of tables shrinks to a tenth or a thirtieth. Small parts shrink more, and harm
# nobody.
MAX_RATIO = 100
_RATIO_FROM = 1024 * 1024
_MAX_PARTS = 1000
_CHUNK = 256 * 1024
_ENCRYPTED = 0x1
_WORKBOOK = "xl/workbook.xml"
_OTHERS = {
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "content.xml": "an OpenDocument file",
    "word/document.xml": "a Word document",
}


def archive(body: bytes) -> zipfile.ZipFile:
    """Return the archive of a workbook, each part unpacked once and found whole.

    Raises:
        UnreadableUpload: no ZIP archive, broken, locked, or no XLSX workbook.
        UploadTooLarge: it unpacks to more than is allowed.
    """
    try:
        opened = zipfile.ZipFile(io.BytesIO(body))
        _within_limits(opened.infolist(), len(body))
        _is_workbook(opened)
        for part in opened.infolist():
            _whole(opened, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableUpload(
            f"the XLSX workbook is broken or cut short: {error}"
        ) from error
    return opened


def part_path(base: str, target: str) -> str:
    """Return a part's path from a relation's target, which may be relative."""
    joined = posixpath.join(posixpath.dirname(base), target)
    return posixpath.normpath(joined).lstrip("/")


def _within_limits(parts: list[zipfile.ZipInfo], packed: int) -> None:
    if len(parts) > _MAX_PARTS:
        raise UploadTooLarge("parts of a workbook", len(parts), _MAX_PARTS)
    inflated = sum(part.file_size for part in parts)
    if inflated > MAX_INFLATED:
        raise UploadTooLarge("bytes unpacked", inflated, MAX_INFLATED)
    ratio = inflated // max(packed, 1)
    if inflated > _RATIO_FROM and ratio > MAX_RATIO:
        raise UploadTooLarge("times its size unpacked", ratio, MAX_RATIO)


def _is_workbook(opened: zipfile.ZipFile) -> None:
    names = set(opened.namelist())
    if _WORKBOOK in names:
        return
    what = next((words for name, words in _OTHERS.items() if name in names), "a ZIP")
    raise UnreadableUpload(f"{what}, no XLSX workbook; save the sheet as .xlsx")


def _whole(opened: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED:
        raise UnreadableUpload("the workbook is locked by a password; send it open")
    with opened.open(part) as content:
        while content.read(_CHUNK):
            pass
