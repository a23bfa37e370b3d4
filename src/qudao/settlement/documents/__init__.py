"""The statement as a file to sign and to keep: PDF and Excel, both with the journal's checkpoint once locked."""

import io
import pathlib
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from qudao.kernel import scope
from qudao.organisation import queries as organisation
from qudao.settlement import queries, showing
from qudao.settlement.presenting import statements as presenting
from qudao.settlement.rules import statement as rules
from qudao.ui import formats, pdf, status

HERE = pathlib.Path(__file__).parent


def statement_pdf(found: queries.StatementDetail, *, actor: scope.Actor) -> bytes:
    """对账单 as PDF, in the active language."""
    return pdf.render(HERE / "statement.typ", _document(found, actor))


def _document(found: queries.StatementDetail, actor: scope.Actor) -> dict[str, Any]:
    view = found.statement
    names = showing.Names([view], actor)
    entity = organisation.get_entity(view.entity_id)
    proof = presenting.checkpoint(view.checkpoint)
    return {
        "title": _("Statement of account"),
        "number": view.number,
        "issuer": entity.name,
        "facts": [
            [_("Supplier"), f"{entity.name} {entity.uscc}"],
            [_("Partner"), names.party(view)],
            [_("Period"), showing.span(view.period_from, view.period_until)],
            [_("State"), str(status.show("statement", view.status).label)],
            [_("Made of the facts up to journal entry"), str(view.journal_number)],
        ],
        "equation": [
            [part["sign"], str(part["label"]), formats.amount(part["value"])]
            for part in presenting.equation(view)
        ],
        "apart": [
            [_("Invoiced receivable"), formats.amount(view.invoiced_receivable)],
            [_("Signed for, not invoiced"), formats.amount(view.shipped_not_invoiced)],
        ],
        "heads": _heads(),
        "sections": [
            {
                "title": str(presenting.SECTIONS[name]),
                "sum": formats.amount(sum(line.amount for line in lines)),
                "lines": [_cells(line) for line in lines],
            }
            for name in rules.SECTIONS
            if (lines := found.section(name))
        ],
        "signatures": [
            {
                "side": str(one["side"]),
                "act": str(one["act"]),
                "who": one["who"],
                "at": formats.moment(one["at"]) if one["at"] else "",
            }
            for one in presenting.signatures(view, names)
        ],
        "proof": {
            "title": _("Checkpoint of the journal"),
            "words": _("Keep it: it proves that nothing in this statement was changed afterwards."),
            "note": proof["note"].strip(),
        }
        if proof
        else None,
    }


def _heads() -> list[str]:
    return [
        "#",
        _("Date"),
        _("Document"),
        _("Product"),
        _("Lot"),
        _("Quantity"),
        _("Unit price"),
        _("Amount"),
        _("of it tax"),
        _("State"),
    ]


def _cells(line: queries.StatementLineView) -> list[str]:
    return [
        str(line.no),
        formats.day(line.on),
        line.document_number,
        line.item_name,
        line.lot_code,
        formats.quantity(line.quantity) if line.quantity else "",
        formats.unit_price(line.unit_price) if line.unit_price else "",
        formats.amount(line.amount),
        formats.amount(line.tax) if line.tax else "",
        _said(line),
    ]


def _said(line: queries.StatementLineView) -> str:
    if line.state == "open":
        return ""
    parts = [str(status.show("statement_line", line.state).label)]
    if line.dispute_reason:
        parts.append(str(presenting.REASONS.get(line.dispute_reason, line.dispute_reason)))
    return " · ".join([*parts, *filter(None, (line.resolution,))])


def statement_xlsx(found: queries.StatementDetail, *, actor: scope.Actor) -> bytes:
    """The same as Excel: the balance, every line with plain numbers, signatures and checkpoint."""
    buffer = io.BytesIO()
    # Text stays text: a product whose name begins with = is no formula.
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        styles = {
            "bold": book.add_format({"bold": True}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "price": book.add_format({"num_format": "#,##0.00##"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        data = _document(found, actor)
        _cover(book.add_worksheet(_("Statement")), data, found.statement, styles)
        _lines(book.add_worksheet(_("Lines")), found, styles)
    return buffer.getvalue()


def _cover(sheet, data: dict[str, Any], view: queries.StatementView, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 44)
    sheet.write_string(0, 0, f"{data['title']} {data['number']}", styles["bold"])
    row = 2
    for label, value in data["facts"]:
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value)
        row += 1
    row += 1
    for part in presenting.equation(view):
        sheet.write_string(row, 0, f"{part['sign']} {part['label']}".strip())
        sheet.write_number(row, 1, part["value"], styles["money"])
        row += 1
    for label, value in (
        (_("Invoiced receivable"), view.invoiced_receivable),
        (_("Signed for, not invoiced"), view.shipped_not_invoiced),
    ):
        sheet.write_string(row, 0, label)
        sheet.write_number(row, 1, value, styles["money"])
        row += 1
    row += 1
    for one in data["signatures"]:
        sheet.write_string(row, 0, f"{one['act']} · {one['side']}")
        sheet.write_string(row, 1, " ".join(filter(None, (one["who"], one["at"]))))
        row += 1
    if data["proof"]:
        row += 1
        sheet.write_string(row, 0, data["proof"]["title"], styles["bold"])
        for text in data["proof"]["note"].split("\n"):
            sheet.write_string(row, 1, text)
            row += 1
        sheet.write_string(row, 0, data["proof"]["words"])


def _lines(sheet, found: queries.StatementDetail, styles: dict[str, Any]) -> None:
    heads = [_("Section"), *_heads()]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, styles["bold"])
    sheet.freeze_panes(1, 0)
    sheet.set_column(2, 9, 14)
    sheet.set_column(4, 4, 28)
    for row, line in enumerate(found.lines, start=1):
        sheet.write_string(row, 0, str(presenting.SECTIONS[line.section]))
        sheet.write_number(row, 1, line.no)
        sheet.write_datetime(row, 2, line.on, styles["day"])
        for column, text in ((3, line.document_number), (4, line.item_name), (5, line.lot_code)):
            sheet.write_string(row, column, text)
        sheet.write_number(row, 6, line.quantity)
        sheet.write_number(row, 7, line.unit_price, styles["price"])
        sheet.write_number(row, 8, line.amount, styles["money"])
        sheet.write_number(row, 9, line.tax, styles["money"])
        sheet.write_string(row, 10, _said(line))
