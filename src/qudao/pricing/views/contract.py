"""The page of a contract, signing a version, and the files that belong to one."""

import datetime as dt
import io

from django import forms
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from qudao.kernel import blobs, errors, manifest, periods, scope
from qudao.partners import queries as partners
from qudao.pricing import files, operations, presenting, queries, rebate_cards
from qudao.pricing.names import Names
from qudao.ui import acts, formats, pages, parsing, uploads

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VIEW = "pricing.contract.view"


@require_safe
@pages.page(VIEW, own_transaction=True)
def contract(request, contract_id) -> HttpResponse:
    """A contract: its versions side by side, terms, prices, what else shapes its prices, rebates, who signed."""
    actor, today = request.actor, periods.business_date(request.now)
    with scope.transaction(actor):
        detail = queries.get_contract(contract_id, actor)
        account = partners.get_account(detail.contract.account_id, actor)
    factors = queries.factors_for(account, on=today, actor=actor)
    with scope.transaction(actor):
        context = _context(request, detail, account, factors, today)
    return pages.show(request, "pricing/contract.html", context)


def _context(request, detail, account, factors, today) -> dict:
    actor, names = request.actor, Names.load()
    version = presenting.chosen(detail, request.GET.get("version", ""), today)
    before = presenting.compared(detail, version, request.GET.get("with", ""))
    full = presenting.confidential(detail.contract, actor)
    skip = parsing.whole(request.GET.get("prices"))
    prices, following = presenting.prices(
        version, skip=skip, today=today, actor=actor, may_explain=actor.can("pricing.price.view")
    )
    rebates = queries.rebate_terms(actor=actor, version_id=version.id) if full else []
    running = queries.promotions_for(
        entity_id=account.entity_id,
        line_id=account.line_id,
        tier=account.tier,
        region_id=account.region_id,
        on=today,
        actor=actor,
    )
    address = f"{reverse('contract', args=[detail.contract.id])}?version={version.number}"
    return {
        "contract": detail.contract,
        "account": account,
        "version": version,
        "state": presenting.shown_state(version, detail.versions, today),
        "subtitle": detail.contract.title,
        "crumbs": [{"title": _("Contracts"), "url": reverse("contracts")}, {"title": detail.contract.number}],
        "party_url": reverse("partner", args=[account.party_id]) if actor.can("partners.party.view") else "",
        "facts": presenting.facts(version, account, names, actor),
        "versions": presenting.versions(detail, version, today),
        "address": address,
        "others": [one for one in detail.versions if one.number != version.number],
        "diff": presenting.difference(before, version, full=full, today=today, actor=actor)
        if before
        else None,
        "prices": prices,
        "price_count": version.price_count,
        "prices_next": f"{address}&prices={following}#prices" if following else "",
        "prices_first": f"{address}#prices" if skip else "",
        "factors": presenting.factors(factors, names),
        "promotions": presenting.promotions(running),
        "takes_part": not version.terms.get("excludes_promotions"),
        "rebates": [rebate_cards.card(term) for term in rebates],
        "figures": _figures(account, actor, request.now) if full else [],
        "documents": presenting.documents(version, actor) if full else [],
        "full": full,
        "timeline": presenting.timeline(detail, actor),
        "may_sign": version.status == "draft" and actor.can("pricing.contract.sign"),
        "may_revise": actor.can("pricing.contract.manage"),
        "may_end": actor.can("pricing.contract.sign")
        and any(one.status == "effective" and not _is_over(one, today) for one in detail.versions),
    }


def _is_over(version: queries.VersionView, today: dt.date) -> bool:
    """Whether today is its last day, or past it."""
    return version.valid_until is not None and version.valid_until <= today + dt.timedelta(days=1)


def _figures(account, actor, now) -> list:
    """What modules above say of the account: credit, pool, how far the rebate has come."""
    return [fact for find in manifest.collect("desk") for fact in find(account, actor=actor, now=now)]


