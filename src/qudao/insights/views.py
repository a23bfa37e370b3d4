"""The dashboard, its figures with their rows, and the targets they are measured against."""

import datetime as dt
from decimal import Decimal

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from qudao.insights import asking, figures, labels, operations, presenting, queries, rows, rules, terms
from qudao.kernel import errors, periods, scope
from qudao.partners import queries as partners
from qudao.ui import filters, listing, pages, parsing, tables

VIEW = figures.VIEW
FIRST = (*figures.SALES, *figures.SERVICE, *figures.CHANNEL, *figures.MONEY)


@require_safe
@pages.page(VIEW)
@queries.remembered()
def dashboard(request) -> HttpResponse:
    """Sales, attainment, service, channel and money of the part of the business the address names.

    Goods and promotions come in panels of their own, so that the page stands at once.
    """
    asked, names = asking.asked_of(request), labels.Names.load()
    said = terms.for_reader(asked.actor)
    last = asked.today.replace(day=1)
    months = queries.by_month(asked.cut.within(periods.add_months(last, -23), periods.add_months(last, 1)))
    before = rules.previous(first=asked.cut.first, until=asked.cut.until, today=asked.today)
    broken = queries.break_down(asked.cut, before=before)
    standing = queries.attainment(asked.year)
    found = figures.compute(asked, FIRST, standing=standing)
    changes = any(one.change for one in found.values())
    context = {
        "subtitle": asking.in_words(asked, names, remembered=True, before=before if changes else None),
        "filters": asking.bar(names, house=asked.actor.house),
        "tiles": presenting.tiles(found, request.GET, said),
        "spark": presenting.spark(months, last),
        "months": presenting.month_chart(months, last, said),
        "charts": presenting.breakdown_charts(broken, names, request.GET, said, alone=not asked.actor.house),
        "ranking": presenting.ranking(standing, names, said, alone=asked.actor.alone),
        "behind": _rows_url(request, "attainment"),
        "goods_url": f"{reverse('dashboard_goods')}?{asking.kept(request.GET)}"
        if figures.may("stock_out", asked.actor)
        else "",
        "promotions_url": f"{reverse('dashboard_promotions')}?{asking.kept(request.GET)}"
        if asked.actor.house
        else "",
        "may_set": request.actor.can(operations.SET),
    }
    return pages.show(request, "insights/dashboard.html", context)


@require_safe
@pages.page(VIEW)
@queries.remembered()
def dashboard_goods(request) -> HttpResponse:
    """The panel of goods: what runs out, what nears its expiry or is past it, how quickly stock turns."""
    asked, names = asking.asked_of(request), labels.Names.load()
    if not figures.may("stock_out", asked.actor):
        raise errors.NotFound
    items = queries.list_cover(asked.cut, today=asked.today)
    found = figures.compute(asked, figures.GOODS, items=items)
    near, past = (
        queries.rows_of(code, asked.cut, today=asked.today, limit=presenting.SHOWN) for code in labels.EXPIRY
    )
    costs = request.actor.can(figures.COST)
    context = {
        "tiles": presenting.tiles(found, request.GET, terms.for_reader(request.actor), costs=costs),
        "risks": presenting.risks(items, names),
        "near": presenting.near_expiry(near, costs=costs),
        "expired": presenting.expired(past, costs=costs),
        "risks_url": _rows_url(request, "stock_out"),
        "near_url": _rows_url(request, "near_expiry"),
        "expired_url": _rows_url(request, "expired"),
    }
    return pages.show(request, "insights/goods.html", context)


@require_safe
@pages.house_page(VIEW)
@queries.remembered()
def dashboard_promotions(request) -> HttpResponse:
    """The panel of promotions: for our own people, whose budgets they are."""
    asked = asking.asked_of(request)
    found = queries.list_promotions(asked.cut, today=asked.today)
    if not asked.actor.everyone:
        # What ran in other parts of the business is nought here.
        found = [one for one in found if one.during or one.baseline or one.cost]
    return pages.show(
        request,
        "insights/promotions.html",
        {"table": presenting.promotions(found, labels.Names.load().entities)},
    )


@require_safe
@pages.page(VIEW)
def kpi(request) -> HttpResponse:
    """How a figure came about, in the drawer: its meaning, both its numbers, target, baseline, its rows."""
    code = _code(request)
    asked = asking.asked_of(request)
    [figure] = figures.compute(asked, [code]).values()
    said = terms.for_reader(request.actor)
    context = {
        "title": said.words[code].name,
        "meaning": said.words[code].meaning,
        "window": asking.in_words(asked, labels.Names.load(), code=code),
        "explanation": presenting.explanation(code, figure, said, costs=request.actor.can(figures.COST)),
        "rows_url": _rows_url(request, code),
    }
    return pages.show(request, "insights/kpi.html", context)


@require_safe
@pages.page(VIEW)
def kpi_rows(request) -> HttpResponseBase:
    """The rows behind a figure, with their Excel."""
    code = _code(request)
    asked, names = asking.asked_of(request), labels.Names.load()
    asked = figures.read_once(asked, code)
    said = terms.for_reader(request.actor)
    offered = [
        (one, said.words[one].name) for one in rules.KPIS if one == code or figures.may(one, asked.actor)
    ]
    wanted = listing.Listing(
        name="kpi_rows",
        title=said.words[code].name,
        subtitle=" · ".join(
            filter(None, (asking.in_words(asked, names, code=code), str(labels.LISTED.get(code, ""))))
        ),
        columns=rows.columns(code, said, costs=request.actor.can(figures.COST)),
        filters=[
            filters.Choice("kpi", _("Figure"), offered, otherwise=code),
            *asking.bar(names, house=asked.actor.house),
        ],
        fetch=rows.fetch(code, asked, names),
        sums=rows.sums(code, asked, said, costs=request.actor.can(figures.COST)),
        empty=tables.Empty(
            title=_("No rows"), hint=_("Nothing of this sort in the period chosen."), icon="table-off"
        ),
    )
    back = f"{reverse('dashboard')}?{asking.kept(request.GET)}"
    return listing.respond(
        request, wanted, actions=[listing.Action(label=_("Dashboard"), url=back, icon="chart-histogram")]
    )


