"""Every page with an example of the demo company, and the people who see it differently.

Read by what photographs the pages (tests/browser/shots.py) and by what reads their words
(tests/journeys/test_languages.py).
"""

import dataclasses
from collections.abc import Iterator

from django.contrib import auth

from qudao.flow import models as flow
from qudao.inventory import models as inventory
from qudao.kernel import scope
from qudao.orders import models as orders
from qudao.pricing import models as pricing
from qudao.settlement import models as settlement
from qudao.shell.demo.state import Demo
from qudao.supply import models as supply

# One person of each kind: our own first, then those of partners.
EVERYBODY = (
    "zhoulan wangmin shenyi lijun chenxi zhaoqing xulei sunli qianfang mengyao admin auditor "
    "kangze lianyou fuwudian mendian hospital"
)
PARTNERS = "kangze lianyou fuwudian"


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """`people` are user names in the order they are shown; none for a page that strangers see."""

    name: str
    people: tuple[str, ...]
    address: str


def user(demo: Demo, username: str):
    return auth.get_user_model().objects.get(pk=demo.company.people[username])


def listed(demo: Demo) -> list[Page]:
    """Every page that the company has an example of."""
    with scope.everything():
        found = [Page("sign-in", (), "/sign-in/")]
        for part in (_ground, _partners, _contracts, _orders, _portal, _warehouse, _money, _flow, _quality):
            found += [Page(name, tuple(people.split()), address) for name, people, address in part(demo)]
    return found


def _ground(demo: Demo) -> Iterator[tuple[str, str, str]]:
    person = demo.company.people["zhoulan"]
    yield "home", EVERYBODY, "/todos/"
    yield "dashboard", "mengyao wangmin shenyi kangze lianyou", "/dashboard/?period=twelve"
    yield "dashboard-goods", "mengyao xulei", "/dashboard/goods/"
    yield "dashboard-promotions", "mengyao", "/dashboard/promotions/"
    yield "dashboard-rows", "mengyao", "/dashboard/rows/?kpi=sales"
    yield "dashboard-risk", "xulei", "/dashboard/rows/?kpi=stock_out"
    yield "targets", "wangmin", "/dashboard/targets/"
    yield "people", "admin kangze", "/people/"
    yield "people-person", "admin", f"/people/person/?person={person}"
    yield "people-grant", "admin", f"/people/grant/?person={person}"
    yield "people-roles", "admin", "/people/roles/"
    yield "account", "zhoulan", "/account/"
    yield "password", "zhoulan", "/account/password/"
    yield "notices", "zhoulan", "/notices/"
    yield "search", "zhoulan", "/search/?q=kangze"
    yield "search-nothing", "zhoulan", "/search/?q=qqqq"
    yield "not-found", "zhoulan", "/orders/00000000-0000-0000-0000-000000000000/"
    yield "refused", "lijun", "/journal/"
    yield "journal", "auditor", "/journal/"
    yield "journal-entry", "auditor", "/journal/40/"
    yield "journal-export", "auditor", "/journal/export/"
    yield "journal-checkpoint", "auditor", "/journal/checkpoint/"


def _partners(demo: Demo) -> Iterator[tuple[str, str, str]]:
    party, told = demo.company.parties, demo.stories
    kangze, hospital = f"/partners/{party['kangze']}/", f"/partners/{party['zheer']}/"
    lapsing = f"/partners/{party[told.lapsing_partner]}/"
    yield "partners", f"wangmin shenyi {PARTNERS}", "/partners/"
    yield "partner", f"wangmin sunli {PARTNERS}", kangze
    yield "partner-trade", "sunli kangze", f"{kangze}?tab=trade"
    yield "partner-accounts", "wangmin", f"{kangze}?tab=accounts"
    yield "partner-licences", "zhaoqing", f"{lapsing}?tab=licences"
    yield "partner-territory", "wangmin", f"/partners/{party['lianyou']}/?tab=authorisations"
    yield "partner-change-licence", "zhaoqing", f"{lapsing}change/?step=licence"
    yield "partner-change-grant", "wangmin", f"{kangze}change/?step=grant"
    yield "partner-new", "wangmin", "/partners/new/"
    yield "hospital", "wangmin", hospital
    yield "hospital-places", "wangmin", f"{hospital}?tab=places"
    yield "licences", "zhaoqing kangze", "/licences/"
    yield "authorisations", "wangmin lianyou", "/authorisations/"


