"""Receiving with the scanner, and the inspection of what came."""

import collections
import dataclasses
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.inventory import queries as inventory
from qudao.kernel import errors, periods, scope
from qudao.organisation import queries_people
from qudao.partners import queries as partners
from qudao.supply import operations, queries, rules, scanning
from qudao.ui import filters, listing, pages, parsing, status, tables
from qudao.ui import scanning as scanner

STATES = ("pending", "inspecting", "inspected")


@pages.house_page("supply.receipt.manage")
def receive(request, purchase_id) -> HttpResponse:
    """Scan what the carrier brought, against the purchase and the delivery note."""
    if request.method != "POST":
        return _show(request, purchase_id)

    def perform() -> str:
        view = queries.get_purchase(purchase_id, request.actor)
        read = scanning.read(view, scanner.codes(request), today=periods.business_date(request.now))
        errors.raise_if_refused(read.reasons)
        found = operations.receive_goods(
            purchase_id=purchase_id,
            delivery_note=request.POST.get("delivery_note", "")[:60],
            lines=read.lines,
            arrival_temperature=_temperature(request),
            actor=request.actor,
            now=request.now,
        )
        return str(found.id)

    try:
        return redirect("goods_receipt", receipt_id=pages.once(request, perform))
    except errors.Refused as refusal:
        return _show(request, purchase_id, reasons=refusal.reasons, code=refusal.status)


def _temperature(request) -> Decimal | None:
    text = request.POST.get("temperature", "").strip()
    found = parsing.number(text)
    if text and (found is None or not -100 < found < 100):
        raise errors.refuse("supply.temperature_not_a_number", text=text[:20])
    return found


@pages.house_page("supply.receipt.manage")
def receive_check(request, purchase_id) -> HttpResponse:
    """The verdict on one label, for the scanner; nothing is written."""
    with scope.transaction(request.actor):
        view = queries.get_purchase(purchase_id, request.actor)
        state = _state(request, view, scanner.codes(request), scanner.code(request))
        return render(request, "ui/parts/scan_state.html", {"state": state})


def _state(request, view: queries.PurchaseView, accepted: list[str], code: str) -> scanner.State:
    """The state after `code`; a label that is refused leaves everything as it was."""
    before = _look(request, view, accepted)
    refusing = [one for one in before.said if one.refuses]
    if not code:
        left, lines = _left(view, before.arrived), _shown(view, before.arrived)
        if refusing:
            return scanner.refusal(refusing, left=left, lines=lines)
        title = _("Go on scanning") if accepted else _("Scan the labels of what arrived")
        return scanner.State(kind="ready", title=title, left=left, lines=lines)
    after = _look(request, view, [*accepted, code], code)
    refusing = [one for one in after.said if one.refuses]
    if refusing:
        left, lines = _left(view, before.arrived), _shown(view, before.arrived)
        return scanner.refusal(refusing, left=left, lines=lines)
    return _accepted(view, before, after)


def _accepted(view: queries.PurchaseView, before: "_Looked", after: "_Looked") -> scanner.State:
    """What the new code was taken for: the goods, how many, and what stands on their label."""
    added = {no: now - before.arrived.get(no, Decimal(0)) for no, now in after.arrived.items()}
    now_on = {no for no, quantity in added.items() if quantity}
    left = _left(view, after.arrived)
    more: dict[str, Any] = {"left": left, "lines": _shown(view, after.arrived, now_on)}
    title = _("Scanned")
    line = next((one for one in view.lines if one.no in now_on), None)
    if line:
        package, holds = after.package
        title, quantity = f"{line.no} · {line.item_name}", sum(added.values(), Decimal(0))
        more["counted"] = scanner.counted(quantity, line.base_unit, package=package, holds=holds)
        more["read"] = after.label
        more["of"] = f"{line.item_code} · {line.specification}"
    warned = scanner.warning(after.mine)
    if not left and not warned:
        done = _("Everything ordered is here.")
        if line:
            more["of"] = f"{line.item_name} · {more['of']}"
        return scanner.State(kind="done", title=_("Complete"), detail=done, **more)
    return scanner.State(kind="warn" if warned else "ok", title=title, detail=warned, **more)


