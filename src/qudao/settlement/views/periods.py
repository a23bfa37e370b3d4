"""Pages of accounting periods (会计期间): which months are closed, and closing the next."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.kernel import errors, periods
from qudao.organisation import operations
from qudao.organisation import queries as organisation
from qudao.settlement import showing
from qudao.settlement.presenting import periods as presenting
from qudao.ui import acts, filters, listing, pages, parsing

CLOSE = operations.CLOSE


@pages.house_page(CLOSE)
def period_list(request) -> HttpResponse:
    """The months of every legal entity and ledger: closed, to be closed next, under way."""
    query = request.GET
    found = presenting.rows(
        today=periods.business_date(request.now),
        entity_id=parsing.whole_or_none(query.get("entity")),
        ledger=query.get("ledger", "") if query.get("ledger") in presenting.LEDGERS else "",
        actor=request.actor,
    )

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        start = parsing.whole(cursor)
        more = str(start + limit) if len(found) > start + limit else ""
        return listing.Slice(found[start : start + limit], more)

    def sums() -> tuple[dict, str]:
        words = ngettext("%(count)s period", "%(count)s periods", len(found))
        return {}, words % {"count": len(found)}

    described = listing.Listing(
        name="periods",
        title=_("Accounting periods"),
        columns=presenting.columns(),
        filters=[
            filters.Choice("entity", _("Legal entity"), showing.entity_choices()),
            filters.Choice("ledger", _("Ledger"), list(presenting.LEDGERS.items())),
        ],
        fetch=fetch,
        sums=sums,
        order=_("Newest first"),
    )
    return listing.respond(request, described)


@pages.house_page(CLOSE)
def period_close(request) -> HttpResponse:
    """Close a month: what forbids it, what of it is still under way, and what closing means."""
    wanted = _wanted(request)
    act = acts.Act(
        title=_("Close %(month)s") % {"month": wanted.month},
        button=_("Close the month"),
        back=reverse("periods"),
        crumbs=[
            {"title": _("Accounting periods"), "url": reverse("periods")},
            {"title": wanted.month},
        ],
        consequence=presenting.consequence(wanted),
        done=_("%(month)s is closed.") % {"month": wanted.month},
        danger=True,
    )
    today = periods.business_date(request.now)
    context = presenting.closing(wanted, today=today, actor=request.actor)
    if request.method != "POST":
        errors.raise_if_refused(context["blocked"])
    return acts.respond(
        request,
        act,
        acts.Form,
        perform=lambda _values: _close(request, wanted),
        then=lambda _answer: reverse("periods"),
        template="settlement/period_close.html",
        context=context,
    )


def _wanted(request) -> presenting.Wanted:
    """The month an address names; raises NotFound for one there is not."""
    query = request.GET
    entity_id = parsing.whole_or_none(query.get("entity"))
    month = parsing.month(query.get("month", ""))
    if entity_id is None or month is None or query.get("ledger") not in presenting.LEDGERS:
        raise errors.NotFound
    return presenting.Wanted(organisation.get_entity(entity_id), query["ledger"], month)


def _close(request, wanted: presenting.Wanted) -> str:
    operations.close_period(
        entity_id=wanted.entity.id,
        ledger=wanted.ledger,
        first_on=wanted.first_on,
        actor=request.actor,
        now=request.now,
    )
    return wanted.month
