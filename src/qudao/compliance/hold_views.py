"""Holds (冻结): the list of quality, putting a lot on hold from its trace, and lifting a hold."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from qudao.compliance import holds as held
from qudao.compliance import queries, search, words
from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.inventory import words as stock_words
from qudao.kernel import errors, periods, scope
from qudao.ui import acts, filters, formats, pages, parsing, tables
from qudao.ui import listing as lists


class Hold(acts.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Recorded in the journal and on the hold."),
    )


class Release(acts.Form):
    to = forms.ChoiceField(
        label=gettext_lazy("Quality verdict"),
        choices=stock_words.RELEASED,
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(queries.HOLD)
def trace_hold(request) -> HttpResponse:
    """Put the lot or serial of `?lot=` or `?serial=` on hold, wherever we have it."""
    today = periods.business_date(request.now)
    with scope.transaction(request.actor):
        subject = queries.get_subject(
            lot_id=parsing.whole(request.GET.get("lot", "")),
            serial_id=parsing.whole(request.GET.get("serial", "")),
            actor=request.actor,
            today=today,
        )
        reach = held.reach_of(subject, request.actor, today=today)
    act = acts.Act(
        title=_("Put on hold: %(number)s") % {"number": subject.serial or subject.lot},
        button=_("Put on hold"),
        back=search.address(subject),
        crumbs=[
            {"title": _("Trace"), "url": search.address(subject)},
            {"title": subject.serial or subject.lot},
        ],
        about=" ".join(filter(None, (subject.item_name, subject.specification))),
        consequence=_consequence(reach, subject.unit),
        beside={"inventory.reason_missing": "reason"},
        danger=True,
        grid=False,
    )

    def perform(values: dict) -> int:
        placed = inventory.hold_lot(
            lot_id=subject.lot_id,
            serial_id=subject.serial_id or None,
            reason=values["reason"],
            actor=request.actor,
            now=request.now,
        )
        return len(placed.affected)

    def then(affected: int) -> str:
        messages.success(request, stock_words.hold_placed(affected))
        return act.back

    return acts.respond(request, act, Hold, perform=perform, then=then)


def _consequence(reach: held.Reach, unit: str) -> str:
    """What a hold reaches and what it does not, in numbers."""
    said = stock_words.hold_reaches(ours=reach.ours, road=reach.road, unit=unit)
    if not reach.out:
        return said
    beyond = ngettext(
        "%(count)s consignee has %(quantity)s more, not covered by this hold; notify it.",
        "%(count)s consignees have %(quantity)s more, not covered by this hold; notify them.",
        reach.consignees,
    ) % {"quantity": formats.quantity(reach.out, unit), "count": reach.consignees}
    return _("%(locked)s %(beyond)s") % {"locked": said, "beyond": beyond}


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(queries.RELEASE)
def hold_release(request) -> HttpResponse:
    """Quality's verdict on `?hold=`."""
    try:
        hold_id = uuid.UUID(request.GET.get("hold", ""))
    except ValueError:
        raise errors.NotFound from None
    one, locked, _released = held.get_held(hold_id, request.actor, today=periods.business_date(request.now))
    hold = one.hold
    act = acts.Act(
        title=_("Lift hold %(number)s") % {"number": hold.number},
        button=_("Lift the hold"),
        back=reverse("holds"),
        crumbs=[{"title": _("Stock holds"), "url": reverse("holds")}, {"title": hold.number}],
        about=_("%(goods)s, %(quantity)s locked (%(places)s), held because: %(reason)s")
        % {
            "goods": hold.goods,
            "quantity": formats.quantity(one.held, one.unit),
            "places": formats.listed(dict.fromkeys(part.place for part in locked)) or _("nowhere with us"),
            "reason": hold.because,
        },
        beside={
            "inventory.reason_missing": "reason",
            "inventory.status_change_impossible": "to",
            "inventory.lot_expired": "to",
        },
        done=_("Hold %(number)s is lifted.") % {"number": hold.number},
        grid=False,
    )

    def perform(values: dict) -> str:
        return inventory.release_hold(hold_id=hold_id, **values, actor=request.actor, now=request.now).number

    return acts.respond(request, act, Release, perform=perform, then=lambda _number: act.back)


@require_safe
@pages.page(queries.HOLD)
def hold(request, hold_id: uuid.UUID) -> HttpResponse:
    """A hold to read: what of, when, why and by whom, what it locked, how it ended; and the way to lift it."""
    one, locked, released = held.get_held(hold_id, request.actor, today=periods.business_date(request.now))
    paper = one.hold
    lifted = paper.released_at is not None
    context = {
        "layout": acts.DRAWER if request.headers.get("HX-Request") else acts.WHOLE,
        "title": _("Hold %(number)s") % {"number": paper.number},
        "state": "released" if lifted else "active",
        "crumbs": [{"title": _("Stock holds"), "url": reverse("holds")}, {"title": paper.number}],
        "facts": _facts(one, released),
        "locked": _locked(locked, one.unit),
        "trace_url": search.address_of(paper.lot_id, paper.serial_id or 0, one.serial or one.lot),
        "release_url": ""
        if lifted or not request.actor.can(queries.RELEASE)
        else search.release_of(paper.id),
    }
    return pages.show(request, "compliance/hold.html", context)


