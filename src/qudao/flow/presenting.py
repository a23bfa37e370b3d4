"""Rows of sell-through as tables show them: what was reported beside what it was taken for."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qudao.catalog import queries as catalog
from qudao.flow import queries
from qudao.flow.rules import cases, states
from qudao.kernel import errors, messages, periods, scope, tabular
from qudao.partners import queries as partners
from qudao.ui import formats, tables

MONTHS = 6
METHODS = {"excel": pgettext_lazy("flow", "File"), "api": gettext_lazy("API"), "ftp": gettext_lazy("FTP")}
RULES = {
    "uscc": gettext_lazy("credit code"),
    "code": gettext_lazy("code"),
    "alias": gettext_lazy("remembered"),
    "name": gettext_lazy("name"),
    "close": gettext_lazy("similar name"),
    "lot": gettext_lazy("lot"),
    "serial": gettext_lazy("serial number"),
    "udi": gettext_lazy("device identifier"),
}
# What a reason of the dry run will make of its row, the first that is found.
_EXPECTED = (
    ("flow.line_repeated", "duplicate"),
    ("flow.customer_unknown", "unmatched"),
    ("flow.product_unknown", "unmatched"),
    ("flow.lot_missing", "unmatched"),
    ("flow.lot_unknown", "unmatched"),
    ("flow.unit_unknown", "unmatched"),
    ("flow.out_of_area", "appeal"),
    ("flow.more_than_bought", "appeal"),
    ("flow.more_back_than_sold", "appeal"),
    ("flow.late", "late"),
)
PREVIEWED = 100


def said(reasons: Iterable[errors.Reason]) -> str:
    """Reasons in words, one after the other."""
    return " ".join(messages.render(reason).why for reason in reasons)


def file_rows(files: Sequence[queries.FileView], actor: scope.Actor) -> list[dict[str, Any]]:
    """Files with their partner's name and what waits in them."""
    names = partners.party_names([one.party_id for one in files], actor) if files else {}
    return [
        {
            "number": one.number,
            "name": one.name,
            "url": reverse("flow_file", args=[one.id]),
            "party": names.get(one.party_id, ""),
            "month": f"{one.month:%Y-%m}",
            "method": METHODS.get(one.method, one.method),
            "taken_in_at": one.taken_in_at,
            "rows": one.rows,
            "matched": one.matched,
            "waiting": one.states.get("unmatched", 0),
            "waiting_tone": "warn" if one.states.get("unmatched") else None,
            "appeal": one.states.get("appeal", 0),
            "appeal_tone": "bad" if one.states.get("appeal") else None,
            "status": one.status,
        }
        for one in files
    ]


def file_columns() -> list[tables.Column]:
    return [
        tables.Column(key="number", label=_("File"), sub="name", sub_label=_("File name")),
        tables.Column(key="party", label=_("Partner"), whose="seen"),
        tables.Column(key="month", label=_("Month")),
        tables.Column(key="method", label=_("Sent by")),
        tables.Column(key="taken_in_at", label=pgettext("flow", "Received at"), kind="moment"),
        tables.Column(key="rows", label=_("Lines"), kind="qty"),
        tables.Column(key="matched", label=_("Matched"), kind="qty"),
        tables.Column(key="waiting", label=_("To be matched"), kind="qty"),
        tables.Column(key="appeal", label=_("Alerts"), kind="qty"),
        tables.Column(key="status", label=_("State"), kind="status", status="flow_file"),
    ]


def lines(rows: Sequence[queries.RowView], actor: scope.Actor, today: dt.date) -> list[dict[str, Any]]:
    """Each line: the customer and product as reported, and beside them the hospital and item on file."""
    named = {pk for row in rows for pk in (row.hospital_id, row.party_id) if pk}
    names = partners.party_names(named, actor)
    items = catalog.items({row.item_id for row in rows if row.item_id}, on=today, entity_id=0)
    return [_line(row, names, items) for row in rows]


def _line(row: queries.RowView, names: dict[int, str], items: dict[int, Any]) -> dict[str, Any]:
    reported = row.reported
    item, hospital = items.get(row.item_id), names.get(row.hospital_id, "")
    product = [reported.get(name, "") for name in ("product", "specification", "item_code")]
    return {
        "id": row.id,
        "url": reverse("flow_case", args=[row.id]) if row.is_case else None,
        "no": row.no,
        "no_words": _("line %(no)s") % {"no": row.no},
        "party": names.get(row.party_id, ""),
        "file": row.file_number,
        "file_url": reverse("flow_file", args=[row.file_id]),
        "sold_on": row.sold_on,
        # Late lines count in another month than the one they were sold in.
        "counted": ""
        if f"{row.counted_month:%Y-%m}" == f"{row.sold_on:%Y-%m}"
        else f"{row.counted_month:%Y-%m}",
        "customer": reported.get("customer", ""),
        "called": reported.get("customer", "") if reported.get("customer") != hospital else "",
        "city": reported.get("city", ""),
        "hospital": hospital,
        "customer_rule": _known(row.customer_rule),
        "product": " ".join(filter(None, product)),
        "document": reported.get("document", ""),
        "item": f"{item.name} {item.specification}".strip() if item else "",
        "product_rule": _known(row.product_rule),
        "lot": reported.get("serial") or reported.get("lot", ""),
        "quantity": row.quantity,
        "unit": item.base_unit if item else "",
        "reported_quantity": _differing(row, reported, item),
        "state": _state(row),
        "verdict": row.verdict or _waiting(row),
        "why": said(row.reasons),
    }


