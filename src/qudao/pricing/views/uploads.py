"""A contract's workbook taken in: chosen, checked cell by cell, then kept as a draft or not at all."""

import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import errors, scope
from qudao.partners import queries as partners
from qudao.pricing import files, queries
from qudao.pricing.names import Names, period
from qudao.pricing.views import contract
from qudao.ui import pages, parsing, uploads, verdicts

MANAGE = "pricing.contract.manage"
SALT = "pricing.contract.file"


@pages.page(MANAGE, own_transaction=True)
def contract_draft(request) -> HttpResponse:
    """A new contract: the partner, its account, the workbook."""
    account_id = parsing.whole(request.POST.get("account") or request.GET.get("account"))
    party_id = parsing.whole(request.GET.get("party"))
    context: dict[str, Any] = {"title": _("New contract"), "crumbs": _crumbs(_("New contract"))}
    if account_id:
        with scope.transaction(request.actor):
            account = partners.get_account(account_id, request.actor)
        return _upload(request, context, account, None)
    with scope.transaction(request.actor):
        text = request.GET.get("q", "").strip()
        context["text"] = text
        context["found"] = partners.search_parties(text, actor=request.actor) if text else []
        if party_id:
            party = partners.get_party(party_id, request.actor)
            lines = Names.load()
            context["party"] = party
            context["accounts"] = [
                {
                    "id": one.id,
                    "line": lines.lines.get(one.line_id, ""),
                    "entity": lines.entities.get(one.entity_id, ""),
                    "tier": one.tier,
                }
                for one in partners.list_accounts(party_id=party_id, actor=request.actor)
                if one.is_open
            ]
    return pages.show(request, "pricing/choose_account.html", context)


@pages.page(MANAGE, own_transaction=True)
def contract_revise(request, contract_id) -> HttpResponse:
    """The next version of a contract, from a changed workbook of the one before."""
    with scope.transaction(request.actor):
        detail = queries.get_contract(contract_id, request.actor)
        account = partners.get_account(detail.contract.account_id, request.actor)
    title = _("New version of %(number)s") % {"number": detail.contract.number}
    context = {
        "title": title,
        "crumbs": [
            {"title": _("Contracts"), "url": reverse("contracts")},
            {"title": detail.contract.number, "url": reverse("contract", args=[contract_id])},
            {"title": _("New version")},
        ],
        "detail": detail,
    }
    return _upload(request, context, account, detail)


@require_safe
@pages.page(MANAGE)
def contract_template(request) -> HttpResponse:
    """The empty workbook for a contract of an account."""
    account = partners.get_account(parsing.whole(request.GET.get("account")), request.actor)
    stream = io.BytesIO()
    files.write_template(stream, account=account)
    return contract.download(stream.getvalue(), "contract.xlsx")


def _upload(request, context, account, detail) -> HttpResponse:
    """The form; its check with a verdict per cell; its taking in."""
    names = Names.load()
    contract_id = detail.contract.id if detail else None
    context |= {
        "account": account,
        "line": names.lines.get(account.line_id, ""),
        "entity": names.entities.get(account.entity_id, ""),
        "reasons": [],
    }
    status = 200
    try:
        if request.method == "POST" and request.POST.get("token"):
            made = _take_in(request, account, contract_id)
            return redirect(f"{reverse('contract', args=[made['contract']])}?version={made['version']}")
        if request.method == "POST":
            context |= _check(request, account, contract_id)
            status = 200 if context["checked"].ok else 422
    except errors.Refused as refusal:
        context["reasons"], status = refusal.reasons[:50], refusal.status
    return pages.show(request, "pricing/upload.html", context, status=status)


def _check(request, account, contract_id) -> dict[str, Any]:
    uploaded = request.FILES.get("file")
    content = uploads.content(uploaded)
    checked = files.check_contract_file(
        content,
        account=account,
        contract_id=contract_id,
        filename=uploaded.name,
        actor=request.actor,
        now=request.now,
    )
    token = ""
    if checked.ok:
        told = {"account": account.id, "contract": str(contract_id or ""), "name": uploaded.name}
        token = uploads.looked_at(request, content, salt=SALT, **told)
    return {
        "checked": checked,
        "token": token,
        "filename": uploaded.name,
        "reasons": list(checked.reasons),
        "sheets": [verdicts.sheet(result) for result in checked.results],
        "facts": _facts(checked),
    }


def _take_in(request, account, contract_id) -> dict[str, Any]:
    """Take in exactly the bytes that were checked."""
    told = uploads.told(request, request.POST["token"], salt=SALT)
    if (told["account"], told["contract"]) != (account.id, str(contract_id or "")):
        raise errors.refuse("ui.check_again")

    def perform() -> dict[str, Any]:
        made = files.import_contract(
            uploads.kept(told),
            account=account,
            contract_id=contract_id,
            filename=told["name"],
            actor=request.actor,
            now=request.now,
        )
        return {"contract": str(made.contract_id), "version": made.number}

    return pages.once(request, perform)


def _facts(checked: files.ContractFile) -> list[tuple[str, Any]]:
    """What the file would make."""
    found: list[tuple[str, Any]] = [
        (_("Contract"), checked.number or _("numbered when taken in")),
        (_("Title"), checked.title),
    ]
    if checked.terms is not None:
        found.append((_("Validity"), period(checked.terms.valid_from, checked.terms.valid_until)))
    return [*found, (_("Prices"), len(checked.new_prices)), (_("Rebates"), len(checked.new_rebates))]


def _crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("Contracts"), "url": reverse("contracts")}, {"title": title}]