def _code(request) -> str:
    """The figure the address names; not found when there is none, or none for this actor."""
    code = request.GET.get("kpi", "sales")
    if code not in rules.KPIS or not figures.may(code, request.actor):
        raise errors.NotFound
    return code


def _rows_url(request, code: str) -> str:
    return f"{reverse('kpi_rows')}?{asking.kept(request.GET, kpi=code)}"


# --- Targets ----------------------------------------------------------------------------------------


@pages.page(operations.SET)
def targets(request) -> HttpResponse:
    """Targets and baselines as set, and the form that sets one."""
    reasons: list[errors.Reason] = []
    status = 200
    if request.method == "POST":
        try:
            return _set(request)
        except errors.Refused as refusal:
            reasons, status = refusal.reasons, refusal.status
    with scope.transaction(request.actor):
        names = labels.Names.load()
        # The years gone by are history: they stand last.
        found = queries.list_targets(actor=request.actor)
        listed = sorted(found, key=lambda one: one.valid_from, reverse=True)
        accounts = _accounts(listed, names, request.actor)
    context = {
        "reasons": reasons,
        "values": request.POST or _this_year(request.now),
        "kpis": [(code, words.name) for code, words in labels.WORDS.items()],
        "names": names,
        "tiers": asking.TIERS,
        "table": _target_table(listed, names, accounts),
        "crumbs": [
            {"title": _("Dashboard"), "url": reverse("dashboard")},
            {"title": _("Targets and baselines")},
        ],
    }
    return pages.show(request, "insights/targets.html", context, status=status)


def _this_year(now: dt.datetime) -> dict[str, str]:
    """What the form begins with: a target is for the year."""
    year = periods.business_date(now).year
    return {"valid_from": f"{year}-01-01", "valid_last": f"{year}-12-31"}


def _set(request) -> HttpResponse:
    form = request.POST
    wanted = {
        "kpi": form.get("kpi", ""),
        "valid_from": _day(form.get("valid_from", "")),
        "valid_until": _day(form.get("valid_last", "")) + dt.timedelta(days=1),
        "target": _number(form.get("target", "")),
        "baseline": _number(form.get("baseline", "")),
        "tier": form.get("tier", ""),
        **{f"{name}_id": parsing.whole(form.get(name)) for name in ("entity", "region", "line")},
    }

    pages.once(request, lambda: operations.set_target(**wanted, actor=request.actor, now=request.now).id)
    return redirect("targets")


def _day(text: str) -> dt.date:
    found = parsing.day(text)
    if found is None:
        raise errors.refuse("insights.day_unreadable", text=text)
    return found


def _number(text: str) -> Decimal | None:
    """1,200,000 or 95% as a number; None for an empty field."""
    written = parsing.plain(text)
    if not written:
        return None
    found = parsing.number(written.removesuffix("%"))
    if found is None:
        raise errors.refuse("insights.number_unreadable", text=text)
    return found / 100 if written.endswith("%") else found


def _accounts(listed, names: labels.Names, actor: scope.Actor) -> dict[int, str]:
    """Partner and line of the accounts that targets name."""
    found = partners.accounts_by_id({one.account_id for one in listed if one.account_id}, actor)
    parties = partners.party_names({one.party_id for one in found.values()}, actor)
    return {
        one.id: f"{parties.get(one.party_id, '')} · {names.lines.get(one.line_id, '')}"
        for one in found.values()
    }


def _target_table(listed, names: labels.Names, accounts: dict[int, str]) -> tables.Table:
    return tables.Table(
        label=_("Targets"),
        columns=[
            tables.Column(key="kpi", label=_("Figure"), sub="part"),
            tables.Column(key="target", label=pgettext("kpi", "Target"), figure=True),
            tables.Column(key="baseline", label=_("Baseline"), figure=True),
            tables.Column(key="valid_from", label=_("Valid from"), kind="day"),
            tables.Column(key="last", label=_("Until"), kind="day"),
        ],
        rows=[
            {
                "kpi": labels.WORDS[one.kpi].name,
                "part": _part(one, names, accounts),
                "valid_from": one.valid_from,
                "last": one.valid_until - dt.timedelta(days=1),
                "target": labels.shown(rules.KPIS[one.kpi], one.target),
                "baseline": labels.shown(rules.KPIS[one.kpi], one.baseline),
            }
            for one in listed
        ],
        empty=tables.Empty(
            title=_("No target is set"), hint=_("Set the first one with the form."), icon="target"
        ),
    )


def _part(one: queries.TargetView, names: labels.Names, accounts: dict[int, str]) -> str:
    parts = [
        names.entities.get(one.entity_id, ""),
        names.regions.get(one.region_id, ""),
        names.lines.get(one.line_id, ""),
        one.tier,
        accounts.get(one.account_id, ""),
    ]
    return " · ".join(part for part in parts if part) or _("Whole business")
