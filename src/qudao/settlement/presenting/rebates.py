"""What the pages of rebates show."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qudao.catalog import queries as catalog
from qudao.kernel import periods, scope
from qudao.organisation import queries_journal
from qudao.pricing import names as term_words
from qudao.pricing import queries as pricing
from qudao.pricing.rules import case
from qudao.pricing.rules import rebate as scales
from qudao.settlement import queries, showing
from qudao.settlement.operations import rebates as verbs
from qudao.settlement.presenting import tiers
from qudao.settlement.rules import rebates as rules
from qudao.ui import formats, tables

LINES, SHOWN = 50, 5
EXCLUSIONS = {
    "": gettext_lazy("Counts"),
    "vbp": gettext_lazy("Centralised procurement price"),
    "gift": gettext_lazy("Gift"),
    "sample": gettext_lazy("Sample"),
    "rebate_paid": gettext_lazy("Paid by rebate"),
    "item_id": gettext_lazy("Product not in the term"),
    "channel": gettext_lazy("Channel not in the term"),
    "region_id": gettext_lazy("Region not in the term"),
    "hospital_id": gettext_lazy("Hospital not in the term"),
}
BASES = {
    "ordered": gettext_lazy("Orders confirmed"),
    "shipped": gettext_lazy("Goods shipped"),
    "signed": gettext_lazy("Goods signed for"),
    "invoiced": gettext_lazy("Invoices issued"),
}
MODES = {
    "whole": gettext_lazy("the whole volume at the rate of the tier reached"),
    "marginal": gettext_lazy("each part of the volume at the rate of its own tier"),
    "per_unit": gettext_lazy("an amount for each piece"),
    "fixed": gettext_lazy("a fixed amount for the tier reached"),
}


def columns() -> list[tables.Column]:
    """The list of runs."""
    return [
        tables.Column(key="number", label=_("Rebate run"), sub="term", sub_label=_("Term")),
        showing.PARTY,
        tables.Column(key="contract", label=_("Contract"), sub="period", sub_label=_("Period")),
        tables.Column(
            key="status",
            label=_("State"),
            kind="status",
            status="rebate_run",
            sub="under_way",
            sub_label=_("Period under way"),
        ),
        tables.Column(key="volume", label=_("Volume counted"), figure=True),
        tables.Column(key="rate", label=_("Tier reached"), figure=True),
        tables.Column(key="earned", label=_("Earned"), kind="money"),
        tables.Column(key="settled_before", label=_("Settled before"), kind="money", telling=True),
        tables.Column(key="payable", label=_("To settle"), kind="money"),
    ]


def run_rows(found: Sequence[queries.RunView], actor: scope.Actor, *, today: dt.date) -> list[dict[str, Any]]:
    names = showing.Names(found, actor)
    return [
        {
            # What is to be confirmed in part is confirmed on its own page.
            "id": str(one.id) if one.status == "calculated" and not is_preview(one) else None,
            "number": one.number,
            "url": reverse("rebate", args=[one.id]),
            "term": term_words.rebate(one.explanation["term"]),
            "party": names.party(one),
            "entity": names.entity(one),
            "contract": one.explanation["contract"],
            "period": showing.span(one.period_from, one.period_until),
            "status": state(one),
            "under_way": _("Period under way") if today < one.period_until else "",
            "volume": volume(one),
            "rate": tier_rate(one),
            "earned": one.earned,
            "settled_before": one.settled_before,
            "payable": one.payable,
            "payable_tone": "bad" if one.payable < 0 else None,
        }
        for one in found
    ]


def scale_of(run: queries.RunView) -> scales.Scale:
    return case.read_scale(data=run.explanation["scale"])


def volume(run: queries.RunView) -> str:
    return tiers.measured(scale_of(run), run.volume_amount, run.volume_quantity)


def tier_rate(run: queries.RunView) -> str:
    scale = scale_of(run)
    return tiers.paid(scale, scale.tiers[run.tier].rate)


def run(
    actor: scope.Actor,
    view: queries.RunView,
    *,
    today: dt.date,
    counted: bool | None = None,
    after: int = 0,
) -> dict[str, Any]:
    """The page of a run: how the rebate came about, from the lines that count to the cents of each."""
    names = showing.Names([view], actor)
    scale = scale_of(view)
    sums = queries.run_sums(view.id, actor=actor)
    found = queries.run_lines(view.id, actor=actor, counted=counted, after=after, limit=LINES + 1)
    ids = {item_id for one in sums for item_id in one.item_ids} - {0}
    items = catalog.items(ids, on=view.period_until, entity_id=0) if ids else {}
    shown = [_sum(one, items) for one in sums]
    version = pricing.get_contract_version(view.contract_version_id, actor)
    may_book = actor.house and actor.can(verbs.CONFIRM)
    confirmed = may_book and view.status == "confirmed"
    kept = obstacle(view, actor) if confirmed else ""
    return {
        "run": view,
        "crumbs": crumbs(view),
        "party": names.party(view),
        "entity": names.entity(view),
        "party_url": reverse("partner", args=[view.party_id]) if actor.can("partners.party.view") else "",
        "period": showing.span(view.period_from, view.period_until),
        "facts": _facts(view, scale, version),
        "next": following(view, scale, today=today),
        "state": state(view),
        "preview": preview(view, today=today),
        "earlier": _earlier(view, actor),
        "payable_words": formats.amount(view.payable, "CNY"),
        "ask": _(
            "Book %(amount)s of %(period)s into the rebate pool of %(party)s? Once used on orders it can no longer be reversed."
        )
        % {
            "amount": formats.amount(view.payable, "CNY"),
            "period": showing.span(view.period_from, view.period_until),
            "party": names.party(view) or _("Partner"),
        },
        "steps": [tiers.step(step, scale) for step in view.explanation["steps"]],
        "tiers": _tiers(view, scale),
        "option": curve(view, scale),
        "chart_label": _("Rebate by volume, and where this run stands"),
        "sums": shown,
        "measured": any(one["unit"] for one in shown),
        "table": _lines(found[:LINES], items, actor),
        "more": f"?after={found[LINES - 1].fact_id}" if len(found) > LINES else "",
        "show": {True: "counted", False: "left"}.get(counted, ""),
        "left_out": any(one.exclusion for one in sums),
        "proof": _proof(view, version),
        "confirmed_by": showing.people(view.confirmed_by).get(view.confirmed_by, ""),
        "pool_url": _pool_url(view, actor),
        "may_confirm": may_book and view.status == "calculated" and not is_preview(view),
        "may_part": may_book and view.status == "calculated" and is_preview(view),
        "may_reverse": confirmed and not kept,
        "obstacle": kept,
        "timeline": queries_journal.timeline(f"settlement.run:{view.id}", actor=actor),
    }


def crumbs(view: queries.RunView) -> list[dict[str, Any]]:
    url = reverse("rebate", args=[view.id])
    return [{"title": _("Rebates"), "url": reverse("rebates")}, {"title": view.number, "url": url}]


def state(view: queries.RunView) -> str:
    """The state as shown: a calculation before the end of its period is a preview, not a result."""
    return "preview" if view.status == "calculated" and is_preview(view) else view.status


def obstacle(view: queries.RunView, actor: scope.Actor) -> str:
    """Why a confirmed run cannot be taken back, and what to do instead; "" if it can."""
    later = queries.built_upon(view, actor=actor)
    if later:
        return _(
            "%(later)s subtracted what this run settled: it cannot be reversed before. Reverse the later run first,"
            " or calculate the period again: the difference is settled."
        ) % {"later": formats.listed(later)}
    return _spent(view, actor)


def _spent(view: queries.RunView, actor: scope.Actor) -> str:
    """Why a run cannot be taken back because of what was drawn on it, in numbers, and what to do; "" if nothing was."""
    drawn = queries.drawn_of(view.id)
    if not drawn:
        return ""
    numbers = queries.origin_numbers(drawn, actor=actor)
    orders = [numbers[one.origin_id] for one in drawn if one.origin_id in numbers]
    listed = f"{formats.listed(orders[:SHOWN])}{'…' if len(orders) > SHOWN else ''}"
    where = _(" (%(orders)s)") % {"orders": listed} if orders else ""
    said = _(
        "%(used)s of what this run paid into the pool is already used on orders or lapsed%(where)s: it cannot be"
        " reversed any more. Calculate the period again instead: the difference is settled, and what is too much is"
        " taken back from the pool, the rest from later runs."
    )
    return said % {"used": formats.amount(sum(one.gross for one in drawn), "CNY"), "where": where}


def reversal(view: queries.RunView) -> str:
    """What taking a run back does, in numbers."""
    if view.payable < 0:
        said = _(
            "What was clawed back, at most %(amount)s, returns to the pool. The run stays, marked reversed."
        )
    else:
        said = _("%(amount)s leaves the pool again. The run stays as it is, marked reversed.")
    return said % {"amount": formats.amount(abs(view.payable), "CNY")}


def _facts(view: queries.RunView, scale: scales.Scale, version: Any) -> list[tuple[Any, Any]]:
    contract = format_html(
        '<a href="{}?version={}">{}</a> · {}',
        reverse("contract", args=[version.contract_id]),
        version.number,
        version.contract_number,
        term_words.rebate(view.explanation["term"]),
    )
    return [
        (_("Contract"), contract),
        (_("Period"), showing.span(view.period_from, view.period_until)),
        (_("Counted by"), BASES.get(view.explanation["basis"], view.explanation["basis"])),
        (_("Paid on"), MODES[scale.mode]),
    ]


def _earlier(view: queries.RunView, actor: scope.Actor) -> list[dict[str, str]]:
    """The confirmed runs that what was settled before comes from."""
    if not view.settled_before:
        return []
    found = queries.run_states([uuid.UUID(one) for one in view.explanation["after"]], actor=actor)
    return [
        {"number": number, "url": reverse("rebate", args=[pk])}
        for pk, (number, _state) in sorted(found.items(), key=lambda one: one[1])
    ]


def is_preview(view: queries.RunView) -> bool:
    """Whether the run says only what was earned so far."""
    calculated_on = periods.business_date(view.created_at)
    return rules.is_preview(calculated_on=calculated_on, period_until=view.period_until)


def preview(view: queries.RunView, *, today: dt.date) -> str:
    """What is to be known of a calculation made before its period was over; "" for any other."""
    if view.status != "calculated" or not is_preview(view):
        return ""
    days = {
        "on": formats.day(periods.business_date(view.created_at)),
        "last": formats.day(view.period_until - dt.timedelta(days=1)),
    }
    if today < view.period_until:
        said = _(
            "The period runs until %(last)s: this is what was earned by %(on)s. It is settled once it is over."
        )
    else:
        said = _(
            "Calculated on %(on)s, before the period ended on %(last)s. Calculate it again to settle it."
        )
    return said % days


def following(view: queries.RunView, scale: scales.Scale, *, today: dt.date) -> str:
    """How far the next tier is, or was when the period ended, from the run's own explanation."""
    told = view.explanation["next_tier"]
    missing, rate = map(Decimal, told) if told else (None, None)
    over = today >= view.period_until
    return tiers.following(
        scale, rate=scale.tiers[view.tier].rate, missing=missing, next_rate=rate, over=over
    )


