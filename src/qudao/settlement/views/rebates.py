"""Pages of rebates: runs, one run with its cents, the pool."""

import datetime as dt

from django import forms
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from qudao.kernel import errors, periods, scope
from qudao.settlement import operations, queries, showing
from qudao.settlement.operations import batches
from qudao.settlement.operations import rebates as verbs
from qudao.settlement.presenting import pools as pool_pages
from qudao.settlement.presenting import rebates as presenting
from qudao.ui import acts, filters, formats, listing, pages, parsing, progress, status, tables

VIEW, RUN, CONFIRM = "settlement.rebate.view", verbs.RUN, verbs.CONFIRM
STATES = ("calculated", "preview", "confirmed", "reversed")


class Reversal(acts.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("Recorded in the journal.")
    )


def _days(request) -> filters.Days:
    return filters.Days("from", "until", _("Period"), today=periods.business_date(request.now))


def filter_of(request) -> queries.RunFilter:
    query = request.GET
    since, until = _days(request).read(query)
    status = query.get("status", "") if query.get("status") in STATES else ""
    return queries.RunFilter(
        status="calculated" if status == "preview" else status,
        preview=status == "preview" if status in ("preview", "calculated") else None,
        **showing.named(request),
        entity_id=parsing.whole_or_none(query.get("entity")),
        from_=since,
        until=until,
    )


@pages.page(VIEW)
def rebate_list(request) -> HttpResponse:
    """Rebate runs: what each term earned in a period, and what of it is to be paid."""
    actor, wanted = request.actor, filter_of(request)
    today = periods.business_date(request.now)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_runs(actor=actor, wanted=wanted, cursor=cursor or "", limit=limit)
        return listing.Slice(presenting.run_rows(found.rows, actor, today=today), found.next_cursor)

    def sums() -> tuple[dict, str]:
        count, previews, totals = queries.total_runs(wanted, actor=actor)
        said = ngettext("%(count)s run", "%(count)s runs", count) % {"count": count}
        if previews and not wanted.preview:
            words = ngettext("%(count)s of them a preview", "%(count)s of them previews", previews)
            said += " · " + words % {"count": previews}
        return totals, said

    shown: list[filters.Filter] = [
        showing.named_filter(actor),
        filters.Choice("status", _("State"), [(one, status.show("rebate_run", one).label) for one in STATES]),
        _days(request),
    ]
    if actor.house:
        shown.append(filters.Choice("entity", _("Legal entity"), showing.entity_choices()))
    described = listing.Listing(
        name="rebates",
        title=_("Rebates"),
        columns=presenting.columns(),
        filters=shown,
        fetch=fetch,
        sums=sums,
        order=_("Newest first"),
        empty=tables.Empty(
            title=_("No rebate calculated yet"),
            hint=_("A period's rebates are calculated from what was signed for, once it is over."),
            icon="discount-2",
        ),
        batch=[
            listing.Action(
                label=_("Confirm into the pool"),
                url=reverse("rebates_confirm"),
                icon="check",
                confirm=_("Book {count} rebates into the partners' pools?"),
            )
        ]
        if actor.can(CONFIRM) and actor.house
        else (),
    )
    last = periods.add_months(today.replace(day=1), -1)
    context = {"may_run": actor.can(RUN), "month": f"{last:%Y-%m}"}
    return listing.respond(request, described, template="settlement/rebates.html", context=context)


@pages.page(RUN)
def rebates_run(request) -> HttpResponse:
    """Have the worker calculate every contract's rebate of the period a month lies in."""
    if request.method != "POST":
        return redirect("rebates")
    month = parsing.month(request.POST.get("month", ""))
    if month is None:
        raise errors.refuse("settlement.month_unreadable", text=request.POST.get("month", "")[:40])
    started = pages.once(request, lambda: _start_calculating(request, month))
    if started:
        return redirect("notice", started)
    notices.info(request, _("Nothing to calculate: every term of that month waits for confirmation already."))
    return redirect("rebates")


def _start_calculating(request, month: dt.date) -> str:
    """The notice of the work; "" when no term is to be calculated. The terms are those in the person's scope."""
    today = periods.business_date(request.now)
    terms, _waiting = batches.terms_of(day=month, today=today, actor=request.actor)
    if not terms:
        return ""
    return str(
        progress.start(
            title=_("Rebates of the periods with %(month)s") % {"month": f"{month:%Y-%m}"},
            work="qudao.settlement.jobs:run_rebates",
            actor=request.actor,
            now=request.now,
            month=f"{month}",
            terms=[term.id for term in terms],
        )
    )


@pages.page(CONFIRM)
def rebates_confirm(request) -> HttpResponse:
    """Have the worker confirm the runs picked in the list."""
    if request.method != "POST":
        return redirect("rebates")
    ids = showing.picked(request)
    words = ngettext("Confirming %(count)s rebate", "Confirming %(count)s rebates", len(ids))
    title = words % {"count": len(ids)}
    return showing.handed_over(request, title, "qudao.settlement.jobs:confirm_runs", runs=ids)


@pages.page(VIEW)
def rebate(request, run_id) -> HttpResponse:
    """One run: what counts and what does not, the scale, and the cents of every line."""
    return _show(request, run_id)


