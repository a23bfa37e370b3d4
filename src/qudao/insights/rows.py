"""The lists behind the figures: which columns each shows, and how its rows are read."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qudao.flow import queries_punctuality
from qudao.insights import figures, labels, queries, rules
from qudao.insights.terms import SALES, Terms
from qudao.partners import territories
from qudao.ui import formats, listing, tables

Column = tables.Column


def fetch(code: str, asked: figures.Asked, names: labels.Names) -> Callable[[str | None, int], listing.Slice]:
    """How the list of a figure reads a page: `fetch(cursor, limit)`."""

    def page(cursor: str | None, limit: int) -> listing.Slice:
        after = int(cursor) if cursor and cursor.isdigit() else 0
        found = _read(code, asked, names, after, limit + 1)
        more = len(found) > limit
        shown = found[:limit]
        following = shown[-1]["id"] if code == "sales" and shown else after + limit
        return listing.Slice(rows=[linked(row) for row in shown], next=str(following) if more else None)

    return page


def _read(code, asked, names, after: int, limit: int) -> list[dict[str, Any]]:
    asked = figures.read_once(asked, code)
    if code == "attainment":
        return [standing(one, names) for one in (asked.standing or ())[after : after + limit]]
    if code == "turnover":
        found = queries.list_turnover(
            asked.cut, today=asked.today, days=figures.SPAN, after=after, limit=limit
        )
        return [_turned(one, names) for one in found]
    if code == "stock_out":
        return [item(one, names) for one in (asked.items or ())[after : after + limit]]
    if code == "flow":
        return [_owed(one, names) for one in _punctuality(asked, after, limit)]
    source = "overdue" if code == "dso" else code
    found = queries.rows_of(source, asked.cut, today=asked.today, after=after, limit=limit)
    shape = _SHAPES.get(code)
    return [shape(one) for one in found] if shape else found


def _punctuality(asked: figures.Asked, after: int, limit: int):
    return queries_punctuality.list_punctuality(
        first=figures.counted_since(asked),
        until=asked.cut.until,
        today=asked.today,
        actor=asked.actor,
        offset=after,
        limit=limit,
        **figures.facets(asked.cut),
    )


def sums(
    code: str, asked: figures.Asked, terms: Terms, *, costs: bool
) -> Callable[[], tuple[dict[str, Any], str]]:
    """What the rows come to: the figure and both its numbers, so that it is seen to be made of them; a number that a
    column adds up to stands under that column."""

    def found() -> tuple[dict[str, Any], str]:
        if code == "sales":
            net, gross = queries.total(asked.cut)
            return {"net": net, "gross": gross}, ""
        kpi, words, measured = rules.KPIS[code], terms.words[code], figures.measure(asked, code)
        columns = _SUMMED.get(code, {})
        if code in labels.EXPIRY and not costs:
            columns = {"on_hand": "numerator"}
        below = {{"numerator": words.top, "denominator": words.bottom}[part] for part in columns.values()}
        said = [
            *(
                one
                for one in labels.parts(kpi, words, measured, costs=costs, units=False)
                if one[0] not in below
            ),
            (words.name, labels.shown(kpi, rules.value(kpi=kpi, measured=measured))),
        ]
        return (
            {key: getattr(measured, part) for key, part in columns.items()},
            " · ".join(f"{label} {number}" for label, number in said),
        )

    return found


# Columns whose rows add up to a number of the figure.
_SUMMED = {
    "attainment": {"sales": "numerator", "due": "denominator"},
    "turnover": {"stock": "numerator", "sold": "denominator"},
    "near_expiry": {"value": "numerator"},
    "expired": {"value": "numerator"},
    "overdue": {"open": "denominator"},
    "dso": {"open": "numerator"},
}


def linked(row: dict[str, Any]) -> dict[str, Any]:
    """Where a row leads: its order, its shipment, its lot, its partner."""
    if row.get("shipment_id"):
        row["url"] = reverse("shipment", args=[row["shipment_id"]])
    elif row.get("order_id"):
        row["url"] = reverse("order", args=[row["order_id"]])
    elif row.get("lot_id"):
        row["url"] = reverse("lot", args=[row["lot_id"]])
    elif row.get("party_id") and row.get("party"):
        row["url"] = reverse("partner", args=[row["party_id"]])
    return row


def standing(one: queries.Standing, names: labels.Names) -> dict[str, Any]:
    return {
        "party_id": one.party_id,
        "party": one.party,
        "line": names.lines.get(one.line_id, ""),
        "region": names.regions.get(one.region_id, ""),
        "tier": one.tier,
        "sales": one.sales,
        "due": one.due,
        "rate": one.rate,
        "rate_tone": tone_of(one.rate),
    }


def tone_of(rate) -> str | None:
    """Attainment far behind is bad, behind is a warning."""
    if rate is None or rate >= 1:
        return None
    return "bad" if rate < figures.rules.FAR_BEHIND else "warn"


_COVER_TONES = {"out": "bad", "short": "bad", "watch": "warn", "ok": "ok", "idle": "hold"}


def item(one: queries.Item, names: labels.Names) -> dict[str, Any]:
    return {
        "item": one.name,
        "code": f"{one.code} · {one.specification}" if one.specification else one.code,
        "line": names.lines.get(one.line_id, ""),
        "unit": one.unit,
        "available": one.available,
        "waiting": one.waiting,
        "ordered": one.ordered,
        "incoming": one.incoming,
        "incoming_on": one.incoming_on,
        "days": one.cover.days,
        "out_on": one.cover.out_on,
        "state": labels.COVER[one.cover.state],
        "why": _short(one),
        "state_tone": _COVER_TONES[one.cover.state],
    }


def _short(one: queries.Item) -> str:
    """Why there is not enough of what is there: drafts wait for more than is free."""
    if one.cover.state != "out" or not one.available:
        return ""
    return gettext("drafts wait for %(waiting)s, more than is free") % {
        "waiting": formats.quantity(one.waiting)
    }


def _turned(one: Mapping[str, Any], names: labels.Names) -> dict[str, Any]:
    """A product with its stock and what of it left, at cost, and how many days it lasts."""
    measured = rules.Measured(one["stock"], one["sold"], figures.SPAN)
    specified = f"{one['code']} · {one['specification']}" if one["specification"] else one["code"]
    return {
        "item": one["item"],
        "code": specified,
        "line": names.lines.get(one["line_id"], ""),
        "stock": one["stock"],
        "sold": one["sold"],
        "days": rules.value(kpi=rules.KPIS["turnover"], measured=measured),
    }


def _promised(one: Mapping[str, Any]) -> dict[str, Any]:
    """A line due, and whether it was signed for in full by then."""
    state = _("In full and on time") if one["met"] else _("Late or short")
    return {**one, "state": state, "state_tone": "ok" if one["met"] else "bad"}


def _placed(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "place": territories.label(one["territory_id"])}


def _owed(one: queries_punctuality.Punctuality, names: labels.Names) -> dict[str, Any]:
    return {
        "party_id": one.party_id,
        "party": one.party,
        "line": names.lines.get(one.line_id, ""),
        "month": f"{one.month:%Y-%m}",
        "sent_at": one.sent_at,
        "rows": one.rows,
        "state": "received" if one.state == "matched" else one.state,
    }


def lot(one: Mapping[str, Any]) -> dict[str, Any]:
    """A lot near its expiry or past it: the days it has left, or has been past its last."""
    past = one["days"] < 0
    return {**one, "days": abs(one["days"]), "last_usable_on_tone": "bad" if past else None}


# Figure → what makes its rows readable.
_SHAPES: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    **dict.fromkeys(labels.EXPIRY, lot),
    "on_time": _promised,
    "coverage": _placed,
}


def columns(code: str, terms: Terms, *, costs: bool) -> list[Column]:
    """The columns of a figure's list."""
    chosen = _COLUMNS["overdue" if code == "dso" else code]
    return [
        dataclasses.replace(column, label=terms.net) if column.key == "sales" else column
        for column in chosen
        if costs or column.key != "value" or code not in labels.EXPIRY
    ]