@dataclasses.dataclass(frozen=True, slots=True)
class _Looked:
    """What arrived by purchase line and everything said; of the new code alone what is said, what its label is on
    with how many base units that holds, and what stands on it."""

    arrived: dict[int, Decimal]
    said: list[errors.Reason]
    mine: list[errors.Reason]
    package: tuple[str, int]
    label: list[tuple[str, str]]


def _look(request, view: queries.PurchaseView, codes: list[str], new: str = "") -> _Looked:
    read = scanning.read(view, codes, today=periods.business_date(request.now))
    seen = operations.look_at_delivery(
        purchase_id=view.id, lines=read.lines, actor=request.actor, now=request.now
    )
    place = list(collections.Counter(codes)).index(new) + 1 if new else 0
    mine = [one for one in read.reasons if one.line == place]
    mine += [one for one in seen.reasons if one.line and read.sources[one.line - 1] == new]
    arrival = next((one for one in seen.arrivals if read.sources[one.no - 1] == new), None)
    label = (
        scanner.label(
            lot=arrival.lot,
            serial=arrival.serial,
            produced_on=arrival.produced_on,
            last_usable_on=arrival.last_usable_on,
        )
        if arrival
        else []
    )
    said = [*read.reasons, *seen.reasons]
    return _Looked(seen.arrived, said, mine, read.packages.get(new, ("", 1)), label)


def _left(view: queries.PurchaseView, arrived: dict[int, Decimal]) -> Decimal:
    return sum((line.open - arrived.get(line.no, Decimal(0)) for line in view.lines), Decimal(0))


def _shown(view, arrived: dict[int, Decimal], now_on: set[int] | None = None) -> list[scanner.Line]:
    lines = [
        scanner.Line(
            title=line.item_name,
            detail=f"{line.no} · {line.item_code} · {line.specification}",
            done=arrived.get(line.no, Decimal(0)),
            wanted=line.open,
            unit=line.base_unit,
            now=line.no in (now_on or set()),
        )
        for line in view.lines
        if line.open > 0
    ]
    return sorted(lines, key=lambda line: (not line.now, line.complete))


def _show(request, purchase_id, *, reasons=(), code: int = 200) -> HttpResponse:
    actor = request.actor
    with scope.transaction(actor):
        view = queries.get_purchase(purchase_id, actor)
        if view.status not in ("ordered", "receiving"):
            return redirect("purchase", purchase_id=purchase_id)
        accepted = scanner.codes(request)
        supplier = partners.party_names([view.supplier_id], actor).get(view.supplier_id, "")
        context = {
            "purchase": view,
            "state": _state(request, view, accepted, ""),
            "scans": "\n".join(accepted),
            "way": f"{supplier} → {inventory.get_site(view.site_id, actor).name}",
            "crumbs": [
                {"title": _("Purchases"), "url": reverse("purchases")},
                {"title": view.number, "url": reverse("purchase", args=[view.id])},
                {"title": _("Receive")},
            ],
            "cold": queries.holds_cold_chain(view, on=periods.business_date(request.now)),
            "open_lines": [line for line in view.lines if line.open > 0],
            "typed": request.POST,
            "reasons": reasons,
        }
        return pages.show(request, "supply/receive.html", context, status=code)


@pages.house_page("supply.purchase.view")
def receipts(request) -> HttpResponseBase:
    """Receipts, newest first; those that wait are the queue of inspection."""
    actor, query = request.actor, request.GET
    site_id, state = parsing.whole(query.get("site")), query.get("status", "")
    sites = {one.id: one.name for one in inventory.list_sites(actor)}
    statuses = STATES[:2] if state == "open" else (state,) if state in STATES else None

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_receipts(
            actor, statuses=statuses, site_ids=(site_id,) if site_id else None, cursor=cursor, limit=limit
        )
        names = partners.party_names([one.supplier_id for one in found.rows], actor)
        rows = [
            {
                "number": one.number,
                "url": reverse("goods_receipt", args=[one.id]),
                "purchase": one.purchase_number,
                "status": one.status,
                "supplier": names.get(one.supplier_id, ""),
                "note": one.delivery_note,
                "site": sites.get(one.site_id, ""),
                "at": one.arrived_at,
            }
            for one in found.rows
        ]
        return listing.Slice(rows, found.next)

    described = listing.Listing(
        name="goods_receipts",
        title=_("Goods receipts"),
        crumbs=[{"title": _("Purchases"), "url": reverse("purchases")}, {"title": _("Goods receipts")}],
        columns=[
            tables.Column(
                key="number", label=_("Goods receipt"), sub="purchase", sub_label=_("Purchase order")
            ),
            tables.Column(key="status", label=_("State"), kind="status", status="receipt"),
            tables.Column(
                key="supplier", label=pgettext("role", "Supplier"), sub="note", sub_label=_("Delivery note")
            ),
            tables.Column(key="site", label=_("Warehouse")),
            tables.Column(key="at", label=_("Arrived"), kind="moment"),
        ],
        filters=[
            filters.Choice(
                "status",
                _("State"),
                [("open", _("To inspect")), *((one, status.show("receipt", one).label) for one in STATES)],
            ),
            filters.Choice("site", _("Warehouse"), [(str(pk), name) for pk, name in sites.items()]),
        ],
        fetch=fetch,
        empty=tables.Empty(title=_("No receipts"), hint=_("What is received waits here for inspection.")),
        order=_("Latest arrival first"),
    )
    return listing.respond(request, described)