def _contracts(demo: Demo) -> Iterator[tuple[str, str, str]]:
    company, people = demo.company, "wangmin kangze lianyou"
    version = pricing.ContractVersion.objects.get(pk=company.contracts["HT-2026-0183"])
    versioned = pricing.Contract.objects.get(number=demo.stories.versioned_contract)
    explained = f"account={company.accounts['kangze.CV']}&item={company.items['BQ-2515']}&quantity=20"
    yield "contracts", people, "/contracts/"
    yield "contract", people, f"/contracts/{version.contract_id}/"
    yield "contract-versions", "wangmin", f"/contracts/{versioned.pk}/"
    yield "contract-sign", "mengyao", f"/contracts/versions/{version.pk}/sign/"
    yield "contract-new", "wangmin", "/contracts/new/?q=康泽"
    yield "contract-file", "wangmin", f"/contracts/new/?account={company.accounts['kangze.CV']}"
    yield "prices", "wangmin kangze", "/prices/"
    yield "price-explain", "wangmin kangze", f"/prices/explain/?{explained}"
    yield "floors", "wangmin", "/prices/floors/"
    yield "factors", "wangmin", "/prices/factors/"
    yield "promotions", "wangmin kangze", "/promotions/"
    if promotion := pricing.Promotion.objects.order_by("pk").last():
        yield "promotion", "wangmin kangze", f"/promotions/{promotion.pk}/"
    yield "promotion-new", "wangmin", "/promotions/new/"


def _orders(demo: Demo) -> Iterator[tuple[str, str, str]]:
    told, party = demo.stories, demo.company.parties
    yield "orders", f"zhoulan {PARTNERS} hospital", "/orders/"
    yield "desk-start", "zhoulan", "/orders/new/"
    yield "desk-search", "zhoulan", "/orders/new/?q=浙"
    yield "desk-empty", "zhoulan kangze hospital", f"/orders/new/?party={party['kangze']}"
    yield "upload", "kangze", "/orders/upload/"
    mine = orders.Order.objects.filter(account_id=demo.company.accounts["kangze.CV"])
    if done := mine.filter(status="completed").first() or mine.first():
        yield "order", "zhoulan kangze lianyou", f"/orders/{done.pk}/"
    numbers = {
        "order-draft": told.short_draft,
        "order-split": told.split_order,
        "order-rebate": told.rebate_used_order,
        "order-confirmed": next(iter(told.queues.get("confirmed", ())), ""),
    }
    for name, number in numbers.items():
        if order := orders.Order.objects.filter(number=number).first():
            yield name, "zhoulan", f"/orders/{order.pk}/"


def _portal(demo: Demo) -> Iterator[tuple[str, str, str]]:
    yield "my-page", f"{PARTNERS} mendian hospital", "/my/"
    yield "my-catalogue", "kangze hospital", "/my/catalogue/"
    yield "my-deliveries", "kangze hospital", "/my/deliveries/"
    yield "my-dealers", "lianyou", "/my/dealers/"