def _show(request, run_id, *, reasons=(), code: int = 200) -> HttpResponse:
    with scope.transaction(request.actor):
        view = queries.find_run(run_id, actor=request.actor)
        which = request.GET.get("show", "")
        context = presenting.run(
            request.actor,
            view,
            today=periods.business_date(request.now),
            counted={"counted": True, "left": False}.get(which),
            after=parsing.whole(request.GET.get("after")),
        )
        context["reasons"] = reasons
        return pages.show(request, "settlement/rebate.html", context, status=code)


@pages.page(VIEW)
@pages.acts_on("rebate")
def rebate_step(request, run_id) -> HttpResponse:
    """Confirm a run into the pool."""
    common = {"run_id": run_id, "actor": request.actor, "now": request.now}
    try:
        if request.POST.get("step") == "confirm":
            pages.once(request, lambda: str(operations.confirm_run(**common).id))
    except errors.NotFound:
        raise
    except errors.Refused as refusal:
        return _show(request, run_id, reasons=refusal.reasons, code=refusal.status)
    return redirect("rebate", run_id=run_id)


@pages.page(CONFIRM)
def rebate_part(request, run_id) -> HttpResponse:
    """Settle a period that is not over in part, by what was earned so far."""
    view = _run(request, run_id)
    if not presenting.is_preview(view):
        raise errors.NotFound
    amount = {"amount": formats.amount(view.payable, "CNY"), "day": formats.day(view.period_until)}
    said = _(
        "%(amount)s enter the pool now. The run from %(day)s on subtracts them; what returns by then is taken back."
    )
    act = acts.Act(
        title=_("Settle %(number)s in part") % {"number": view.number},
        button=_("Settle in part"),
        back=reverse("rebate", args=[run_id]),
        crumbs=presenting.crumbs(view),
        about=presenting.preview(view, today=periods.business_date(request.now)),
        consequence=said % amount,
    )
    return _act(
        request,
        act,
        acts.Form,
        lambda values, **common: operations.confirm_run(partial=True, **common),
        run_id,
    )


@pages.page(CONFIRM)
def rebate_reverse(request, run_id) -> HttpResponse:
    """Take a confirmed run back, with the reason."""
    with scope.transaction(request.actor):
        view = queries.find_run(run_id, actor=request.actor)
        obstacle = presenting.obstacle(view, request.actor)
    act = acts.Act(
        title=_("Reverse %(number)s") % {"number": view.number},
        button="" if obstacle else _("Reverse"),
        back=reverse("rebate", args=[run_id]),
        crumbs=presenting.crumbs(view),
        consequence=obstacle or presenting.reversal(view),
        danger=True,
        grid=False,
    )
    return _act(
        request,
        act,
        acts.Form if obstacle and request.method != "POST" else Reversal,
        lambda values, **common: operations.reverse_run(**values, **common),
        run_id,
    )


def _run(request, run_id) -> queries.RunView:
    with scope.transaction(request.actor):
        return queries.find_run(run_id, actor=request.actor)


def _act(request, act: acts.Act, form_class, verb, run_id) -> HttpResponse:
    common = {"run_id": run_id, "actor": request.actor, "now": request.now}
    return acts.respond(
        request,
        act,
        form_class,
        perform=lambda values: str(verb(values, **common).id),
        then=lambda _answer: reverse("rebate", args=[run_id]),
    )


@pages.page(VIEW, own_transaction=True)
def rebate_replay(request, run_id) -> HttpResponse:
    """Compute a run again from its contract version and journal number, and say whether every cent is the same."""
    found = operations.replay_run(run_id=run_id, actor=request.actor)
    with scope.transaction(request.actor):
        view = queries.find_run(run_id, actor=request.actor)
        return pages.show(request, "settlement/replay.html", {"run": view, "replay": found})


@pages.page(VIEW)
def pool_list(request) -> HttpResponse:
    """Every debtor's pool: what it holds and what lapses next."""
    actor = request.actor
    parties = showing.parties_named(request.GET.get("q", ""), actor)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_pools(
            actor=actor, party_ids=parties, after=parsing.whole(cursor), limit=limit + 1
        )
        more = str(found[limit - 1].node_id) if len(found) > limit else ""
        return listing.Slice(pool_pages.rows(found[:limit], actor), more)

    def sums() -> tuple[dict, str]:
        count, balance = queries.total_pools(actor=actor, party_ids=parties)
        return {"balance": balance}, ngettext("%(count)s pool", "%(count)s pools", count) % {"count": count}

    described = listing.Listing(
        name="pools",
        title=_("Rebate pools"),
        columns=pool_pages.columns(),
        filters=[filters.Text("q", _("Partner"))] if actor.house else [],
        fetch=fetch,
        sums=sums,
        empty=tables.Empty(
            title=_("No rebate in a pool yet"),
            hint=_("Confirmed rebates are kept here until an order uses them."),
            icon="pig-money",
        ),
    )
    return listing.respond(request, described)


@pages.page(VIEW)
def pool(request, node_id) -> HttpResponse:
    """A debtor's pool: what is usable, what lapses when, and every entry with what it came from."""
    context = pool_pages.pool(
        request.actor,
        node_id,
        today=periods.business_date(request.now),
        before=parsing.whole_or_none(request.GET.get("cursor")),
    )
    return pages.show(request, "settlement/pool_page.html", context)
