"""Writing tables: what goes out comes back, and nothing in it runs."""

import csv
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from qudao.kernel import tabular
from qudao.kernel.tabular import cells

TODAY = dt.date(2026, 7, 23)
SHEET = tabular.Sheet(
    "价目[表]/测试",
    (
        tabular.Column(name="line", headers=("行号",), kind="integer", required=True),
        tabular.Column(name="lot", headers=("批号", "Lot"), kind="code", max_length=40),
        tabular.Column(name="note", headers=("备注", "Note"), kind="text", max_length=300),
        tabular.Column(name="price", headers=("单价",), kind="decimal", places=4),
        tabular.Column(name="rate", headers=("返利率",), kind="decimal", places=6, percent=True),
        tabular.Column(name="made_on", headers=("生产日期",), kind="date"),
        tabular.Column(name="sterile", headers=("无菌",), kind="boolean"),
        tabular.Column(
            name="role",
            headers=("类型",),
            kind="choice",
            choices={"a": ("经销商",), "b": ("医院", "Hospital")},
        ),
    ),
    key=("line",),
)

CODES = st.text(st.sampled_from("0123456789ABCxyz-_./='@\x1d"), min_size=1, max_size=20)
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).map(cells.clean),
    st.sampled_from(
        [
            "=1+1",
            "+1",
            "-1",
            "@x",
            "'=1",
            "''+1",
            "0012",
            "＝1",
            "_x001D_",
            'a"b',
            "a,b",
            "a\nb",
            "1E5",
            "TRUE",
        ]
    ),
).filter(lambda text: text and text.upper() not in cells.ERROR_TEXTS)
PRICES = st.decimals(min_value=-(10**15) + 1, max_value=10**15 - 1, places=4)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "lot": st.none()
            | CODES.map(cells.clean).filter(lambda code: code and code.upper() not in cells.ERROR_TEXTS),
            "note": st.none() | TEXTS,
            "price": st.none() | PRICES,
            "rate": st.none() | st.decimals(min_value=-1, max_value=1, places=6),
            "made_on": st.none() | st.dates(dt.date(1970, 1, 1), dt.date(2050, 1, 1)),
            "sterile": st.none() | st.booleans(),
            "role": st.none() | st.sampled_from(["a", "b"]),
        }
    ),
    min_size=1,
    max_size=5,
).map(lambda rows: [{"line": i, **row} for i, row in enumerate(rows, 1)])


def xlsx(rows, sheet=SHEET, **options):
    stream = io.BytesIO()
    tabular.write(stream, sheet, rows, **options)
    return stream.getvalue()


def as_csv(rows, sheet=SHEET):
    stream = io.BytesIO()
    tabular.write_csv(stream, sheet, rows)
    return stream.getvalue()


def values(content, sheet=SHEET):
    result = tabular.read(content, sheet, today=TODAY)
    assert result.refusals() == []
    return list(result.values())


@hypothesis.given(ROWS)
@hypothesis.settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back_from_excel(rows):
    assert values(xlsx(rows, title="价目表 2026")) == rows


@hypothesis.given(ROWS)
@hypothesis.settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back_from_csv(rows):
    assert values(as_csv(rows)) == rows


def test_a_csv_without_the_guard_would_run_and_one_with_it_does_not():
    rows = [{"line": 1, "lot": "@SUM(A1)", "note": "=cmd|'/C calc'!A0", "price": Decimal("-5")}]
    (_, written) = csv.reader(io.StringIO(as_csv(rows).decode("utf-8-sig")))
    assert written[1:4] == ["'@SUM(A1)", "'=cmd|'/C calc'!A0", "-5"]
    assert not any(cell.startswith(("=", "+", "@")) for cell in written)


def test_text_that_looks_like_a_formula_is_a_text_cell_in_excel():
    with zipfile.ZipFile(io.BytesIO(xlsx([{"line": 1, "note": "=1+1", "lot": "http://a"}]))) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "<hyperlink" not in page
    assert "<t>=1+1</t>" in page


def test_the_empty_template_formats_its_code_columns_as_text_and_describes_each_column():
    content = xlsx([], describe=lambda column: f"about {column.name}")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
        comments = archive.read("xl/comments1.xml").decode()
    lot = re.search(r'<col min="2" max="2" [^>]*style="(\d+)"', page)
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])
    assert f'numFmtId="{formats[int(lot[1])]}" formatCode="@"' in styles
    assert re.findall(r"about (\w+)", comments) == [column.name for column in SHEET.columns]
    assert "经销商,医院" in page


def test_the_same_rows_make_the_same_bytes():
    rows = [{"line": 1, "note": "导管"}]
    assert tabular.fingerprint(xlsx(rows)) == tabular.fingerprint(xlsx(rows))


def test_a_decimal_with_more_digits_than_excel_keeps_goes_out_as_text():
    exact = Decimal("123456789012345.6789")
    assert values(xlsx([{"line": 1, "price": exact}]))[0]["price"] == exact
    # Control: as a number cell it would have come back changed.
    assert Decimal(f"{float(exact):.15g}") != exact


def test_a_text_too_long_for_excel_is_an_error_and_never_dropped():
    with pytest.raises(ValueError, match="does not fit"):
        xlsx([{"line": 1, "note": "x" * 32_768}])


def annotated(records, explain=lambda reason: f"{reason.code}!"):
    stream = io.StringIO()
    csv.writer(stream).writerows(records)
    result = tabular.read(stream.getvalue().encode(), SHEET, today=TODAY)
    out = io.BytesIO()
    tabular.annotate(out, result, explain=explain)
    return out.getvalue()


def test_the_users_file_comes_back_with_its_verdicts():
    content = annotated([["备注", "自有列", "行号"], ["=1+1", "保留", "1"], ["b", "c", "二"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
        comments = archive.read("xl/comments1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    texts = re.findall(r"<t[^>]*>([^<]*)</t>", page)
    assert texts == [
        "备注",
        "自有列",
        "行号",
        "校验结果 Verdict",
        "=1+1",
        "保留",
        "1",
        "b",
        "c",
        "二",
        "kernel.tabular.not_a_number!",
    ]
    assert re.findall(r'<comment ref="(\w+)"', comments) == ["C3"]
    assert "FFFFC7CE" in styles
    painted = re.findall(r'<c r="(\w+)" s="(\d+)"', page)
    (red,) = {style for cell, style in painted if cell == "C3"}
    assert [cell for cell, style in painted if style == red] == ["C3"]


def test_an_annotated_file_can_be_mended_and_read_again():
    content = annotated([["行号", "备注"], ["1", "a"]])
    again = tabular.read(content, SHEET, today=TODAY)
    assert again.ok
    assert again.reasons == ()
    assert again.rows[0].values["note"] == "a"


def test_a_missing_cell_at_the_end_of_a_short_row_is_marked():
    content = annotated([["备注", "行号"], ["a"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert 'ref="B2"' in archive.read("xl/comments1.xml").decode()


def test_an_amount_is_in_the_file_with_its_own_digits_and_no_floats_tail():
    stream = io.BytesIO()
    tabular.write(
        stream, SHEET, [{"line": 1, "price": Decimal("0.07")}, {"line": 2, "price": Decimal("1.10")}]
    )
    with zipfile.ZipFile(stream) as book:
        written = re.findall(r"<v>([\d.]+)</v></c>", book.read("xl/worksheets/sheet1.xml").decode())
    assert [one for one in written if "." in one] == ["0.07", "1.10"]
