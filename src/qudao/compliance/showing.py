"""What the trace page shows: the equation, who must be told, and the way in tables."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.compliance import queries, search, words
from qudao.compliance.rules import tracing
from qudao.kernel import scope
from qudao.ui import formats, tables

SHOWN = 60


def choices(subjects: list[queries.Subject]) -> tables.Table:
    """Of several that a text names, the one meant: lots of one product, or products that use one number."""
    alike = len({one.item_id for one in subjects}) == 1
    return tables.Table(
        label=_("Several lots of this product") if alike else _("Several products use this number"),
        columns=[
            tables.Column(key="number", label=_("Lot or serial number"), sub="lot"),
            tables.Column(key="item", label=_("Product"), sub="code"),
            tables.Column(key="last_usable_on", label=_("Expiry date"), kind="day"),
        ],
        rows=[
            {
                "number": one.serial or one.lot,
                "lot": one.lot if one.serial else "",
                "item": f"{one.item_name} {one.specification}",
                "code": one.item_code,
                "last_usable_on": one.last_usable_on,
                "url": search.address(one),
            }
            for one in subjects
        ],
    )


def equation(found: queries.Trace) -> dict[str, list[dict[str, Any]]]:
    """Both sides of the sums, place by place added up: `came` and `now`, each [{label, quantity}]."""
    sides: dict[str, dict[str, Decimal]] = {"in": {}, "out": {}}
    for one in found.totals:
        side = sides[one.side]
        side[one.code] = side.get(one.code, Decimal(0)) + one.quantity
    return {
        name: [{"label": words.total(code), "quantity": quantity} for code, quantity in sides[side].items()]
        for name, side in (("came", "in"), ("now", "out"))
    }


def linked_facts(chosen: queries.Subject, *, actor: scope.Actor, today: dt.date) -> list[tuple[Any, Any]]:
    """The same for a page: the product leads to its own."""
    (label, name), *others = facts(chosen, actor=actor, today=today)
    page = reverse("device", args=[chosen.item_id])
    return [(label, format_html('<a href="{}">{}</a>', page, name)), *others]


def facts(chosen: queries.Subject, *, actor: scope.Actor, today: dt.date) -> list[tuple[Any, str]]:
    """What it is, in plain words."""
    certificate, di = queries.registered(chosen, actor, today=today)
    kept = queries.retain_until(chosen, recorded_on=today)
    rows = [
        (_("Product"), " ".join(filter(None, (chosen.item_name, chosen.specification)))),
        (_("Product code"), chosen.item_code),
        (_("Manufacturer"), chosen.manufacturer),
        (_("Registration certificate"), certificate),
        (_("Device identifier (DI)"), di),
        (_("Lot"), chosen.lot),
        (_("Serial number"), chosen.serial),
        (_("Produced on"), formats.day(chosen.produced_on)),
        (_("Expiry date"), formats.day(chosen.last_usable_on)),
        (_("Records kept until"), formats.day(kept) if kept else _("for ever (implant)")),
    ]
    return [(label, str(value)) for label, value in rows if value]


def nothing() -> tables.Empty:
    """What the page says before anything is asked."""
    return tables.Empty(
        title=_("Trace a lot or a single piece"),
        hint=_(
            "A lot number shows whom it came from, where it lies and who received it; "
            "a serial number or a scanned UDI the way of one piece."
        ),
        icon="barcode",
    )


def sums(found: queries.Trace, chosen: queries.Subject) -> tables.Table:
    """What came in, and every place it is in now; both columns have the same sum when it adds up."""
    rows = [
        {
            "what": words.total(one.code),
            "place": words.place(found, one.site_id) if one.site_id else "",
            "condition": words.condition(one.status),
            "came": one.quantity if one.side == "in" else None,
            "now": one.quantity if one.side == "out" else None,
        }
        for one in found.totals
    ]
    return tables.Table(
        label=_("Sums"),
        columns=[
            tables.Column(key="what", label=_("What"), sub="place"),
            tables.Column(key="condition", label=_("Condition")),
            tables.Column(key="came", label=_("Came in"), kind="qty"),
            tables.Column(key="now", label=_("Is now"), kind="qty"),
        ],
        rows=rows,
        sums={"came": found.came, "now": found.out},
        sums_label=_("Total, %(unit)s") % {"unit": formats.unit(chosen.unit, 2)},
    )


def way(found: queries.Trace, direction: str, chosen: queries.Subject, label: str) -> tables.Table:
    """The moves of a direction, summed: each row begins with where it went; of where it came from, with that."""
    rows = [
        {
            "target": words.indented(found, one.to_site_id, one.level),
            "what": words.move(one.kind),
            "source": words.place(found, one.from_site_id),
            "condition": words.condition(one.to_status),
            "quantity": one.quantity,
            "unit": chosen.unit,
            "moves": one.moves,
            "first_on": one.first_on,
            "last_on": one.last_on,
        }
        for one in found.edges
        if one.direction == direction
    ]
    target = tables.Column(key="target", label=_("To"))
    source = tables.Column(key="source", label=_("Moved from"))
    first, last = (source, target) if direction == "backward" else (target, source)
    return tables.Table(
        label=label,
        columns=[
            first,
            tables.Column(key="what", label=_("What"), sub="condition"),
            last,
            tables.Column(key="quantity", label=_("Quantity"), kind="qty", unit="unit"),
            tables.Column(key="moves", label=_("Moves"), kind="qty"),
            tables.Column(key="first_on", label=_("First moved"), kind="day"),
            tables.Column(key="last_on", label=_("Last moved"), kind="day"),
        ],
        rows=rows,
        empty=tables.Empty(title=_("Nothing"), icon="barcode"),
    )


def holders(found: queries.Trace, chosen: queries.Subject, told: list[queries.Notice]) -> tables.Table:
    """Who has it and whom a recall must tell, with contact: those who returned everything need not be told."""
    contact = {one.party_id: one for one in told}
    rows = [_holder(found, one, contact.get(found.nodes[one.site_id].party_id)) for one in in_line(found)]
    return tables.Table(
        label=told_title(chosen),
        columns=[
            tables.Column(key="name", label=_("Dealer or hospital"), sub="told"),
            tables.Column(key="left", label=_("Still there"), kind="qty"),
            tables.Column(key="came", label=_("Received"), kind="qty"),
            tables.Column(key="passed_on", label=_("Sold on"), kind="qty"),
            tables.Column(key="returned", label=_("Returned"), kind="qty"),
            *([tables.Column(key="contact", label=_("Contact"), sub="address")] if told else []),
        ],
        rows=rows,
        sums={"left": sum(one.left for one in found.holders)},
        sums_label=_("Total, %(unit)s") % {"unit": formats.unit(chosen.unit, 2)},
        empty=tables.Empty(
            title=_("Nobody yet"),
            hint=_("Nothing of it was delivered to a dealer or hospital."),
            icon="building-hospital",
        ),
    )


def told_title(chosen: queries.Subject) -> str:
    """Over those who have it. Of what is held it says that they are told: only who need not be is marked."""
    return _("Who must be told") if chosen.hold else _("Who received it")


def in_line(found: queries.Trace) -> list[tracing.Holder]:
    """Whoever has it, each followed by those it first sold to, as the indent says; the most left goes first."""
    from_whom: dict[int, int] = {}
    for edge in found.edges:
        if edge.direction == "forward":
            from_whom.setdefault(edge.to_site_id, edge.from_site_id)
    known = {one.site_id for one in found.holders}
    below: dict[int, list[tracing.Holder]] = {}
    for one in sorted(found.holders, key=lambda one: (one.level, -one.left, one.site_id)):
        giver = from_whom.get(one.site_id, 0) if one.level > 1 else 0
        below.setdefault(giver if giver in known else 0, []).append(one)
    told: list[tracing.Holder] = []
    waiting = list(reversed(below.pop(0, [])))
    while waiting:
        told.append(one := waiting.pop())
        waiting += reversed(below.pop(one.site_id, []))
    return [*told, *(one for left in below.values() for one in left)]


def _holder(found: queries.Trace, one: Any, told: queries.Notice | None) -> dict[str, Any]:
    node = found.nodes[one.site_id]
    return {
        "name": words.indented(found, one.site_id, one.level),
        "told": _("nothing left there") if found.whole and not told else "",
        "url": reverse("partner", args=[node.party_id]) if node.party_id else None,
        "came": one.came,
        "passed_on": one.passed_on or None,
        "returned": one.returned or None,
        "left": one.left,
        "left_tone": "bad" if one.left < 0 else "",
        "contact": words.contact(told) if told else "",
        "address": told.address if told else "",
    }


def ways(found: queries.Trace) -> list[tuple[str, str]]:
    """The directions there are, with their headings; a partner sees only where it went."""
    return [
        (code, words.direction(code)) for code in ("forward", "backward", "inside")[: 3 if found.whole else 1]
    ]


def serials(found: queries.Trace) -> tables.Table | None:
    """The pieces of a lot that carry a number, each with where it is now; it opens the trace of the piece alone."""
    if not found.serials:
        return None
    return tables.Table(
        label=_("Serial numbers"),
        columns=[
            tables.Column(key="serial", label=_("Serial number")),
            tables.Column(key="place", label=pgettext("trace", "Place"), sub="condition"),
            tables.Column(key="on", label=pgettext("trace", "Since"), kind="day"),
        ],
        rows=[
            {
                "serial": one.serial,
                "place": words.place(found, one.site_id),
                "condition": words.condition(one.status),
                "on": one.on,
                "url": search.address_of(0, one.serial_id, one.serial),
            }
            for one in found.serials
        ],
    )


def latest(
    found: queries.Trace, chosen: queries.Subject, documents: Mapping[int, tuple[str, str]]
) -> tables.Table:
    """The newest moves, each with its document and, of a lot whose pieces carry one, the number of the piece."""
    rows = [
        {
            "what": words.move(one.kind),
            "way": f"{words.place(found, one.from_site_id)} → {words.place(found, one.to_site_id)}",
            "serial": one.serial,
            "document": document,
            "address": address or None,
            "quantity": one.quantity,
            "unit": chosen.unit,
            "at": one.at,
        }
        for one in found.timeline[:SHOWN]
        for document, address in [documents.get(one.id, ("", ""))]
    ]
    return tables.Table(
        label=_("Latest moves"),
        columns=[
            tables.Column(key="what", label=_("What"), sub="way"),
            *([tables.Column(key="serial", label=_("Serial number"))] if found.serials else []),
            tables.Column(key="document", label=_("Document"), link="address"),
            tables.Column(key="quantity", label=_("Quantity"), kind="qty", unit="unit"),
            tables.Column(key="at", label=_("When"), kind="moment"),
        ],
        rows=rows,
    )
