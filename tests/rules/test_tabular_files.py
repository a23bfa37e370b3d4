"""Files that are refused as a whole, and how far a hostile one gets."""

import io
import struct
import zipfile

import hypothesis
import pytest
import tabular_samples as samples
import xlsxwriter
from hypothesis import strategies as st

from qudao.kernel import tabular

# --- files that are refused --------------------------------------------------------------------------------


def repacked(content, **changed):
    """The archive with parts replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        parts = {name: source.read(name) for name in source.namelist()} | changed
        for name, data in parts.items():
            target.writestr(name, data)
    return out.getvalue()


def test_a_file_over_the_limit_is_refused_before_it_is_opened(tmp_path):
    limits = tabular.Limits(max_bytes=len(samples.GOOD) - 1)
    path = tmp_path / "订单.xlsx"
    path.write_bytes(samples.GOOD)
    for source in (samples.GOOD, path, io.BytesIO(samples.GOOD)):
        assert samples.file_codes(samples.read(source, limits=limits)) == ["file_too_large"]
    assert samples.read(path, limits=tabular.Limits(max_bytes=len(samples.GOOD))).ok


def test_too_many_rows_or_columns_are_refused():
    rows = [samples.HEADER, *([f"{i:018}", "导管", 1] for i in range(12))]
    assert samples.read(samples.workbook(rows), limits=tabular.Limits(max_rows=12)).ok
    result = samples.read(samples.workbook(rows), limits=tabular.Limits(max_rows=11))
    assert (samples.file_codes(result), result.rows) == (["too_many_rows"], ())
    assert samples.file_codes(samples.read(samples.GOOD, limits=tabular.Limits(max_columns=3))) == [
        "too_many_columns"
    ]
    wide = ("USCC,数量" + ",x" * 300 + "\n").encode()
    assert samples.file_codes(samples.read(wide)) == ["too_many_columns"]


def test_a_zip_bomb_is_refused_by_the_size_it_unpacks_to():
    bomb = repacked(samples.GOOD, **{"xl/media/bomb.bin": bytes(5_000_000)})
    assert len(bomb) < 20_000
    assert samples.file_codes(samples.read(bomb, limits=tabular.Limits(max_unpacked=1_000_000))) == [
        "unpacks_too_large"
    ]
    assert samples.read(bomb).ok


def test_a_zip_bomb_that_lies_about_its_size_is_refused():
    sheet = zipfile.ZipFile(io.BytesIO(samples.GOOD)).read("xl/worksheets/sheet1.xml")
    bomb = bytearray(repacked(samples.GOOD, **{"xl/worksheets/sheet1.xml": sheet + b" " * 5_000_000}))
    true_size = struct.pack("<I", len(sheet) + 5_000_000)
    while (at := bomb.find(true_size)) >= 0:
        bomb[at : at + 4] = struct.pack("<I", len(sheet))
    assert samples.file_codes(samples.read(bytes(bomb), limits=tabular.Limits(max_unpacked=1_000_000))) == [
        "damaged"
    ]


def test_two_cells_in_opposite_corners_are_refused_before_memory_is_taken():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    page = book.add_worksheet()
    page.write(0, 0, "USCC")
    page.write(1_048_575, 16_383, 1)
    book.close()
    assert samples.file_codes(samples.read(stream.getvalue())) == ["too_many_rows"]


def test_styled_but_empty_cells_far_below_the_table_do_no_harm():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    page = book.add_worksheet()
    page.write_row(0, 0, ["USCC", "数量"])
    page.write_row(1, 0, ["9" * 18, 1])
    page.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    book.close()
    assert samples.read(stream.getvalue()).count == 1


def test_a_document_type_in_a_part_is_refused():
    sheet = zipfile.ZipFile(io.BytesIO(samples.GOOD)).read("xl/worksheets/sheet1.xml")
    evil = sheet.replace(b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "b">]><worksheet', 1)
    assert samples.file_codes(samples.read(repacked(samples.GOOD, **{"xl/worksheets/sheet1.xml": evil}))) == [
        "damaged"
    ]


def test_macros_are_left_aside():
    assert samples.read(
        repacked(samples.GOOD, **{"xl/vbaProject.bin": b"\xd0\xcf macro"}), filename="订单.xlsm"
    ).ok


@pytest.mark.parametrize(
    ("content", "filename", "expected"),
    [
        (b"", "a.xlsx", "empty"),
        (b"hello", "a.xlsx", "not_a_workbook"),
        (b"PK\x03\x04 not really", "a.xlsx", "damaged"),
        (samples.GOOD[: len(samples.GOOD) // 2], "a.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "a.xls", "damaged"),
        (b"<html><table><tr><td>samples.USCC</td></tr></table>", "a.xls", "web_page"),
        (b"USCC\x00\x01", "a.csv", "encoding_unknown"),
        (b"\xff\xff\xff", "a.csv", "encoding_unknown"),
        ('samples.USCC,数量\n"99,1\n'.encode(), "a.csv", "text_damaged"),
    ],
)
def test_what_is_no_readable_table_is_refused_saying_what_it_is(content, filename, expected):
    assert samples.file_codes(samples.read(content, filename=filename)) == [expected]


def test_another_zip_archive_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert samples.file_codes(samples.read(stream.getvalue())) == ["unsupported_format"]


@hypothesis.given(st.randoms(use_true_random=False))
@hypothesis.settings(max_examples=200, deadline=None)
def test_a_damaged_workbook_ends_in_a_result_and_never_in_an_exception(random):
    with zipfile.ZipFile(io.BytesIO(samples.GOOD)) as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    damaged = random.choice([*parts.values()])
    for _ in range(random.randint(1, 4)):
        damaged[random.randrange(len(damaged))] = random.randrange(256)
    inside = repacked(samples.GOOD, **{name: bytes(part) for name, part in parts.items()})
    assert isinstance(samples.read(inside), tabular.Result)
    outside = bytearray(samples.GOOD)
    outside[random.randrange(len(outside))] ^= 0x5A
    assert isinstance(samples.read(bytes(outside)), tabular.Result)


@pytest.mark.parametrize("declared", ["UTK-8", "utf-7", "idna"])
def test_a_part_in_an_unknown_encoding_is_damaged(declared):
    sheet = zipfile.ZipFile(io.BytesIO(samples.GOOD)).read("xl/worksheets/sheet1.xml")
    part = sheet.replace(b'encoding="UTF-8"', f'encoding="{declared}"'.encode())
    content = repacked(samples.GOOD, **{"xl/worksheets/sheet1.xml": part})
    assert samples.file_codes(samples.read(content)) == ["damaged"]


def test_the_same_file_has_the_same_fingerprint_and_another_a_different_one():
    assert tabular.fingerprint(samples.GOOD) == tabular.fingerprint(bytes(samples.GOOD))
    assert tabular.fingerprint(samples.GOOD) != tabular.fingerprint(samples.GOOD + b" ")
    assert tabular.fingerprint(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
