"""Every page as somebody sees it in the demo company: one registry for the bench, the budgets and the pictures.

A page is shown once for each of the people who use it differently. `found()` fills the addresses in from the
database, so that a company of any size serves.
"""

import dataclasses
import string
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.urls import resolve

from qudao.kernel import scope

PARTNERS = "kangze lianyou hospital"


@dataclasses.dataclass(frozen=True, slots=True)
class Sight:
    """`name` is unique, `<page>.<user name>`. `typed`: the fields of a form that only looks, sent as a POST."""

    name: str
    username: str
    address: str
    typed: tuple[tuple[str, str], ...] = ()

    @property
    def view(self) -> str:
        """The page as `qudao.ui.pages.PAGES` names it."""
        found = resolve(self.address.partition("?")[0]).func
        return f"{found.__module__}.{found.__name__}"


# name, who looks, address. `{word}` stands for the first column of FINDS[word].
SIGHTS: tuple[tuple[str, str, str], ...] = (
    ("todos", f"zhoulan wangmin shenyi lijun chenxi zhaoqing sunli qianfang mengyao admin auditor xulei {PARTNERS}", "/todos/"),
    ("bell", "zhoulan", "/notices/bell/"),
    ("notices", "zhoulan kangze", "/notices/"),
    ("search", "zhoulan wangmin", "/search/?q=医疗"),
    ("search-lands", "zhoulan", "/search/?q={signed_number}"),
    ("search-lot", "zhaoqing", "/search/?q={lot_code}"),
    ("scope", "zhoulan", "/scope/"),
    ("components", "admin", "/ui/"),
    ("components-drawer", "admin", "/ui/drawer/"),
    ("components-search", "admin", "/ui/search/?q=康泽"),
    # Orders and what partners see of them.
    ("orders", f"zhoulan shenyi {PARTNERS} fuwudian", "/orders/"),
    ("orders-drafts", "zhoulan", "/orders/?status=draft"),
    ("orders-text", "zhoulan", "/orders/?q=康泽"),
    ("order", "zhoulan kangze", "/orders/{signed_order}/"),
    ("order-confirmed", "zhoulan", "/orders/{confirmed_order}/"),
    ("order-draft", "zhoulan kangze", "/orders/{draft_order}/"),
    ("order-desk-draft", "zhoulan kangze", "/orders/new/?draft={draft_order}"),
    ("order-desk", "zhoulan", "/orders/new/"),
    ("order-desk-found", "zhoulan", "/orders/new/?q=医疗"),
    ("order-desk-partner", "zhoulan kangze", "/orders/new/?party={kangze}"),
    ("order-templates", "zhoulan kangze", "/orders/templates/"),
    ("order-template", "kangze", "/orders/templates/{template}/"),
    ("template-rename", "kangze", "/orders/templates/{template}/rename/"),
    ("template-remove", "kangze", "/orders/templates/{template}/remove/"),
    ("order-upload", "zhoulan kangze", "/orders/upload/?party={kangze}"),
    ("order-form", "kangze", "/orders/upload/form.xlsx"),
    ("portal", f"{PARTNERS} fuwudian mendian", "/my/"),
    ("catalogue", "kangze hospital", "/my/catalogue/"),
    ("catalogue-text", "kangze", "/my/catalogue/?q=导管"),
    ("deliveries", f"{PARTNERS}", "/my/deliveries/"),
    ("delivery-certificates", "kangze", "/my/deliveries/{signed_shipment}/certificates.pdf"),
    ("dealers", "lianyou", "/my/dealers/"),
    # The warehouse.
    ("warehouse", "lijun chenxi zhaoqing", "/warehouse/"),
    ("shipments", "lijun kangze", "/shipments/"),
    ("shipments-picked", "chenxi", "/shipments/?status=picked"),
    ("shipment", "lijun kangze", "/shipments/{signed_shipment}/"),
    ("shipment-to-ship", "lijun", "/shipments/{reviewed_shipment}/"),
    ("shipment-pick", "lijun", "/shipments/{shipment_to_pick}/scan/"),
    ("shipment-review", "chenxi", "/shipments/{picked_shipment}/scan/"),
    ("shipment-sign", "admin", "/shipments/{shipped_shipment}/sign/"),
    ("delivery-note", "lijun", "/shipments/{signed_shipment}/delivery-note.pdf"),
    ("review-record", "chenxi", "/shipments/{signed_shipment}/review.pdf"),
    ("returns", "zhaoqing", "/returns/"),
    ("purchases", "xulei lijun", "/purchases/"),
    ("purchase", "xulei", "/purchases/{purchase}/"),
    ("purchase-order", "xulei", "/purchases/{purchase}/purchase-order.pdf"),
    ("purchase-new", "xulei", "/purchases/new/"),
    ("purchase-receive", "lijun", "/purchases/{purchase}/receive/"),
    ("goods-receipts", "zhaoqing", "/goods-receipts/"),
    ("goods-receipt", "zhaoqing", "/goods-receipts/{goods_receipt}/"),
    ("stock", "lijun xulei zhoulan", "/stock/"),
    ("stock-lots", "zhaoqing", "/stock/?by=lot&within=180"),
    ("stock-text", "zhoulan", "/stock/?q=导管"),
    ("stock-count", "lijun", "/stock/count/"),
    ("stock-shelve", "lijun", "/stock/shelve/"),
    ("stock-inspect", "zhaoqing", "/stock/inspect/"),
    ("lot", "lijun zhaoqing", "/stock/lots/{lot}/"),
    ("sites", "lijun admin", "/warehouses/"),
    ("site", "lijun", "/warehouses/{site}/"),
    ("site-new", "admin", "/warehouses/new/"),
    ("shelves-new", "lijun", "/warehouses/{site}/shelves/"),
    ("transfers", "lijun", "/transfers/"),
    ("transfer", "lijun", "/transfers/{transfer}/"),
    ("transfer-new", "lijun", "/transfers/new/"),
    ("opening-stock", "admin", "/stock/opening/"),
    ("opening-template", "admin", "/stock/opening/template.xlsx"),
    # Partners.
    ("partners", "wangmin shenyi zhaoqing kangze lianyou", "/partners/"),
    ("partners-text", "wangmin", "/partners/?q=康泽"),
    ("partner", "wangmin zhaoqing sunli kangze lianyou", "/partners/{kangze}/"),
    ("partner-trade", "sunli kangze", "/partners/{kangze}/?tab=trade"),
    ("partner-licences", "zhaoqing", "/partners/{kangze}/?tab=licences"),
    ("partner-authorisations", "wangmin", "/partners/{kangze}/?tab=authorisations"),
    ("partner-accounts", "wangmin", "/partners/{kangze}/?tab=accounts"),
    ("partner-places", "wangmin", "/partners/{hospital}/?tab=places"),
    ("partner-change", "wangmin", "/partners/{kangze}/change/"),
    ("partner-change-licence", "zhaoqing", "/partners/{kangze}/change/?step=licence"),
    ("partner-change-grant", "wangmin", "/partners/{kangze}/change/?step=grant"),
    ("partner-new", "wangmin", "/partners/new/"),
    ("licences", "zhaoqing kangze", "/licences/"),
    ("authorisations", "wangmin lianyou", "/authorisations/"),
    # Contracts and prices.
    ("contracts", "wangmin kangze", "/contracts/"),
    ("contract", "wangmin kangze", "/contracts/{contract}/"),
    ("contract-end", "mengyao", "/contracts/{contract}/end/"),
    ("contract-sign", "mengyao", "/contracts/versions/{drafted_version}/sign/"),
    ("contract-workbook", "wangmin", "/contracts/versions/{version}/workbook.xlsx"),
    ("contract-new", "wangmin", "/contracts/new/?q=康泽"),
    ("contract-file", "wangmin", "/contracts/new/?account={account}"),
    ("contract-revise", "wangmin", "/contracts/{contract}/new-version/"),
    ("contract-template", "wangmin", "/contracts/template.xlsx?account={account}"),
    ("devices", "zhoulan kangze", "/devices/"),
    ("devices-lapsed", "zhaoqing", "/devices/?standing=lapsed"),
    ("device", "zhoulan zhaoqing kangze hospital", "/devices/{item}/"),
    ("device-certificates", "zhaoqing", "/certificates/"),
    ("certificate", "zhaoqing kangze", "/certificates/{certificate}/"),
    ("certificate-renew", "zhaoqing", "/certificates/{certificate}/renew/"),
    ("certificate-revoke", "zhaoqing", "/certificates/{certificate}/revoke/"),
    ("certificate-extend", "zhaoqing", "/certificates/{certificate}/products/"),
    ("certificate-new", "zhaoqing", "/certificates/new/"),
    ("line-new", "zhaoqing", "/devices/lines/new/"),
    ("product-upload", "zhaoqing", "/devices/upload/"),
    ("product-template", "zhaoqing", "/devices/upload/template.xlsx"),
    ("device-new", "zhaoqing", "/devices/new/"),
    ("device-new-taken", "zhaoqing", "/devices/new/?di={item_di}"),
    ("device-link", "zhaoqing", "/devices/{item}/record/"),
    ("device-link-record", "zhaoqing", "/devices/{item}/record/?di={item_di}"),
    ("device-unit", "zhaoqing", "/devices/{item}/unit/"),
    ("device-tax", "qianfang", "/devices/{item}/tax/"),
    ("device-trade", "zhaoqing", "/devices/{item}/trade/"),
    ("device-register", "zhaoqing", "/devices/register/"),
    ("prices", "wangmin kangze hospital", "/prices/"),
    ("price-explain", "wangmin kangze", "/prices/explain/?account={account}&item={item}&quantity=20"),
    ("floors", "wangmin", "/prices/floors/"),
    ("guide-file", "wangmin", "/prices/guide/"),
    ("hospital-file", "wangmin", "/prices/hospital/"),
    ("hospital-workbook", "wangmin", "/prices/hospital/workbook.xlsx?entity={entity}"),
    ("procurement-file", "wangmin", "/prices/procurement/"),
    ("procurement-workbook", "wangmin", "/prices/procurement/workbook.xlsx?entity={entity}"),
    ("floor-file", "wangmin", "/prices/floors/upload/"),
    ("floor-workbook", "wangmin", "/prices/floors/workbook.xlsx?entity={entity}"),
    ("guide-workbook", "wangmin", "/prices/guide/workbook.xlsx?entity={entity}"),
    ("factors", "wangmin", "/prices/factors/"),
    ("factor-new", "wangmin", "/prices/factors/new/"),
    ("promotions", "wangmin kangze", "/promotions/"),
    ("promotion", "wangmin kangze", "/promotions/{promotion}/"),
    ("promotion-new", "wangmin", "/promotions/new/"),
    # Money.
    ("statements", "sunli kangze hospital", "/statements/"),
    ("statement", "sunli kangze", "/statements/{statement}/"),
    ("statement-sales", "kangze", "/statements/{statement}/?section=sales"),
    ("statement-line", "sunli kangze", "/statements/{statement}/lines/1/"),
    ("statement-pdf", "kangze", "/statements/{statement}/statement.pdf"),
    ("statement-xlsx", "kangze", "/statements/{statement}/statement.xlsx"),
    ("rebates", "sunli kangze", "/rebates/"),
    ("rebate", "qianfang kangze", "/rebates/{run}/"),
    ("rebate-replay", "qianfang", "/rebates/{run}/replay/"),
    ("rebate-reverse", "qianfang", "/rebates/{run}/reverse/"),
    ("pools", "qianfang kangze", "/pools/"),
    ("pool", "qianfang kangze", "/pools/{debtor}/"),
    ("invoices", "sunli kangze", "/invoices/"),
    ("invoice", "sunli kangze", "/invoices/{invoice}/"),
    ("receipts", "qianfang kangze", "/receipts/"),
    ("receipt", "qianfang", "/receipts/{receipt}/"),
    ("periods", "qianfang", "/periods/"),
    ("period-close", "qianfang", "/periods/close/?entity={entity}&ledger=receivable&month={open_month}"),
    ("receipt-who", "qianfang", "/receivables/?for=receipt&all=1"),
    ("receipt-new", "qianfang", "/debtors/{debtor}/receipts/new/"),
    ("receivables", "qianfang shenyi kangze", "/receivables/"),
    ("debtor", "qianfang kangze", "/debtors/{debtor}/"),
    ("unbilled", "qianfang kangze", "/debtors/{debtor}/unbilled/"),
    ("open-orders", "qianfang kangze", "/debtors/{debtor}/orders/"),
    # Figures.
    ("dashboard", "mengyao wangmin shenyi kangze", "/dashboard/"),
    ("dashboard-twelve", "mengyao", "/dashboard/?period=twelve"),
    ("dashboard-goods", "mengyao", "/dashboard/goods/"),
    ("dashboard-promotions", "mengyao", "/dashboard/promotions/"),
    ("dashboard-figure", "mengyao", "/dashboard/figure/?kpi=on_time"),
    ("dashboard-rows", "mengyao", "/dashboard/rows/?kpi=sales"),
    ("dashboard-rows-late", "mengyao", "/dashboard/rows/?kpi=on_time"),
    ("dashboard-rows-stock", "xulei", "/dashboard/rows/?kpi=stock_out"),
    ("targets", "wangmin", "/dashboard/targets/"),
    # Sell-through.
    ("flow", "wangmin kangze", "/flow/"),
    ("flow-file", "wangmin", "/flow/{flow_file}/"),
    ("flow-upload", "kangze", "/flow/upload/"),
    ("flow-matching", "wangmin", "/flow/matching/"),
    ("flow-appeals", "wangmin", "/flow/appeals/"),
    ("flow-case", "wangmin", "/flow/appeals/{case}/"),
    ("flow-punctuality", "wangmin", "/flow/punctuality/"),
    # Quality.
    ("trace-empty", "zhaoqing", "/trace/"),
    ("trace", "zhaoqing", "/trace/?q={recalled_code}"),
    ("trace-delivered", "zhaoqing hospital", "/trace/?q={hospital_lot}"),
    ("trace-report", "zhaoqing", "/trace/report/?q={recalled_code}"),
    ("trace-pdf", "zhaoqing", "/trace/report/?q={recalled_code}&format=pdf"),
    ("trace-hold", "zhaoqing", "/trace/hold/?lot={lot}"),
    ("holds", "zhaoqing", "/holds/?state=all"),
    ("hold", "zhaoqing", "/holds/{hold}/"),
    ("hold-release", "zhaoqing", "/holds/release/?hold={hold}"),
    # The journal, and who works here.
    ("journal", "auditor", "/journal/"),
    ("journal-entry", "auditor", "/journal/{leaf}/"),
    ("journal-staged", "auditor", "/journal/{entry}/"),
    ("journal-proof", "auditor", "/journal/{leaf}/proof/"),
    ("journal-checkpoint", "auditor", "/journal/checkpoint/"),
    ("journal-export", "auditor", "/journal/export/"),
    ("people", "admin kangze", "/people/"),
    ("person", "admin", "/people/person/?person={person}"),
    ("person-new", "admin kangze", "/people/new/"),
    ("post-grant", "admin", "/people/grant/?person={person}"),
    ("post-revoke", "admin", "/people/revoke/?person={person}&post={post}"),
    ("roles", "admin", "/people/roles/"),
    ("house", "admin", "/house/"),
    ("entity-new", "admin", "/house/entities/new/"),
    ("region-new", "admin", "/house/regions/new/"),
    ("entity-correct", "admin", "/house/entities/correct/?of={entity}"),
    ("region-correct", "admin", "/house/regions/correct/?of={region}"),
)  # fmt: skip