class Signatures(forms.Form):
    """Who signed, and the paper."""

    signed_by = forms.CharField(label=gettext_lazy("Signed for us"), max_length=80)
    countersigned_by = forms.CharField(label=gettext_lazy("Signed for the partner"), max_length=80)
    paper = forms.FileField(
        label=gettext_lazy("Scan of the signed paper (PDF, JPEG, PNG)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class Ending(acts.Form):
    """When and why a contract ends before its time."""

    last_day = acts.day(gettext_lazy("Last day"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@pages.page("pricing.contract.sign", own_transaction=True)
def contract_end(request, contract_id) -> HttpResponse:
    """End a contract before its time: from when, why, and what stops."""
    with scope.transaction(request.actor):
        detail = queries.get_contract(contract_id, request.actor)
        party = partners.party_names([detail.contract.party_id], request.actor).get(
            detail.contract.party_id, ""
        )
    found, today = detail.contract, periods.business_date(request.now)
    back = reverse("contract", args=[found.id])
    act = acts.Act(
        title=_("End %(number)s early") % {"number": found.number},
        button=_("End the contract"),
        back=back,
        about=" · ".join(filter(None, (party, found.title))),
        crumbs=[
            {"title": _("Contracts"), "url": reverse("contracts")},
            {"title": found.number, "url": back},
            {"title": _("End early")},
        ],
        consequence=_ends(detail, today),
        beside={
            "pricing.end_in_past": "last_day",
            "pricing.ends_anyway": "last_day",
            "pricing.end_reason_missing": "reason",
        },
        done=_("The contract ends early."),
        danger=True,
    )

    def perform(values: dict) -> str:
        ended = operations.end_contract(contract_id=found.id, **values, actor=request.actor, now=request.now)
        return str(ended)

    return acts.respond(
        request, act, Ending, perform=perform, then=lambda _answer: back, initial={"last_day": today}
    )


def _ends(detail: queries.ContractDetail, today: dt.date) -> str:
    """What ending does, in numbers: the prices of the versions that hold or would come to hold."""
    held = [one for one in detail.versions if one.status == "effective" and not _is_over(one, today)]
    count = sum(one.price_count for one in held)
    until = [one.valid_until for one in held if one.valid_until is not None]
    signed = _("signed without an end")
    if len(until) == len(held) > 0:
        signed = _("signed to %(day)s") % {"day": max(until) - dt.timedelta(days=1)}
    return ngettext(
        "After the last day its %(count)s price and its rebates stop (%(signed)s); later versions will"
        " not take effect. Orders taken until then keep their price.",
        "After the last day its %(count)s prices and its rebates stop (%(signed)s); later versions will"
        " not take effect. Orders taken until then keep their price.",
        count,
    ) % {"count": count, "signed": signed}


@pages.page("pricing.contract.sign", own_transaction=True)
def version_sign(request, version_id: int) -> HttpResponse:
    """Say what putting a draft into effect does, and do it once both have signed."""
    today = periods.business_date(request.now)
    with scope.transaction(request.actor):
        version = queries.get_contract_version(version_id, request.actor)
        detail = queries.get_contract(version.contract_id, request.actor)
        account = partners.get_account(version.account_id, request.actor)
        signed = presenting.summary(version, today=today, actor=request.actor)
    form = Signatures(request.POST or None, request.FILES or None, initial={"signed_by": request.user.name})
    reasons: tuple[errors.Reason, ...] = ()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _sign(request, version, form.cleaned_data)
                return redirect(f"{reverse('contract', args=[version.contract_id])}?version={version.number}")
            except errors.Refused as refusal:
                reasons, status = tuple(refusal.reasons), refusal.status
    context = {
        "version": version,
        "account": account,
        "form": form,
        "reasons": reasons,
        "crumbs": [
            {"title": _("Contracts"), "url": reverse("contracts")},
            {"title": version.contract_number, "url": reverse("contract", args=[version.contract_id])},
            {"title": _("Sign")},
        ],
        "facts": presenting.facts(version, account, Names.load(), request.actor),
        **signed,
        "effects": _effects(version, detail, today),
        "open": version.status == "draft",
    }
    return pages.show(request, "pricing/sign.html", context, status=status)


def _sign(request, version, given) -> None:
    paper = uploads.content(given["paper"])
    pages.once(
        request,
        lambda: (
            operations.sign_version(
                version_id=version.id,
                signed_by=given["signed_by"],
                countersigned_by=given["countersigned_by"],
                paper=paper,
                filename=given["paper"].name,
                actor=request.actor,
                now=request.now,
            ).id
        ),
    )


def _effects(version, detail, today) -> list[str]:
    """What signing does, in numbers."""
    begins = formats.day(version.valid_from)
    found = [
        _("%(count)s prices hold from %(day)s.") % {"count": version.price_count, "day": begins},
    ]
    found += [
        _("Version %(number)s and its %(count)s prices end that day.")
        % {"number": one.number, "count": one.price_count}
        for one in detail.versions
        if presenting.version_state(one, detail.versions, today) in ("effective", "pending")
    ]
    if version.valid_from <= today:
        found.append(_("Orders placed before are not changed: their prices are frozen."))
    return found


@require_safe
@pages.page(VIEW)
def version_workbook(request, version_id: int) -> HttpResponse:
    """A version as the workbook that can be changed and taken in as the next one."""
    version = queries.get_own_version(version_id, request.actor)
    account = partners.get_account(version.account_id, request.actor)
    stream = io.BytesIO()
    files.export_contract(
        stream,
        version_id=version_id,
        account=account,
        on=periods.business_date(request.now),
        actor=request.actor,
    )
    return download(stream.getvalue(), f"{version.contract_number}-v{version.number}.xlsx")


@require_safe
@pages.page(VIEW)
def version_paper(request, version_id: int) -> HttpResponseBase:
    """The scan both have signed."""
    version = queries.get_own_version(version_id, request.actor)
    return _kept(version.document_digest, version, request.actor)


@require_safe
@pages.page(VIEW)
def version_source(request, version_id: int) -> HttpResponseBase:
    """The workbook a version was drafted from, as it came."""
    version = queries.get_own_version(version_id, request.actor)
    return _kept(version.terms.get("source", ""), version, request.actor)


def _kept(digest: str, version: queries.VersionView, actor: scope.Actor) -> HttpResponseBase:
    kept = queries.find_stored_file(digest, node_id=version.node_id, actor=actor) if digest else None
    if kept is None:
        raise errors.NotFound()
    name, media = kept
    return FileResponse(blobs.open(digest), as_attachment=True, filename=name, content_type=media)


def download(content: bytes, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)