def _tiers(view: queries.RunView, scale: scales.Scale) -> list[dict[str, Any]]:
    return [
        {
            "from": tiers.measured(scale, tier.from_, tier.from_),
            "rate": tiers.paid(scale, tier.rate),
            "reached": no == view.tier,
        }
        for no, tier in enumerate(scale.tiers)
    ]


def curve(view: queries.RunView, scale: scales.Scale) -> dict[str, Any]:
    """The scale with the run's place on it, as an ECharts option."""
    average = view.volume_amount / view.volume_quantity if view.volume_quantity else Decimal(1)
    on_amount = scale.measure == "amount"
    here = view.volume_amount if on_amount else view.volume_quantity
    end = max(scale.tiers[-1].from_ * 3 / 2, here * 11 / 10, Decimal(1))
    points = scales.curve(scale=scale, unit_amount=average if average > 0 else Decimal(1), until=end)
    return tiers.drawn(points, here=here, earned=view.earned, on_amount=on_amount)


def _sum(one: queries.RunSum, items: Mapping[int, catalog.ItemView]) -> dict[str, Any]:
    """Pieces add up where all of them are counted in one unit."""
    units = {items[item_id].base_unit if item_id in items else "" for item_id in one.item_ids}
    unit = units.pop() if len(units) == 1 else ""
    return {
        "label": EXCLUSIONS.get(one.exclusion, one.exclusion),
        "counts": not one.exclusion,
        "count": one.count,
        "base": one.base,
        "quantity": one.quantity if unit else None,
        "unit": unit,
        "earned": one.earned,
    }