# Forms that only look: name, who, address, what was typed.
FORMS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        *("order-quote", "zhoulan", "/orders/new/quote/"),
        (
            *(("party", "{kangze}"), ("account", "{account}"), ("ship_to", "{place}")),
            *(("item", "{item}"), ("quantity", "20"), ("unit", "{unit}"), ("di", "")),
        ),
    ),
    ("shipment-check", "lijun", "/shipments/{shipment_to_pick}/scan/check/", (("code", "{lot_code}"),)),
    ("purchase-check", "lijun", "/purchases/{purchase}/check/", (("code", "{lot_code}"),)),
)

# Pages that only act: looked at, they lead to the page they belong to. And what this company has nothing for.
ACTING = "acts, and leads back to its page"
WITHOUT = {
    "qudao.inventory.views.lot_step": ACTING,
    "qudao.orders.views.order_step": ACTING,
    "qudao.orders.warehouse_views.return_step": ACTING,
    "qudao.orders.warehouse_views.shipment_step": ACTING,
    "qudao.pricing.views.promotions.promotion_stop": ACTING,
    "qudao.settlement.views.debtors.credit_set": ACTING,
    "qudao.settlement.views.debtors.invoices_issue": ACTING,
    "qudao.settlement.views.debtors.statement_build": ACTING,
    "qudao.settlement.views.invoices.invoice_apply": ACTING,
    "qudao.settlement.views.invoices.receipt_apply": ACTING,
    "qudao.settlement.views.rebates.rebate_part": "no quarter under way is calculated",
    "qudao.settlement.views.rebates.rebate_step": ACTING,
    "qudao.settlement.views.rebates.rebates_confirm": ACTING,
    "qudao.settlement.views.rebates.rebates_run": ACTING,
    "qudao.settlement.views.statements.statement_step": ACTING,
    "qudao.settlement.views.statements.statements_build": ACTING,
    "qudao.settlement.views.statements.statements_send": ACTING,
    "qudao.ui.views.saved_views": ACTING,
    "qudao.pricing.views.contract.version_paper": "no scanned paper is kept",
    "qudao.pricing.views.contract.version_source": "no workbook is kept",
    "qudao.orders.sign_views.shipment_photo": "nobody took a photo",
    "qudao.ui.views.notice": "nothing is under way",
}

