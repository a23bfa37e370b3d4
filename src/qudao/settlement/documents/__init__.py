"""The statement as a file to sign and to keep: PDF and Excel, both with the journal's checkpoint once locked."""

import datetime as dt
import io
import pathlib
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from qudao.kernel import money, scope
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
    # Where nobody said anything of a line, a column for it would only take room.
    said = view.status in rules.AGREED or any(line.state != "open" or line.difference for line in found.lines)
    last = view.period_until - dt.timedelta(days=1)
    earlier = presenting.earlier(view, (line.on for line in found.lines))
    early = presenting.early(view, today=view.period_until)
    return {
        "title": _("Statement of account"),
        "number": view.number,
        "issuer": entity.name,
        "facts": [
            [_("Supplier"), entity.name],
            [_("Partner"), names.party(view)],
            [
                _("Period"),
                " ".join(filter(None, (f"{formats.day(view.period_from)} – {formats.day(last)}", earlier))),
            ],
            [_("Credit code of the supplier"), entity.uscc],
            [_("State"), str(status.show("statement", view.status).label)],
            [_("Amounts"), _("yuan, tax included")],
            *([[_("Sent early"), early]] if early else []),
        ],
        "equation": [
            [part["sign"], str(part["label"]), formats.amount(part["value"])]
            for part in presenting.equation(view, presenting.OF_BOTH)
        ],
        "after": [
            [part["sign"], str(part["label"]), formats.amount(part["value"])]
            for part in _after_adjustment(found)
        ],
        "apart": [
            [_("Invoiced receivable"), formats.amount(view.invoiced_receivable)],
            [_("Signed for, not invoiced"), formats.amount(view.shipped_not_invoiced)],
        ],
        "heads": _heads(said=said),
        "sections": [
            {
                "title": str(presenting.OF_BOTH[name]),
                "sum": formats.amount(sum(line.amount for line in lines)),
                "lines": [_cells(line, view.status) if said else _cells(line, "")[:-1] for line in lines],
            }
            for name in rules.SECTIONS
            if (lines := found.section(name))
        ],
        "spread": _spread(found),
        "signatures": [
            {
                "side": side,
                "act": str(one["act"]),
                "who": one["who"],
                "at": formats.moment(one["at"]) if one["at"] else "",
            }
            for one, side in zip(
                presenting.signatures(view, names), (names.party(view), entity.name), strict=True
            )
        ],
        "proof": _proof(view),
    }


def _spread(found: queries.StatementDetail) -> str:
    return str(presenting.SPREAD) if any(line.spread for line in found.lines) else ""


def _after_adjustment(found: queries.StatementDetail) -> list[dict[str, Any]]:
    total = sum((line.amount for line in found.section("differences")), money.ZERO)
    return presenting.after_adjustment(found.statement, total, presenting.OF_BOTH)


def _proof(view: queries.StatementView) -> dict[str, Any]:
    """The checkpoint with what it is for; before the lock, what the statement is made of."""
    proof = presenting.checkpoint(view.checkpoint)
    made_of = [_("Based on records up to journal entry"), f"{view.journal_number:,}"]
    if proof is None:
        words = _("The signed checkpoint is printed here once both sides have signed.")
        return {"title": _("Checkpoint of the journal"), "facts": [made_of], "note": "", "words": words}
    return {
        "title": _("Checkpoint of the journal"),
        "facts": [
            [_("Locked at"), formats.moment(view.locked_at) if view.locked_at else ""],
            [_("Entries covered"), proof["size"]],
            made_of,
            [_("Root"), proof["root"]],
        ],
        "note": proof["note"].strip(),
        "words": _(
            "Keep this text: whoever has it can have any later export of the journal checked against it"
            " (verify.pyz --witness), and what of it was changed since is found."
        ),
    }


def _heads(*, said: bool = True) -> list[str]:
    heads = [
        "#",
        _("Date"),
        _("Document"),
        _("Product"),
        _("Lot / serial"),
        _("Quantity"),
        _("Unit price, tax included"),
        _("Amount"),
        _("Tax, after rebates used"),
        _("State"),
    ]
    return heads if said else heads[:-1]


def _cells(line: queries.StatementLineView, status_of_all: str) -> list[str]:
    return [
        str(line.no),
        formats.day(line.on),
        line.document_number,
        _product(line),
        " / ".join(filter(None, (line.lot_code, line.serial_code))),
        formats.quantity(line.quantity) if line.quantity else "",
        formats.unit_price(line.unit_price) if line.unit_price else "",
        "—" if line.difference else formats.amount(line.amount),
        formats.amount(line.tax) if line.tax else "",
        _said(line, status_of_all),
    ]


