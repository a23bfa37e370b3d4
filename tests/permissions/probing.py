"""Asking for a thing by its identifier, and whether the answer tells that it exists."""

import dataclasses
import functools
import io
import itertools
import json
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, get_resolver
from PIL import Image

from qudao.inventory import models as inventory
from qudao.kernel import scope
from qudao.kernel.journal import models as journal
from qudao.partners import models as partners
from qudao.pricing import models as pricing
from qudao.settlement import queries as settlement
from qudao.supply import models as supply
from tests.permissions import matrix
from tests.permissions import trade as trades

PREFIX = "/api/v1"
# What hangs on a debtor: the partner's own, not the agent's above its account.
MONEY = {"statement", "invoice", "receipt", "run", "debtor", "pool"}
NUMBERED = itertools.count(1)
ABSENT = {
    "order": "01a20a03-0000-7000-8000-00000000dead",
    "shipment": "01a20a03-0000-7000-8000-00000000beef",
    "entry": "01a20a03-0000-4000-8000-00000000feed",
    "number": "987654321",
    "party": "987654321",
    "notice": "01a20a03-0000-7000-8000-0000000000ad",
    "statement": "01a20a03-0000-7000-8000-0000000057a7",
    "invoice": "01a20a03-0000-7000-8000-0000000014f0",
    "receipt": "01a20a03-0000-7000-8000-00000000ca5c",
    "run": "01a20a03-0000-7000-8000-00000000b47e",
    "debtor": "987654321",
    "pool": "987654321",
    "contract": "01a20a03-0000-7000-8000-00000000cafe",
    "version": "987654321",
    "terms": "987654321",
    "paper": "987654321",
    "promotion": "987654321",
    "device": "987654321",
    "certificate": "987654321",
    "flow_file": "01a20a03-0000-7000-8000-0000000f1e1e",
    "flow_case": "987654321",
    "photo": "01a20a03-0000-7000-8000-00000000f070",
    "lot": "987654321",
    "site": "987654321",
    "purchase": "01a20a03-0000-7000-8000-00000000aaaa",
    "goods_receipt": "01a20a03-0000-7000-8000-00000000bbbb",
    "return": "01a20a03-0000-7000-8000-00000000cccc",
    "transfer": "01a20a03-0000-7000-8000-00000000dddd",
    "account": "987654321",
    "templates": "987654321",
    "template": "01a20a03-0000-7000-8000-00000000cafe",
    "licence": "987654321",
    "place": "987654321",
    "authorisation": "987654321",
    "hold": "01a20a03-0000-7000-8000-000000001d1d",
}
_WHY = {"reason": "查实"}
# What a caller of each operation sends, by its address or by the last word of it. All are well formed; what would change
# something for good is such that the rules refuse it to whoever gets so far.
BODIES = {
    "PUT /orders/{uuid:order_id}": {
        "account_id": 987654321,
        "ship_to_id": 987654321,
        "lines": [{"item_id": 987654321, "quantity": "1"}],
        "draft": True,
    },
    "cancel": {"reason": "不要了"},
    "pick": {"scans": ["0106901234567014"]},
    "review": {"scans": ["0106901234567014"]},
    "sign": {},
    "returns": {"reason": "破损", "lines": [{"no": 1, "quantity": "999"}]},
    "dispute": {"reason": "price"},
    "verdict": {"verdict": "upheld", "ground": "lot", "note": "查实"},
    "{uuid:template_id}": {"name": "改名"},
    "freeze": _WHY,
    "suspend": _WHY,
    "reinstate": _WHY,
    "close": _WHY,
    "reverse": _WHY,
    "tier": _WHY | {"tier": "B"},
    "admission": {"step": "review"},
    "licences": {
        "kind": "business_licence",
        "number": "X1",
        "valid_from": "2026-01-02",
        "last_day": "2026-01-01",
    },
    "accounts": {"entity_id": 1, "line_id": 1, "role": "dealer", "tier": "B", "region_id": 1},
    "places": {"kind": "nowhere", "name": "无", "territory": 0, "address": "无"},
    "POST /partners/{int:party_id}/particulars": {
        "name": "无",
        "short_name": "",
        "territory": 999_998,
        "address": "",
        "phone": "",
    },
    "POST /places/{int:place_id}/particulars": {
        "name": "无",
        "territory": 999_998,
        "address": "无",
        "contact": "",
        "phone": "",
    },
    "authorisations": {"entity_id": 1, "valid_from": "2026-01-02", "last_day": "2026-01-01"},
    "POST /partners/{int:party_id}/release": _WHY,
    "POST /licences/{int:licence_id}/revoke": _WHY,
    "POST /authorisations/{int:authorisation_id}/revoke": _WHY,
    "POST /certificates/{int:certificate_id}/revoke": {"revoked_on": "2026-11-01"},
    "renew": {"valid_from": "2026-11-01"},
    "trade": {"active": True},
    "records": {"di": "06900000000009"},
    "units": {"unit": "箱", "factor": 1},
    "tax": {"treatment": "exempt", "rate": "0.13", "valid_from": "2026-11-01"},
    "POST /certificates/{int:certificate_id}/products": {"item_ids": [987654321]},
    "shelves": {"zone": "cellar", "codes": ["A-01"]},
    "end": {"last_day": "2000-01-01", "reason": "到期"},
    "agree": {"lines": [999_999]},
    "resolve": {"outcome": "explained", "resolution": "说明"},
    "apply-credit": {},
    "apply": {"applications": []},
    "credit": {"limit": "1.00", "approver": ""},
    "invoices": {"up_to": "2000-01-01"},
    "POST /debtors/{int:node_id}/receipts": {
        "amount": "0.00",
        "method": "bank",
        "reference": "无",
        "received_on": "2026-11-01",
    },
    "match": {"hospital_id": 987654321},
    "block": {"cause": "damaged"},
    "settle": {"back": "999", "reason": "找到"},
    "POST /returns/{uuid:return_id}/inspect": {"good": True},
    "POST /lots/{int:lot_id}/production-date": {"produced_on": "2199-01-01"},
    "POST /goods-receipts/{uuid:receipt_id}/inspect": {"lines": [{"no": 1, "accepted": "999"}]},
    "POST /purchases/{uuid:purchase_id}/receipts": {
        "delivery_note": "",
        "lines": [{"purchase_line_no": 1, "quantity": "1"}],
    },
    "POST /purchases/{uuid:purchase_id}/receipts/check": {
        "lines": [{"purchase_line_no": 1, "quantity": "1"}]
    },
    "receive": {"lines": [{"no": 999, "quantity": "1"}]},
    "POST /holds/{uuid:hold_id}/release": _WHY | {"to": "pending"},
}
STEPS = {
    "qudao.orders.views.order_step": ("confirm", "release", "withdraw", "reallocate", "cancel"),
    "qudao.settlement.views.statements.statement_step": ("send", "confirm", "lock", "dispute", "resolve"),
    "qudao.settlement.views.rebates.rebate_step": ("confirm",),
    "qudao.settlement.views.invoices.invoice_apply": ("apply",),
    "qudao.settlement.views.invoices.receipt_apply": ("apply",),
    "qudao.settlement.views.debtors.credit_set": ("save",),
    "qudao.settlement.views.debtors.invoices_issue": ("issue",),
    "qudao.settlement.views.debtors.statement_build": ("build",),
    "qudao.inventory.moving_views.transfer": ("receive",),
    "qudao.inventory.views.lot_step": ("hold", "release", "date"),
    "qudao.orders.scan_views.shipment_check": ("check",),
    "qudao.orders.scan_views.shipment_scan": ("pick", "review", "block"),
    "qudao.orders.warehouse_views.return_step": ("inspect",),
    "qudao.orders.sign_views.shipment_sign": ("sign",),
    "qudao.orders.template_views.template_remove": ("remove",),
    "qudao.orders.template_views.template_rename": ("rename",),
    "qudao.flow.views.cases.flow_case": ("judge",),
    "qudao.orders.warehouse_views.shipment_step": ("ship", "resolve", "put_back"),
    "qudao.supply.receiving_views.receipt": ("inspect",),
    "qudao.supply.receiving_views.receive": ("receive",),
    "qudao.supply.receiving_views.receive_check": ("check",),
}
_DRAWN = io.BytesIO()
Image.new("RGB", (2, 2)).save(_DRAWN, "PNG")
PICTURE = _DRAWN.getvalue()
# What is sent as a form with a file, by the last word of the address: its fields, and what the file is called.
FORMS = {
    "sign-with-photos": ({"details": "{}"}, "photos"),
    "sign-with-paper": ({"signed_by": "甲", "countersigned_by": "乙"}, "paper"),
    "versions": ({}, "file"),
    "POST /contracts/{uuid:contract_id}/versions/check": ({}, "file"),
}
_VOLATILE = re.compile(r'"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"')
_PARAMETER = re.compile(r"[<{](?:\w+:)?\w+[>}]")