@pages.house_page("supply.purchase.view")
def receipt(request, receipt_id) -> HttpResponse:
    """A receipt; inspection judges its lines here."""
    if request.method != "POST":
        return _show_receipt(request, receipt_id)

    def perform() -> str:
        view = queries.get_receipt(receipt_id, request.actor)
        verdicts = [_verdict(request, line) for line in view.lines if _judged(request, line.no)]
        operations.inspect(receipt_id=receipt_id, verdicts=verdicts, actor=request.actor, now=request.now)
        return str(receipt_id)

    try:
        pages.once(request, perform)
    except errors.Refused as refusal:
        return _show_receipt(request, receipt_id, reasons=refusal.reasons, code=refusal.status)
    return redirect("goods_receipt", receipt_id=receipt_id)


def _judged(request, no: int) -> bool:
    """Whether the line was ticked; what has a rejected quantity was looked at, ticked or not."""
    return any(request.POST.get(f"{name}_{no}", "").strip() for name in ("judge", "rejected"))


def _verdict(request, line: queries.ReceiptLineView) -> rules.Verdict:
    """rejected_<no>, reason_<no>, disposition_<no>; what is not rejected conforms."""
    text = request.POST.get(f"rejected_{line.no}", "").strip()
    rejected = parsing.number(text) if text else Decimal(0)
    if rejected is None:
        raise errors.refuse("supply.quantity_not_a_number", line=line.no, text=text[:40])
    return rules.Verdict(
        line.no,
        line.quantity - rejected,
        rejected,
        request.POST.get(f"reason_{line.no}", "").strip()[:200],
        request.POST.get(f"disposition_{line.no}", ""),
    )


def dispositions() -> dict[str, str]:
    """What becomes of goods that do not conform, in words."""
    return {
        "return": _("Back to the supplier"),
        "destroy": _("To be destroyed"),
        "hold": _("Keep until decided"),
    }


def _show_receipt(request, receipt_id, *, reasons=(), code: int = 200) -> HttpResponse:
    actor = request.actor
    with scope.transaction(actor):
        view = queries.get_receipt(receipt_id, actor)
        people = queries_people.names_of({view.received_by, *(line.inspected_by for line in view.lines)})
        words = dispositions()
        own = view.received_by == actor.ref and actor.kind == "person"
        may = view.status != "inspected" and actor.can("supply.inspection.decide")
        context = {
            "receipt": view,
            "crumbs": [
                {"title": _("Goods receipts"), "url": reverse("goods_receipts")},
                {"title": view.number},
            ],
            "supplier": partners.party_names([view.supplier_id], actor).get(view.supplier_id, ""),
            "site": inventory.get_site(view.site_id, actor).name,
            "received_by": people.get(view.received_by, view.received_by),
            "lines": [
                {
                    "line": line,
                    "inspected_by": people.get(line.inspected_by, line.inspected_by),
                    "disposition": words.get(line.disposition, ""),
                    "rejected": request.POST.get(f"rejected_{line.no}", ""),
                    "reason": request.POST.get(f"reason_{line.no}", ""),
                    "chosen": request.POST.get(f"disposition_{line.no}", ""),
                    "judge": _judged(request, line.no),
                }
                for line in view.lines
            ],
            "dispositions": list(words.items()),
            "may": may and not own,
            "own": may and own,
            "reasons": reasons,
        }
        return pages.show(request, "supply/receipt.html", context, status=code)