def _product(line: queries.StatementLineView) -> str:
    """Its name and our code: several sizes bear one name."""
    return " · ".join(filter(None, (line.item_name, line.item_code)))


def _said(line: queries.StatementLineView, status_of_all: str) -> str:
    """What was said of a line, by both sides; of a difference at the door what it was."""
    state = rules.line_state(status=status_of_all, state=line.state)
    parts = []
    if line.difference:
        parts += [str(status.show("difference", line.difference).label), _("not charged")]
    if line.adjusts is not None:
        parts.append(_("Adjusts line %(no)s") % {"no": line.adjusts})
    elif state != "open":
        parts.append(str(status.show("statement_line", state).label))
    if line.adjustment:
        parts.append(f"{formats.amount(line.adjustment)} → {formats.amount(presenting.after_line(line))}")
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
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "bg_color": "#E8EDF2", "bottom": 1, "text_wrap": True}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "total": book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
            "price": book.add_format({"num_format": "#,##0.00##"}),
            "quantity": book.add_format({"num_format": "#,##0.####"}),
            "words": book.add_format({"text_wrap": True, "valign": "top"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        data = _document(found, actor)
        _cover(book.add_worksheet(_("Statement")), data, found, styles)
        _lines(book.add_worksheet(_("Lines")), found, styles)
    return buffer.getvalue()


def _cover(sheet, data: dict[str, Any], found: queries.StatementDetail, styles: dict[str, Any]) -> None:
    view = found.statement
    _printed(sheet, data["number"])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 62)
    sheet.write_string(0, 0, f"{data['title']} {data['number']}", styles["title"])
    row = 2
    for label, value in data["facts"]:
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value)
        row += 1
    row += 1
    for part in presenting.equation(view, presenting.OF_BOTH):
        closing = part["key"] == "closing"
        sheet.write_string(
            row, 0, f"{part['sign']} {part['label']}".strip(), styles["bold"] if closing else None
        )
        sheet.write_number(row, 1, part["value"], styles["total" if closing else "money"])
        row += 1
    for part in _after_adjustment(found):
        total = part["key"] == "adjusted"
        sheet.write_string(
            row, 0, f"{part['sign']} {part['label']}".strip(), styles["bold"] if total else None
        )
        sheet.write_number(row, 1, part["value"], styles["total" if total else "money"])
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
    row += 1
    sheet.write_string(row, 0, data["proof"]["title"], styles["bold"])
    for label, value in data["proof"]["facts"]:
        row += 1
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value)
    for text in filter(None, (data["proof"]["note"], data["proof"]["words"])):
        row += 1
        sheet.write_string(row, 1, text, styles["words"])


def _printed(sheet, number: str) -> None:
    """On A4, as wide as the page; the statement's number and the page's at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{number}&R&P / &N")


def _lines(sheet, found: queries.StatementDetail, styles: dict[str, Any]) -> None:
    heads = [_("Section"), *_heads()]
    heads[5:6] = [_("Lot"), _("Serial number")]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, styles["head"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(found.lines), 1), len(heads) - 1)
    sheet.repeat_rows(0)
    _printed(sheet, found.statement.number)
    for column, width in enumerate((12, 6, 12, 20, 34, 16, 18, 10, 14, 16, 14, 36)):
        sheet.set_column(column, column, width)
    for row, line in enumerate(found.lines, start=1):
        sheet.write_string(row, 0, str(presenting.OF_BOTH[line.section]))
        sheet.write_number(row, 1, line.no)
        sheet.write_datetime(row, 2, line.on, styles["day"])
        texts = (line.document_number, _product(line), line.lot_code, line.serial_code)
        for column, text in enumerate(texts, start=3):
            sheet.write_string(row, column, text)
        # Money has no quantity and no price: an empty cell says so, a zero would say something else.
        if line.quantity:
            sheet.write_number(row, 7, line.quantity, styles["quantity"])
            sheet.write_number(row, 8, line.unit_price, styles["price"])
        sheet.write_number(row, 9, line.amount, styles["money"])
        sheet.write_number(row, 10, line.tax, styles["money"])
        sheet.write_string(row, 11, _said(line, found.statement.status))
    if words := _spread(found):
        sheet.write_string(len(found.lines) + 2, 1, words)