@dataclasses.dataclass(frozen=True)
class Answer:
    """What of an answer could tell something: status, body without the identifier asked for, headers."""

    status: int
    body: str
    headers: tuple


@functools.cache
def routes() -> dict[str, str]:
    """View → its route."""

    def walk(patterns, prefix=""):
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLPattern):
                yield f"{one.callback.__module__}.{one.callback.__name__}", "/" + route
            else:
                yield from walk(one.url_patterns, route)

    return dict(walk(get_resolver().url_patterns))


def identifiers(trade: trades.Trade, kind: str, owner: str) -> list[str]:
    """The owner's identifiers of that kind."""
    match kind:
        case "order":
            return [str(trade.orders[owner].id), str(trade.drafts[owner].id)]
        case "shipment":
            return [str(trade.shipments[owner].id)]
        case "party":
            return [str(trade.party(owner))]
        case "notice":
            # A notice is one person's, not a partner's: tests/operations/test_ui_personal.py asks for it.
            return []
        case "statement" | "invoice" | "receipt" | "debtor" | "run":
            return trade.money[owner][kind]
        case "pool":
            return _with_pool(trade.money[owner]["debtor"])
        case "contract" | "version" | "terms":
            return contracts(trade, kind, owner)
        # For whoever may use it (tests/operations/test_pricing_lists.py); kept with nothing of this trade; for everybody.
        case "promotion" | "paper" | "photo" | "device" | "certificate":
            return []
        case "flow_file":
            return trade.flow_files.get(owner, [])
        case "flow_case":
            return trade.flow_cases.get(owner, [])
        case "return":
            return [str(trade.returns[owner].id)]
        case "goods_receipt" | "hold" | "lot" | "purchase" | "site" | "transfer":
            return _of_the_house(kind)
        case "licence":
            return _of_party(partners.Licence, trade.party(owner))
        case "place":
            return _of_party(partners.DeliveryPlace, trade.party(owner))
        case "authorisation":
            # Those that may be passed on: only who sees the whole business revokes them.
            return _of_party(partners.Authorisation, trade.party(owner), sublicence=True)
        case "account" | "templates":
            return [str(trade.company.accounts[trades.OWNERS[owner][0]])]
        case "template":
            return [str(trade.templates[owner].id)]
    subjects = [f"orders.order:{trade.orders[owner].id}", f"orders.shipment:{trade.shipments[owner].id}"]
    with scope.everything():
        leaves = journal.JournalLeaf.objects.filter(subject__in=subjects, part=0).order_by("number")
        return [str(one) for one in leaves.values_list(kind, flat=True)[:2]]