_KANGZE = "SELECT party_id FROM organisation_person WHERE username = 'kangze'"
_OWN = f"party_id = ({_KANGZE})"
_NEWEST = "ORDER BY number DESC LIMIT 1"
_SHIPMENT = f"SELECT id FROM orders_shipment WHERE status = %s {_NEWEST}"
# Of the first order, not the first of the leaves: in which order two lanes reach the journal is chance.
_CONFIRMED = (
    "type = 'orders.order.confirmed' AND subject = (SELECT 'orders.order:' || id FROM orders_order"
    " WHERE confirmed_at IS NOT NULL ORDER BY number LIMIT 1) LIMIT 1"
)
FINDS = {
    "kangze": _KANGZE,
    "hospital": "SELECT party_id FROM organisation_person WHERE username = 'hospital'",
    "account": f"SELECT id FROM partners_channelaccount WHERE {_OWN} ORDER BY id LIMIT 1",
    "debtor": f"SELECT debtor_node_id FROM partners_channelaccount WHERE {_OWN} ORDER BY id LIMIT 1",
    "place": f"SELECT id FROM partners_deliveryplace WHERE {_OWN} ORDER BY id LIMIT 1",
    "item": "SELECT id FROM catalog_item WHERE code = 'BQ-2515'",
    "item_di": "SELECT di FROM catalog_deviceidentifier WHERE level = 0 AND item_id ="
    " (SELECT id FROM catalog_item WHERE code = 'BQ-2515') LIMIT 1",
    "certificate": "SELECT v.certificate_id FROM catalog_certificatecoverage c JOIN catalog_certificateversion v"
    " ON v.id = c.version_id JOIN catalog_item i ON i.id = c.item_id WHERE i.code = 'BQ-2515' ORDER BY 1 LIMIT 1",
    "entity": "SELECT id FROM organisation_legalentity ORDER BY id LIMIT 1",
    "open_month": "SELECT to_char(max(first_on) + interval '1 month', 'YYYY-MM') FROM organisation_accountingperiod"
    " WHERE ledger = 'receivable' AND entity_id = (SELECT min(id) FROM organisation_legalentity)",
    "unit": "SELECT base_unit FROM catalog_item WHERE code = 'BQ-2515'",
    "signed_order": f"SELECT id FROM orders_order WHERE status = 'signed' AND {_OWN} {_NEWEST}",
    "signed_number": f"SELECT number FROM orders_order WHERE status = 'signed' AND {_OWN} {_NEWEST}",
    "confirmed_order": f"SELECT id FROM orders_order WHERE status = 'confirmed' {_NEWEST}",
    "draft_order": f"SELECT id FROM orders_order WHERE status = 'draft' AND {_OWN} {_NEWEST}",
    "signed_shipment": "SELECT s.id FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id"
    f" WHERE s.status = 'signed' AND o.{_OWN} ORDER BY s.number DESC LIMIT 1",
    "shipment_to_pick": _SHIPMENT.replace("%s", "'to_pick'"),
    "picked_shipment": _SHIPMENT.replace("%s", "'picked'"),
    "reviewed_shipment": _SHIPMENT.replace("%s", "'reviewed'"),
    "shipped_shipment": _SHIPMENT.replace("%s", "'shipped'"),
    "purchase": f"SELECT id FROM supply_purchaseorder WHERE status = 'ordered' {_NEWEST}",
    "goods_receipt": f"SELECT id FROM supply_goodsreceipt WHERE status = 'pending' {_NEWEST}",
    "site": "SELECT id FROM inventory_site WHERE kind = 'warehouse' ORDER BY priority, code LIMIT 1",
    "transfer": f"SELECT id FROM inventory_transfer WHERE status = 'sent' {_NEWEST}",
    # The lot of which most was moved, of those of which some is left to sell.
    "lot": "SELECT m.lot_id FROM inventory_move m WHERE EXISTS (SELECT FROM inventory_balance b"
    " JOIN inventory_site s ON s.id = b.site_id WHERE b.lot_id = m.lot_id AND b.status = 'good'"
    " AND b.on_hand > 0 AND s.kind = 'warehouse') GROUP BY m.lot_id ORDER BY count(*) DESC, m.lot_id LIMIT 1",
    "lot_code": "SELECT l.code FROM inventory_lot l JOIN inventory_move m ON m.lot_id = l.id"
    " GROUP BY l.id ORDER BY count(*) DESC, l.id LIMIT 1",
    "hold": f"SELECT id FROM inventory_hold WHERE released_at IS NULL {_NEWEST}",
    "recalled_code": "SELECT l.code FROM inventory_hold h JOIN inventory_lot l ON l.id = h.lot_id"
    " WHERE h.reason LIKE '%召回%' ORDER BY h.number LIMIT 1",
    "hospital_lot": "SELECT l.lot_code FROM orders_shipmentline l JOIN orders_shipment s ON s.id = l.shipment_id"
    " JOIN orders_order o ON o.id = s.order_id JOIN organisation_person p ON p.party_id = o.party_id"
    " WHERE p.username = 'hospital' AND s.status = 'signed' ORDER BY s.number DESC, l.no LIMIT 1",
    "contract": f"SELECT id FROM pricing_contract WHERE {_OWN} {_NEWEST}",
    "version": "SELECT v.id FROM pricing_contractversion v JOIN pricing_contract c ON c.id = v.contract_id"
    f" WHERE c.{_OWN} ORDER BY c.number, v.number LIMIT 1",
    "drafted_version": "SELECT id FROM pricing_contractversion WHERE status = 'draft' ORDER BY id LIMIT 1",
    # Of those that began last, the one that gave most away.
    "promotion": "SELECT id FROM pricing_promotion ORDER BY valid_from DESC, spent DESC, id LIMIT 1",
    "statement": f"SELECT id FROM settlement_statement WHERE {_OWN} AND sales > 0 {_NEWEST}",
    "run": f"SELECT id FROM settlement_rebaterun WHERE {_OWN} ORDER BY volume_amount DESC, number DESC LIMIT 1",
    "invoice": f"SELECT id FROM settlement_invoice WHERE {_OWN} {_NEWEST}",
    "receipt": f"SELECT id FROM settlement_cashreceipt WHERE {_OWN} {_NEWEST}",
    "flow_file": "SELECT id FROM flow_flowfile ORDER BY row_count DESC, number LIMIT 1",
    "case": "SELECT id FROM flow_flowrow WHERE state = 'appeal' AND reasons @> '[{\"code\": \"flow.out_of_area\"}]'"
    " ORDER BY id LIMIT 1",
    "template": "SELECT t.id FROM orders_ordertemplate t JOIN partners_channelaccount a ON a.id = t.account_id"
    f" WHERE a.{_OWN} ORDER BY t.name LIMIT 1",
    "leaf": f"SELECT number FROM journal_leaf WHERE {_CONFIRMED}",
    "entry": f"SELECT entry FROM journal_leaf WHERE {_CONFIRMED}",
    "region": "SELECT id FROM organisation_region ORDER BY code LIMIT 1",
    "person": "SELECT id FROM organisation_person WHERE username = 'zhoulan'",
    "post": "SELECT t.id FROM organisation_post t JOIN organisation_person p ON p.id = t.person_id"
    " WHERE p.username = 'zhoulan' AND t.revoked_at IS NULL ORDER BY t.id LIMIT 1",
}  # fmt: skip


def found() -> list[Sight]:
    """Every sight of the company in this process's database; raises LookupError for what it has nothing of."""
    words = _words()
    return [
        *(
            Sight(f"{name}.{username}", username, address.format(**words))
            for name, usernames, address in SIGHTS
            for username in usernames.split()
        ),
        *(
            Sight(
                *(f"{name}.{username}", username, address.format(**words)),
                typed=tuple((key, value.format(**words)) for key, value in typed),
            )
            for name, username, address, typed in FORMS
        ),
    ]


def _words() -> dict[str, Any]:
    with scope.everything(), connection.cursor() as cursor:
        found = {}
        for word in sorted(set(_named())):
            cursor.execute(FINDS[word])
            row = cursor.fetchone()
            if row is None:
                raise LookupError(f"the demo company has no {word.replace('_', ' ')}")
            found[word] = row[0]
    return found


def _named() -> Iterator[str]:
    texts = [address for _, _, address in SIGHTS]
    texts += [text for _, _, address, typed in FORMS for text in (address, *(value for _, value in typed))]
    for text in texts:
        yield from (word for _, word, *_ in string.Formatter().parse(text) if word)