def _warehouse(demo: Demo) -> Iterator[tuple[str, str, str]]:
    yield "warehouse", "lijun chenxi zhaoqing", "/warehouse/"
    yield "shipments", "lijun kangze", "/shipments/"
    shipments = orders.Shipment.objects.order_by("pk")
    for name, status, person, more in (
        ("shipment", "to_pick", "lijun", ""),
        ("shipment-pick", "to_pick", "lijun", "scan/"),
        ("shipment-review", "picked", "chenxi", "scan/"),
        ("shipment-ship", "reviewed", "lijun", ""),
        ("shipment-signed", "signed", "zhoulan", ""),
    ):
        if found := shipments.filter(status=status).last():
            yield name, person, f"/shipments/{found.pk}/{more}"
    own = shipments.filter(order__account_id=demo.company.accounts["kangze.CV"], status="shipped")
    if mine := own.last():
        yield "shipment-sign", "kangze", f"/shipments/{mine.pk}/sign/"
    yield "returns", "zhaoqing", "/returns/"
    yield "purchases", "xulei lijun", "/purchases/"
    purchases = supply.PurchaseOrder.objects
    if bought := purchases.filter(number__in=demo.stories.queues.get("to_receive", ())).first():
        yield "purchase", "xulei", f"/purchases/{bought.pk}/"
        yield "purchase-receive", "lijun", f"/purchases/{bought.pk}/receive/"
    yield "purchase-new", "xulei", "/purchases/new/"
    yield "goods-receipts", "zhaoqing", "/goods-receipts/"
    if receipt := supply.GoodsReceipt.objects.filter(status="pending").first():
        yield "goods-receipt", "zhaoqing", f"/goods-receipts/{receipt.pk}/"
    yield "stock", "lijun xulei wangmin", "/stock/"
    yield "stock-lots", "zhaoqing", "/stock/?by=lot&within=180"
    yield "stock-count", "lijun", "/stock/count/"
    yield "stock-inspect", "zhaoqing", "/stock/inspect/"
    yield "lot", "zhaoqing", f"/stock/lots/{demo.stories.recalled_lot_id}/"
    yield "transfers", "lijun", "/transfers/"
    yield "transfer-new", "lijun", "/transfers/new/"
    if transfer := inventory.Transfer.objects.last():
        yield "transfer", "lijun", f"/transfers/{transfer.pk}/"


def _money(demo: Demo) -> Iterator[tuple[str, str, str]]:
    told = demo.stories
    debtor = demo.debtors["kangze"]
    people = "sunli kangze"
    yield "statements", people, "/statements/"
    yield "rebates", people, "/rebates/"
    yield "pools", "qianfang", "/pools/"
    yield "invoices", people, "/invoices/"
    yield "receipts", "qianfang", "/receipts/"
    yield "receivables", "qianfang kangze", "/receivables/"
    yield "pool", "qianfang kangze", f"/pools/{debtor}/"
    yield "debtor", "qianfang kangze", f"/debtors/{debtor}/"
    yield "receipt-new", "qianfang", f"/debtors/{debtor}/receipts/new/"
    own = settlement.Statement.objects.filter(node_id=debtor).order_by("period_from").last()
    if own:
        yield "statement", "sunli kangze", f"/statements/{own.pk}/"
        yield "statement-sales", "kangze", f"/statements/{own.pk}/?section=sales"
    if told.disputed_statement:
        yield "statement-disputed", "sunli", f"/statements/{told.disputed_statement}/"
    if told.rebate_run:
        yield "rebate", "qianfang kangze", f"/rebates/{told.rebate_run}/"
    if told.rebate_to_confirm:
        yield "rebate-to-confirm", "qianfang", f"/rebates/{told.rebate_to_confirm}/"
    if invoice := settlement.Invoice.objects.filter(node_id=debtor, kind="blue").last():
        yield "invoice", "sunli kangze", f"/invoices/{invoice.pk}/"
    if cash := settlement.CashReceipt.objects.filter(node_id=debtor).last():
        yield "receipt", "qianfang", f"/receipts/{cash.pk}/"


def _flow(demo: Demo) -> Iterator[tuple[str, str, str]]:
    yield "flow", "wangmin kangze", "/flow/"
    yield "flow-upload", "kangze", "/flow/upload/"
    yield "flow-matching", "wangmin", "/flow/matching/"
    yield "flow-appeals", "wangmin", "/flow/appeals/"
    yield "flow-punctuality", "wangmin", "/flow/punctuality/"
    for name, number in (
        ("flow-diverted", demo.stories.diverted_file),
        ("flow-file", demo.stories.waiting_file),
    ):
        if found := flow.FlowFile.objects.filter(number=number).first():
            yield name, "wangmin", f"/flow/{found.pk}/"


def _quality(demo: Demo) -> Iterator[tuple[str, str, str]]:
    lot = demo.stories.recalled_lot
    yield "trace", "zhaoqing", f"/trace/?q={lot}"
    yield "trace-empty", "zhaoqing hospital", "/trace/"
    yield "trace-hold", "zhaoqing", f"/trace/hold/?lot={demo.stories.recalled_lot_id}"
    yield "holds", "zhaoqing", "/holds/?state=all"