def contracts(trade: trades.Trade, kind: str, owner: str) -> list[str]:
    """The contract of the owner's account, or its version; some have none."""
    account_id = trade.company.accounts[trades.OWNERS[owner][0]]
    with scope.everything():
        versions = pricing.ContractVersion.objects.filter(contract__account_id=account_id)
        found = versions.values_list("contract_id" if kind == "contract" else "pk", flat=True)
        return sorted({str(one) for one in found})


def _with_pool(debtors: list[str]) -> list[str]:
    """Those that earned a rebate once: the others have no pool to open."""
    with scope.everything():
        return [one for one in debtors if settlement.has_pool(int(one), actor=scope.current())]


def _of_party(model, party_id: int, **chosen) -> list[str]:
    with scope.everything():
        found = model.objects.filter(party_id=party_id, **chosen).order_by("pk")
        return [str(pk) for pk in found.values_list("pk", flat=True)[:1]]


def _of_the_house(kind: str) -> list[str]:
    """One of ours, where there is one."""
    tables = {
        "hold": inventory.Hold,
        "lot": inventory.Lot,
        "site": inventory.Site,
        "transfer": inventory.Transfer,
        "purchase": supply.PurchaseOrder,
        "goods_receipt": supply.GoodsReceipt,
    }
    with scope.everything():
        return [str(pk) for pk in tables[kind].objects.order_by("pk").values_list("pk", flat=True)[:1]]


