"""Open what a user sent, safely, as records: one tuple per row, the first of them Excel's row 1.

A workbook is taken apart and measured before the reader may allocate for it: total size after
unpacking, the outermost filled cell, and cells that hold an Excel error. Only its plain XML parts are
passed on; macros, pictures and embedded files never are.
"""

import contextlib
import csv
import dataclasses
import hashlib
import io
import itertools
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from xml.parsers import expat

import python_calamine

from qudao.kernel import errors
from qudao.kernel.tabular import cells, sheets

T = TypeVar("T")
Record = tuple[Any, ...]
ErrorCells = Mapping[int, set[int]]
DELIMITERS = (",", "\t", ";")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_PARTS = 5_000
_STEP = 1 << 20
_TITLE_ROWS = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook, or a text file. `records` starts afresh at each call."""

    name: str
    records: Callable[[], Iterator[Record]]


def fingerprint(content: bytes) -> str:
    """SHA-256 in hex of a file's bytes: the same file sent twice has the same."""
    return hashlib.sha256(content).hexdigest()


def tables(content: bytes, *, filename: str, limits: sheets.Limits) -> list[Table]:
    """Every visible sheet of a workbook, or a text file once per delimiter it might use.

    Decides by content, not by name. Raises Refused when the file is over a limit, damaged, protected by
    a password or no table at all.
    """
    if len(content) > limits.max_bytes:
        raise errors.refuse("kernel.tabular.file_too_large", size=len(content), limit=limits.max_bytes)
    if not content.strip():
        raise errors.refuse("kernel.tabular.empty")
    if content.startswith(_ZIP):
        packed, broken = _unpacked(content, limits)
        return _workbook(packed, broken, limits)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise errors.refuse("kernel.tabular.password")
        return _workbook(content, {}, limits)
    if filename.lower().endswith((".xlsx", ".xlsm")):
        raise errors.refuse("kernel.tabular.not_a_workbook", filename=filename)
    return _texts(decoded(content))


# --- workbooks -----------------------------------------------------------------------------------------