def _facts(one: held.Held, released: frozenset[str]) -> list[tuple[str, str]]:
    paper = one.hold
    told = [
        (_("Product"), f"{one.item_name} {one.specification}"),
        (_("Lot / serial"), " / ".join(filter(None, (one.lot, one.serial)))),
        (_("Reason"), paper.because),
        (pgettext("hold", "Placed by"), f"{one.placed_by} · {formats.moment(paper.created_at)}"),
        (_("Locked quantity"), formats.quantity(one.held, one.unit)),
        (_("Already shipped"), formats.quantity(one.out, one.unit)),
    ]
    if paper.released_at:
        told += [
            (_("Lifted by"), f"{one.released_by} · {formats.moment(paper.released_at)}"),
            (
                _("Quality verdict"),
                formats.listed([words.condition(status) for status in sorted(released)]),
            ),
            (_("Conclusion"), paper.release_reason),
        ]
    return [(label, value) for label, value in told if value]


def _locked(found: list[held.Locked], unit: str) -> tables.Table:
    return tables.Table(
        label=_("Locked when it was placed"),
        columns=[
            tables.Column(key="place", label=_("Warehouse")),
            tables.Column(key="status", label=_("Condition before"), kind="status", status="zone"),
            tables.Column(key="quantity", label=_("Quantity"), kind="qty", unit="unit"),
        ],
        rows=[
            {"place": one.place, "status": one.status, "quantity": one.quantity, "unit": unit}
            for one in found
        ],
        sums={"quantity": sum(one.quantity for one in found)} if len(found) > 1 else {},
        sums_label=_("Total, %(unit)s") % {"unit": formats.unit(unit, 2)} if len(found) > 1 else "",
        empty=tables.Empty(title=_("Nothing of it was with us then"), icon="lock"),
    )


@require_safe
@pages.page(queries.HOLD)
def holds(request) -> HttpResponseBase:
    """Every hold with what is locked and what was out already."""
    today = periods.business_date(request.now)
    open_only = request.GET.get("state", "open") != "all"

    def fetch(cursor: str | None, limit: int) -> lists.Slice:
        try:
            before = uuid.UUID(cursor) if cursor else None
        except ValueError:
            before = None
        found = held.list_held(
            request.actor, open_only=open_only, today=today, before=before, limit=limit + 1
        )
        following = str(found[limit - 1].hold.id) if len(found) > limit else None
        return lists.Slice(rows=[_row(one) for one in found[:limit]], next=following)

    def sums():
        count = stock.count_holds(request.actor, open_only=open_only)
        return {}, ngettext("%(count)s hold", "%(count)s holds", count) % {"count": count}

    shown = lists.Listing(
        name="holds",
        title=_("Stock holds"),
        columns=[
            tables.Column(key="lot", label=_("Lot / serial"), sub="item", sub_label=_("Product")),
            tables.Column(key="reason", label=_("Reason"), sub="who", sub_label=_("By")),
            tables.Column(key="at", label=_("Since"), kind="moment"),
            tables.Column(key="held", label=_("Locked quantity"), kind="qty", unit="unit"),
            tables.Column(key="out", label=_("Already shipped"), kind="qty", unit="unit"),
            tables.Column(
                key="state",
                label=_("State"),
                kind="status",
                status="hold",
                sub="released",
                sub_label=_("Conclusion"),
            ),
            tables.Column(key="number", label=_("Hold"), link="paper", drawer=True),
        ],
        filters=[filters.Toggle("state", "all", _("Include lifted"))],
        fetch=fetch,
        sums=sums,
        order=_("Newest first"),
        empty=tables.Empty(
            title=_("Nothing is on hold"),
            hint=_("A lot is put on hold from its trace."),
            url=reverse("trace"),
            action=_("Trace"),
            icon="lock-open",
        ),
    )
    return lists.respond(request, shown)


def _row(one: held.Held) -> dict:
    hold, lifted = one.hold, one.hold.released_at is not None
    return {
        "url": search.address_of(hold.lot_id, hold.serial_id or 0, one.serial or one.lot),
        "lot": " / ".join(filter(None, (one.lot, one.serial))),
        "item": f"{one.item_name} {one.specification}",
        "reason": hold.because,
        "who": one.placed_by,
        "at": hold.created_at,
        "held": one.held,
        "out": one.out,
        "out_tone": "warn" if one.out and not lifted else None,
        "unit": one.unit,
        "state": "released" if lifted else "active",
        "released": hold.release_reason,
        "number": hold.number,
        "paper": reverse("hold", args=[hold.id]),
    }