def _lines(
    found: Sequence[queries.RunDocumentLine], items: Mapping[int, catalog.ItemView], actor: scope.Actor
) -> tables.Table:
    return tables.Table(
        label=_("Lines with their cents"),
        columns=[
            tables.Column(key="document", label=_("Document"), sub="on"),
            tables.Column(key="item", label=_("Product"), sub="what"),
            tables.Column(key="quantity", label=_("Quantity"), kind="qty", unit="unit"),
            tables.Column(key="base", label=_("Base"), kind="money"),
            tables.Column(key="counts", label=_("Counts?")),
            tables.Column(key="earned", label=_("Rebate"), kind="money"),
        ],
        rows=[
            {
                "document": one.document_number,
                "url": _document_url(one, actor),
                "on": formats.day(one.on),
                **showing.goods(items.get(one.item_id), one.lot_code),
                "quantity": one.quantity,
                "base": one.base,
                "base_tone": "bad" if one.base < 0 else None,
                "counts": EXCLUSIONS.get(one.exclusion, one.exclusion),
                "counts_tone": None if one.counted else "warn",
                "earned": one.earned,
            }
            for one in found
        ],
        empty=tables.Empty(title=_("No line"), hint=_("Nothing was signed for in this period.")),
    )


def _document_url(one: queries.RunDocumentLine, actor: scope.Actor) -> str | None:
    kinds = {
        "shipment": ("shipment", "orders.shipment.view"),
        "order": ("order", "orders.order.view"),
        "invoice": ("invoice", "settlement.invoice.view"),
    }
    name, permission = kinds.get(one.document_type, ("", ""))
    return reverse(name, args=[one.document_id]) if name and actor.can(permission) else None


def _proof(view: queries.RunView, version: Any) -> list[tuple[Any, Any]]:
    return [
        (_("Contract version"), f"{version.contract_number} v{version.number}"),
        (_("Facts up to journal entry"), f"{view.journal_number:,}"),
        (_("Calculation program"), _engine(view.engine)),
    ]


def _engine(name: str) -> str:
    """ "python/1" as a person reads it: which version of the calculation made the figures."""
    return _("version %(number)s") % {"number": name.rpartition("/")[2]}


def _pool_url(view: queries.RunView, actor: scope.Actor) -> str:
    node = queries.find_pool_node(entity_id=view.entity_id, party_id=view.party_id, actor=actor)
    return reverse("pool", args=[node]) if node else ""