def ask(trade: trades.Trade, who: str, row: str, identifier: str, *, version: int = 1) -> list[Answer]:
    """Every way of asking for the thing: an operation once, a page, and its form with each of its steps."""
    if " " in row:
        return [_operation(trade, who, row, identifier, version)]
    address = _address(routes()[row], identifier)
    browser = trade.browsers[who]
    found = [answer(browser.get(address), identifier)]
    for step in STEPS.get(row, ()):
        form = {
            "step": step,
            "version": version,
            "key": f"{who}-{next(NUMBERED)}",
            "reason": "不要了",
            "scans": "0106901234567014",
        }
        found.append(answer(browser.post(address, form), identifier))
    return found


def _operation(trade, who, row, identifier, version) -> Answer:
    method, path = row.split()
    headers = {"Idempotency-Key": f"{who}-{next(NUMBERED)}", "If-Match": f'"{version}"'}
    client = Client()
    if who in trades.SEES:
        headers |= trade.bearer(who)
    else:
        client = trade.browsers[who]
    content = {}
    if method != "GET":
        last = path.rpartition("/")[2]
        body = BODIES.get(row, BODIES.get(last))
        content = {"data": "" if body is None else json.dumps(body), "content_type": "application/json"}
        fields, file = FORMS.get(row, FORMS.get(last, ({}, "")))
        if file:
            picture = SimpleUploadedFile("a.png", PICTURE, "image/png")
            form = encode_multipart(BOUNDARY, fields | {file: picture})
            content = {"data": form, "content_type": MULTIPART_CONTENT}
    address = PREFIX + _address(path, identifier)
    return answer(client.generic(method, address, headers=headers, **content), identifier)


def _address(route: str, identifier: str) -> str:
    """The thing's identifier in its place; what numbers a part of it (a line) is 1."""
    return _PARAMETER.sub("1", _PARAMETER.sub(identifier, route, count=1))


def answer(response, identifier: str) -> Answer:
    def masked(text: str) -> str:
        return re.sub(rf"/{re.escape(identifier)}(?![\w-])", "/ID", text)

    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = masked(_VOLATILE.sub("", body.decode("utf-8", "replace")))
    kept = tuple(
        (name, masked(value))
        for name, value in sorted(response.headers.items())
        if name not in ("Set-Cookie", "Content-Length")
    )
    return Answer(response.status_code, text, kept)


def told(trade: trades.Trade, who: str, owner: str, rows=matrix.NAMED) -> list[str]:
    """The rows whose answer about the owner's things differs from that about nothing, for somebody who may
    not know of them. Empty when nothing leaks."""
    leaking = []
    for row in rows:
        kind = matrix.NAMED[row]
        if kind in ("party", "licence", "place") and not hides_party(who, owner):
            continue
        if kind in matrix.HOUSE and who == "north":
            continue
        # What there is not is the same beside every owner's things: asked for once.
        if (who, row) not in trade.nothing:
            trade.nothing[who, row] = ask(trade, who, row, ABSENT[kind])
        for identifier in identifiers(trade, kind, owner):
            for version in (1, 5) if " " in row else (1,):
                found = ask(trade, who, row, identifier, version=version)
                if found != trade.nothing[who, row] or (
                    who in trades.SEES and any(not closed(one) for one in found)
                ):
                    leaking.append(f"{row} {identifier}")
    return leaking


def closed(one: Answer) -> bool:
    """Not found; or a form's GET, which leads back to the thing's own page and says nothing of it."""
    return one.status == 404 or (one.status == 302 and "/ID" in dict(one.headers)["Location"])


def hides_party(who: str, owner: str) -> bool:
    return who in ("stranger", "revoked") or owner.partition(".")[0] in trades.HIDDEN_PARTIES[who]
