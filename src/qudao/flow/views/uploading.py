"""The page a partner's file is taken in by."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from qudao.catalog import queries as catalog
from qudao.flow import operations, presenting, queries_punctuality
from qudao.kernel import errors, periods, scope
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.ui import pages, parsing, uploads

MONTHS = 6
SALT = "flow.checked"


@pages.page(operations.TAKE_IN)
def upload(request) -> HttpResponse:
    """A dealer's file: first a look at what would become of it, then taken in as it was looked at."""
    context: dict[str, Any] = {"limit": uploads.limit()}
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
        lines = catalog.line_names()
        entities = {one.id: one.short_name for one in organisation.list_entities()}
        found = partners.search_parties(text, actor=actor) if text and not party_id else []
        names = partners.party_names([party_id], actor) if party_id else {}
        account, month = _owed(party_id, parsing.whole(given.get("account")), this, actor)
    return {
        "party_id": party_id,
        "party": names.get(party_id, ""),
        "accounts": [(one.id, f"{lines[one.line_id]} · {entities[one.entity_id]}") for one in accounts],
        "account": str(account),
        "months": [f"{periods.add_months(this, -back):%Y-%m}" for back in range(MONTHS)],
        "month": given.get("month", f"{month:%Y-%m}"),
        "found": [one for one in found if one.kind != "hospital"],
        "text": text,
    }


def _owed(party_id: int, account_id: int, this: dt.date, actor: scope.Actor) -> tuple[int, dt.date]:
    """What the form offers first: the account and month that wait longest for their file, else the last month."""
    last = periods.add_months(this, -1)
    first = periods.add_months(this, 1 - MONTHS)
    asked = {"party_id": party_id, "account_id": account_id, "first": first, "last": last, "actor": actor}
    return (queries_punctuality.first_missing(**asked) if party_id else None) or (account_id, last)


def _check(request) -> dict[str, Any]:
    """The dry run. What was looked at is kept under a signed name, so that exactly it is taken in."""
    uploaded = request.FILES.get("file")
    content = uploads.content(uploaded)
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
        found["token"] = uploads.looked_at(request, content, salt=SALT, **told)
    return found


def _take_in(request) -> HttpResponse:
    told = uploads.told(request, request.POST["take"], salt=SALT)

    def perform():
        view = operations.take_in_file(
            account_id=told["account"],
            month=_month(told["month"]),
            stream=uploads.kept(told),
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