def _workbook(content: bytes, broken: Mapping[str, ErrorCells], limits: sheets.Limits) -> list[Table]:
    book = _guarded(lambda: python_calamine.load_workbook(io.BytesIO(content)))
    names = [
        meta.name
        for meta in book.sheets_metadata
        if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        and meta.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    found = []
    for name in names:
        sheet = _guarded(lambda name=name: book.get_sheet_by_name(name))  # type: ignore[misc]
        if sheet.start is None:
            continue
        _check_extent(sheet.total_height, sheet.total_width, limits)
        found.append(Table(name, lambda sheet=sheet, name=name: _records(sheet, broken.get(name, {}))))  # type: ignore[misc]
    if not found:
        raise errors.refuse("kernel.tabular.empty")
    return found


def _guarded(action: Callable[[], T]) -> T:
    try:
        return action()
    except python_calamine.PasswordError:
        raise errors.refuse("kernel.tabular.password") from None
    except (python_calamine.CalamineError, ValueError, OSError):
        raise errors.refuse("kernel.tabular.damaged") from None
    except BaseException as panic:
        # The reader is written in Rust; a panic in it is not an Exception.
        if type(panic).__name__ == "PanicException":
            raise errors.refuse("kernel.tabular.damaged") from None
        raise


def _records(sheet: python_calamine.CalamineSheet, broken: ErrorCells) -> Iterator[Record]:
    left = ("",) * (sheet.start[1] if sheet.start else 0)
    for row, record in enumerate(sheet.iter_rows()):
        whole = (*left, *record)
        if row in broken:
            whole = tuple(cells.ERROR_CELL if i in broken[row] else cell for i, cell in enumerate(whole))
        yield whole


def _check_extent(rows: int, columns: int, limits: sheets.Limits) -> None:
    if rows > limits.max_rows + _TITLE_ROWS:
        raise errors.refuse("kernel.tabular.too_many_rows", rows=rows, limit=limits.max_rows)
    if columns > limits.max_columns:
        raise errors.refuse("kernel.tabular.too_many_columns", columns=columns, limit=limits.max_columns)


def _unpacked(content: bytes, limits: sheets.Limits) -> tuple[bytes, dict[str, ErrorCells]]:
    """The workbook's XML parts in a fresh, uncompressed archive, and each sheet's error cells.

    Repacking means that what was measured here is byte for byte what the reader will see: a directory
    that lies about sizes, or names a part twice, gains nothing.
    """
    fresh = io.BytesIO()
    outlines: dict[str, _Outline] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(fresh, "w") as target:
            parts = {info.filename: info for info in source.infolist() if not info.is_dir()}
            if "xl/workbook.xml" not in parts:
                raise errors.refuse("kernel.tabular.unsupported_format")
            if len(parts) > _MOST_PARTS or sum(i.file_size for i in source.infolist()) > limits.max_unpacked:
                raise errors.refuse("kernel.tabular.unpacks_too_large", limit=limits.max_unpacked)
            for name, info in parts.items():
                if info.flag_bits & 0x1:
                    raise errors.refuse("kernel.tabular.password")
                if name.endswith((".xml", ".rels")):
                    data = _part(source, info)
                    target.writestr(name, data)
                    outlines[name] = _Outline(data, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,  # what zipfile raises for a compression it does not know
        EOFError,
        OSError,
        expat.ExpatError,
        ValueError,
        LookupError,  # an encoding nobody knows
    ):
        raise errors.refuse("kernel.tabular.damaged") from None
    return fresh.getvalue(), _broken_cells(outlines)


def _part(source: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One part, in small steps: reading at once would unpack far past a declared size that lies."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise errors.refuse("kernel.tabular.damaged")
    with source.open(info) as part:
        return b"".join(iter(lambda: part.read(_STEP), b""))


class _NotASheet(Exception):
    pass


class _Outline:
    """What one XML part says of itself: a sheet's error cells, or names and relations of the workbook.

    Refuses a sheet whose outermost filled cell lies beyond the limits: the reader allocates the whole
    rectangle, and two cells in opposite corners would be enough to exhaust the machine.
    """

    def __init__(self, data: bytes, limits: sheets.Limits) -> None:
        self.broken: dict[int, set[int]] = {}
        self.named: list[tuple[str, str]] = []
        self._limits = limits
        self._root = ""
        self._row = self._column = -1
        self._error = False
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._doctype
        with contextlib.suppress(_NotASheet):
            parser.Parse(data, True)

    def _doctype(self, *_: Any) -> None:
        raise errors.refuse("kernel.tabular.damaged")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not self._root:
            self._root = name
            if name not in ("worksheet", "workbook", "Relationships"):
                raise _NotASheet
        if self._root != "worksheet":
            self._note_name(name, attributes)
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif name == "c":
            self._column += 1
            if "r" in attributes:
                self._row, self._column = _position(attributes["r"])
            self._error = attributes.get("t") == "e"
        elif name in ("v", "is"):
            _check_extent(self._row + 1, self._column + 1, self._limits)
            if self._error:
                self.broken.setdefault(self._row, set()).add(self._column)

    def _note_name(self, name: str, attributes: dict[str, str]) -> None:
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "sheet" and "name" in plain:
            self.named.append((plain["name"], plain.get("id", "")))
        elif name == "Relationship" and "Target" in plain:
            self.named.append((plain.get("Id", ""), plain["Target"]))


def _position(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


def _broken_cells(outlines: dict[str, _Outline]) -> dict[str, ErrorCells]:
    related = outlines.get("xl/_rels/workbook.xml.rels")
    targets = {
        id_: posixpath.normpath(posixpath.join("/xl", path))[1:]
        for id_, path in (related.named if related else [])
    }
    return {
        name: outlines[targets[id_]].broken
        for name, id_ in outlines["xl/workbook.xml"].named
        if targets.get(id_) in outlines
    }


# --- text ----------------------------------------------------------------------------------------------


def decoded(content: bytes) -> str:
    """Text by its byte order mark, else strict UTF-8, else GB18030: always the same answer."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if text[:500].lstrip().lower().startswith(("<html", "<!doctype", "<table", "<?xml", "<meta")):
            raise errors.refuse("kernel.tabular.web_page")
        return text
    raise errors.refuse("kernel.tabular.encoding_unknown")


def _texts(text: str) -> list[Table]:
    return [Table("", lambda d=d: _csv_records(text, d)) for d in DELIMITERS]  # type: ignore[misc]


def _csv_records(text: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in itertools.count(1):
        try:
            record = next(reader, None)
        except csv.Error:
            raise errors.refuse("kernel.tabular.text_damaged", line=number, number=number) from None
        if record is None:
            return
        yield tuple(unguarded(cell) for cell in record)


def pasted_records(text: str) -> list[Record]:
    """Rows copied from a spreadsheet: cells between tabs, one row per line (LF, CR or CRLF)."""
    # Not splitlines(): it also cuts at 0x1D, the separator inside a scanned code.
    return list(_csv_records(text.replace("\r\n", "\n").replace("\r", "\n"), "\t"))


# --- formula guard ---------------------------------------------------------------------------------------

_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def guarded(text: str) -> str:
    """CSV text that a spreadsheet will not run as a formula: an apostrophe is put before it."""
    return "'" + text if text.lstrip("'").startswith(_RISKY) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_RISKY) else text