# What near and past their expiry lots show alike.
_LOT = (
    Column(key="item", label=_("Product"), sub="code", sub_label=_("Code")),
    Column(key="lot", label=_("Lot")),
    Column(key="site", label=_("Warehouse")),
    Column(key="status", label=_("State"), kind="status", status="zone"),
    Column(key="last_usable_on", label=_("Expiry date"), kind="day"),
)
_LOT_WORTH = (
    Column(key="on_hand", label=_("Quantity"), kind="qty", unit="unit"),
    Column(key="value", label=_("At cost"), kind="money"),
)
# Columns by figure, in the order shown.
_COLUMNS: dict[str, tuple[Column, ...]] = {
    "sales": (
        Column(key="document_number", label=_("Document")),
        Column(key="on", label=_("Date"), kind="day"),
        Column(key="party", label=_("Partner"), whose="seen"),
        Column(key="item", label=_("Product"), sub="code", sub_label=_("Code")),
        Column(key="lot_code", label=_("Lot")),
        Column(key="quantity", label=_("Quantity"), kind="qty"),
        Column(key="net", label=_("Net"), kind="money"),
        Column(key="gross", label=_("With tax"), kind="money"),
    ),
    "attainment": (
        Column(key="party", label=_("Partner"), sub="line", sub_label=_("Product line"), whose="seen"),
        Column(key="rate", label=_("Attainment"), kind="bar"),
        Column(key="sales", label=SALES.net, kind="money"),
        Column(key="due", label=_("Target to date"), kind="money"),
        Column(key="region", label=_("Region")),
        Column(key="tier", label=_("Tier"), kind="status", status="grade"),
    ),
    "on_time": (
        Column(key="number", label=_("Order"), sub="party", sub_label=_("Partner"), sub_whose="seen"),
        Column(key="item", label=_("Product"), sub="specification", sub_label=_("Specification")),
        Column(key="no", label=_("Line"), kind="qty"),
        Column(key="promised_on", label=_("Promised for"), kind="day"),
        Column(key="quantity", label=_("Ordered"), kind="qty"),
        Column(key="by_then", label=_("Signed for by then"), kind="qty", telling=True),
        Column(key="signed", label=_("Signed for"), kind="qty", telling=True),
        Column(key="state", label=_("State"), kind="tag"),
    ),
    "shortage": (
        Column(key="number", label=_("Order"), sub="party", sub_label=_("Partner"), sub_whose="seen"),
        Column(key="business_on", label=_("Date"), kind="day"),
        Column(key="item", label=_("Product"), sub="specification", sub_label=_("Specification")),
        Column(key="quantity", label=_("Ordered"), kind="qty"),
        Column(key="available", label=_("Could be given"), kind="qty", telling=True),
        Column(key="missing", label=_("Missing"), kind="qty"),
    ),
    "order_to_ship": (
        Column(key="number", label=_("Shipment"), sub="order_number", sub_label=_("Order")),
        Column(key="party", label=_("Partner"), whose="seen"),
        Column(key="confirmed_at", label=_("Confirmed"), kind="moment"),
        Column(key="shipped_at", label=_("Shipped"), kind="moment"),
        Column(key="hours", label=_("Hours"), kind="qty"),
    ),
    "stock_out": (
        Column(key="item", label=_("Product"), sub="code", sub_label=_("Code")),
        Column(key="state", label=_("State"), kind="tag", sub="why"),
        Column(key="days", label=_("Days of cover"), kind="qty", telling=True),
        Column(key="out_on", label=_("Runs out"), kind="day"),
        Column(key="available", label=_("Free stock"), kind="qty", unit="unit", telling=True),
        Column(key="waiting", label=_("Drafts waiting"), kind="qty"),
        Column(key="ordered", label=_("Ordered in 8 weeks"), kind="qty"),
        Column(key="incoming", label=_("On order"), kind="qty"),
        Column(key="incoming_on", label=_("Expected"), kind="day"),
    ),
    "turnover": (
        Column(key="item", label=_("Product"), sub="code", sub_label=_("Code")),
        Column(key="line", label=_("Product line")),
        Column(key="stock", label=_("Average stock at cost"), kind="money"),
        Column(key="sold", label=_("Cost of goods sold in 90 days"), kind="money"),
        Column(key="days", label=_("Days of stock"), kind="qty"),
    ),
    "near_expiry": (*_LOT, Column(key="days", label=_("Days left"), kind="qty"), *_LOT_WORTH),
    "expired": (*_LOT, Column(key="days", label=_("Days past"), kind="qty"), *_LOT_WORTH),
    "coverage": (
        Column(key="party", label=_("Hospital")),
        Column(key="place", label=_("Territory")),
        Column(key="partners", label=_("Partners authorised"), kind="qty"),
        Column(key="day", label=_("Last sale"), kind="day"),
    ),
    "flow": (
        Column(key="party", label=_("Partner"), sub="line", sub_label=_("Product line"), whose="seen"),
        Column(key="month", label=_("Month")),
        Column(key="state", label=_("State"), kind="status", status="flow_file"),
        Column(key="sent_at", label=pgettext_lazy("flow", "Received at"), kind="moment"),
        Column(key="rows", label=_("Lines"), kind="qty"),
    ),
    "cross_region": (
        Column(key="hospital", label=_("Hospital"), sub="file", sub_label=_("File")),
        Column(key="partner", label=_("Partner"), whose="seen"),
        Column(key="sold_on", label=_("Sold on"), kind="day"),
        Column(key="item", label=_("Product")),
        Column(key="quantity", label=_("Quantity"), kind="qty"),
        Column(key="state", label=_("State"), kind="status", status="flow_line"),
    ),
    "overdue": (
        Column(key="number", label=_("Invoice"), sub="party", sub_label=_("Partner"), sub_whose="own"),
        Column(key="issued_on", label=_("Issued"), kind="day"),
        Column(key="due_on", label=_("Due"), kind="day"),
        Column(key="days", label=_("Days overdue"), kind="qty"),
        Column(key="gross", label=_("Amount"), kind="money"),
        Column(key="open", label=pgettext_lazy("invoice", "Still open"), kind="money"),
    ),
    "disputes": (
        Column(key="number", label=_("Statement"), sub="party", sub_label=_("Partner"), sub_whose="own"),
        Column(key="no", label=_("Line"), kind="qty"),
        Column(key="item", label=_("Product")),
        Column(key="amount", label=_("Amount"), kind="money"),
        Column(key="note", label=_("Dispute")),
        Column(key="resolution", label=_("Resolution")),
    ),
}
