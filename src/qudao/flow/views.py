"""Pages of sell-through: files, their lines, the matching desk, what has to be explained, who is in time."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from qudao.catalog import queries as catalog
from qudao.flow import operations, presenting, queries, queries_punctuality
from qudao.flow.rules import states
from qudao.kernel import blobs, errors, periods, scope
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.ui import filters, listing, pages, parsing, status, tables

VIEW = "flow.file.view"
MONTHS = 6
STATES = (states.NORMAL, states.LATE, states.UNMATCHED, states.APPEAL, states.DUPLICATE)
SALT = "flow.checked"


def _actions(actor: scope.Actor) -> list[listing.Action]:
    """The ways from the list of files to the other pages, those this person may open."""
    found = [listing.Action(label=_("In time"), url=reverse("flow_punctuality"), icon="calendar-check")]
    found.append(
        listing.Action(label=_("To be explained"), url=reverse("flow_appeals"), icon="alert-triangle")
    )
    if actor.can(operations.DECIDE):
        found.append(
            listing.Action(label=_("Matching desk"), url=reverse("flow_matching"), icon="arrows-join")
        )
    if actor.can(operations.TAKE_IN):
        found.append(
            listing.Action(label=_("Upload"), url=reverse("flow_upload"), icon="upload", primary=True)
        )
    return found


@require_safe
@pages.page(VIEW)
def files(request) -> HttpResponseBase:
    """Files as they came in, the latest first."""

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_files(
            actor=request.actor,
            before=_place(cursor),
            party_id=parsing.whole(request.GET.get("party")),
            limit=limit + 1,
        )
        last = found[limit - 1] if len(found) > limit else None
        return listing.Slice(
            rows=presenting.file_rows(found[:limit], request.actor),
            next=f"{last.taken_in_at.isoformat()}~{last.id}" if last else None,
        )

    wanted = listing.Listing(
        name="flow_files",
        title=_("Sell-through"),
        columns=presenting.file_columns(),
        fetch=fetch,
        order=_("Newest first"),
        empty=tables.Empty(
            title=_("No file yet"),
            hint=_("Partners send what they sold on, a file a month."),
            url=reverse("flow_upload") if request.actor.can(operations.TAKE_IN) else None,
            action=_("Upload the first"),
            icon="route",
        ),
    )
    return listing.respond(request, wanted, actions=_actions(request.actor))


def _place(cursor: str | None) -> tuple[dt.datetime, uuid.UUID] | None:
    """Where a page of files goes on; what is no such place is refused."""
    if not cursor:
        return None
    at, _tilde, last = cursor.partition("~")
    try:
        return dt.datetime.fromisoformat(at), uuid.UUID(last)
    except ValueError as error:
        raise errors.NotFound from error


@require_safe
@pages.page(VIEW)
def flow_file(request, file_id: uuid.UUID) -> HttpResponseBase:
    """The lines of a file: what was reported beside what it was taken for."""
    file = queries.get_file(file_id, request.actor)
    today = periods.business_date(request.now)
    chosen = request.GET.get("state", "")

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_rows(
            file_id, actor=request.actor, state=chosen, after=parsing.whole(cursor), limit=limit + 1
        )
        more = str(found[limit - 1].no) if len(found) > limit else None
        return listing.Slice(rows=presenting.lines(found[:limit], request.actor, today), next=more)

    names = partners.party_names([file.party_id], request.actor)
    wanted = listing.Listing(
        name="flow_file",
        title=file.number,
        subtitle=" · ".join(filter(None, (names.get(file.party_id, ""), f"{file.month:%Y-%m}", file.name))),
        columns=presenting.line_columns(),
        filters=[
            filters.Toggle("state", state, status.show("flow_line", state).label, file.states.get(state, 0))
            for state in STATES
        ],
        fetch=fetch,
        order=_("As in the file"),
    )
    return listing.respond(
        request,
        wanted,
        actions=[listing.Action(label=_("All files"), url=reverse("flow_files"), icon="arrow-left")],
    )


@require_safe
@pages.page(VIEW)
def appeals(request) -> HttpResponseBase:
    """窜货 and what else has to be explained: the line, the reason, the evidence."""
    today = periods.business_date(request.now)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_appeals(actor=request.actor, after=parsing.whole(cursor), limit=limit + 1)
        more = str(found[limit - 1].id) if len(found) > limit else None
        return listing.Slice(rows=presenting.lines(found[:limit], request.actor, today), next=more)

    wanted = listing.Listing(
        name="flow_appeals",
        title=_("Sell-through to be explained"),
        columns=presenting.line_columns(file=True),
        fetch=fetch,
        order=_("Oldest first"),
        empty=tables.Empty(
            title=_("Nothing to explain"),
            hint=_("Sales outside an authorisation, or of more than was delivered, appear here."),
            icon="circle-check",
        ),
    )
    return listing.respond(
        request,
        wanted,
        actions=[listing.Action(label=_("All files"), url=reverse("flow_files"), icon="arrow-left")],
    )


@require_safe
@pages.page(VIEW)
def punctuality(request) -> HttpResponseBase:
    """Who owed which month, and whether it came by the closing day."""
    today = periods.business_date(request.now)
    first = periods.add_months(today.replace(day=1), -MONTHS)
    window = {"first": first, "until": today + dt.timedelta(days=1), "today": today, "actor": request.actor}
    chosen = {
        "party_id": parsing.whole(request.GET.get("party")),
        "region_id": parsing.whole(request.GET.get("region")),
    }

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        after = parsing.whole(cursor)
        found = queries_punctuality.list_punctuality(**window, **chosen, offset=after, limit=limit + 1)
        more = str(after + limit) if len(found) > limit else None
        return listing.Slice(rows=[_owed(one, lines) for one in found[:limit]], next=more)

    def sums() -> tuple[dict, str]:
        owed, punctual = queries_punctuality.count_punctual(**window, **chosen)
        words = _("%(punctual)s of %(owed)s in time") % {"punctual": punctual, "owed": owed}
        return {"rows": ""}, words

    lines = presenting.line_names()
    wanted = listing.Listing(
        name="flow_punctuality",
        title=_("In time"),
        columns=[
            tables.Column(key="party", label=_("Partner"), sub="line", sub_label=_("Product line")),
            tables.Column(key="month", label=_("Month")),
            tables.Column(key="state", label=_("State"), kind="status", status="flow_file"),
            tables.Column(key="sent_at", label=pgettext("flow", "Received at"), kind="moment"),
            tables.Column(key="rows", label=_("Lines"), kind="qty"),
        ],
        filters=[
            filters.Choice(
                "region", _("Region"), [(str(one.id), one.name) for one in organisation.list_regions()]
            )
        ],
        fetch=fetch,
        sums=sums,
        order=_("Latest month first"),
        empty=tables.Empty(
            title=_("Nobody owes a month yet"),
            hint=_("A partner owes its months from the first delivery on."),
            icon="calendar",
        ),
    )
    return listing.respond(
        request,
        wanted,
        actions=[listing.Action(label=_("All files"), url=reverse("flow_files"), icon="arrow-left")],
    )


def _owed(one: queries_punctuality.Punctuality, lines: dict[int, str]) -> dict[str, Any]:
    return {
        "party": one.party,
        "url": reverse("partner", args=[one.party_id]),
        "line": lines.get(one.line_id, ""),
        "month": f"{one.month:%Y-%m}",
        "state": "received" if one.state == "matched" else one.state,
        "sent_at": one.sent_at,
        "rows": one.rows,
    }


# --- Upload -----------------------------------------------------------------------------------------


@pages.page(operations.TAKE_IN)
def upload(request) -> HttpResponse:
    """A dealer's file: first a look at what would become of it, then taken in as it was looked at."""
    context: dict[str, Any] = {"limit": settings.UPLOAD_LIMIT // (1024 * 1024)}
    code = 200
    if request.method == "POST":
        try:
            if "take" in request.POST:
                return _take_in(request)
            context |= _check(request)
        except errors.Refused as refusal:
            context["reasons"], code = refusal.reasons[:50], refusal.status
    return pages.show(request, "flow/upload.html", context | _accounts(request), status=code)


def _accounts(request) -> dict[str, Any]:
    """Whose file it is: a partner's own accounts, or those of the partner our own people chose."""
    actor = request.actor
    given = request.GET if request.method == "GET" else request.POST
    party_id = actor.party_id or parsing.whole(given.get("party"))
    text = given.get("q", "").strip()[:60]
    today = periods.business_date(request.now)
    this = today.replace(day=1)
    with scope.transaction(actor):
        accounts = partners.list_accounts(party_id=party_id, actor=actor) if party_id else []
        lines = presenting.line_names()
        entities = {one.id: one.short_name for one in organisation.list_entities()}
        found = partners.search_parties(text, actor=actor) if text and not party_id else []
        names = partners.party_names([party_id], actor) if party_id else {}
    return {
        "party_id": party_id,
        "party": names.get(party_id, ""),
        "accounts": [(one.id, f"{lines[one.line_id]} · {entities[one.entity_id]}") for one in accounts],
        "account": given.get("account", ""),
        "months": [f"{periods.add_months(this, -back):%Y-%m}" for back in range(MONTHS)],
        "month": given.get("month", f"{periods.add_months(this, -1):%Y-%m}"),
        "found": [one for one in found if one.kind != "hospital"],
        "text": text,
    }


def _check(request) -> dict[str, Any]:
    """The dry run. What was looked at is kept under a signed name, so that exactly it is taken in."""
    uploaded = request.FILES.get("file")
    if uploaded is None:
        raise errors.refuse("flow.file_missing")
    if uploaded.size > settings.UPLOAD_LIMIT:
        raise errors.refuse("flow.file_too_large", limit=settings.UPLOAD_LIMIT // (1024 * 1024))
    content = uploaded.read()
    account_id, month = parsing.whole(request.POST.get("account")), _month(request.POST.get("month", ""))
    result = operations.check_file(
        account_id=account_id, stream=content, name=uploaded.name, actor=request.actor, now=request.now
    )
    found: dict[str, Any] = {"file_name": uploaded.name, "rows": result.count}
    if not result.ok:
        found["reasons"] = result.refusals()
    if result.rows:
        found |= {"table": presenting.preview(result), "summary": presenting.summary(result)}
    if result.ok:
        told = {"account": account_id, "month": f"{month:%Y-%m}", "name": uploaded.name}
        told |= {"digest": blobs.put(content), "actor": request.actor.ref}
        found["token"] = signing.dumps(told, salt=SALT)
    return found


def _take_in(request) -> HttpResponse:
    try:
        told = signing.loads(request.POST.get("take", ""), salt=SALT, max_age=86_400)
    except signing.BadSignature as error:
        raise errors.refuse("flow.check_again") from error
    if told["actor"] != request.actor.ref:
        raise errors.NotFound
    with blobs.open(told["digest"]) as blob:
        content = blob.read()

    def perform():
        view = operations.take_in_file(
            account_id=told["account"],
            month=_month(told["month"]),
            stream=content,
            name=told["name"],
            actor=request.actor,
            now=request.now,
        )
        return str(view.id)

    return redirect("flow_file", file_id=pages.once(request, perform))


def _month(text: str) -> dt.date:
    found = parsing.month(text)
    if found is None:
        raise errors.refuse("flow.month_unreadable", month=text)
    return found


# --- The matching desk ------------------------------------------------------------------------------


@pages.page(operations.DECIDE)
def matching(request) -> HttpResponse:
    """Words nobody understood, those that hold up most lines first: accept a candidate or choose another."""
    context: dict[str, Any] = {}
    code = 200
    if request.method == "POST":
        try:
            return _decide(request)
        except errors.Refused as refusal:
            context["reasons"], code = refusal.reasons, refusal.status
    with scope.transaction(request.actor):
        waiting = queries.list_waiting(actor=request.actor, limit=queries.PAGE)
        context |= {
            "groups": _groups(waiting, request),
            "count": queries.count_waiting(actor=request.actor),
            "text": request.GET.get("q", ""),
            "decided": request.GET.get("counted", ""),
            "crumbs": [
                {"title": _("Sell-through"), "url": reverse("flow_files")},
                {"title": _("Matching desk")},
            ],
        }
    return pages.show(request, "flow/matching.html", context, status=code)


def _groups(waiting: list[queries.Waiting], request) -> list[dict[str, Any]]:
    """Each group of words with its candidates by name; for the one being searched, what the search finds."""
    today = periods.business_date(request.now)
    hospitals = {one["hospital_id"] for group in waiting for one in group.candidates if "hospital_id" in one}
    items = {one["item_id"] for group in waiting for one in group.candidates if "item_id" in one}
    parties = {group.party_id for group in waiting if group.party_id}
    names = partners.party_names(hospitals | parties, request.actor)
    products = catalog.items(items, on=today, entity_id=0)
    searched, text = parsing.whole(request.GET.get("row")), request.GET.get("q", "").strip()[:60]
    found = []
    for group in waiting:
        offered = [
            {"id": one.get("hospital_id") or one.get("item_id"), "score": _percent(one.get("score"))}
            for one in group.candidates
        ]
        if group.row_id == searched and text:
            offered = [
                {"id": one, "score": ""} for one in _searched(group, text, names, products, request, today)
            ]
        for one in offered:
            item = products.get(one["id"]) if group.what == "product" else None
            one["name"] = f"{item.name} {item.specification}" if item else names.get(one["id"], "")
        found.append(
            {
                "group": group,
                "party": names.get(group.party_id, ""),
                "field": "hospital" if group.what == "customer" else "item",
                "offered": [one for one in offered if one["name"]],
                "searched": group.row_id == searched,
            }
        )
    return found


def _searched(group, text: str, names: dict, products: dict, request, today: dt.date) -> list[int]:
    """Ids the search finds; their names are added to what is known."""
    if group.what == "customer":
        hits = partners.search_parties(text, actor=request.actor, role="hospital", limit=8)
        names |= {one.id: one.name for one in hits}
        return [one.id for one in hits]
    goods = catalog.search_items(text, 8, on=today)
    products |= {one.id: one for one in goods}
    return [one.id for one in goods]


def _decide(request) -> HttpResponse:
    form = request.POST
    wanted = {
        "row_id": parsing.whole(form.get("row")),
        "hospital_id": parsing.whole(form.get("hospital")) or None,
        "item_id": parsing.whole(form.get("item")) or None,
    }

    counted = pages.once(
        request, lambda: operations.decide_match(**wanted, actor=request.actor, now=request.now).counted
    )
    return redirect(f"{reverse('flow_matching')}?counted={counted}")


def _percent(score: str | None) -> str:
    return f"{float(score) * 100:.0f}%" if score else ""