def _state(row: queries.RowView) -> str:
    """The line's own state; of a suspicion what it waits for, or what was found, as the list of suspicions says it."""
    if row.state != states.APPEAL:
        return row.state
    if row.verdict == cases.UPHELD:
        return row.verdict
    return queries.OPEN if row.may_be_judged else row.state


def _waiting(row: queries.RowView) -> str:
    """What a line without a verdict waits for: ours, where it may be a diversion; else the partner's explanation."""
    if row.may_be_judged:
        return queries.OPEN
    return "unexplained" if row.is_case else ""


def _known(rule: str) -> str:
    """By what the words were recognised."""
    return _("by %(rule)s") % {"rule": RULES.get(rule, rule)} if rule else ""


def _differing(row: queries.RowView, reported: dict[str, Any], item: Any) -> str:
    """The quantity in the words of the file, where they say something else than ours."""
    written, unit = reported.get("quantity", ""), reported.get("unit", "")
    if (written, unit) == (formats.quantity(row.quantity), item.base_unit if item else ""):
        return ""
    return f"{written} {formats.unit(unit, 1 if written == '1' else 2)}".strip()


def line_columns() -> list[tables.Column]:
    """Lines of one file: what was reported, and beside it what it was taken for."""
    return [
        tables.Column(key="no", label=_("Line"), kind="qty"),
        tables.Column(key="state", label=_("State"), kind="status", status="flow_line"),
        tables.Column(
            key="sold_on",
            label=pgettext("flow", "Sold on"),
            kind="day",
            sub="counted",
            sub_label=_("Counted in"),
        ),
        tables.Column(key="customer", label=_("Customer as reported"), sub="city", sub_label=_("City")),
        tables.Column(key="hospital", label=_("Hospital"), sub="customer_rule", sub_label=_("Known by")),
        tables.Column(key="product", label=_("Product as reported"), sub="document", sub_label=_("Document")),
        tables.Column(
            key="item", label=_("Product"), sub="product_rule", sub_label=_("Product known by"), wrap=True
        ),
        tables.Column(key="lot", label=_("Lot or serial number")),
        tables.Column(
            key="quantity",
            label=_("Quantity"),
            kind="qty",
            unit="unit",
            sub="reported_quantity",
            sub_label=_("Quantity as reported"),
        ),
        tables.Column(key="why", label=_("Why"), wrap=True),
    ]


def case_columns() -> list[tables.Column]:
    """Lines of many files that have to be explained: whose, why, and what was found."""
    return [
        tables.Column(key="file", label=_("File"), sub="no_words", sub_label=_("Line")),
        tables.Column(key="party", label=_("Partner"), whose="seen"),
        tables.Column(
            key="verdict", label=pgettext("diversion", "Verdict"), kind="status", status="diversion"
        ),
        tables.Column(key="why", label=_("Why"), wrap=True),
        tables.Column(key="sold_on", label=pgettext("flow", "Sold on"), kind="day"),
        tables.Column(key="hospital", label=_("Hospital"), sub="called", sub_label=_("Customer as reported")),
        tables.Column(
            key="item", label=_("Product"), sub="lot", sub_label=_("Lot or serial number"), wrap=True
        ),
        tables.Column(key="quantity", label=_("Quantity"), kind="qty", unit="unit"),
    ]


def preview(result: tabular.Result) -> tables.Table:
    """The dry run: the first lines with what will become of each."""
    return tables.Table(
        label=_("What becomes of each line"),
        columns=[
            tables.Column(key="no", label=_("Row")),
            tables.Column(key="state", label=_("Becomes"), kind="status", status="flow_line"),
            tables.Column(key="sold_on", label=pgettext("flow", "Sold on"), kind="day"),
            tables.Column(key="customer", label=_("Customer")),
            tables.Column(key="product", label=_("Product")),
            tables.Column(key="lot", label=_("Lot or serial number")),
            tables.Column(key="quantity", label=_("Quantity"), kind="qty"),
            tables.Column(key="why", label=_("Why"), wrap=True),
        ],
        rows=[
            {
                "no": str(row.number),
                "state": expected(row),
                "sold_on": row.values["sold_on"],
                "customer": row.values["customer"],
                "product": row.values["product"] or row.values["item_code"] or row.values["specification"],
                "lot": row.values["serial"] or row.values["lot"],
                "quantity": row.values["quantity"],
                "why": said(row.reasons),
            }
            for row in result.rows[:PREVIEWED]
        ],
    )


def expected(row: tabular.RowResult) -> str:
    """The state the row will have, by what the dry run says of it."""
    codes = {reason.code for reason in row.reasons}
    return next((state for code, state in _EXPECTED if code in codes), "normal")


def summary(result: tabular.Result) -> list[tuple[str, int]]:
    """How many lines will count, wait, have to be explained, or were reported before."""
    found = [expected(row) for row in result.rows if row.ok]
    words = {
        "normal": _("will count"),
        "late": _("late, count in the open month"),
        "unmatched": _("wait for a match"),
        "appeal": _("have to be explained"),
        "duplicate": _("were reported before"),
    }
    counted = [(text, found.count(state)) for state, text in words.items()]
    return [one for one in (*counted, (_("cannot be read"), result.refused_count)) if one[1]]


def since(today: dt.date) -> dt.date:
    """The first of the months whose punctuality is looked at."""
    return periods.add_months(today.replace(day=1), -MONTHS)


def punctuality(owed: int, punctual: int, first: dt.date) -> str:
    """What the two figures count, in words: an account owes one file a month."""
    return _("Since %(month)s: %(punctual)s of %(owed)s monthly files on time, one per account and month") % {
        "month": f"{first:%Y-%m}",
        "punctual": punctual,
        "owed": owed,
    }
