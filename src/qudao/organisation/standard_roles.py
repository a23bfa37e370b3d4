"""The roles the product comes with, as data: who does what in a distributor, at its partners and in hospitals.

A permission may be written with `*` for a part; it stands for every permission of that shape. System,
security and audit are kept apart: whoever manages people cannot read the journal, whoever audits changes
nothing.
"""

import dataclasses
import fnmatch
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StandardRole:
    """`but` takes permissions out again. `first_page` is the url name of the page its holders start on."""

    code: str
    name: str
    name_en: str
    permissions: tuple[str, ...]
    but: tuple[str, ...] = ()
    first_page: str = "home"


_PARTNERS_AND_GOODS = ("partners.party.view", "catalog.item.view")
_SALES = (
    *_PARTNERS_AND_GOODS,
    *("pricing.price.view", "pricing.floor.view", "pricing.contract.view", "inventory.stock.view"),
    *("orders.order.view", "orders.shipment.view", "settlement.credit.view"),
    "insights.dashboard.view",
)
_BUYER = (
    *("catalog.item.view", "pricing.price.view", "orders.order.view", "orders.order.place"),
    "orders.order.confirm",
    *("orders.shipment.view", "orders.shipment.sign"),
)
_PARTNER_CLERK = (*_BUYER, "portal.page.open", "partners.party.view", "flow.file.view", "flow.file.take_in")
_PARTNER_OWNER = (
    *_PARTNER_CLERK,
    *("organisation.person.view", "organisation.person.manage"),
    *("settlement.invoice.view", "settlement.statement.view", "settlement.statement.confirm"),
    *("settlement.rebate.view", "settlement.credit.view", "pricing.contract.view"),
    "insights.dashboard.view",
)

ROLES: tuple[StandardRole, ...] = (
    StandardRole(
        code="channel_manager",
        name="渠道经理",
        name_en="Channel manager",
        permissions=(
            *_SALES,
            *("partners.party.manage", "partners.authorisation.manage", "pricing.contract.manage"),
            "pricing.promotion.manage",
            *("flow.*.*", "settlement.rebate.view", "settlement.statement.view", "settlement.invoice.view"),
            "insights.target.set",
        ),
        first_page="partners",
    ),
    StandardRole(
        code="regional_sales",
        name="区域销售",
        name_en="Regional sales",
        permissions=(
            *_SALES,
            *("orders.order.place", "flow.file.view", "settlement.statement.view", "settlement.rebate.view"),
        ),
        first_page="partners",
    ),
    StandardRole(
        code="order_desk",
        name="订单专员",
        name_en="Order desk",
        permissions=(*_SALES, "orders.order.*", "orders.return.manage"),
    ),
    StandardRole(
        code="warehouse_keeper",
        name="仓库管理员",
        name_en="Warehouse keeper",
        permissions=(
            *("catalog.item.view", "inventory.stock.view", "inventory.stock.move", "supply.purchase.view"),
            "inventory.queue.view",
            *("supply.receipt.manage", "orders.order.view", "orders.shipment.view", "orders.shipment.pick"),
            *("orders.shipment.ship", "inventory.stock.adjust", "compliance.trace.view"),
        ),
        first_page="warehouse",
    ),
    StandardRole(
        code="reviewer",
        name="出库复核员",
        name_en="Outgoing reviewer",
        permissions=(
            *("catalog.item.view", "inventory.stock.view", "orders.order.view", "orders.shipment.view"),
            *("orders.shipment.review", "inventory.queue.view"),
        ),
        first_page="warehouse",
    ),
    StandardRole(
        code="quality",
        name="质量管理员",
        name_en="Quality management",
        permissions=(
            *_PARTNERS_AND_GOODS,
            *("catalog.item.manage", "catalog.certificate.manage", "partners.licence.review"),
            *("inventory.stock.view", "inventory.stock.hold", "inventory.hold.release"),
            *("inventory.stock.inspect", "supply.purchase.view", "orders.return.inspect"),
            "inventory.queue.view",
            *(
                "supply.inspection.decide",
                "orders.order.view",
                "orders.shipment.view",
                "orders.return.manage",
            ),
            "compliance.*.*",
        ),
    ),
    StandardRole(
        code="purchasing",
        name="采购员",
        name_en="Purchasing",
        permissions=(
            *_PARTNERS_AND_GOODS,
            *(
                "inventory.stock.view",
                "inventory.cost.view",
                "supply.purchase.view",
                "supply.purchase.manage",
                "insights.dashboard.view",
            ),
        ),
    ),
    StandardRole(
        code="settlement",
        name="结算专员",
        name_en="Settlement",
        permissions=(
            *_SALES,
            *("settlement.invoice.view", "settlement.invoice.issue", "settlement.statement.view"),
            *("settlement.statement.manage", "settlement.rebate.view", "settlement.rebate.run"),
            "flow.file.view",
        ),
    ),
    StandardRole(
        code="finance",
        name="财务",
        name_en="Finance",
        permissions=(
            *_SALES,
            *("settlement.credit.manage", "settlement.invoice.view", "settlement.cash.record"),
            *("settlement.statement.view", "settlement.rebate.view", "settlement.rebate.confirm"),
            *("inventory.cost.view", "organisation.period.close", "catalog.tax.manage"),
        ),
    ),
    StandardRole(
        code="management",
        name="管理层",
        name_en="Management",
        # The head of quality is of the management by law (质量负责人).
        permissions=(
            *("*.view", "pricing.contract.sign", "partners.admission.approve", "insights.target.set"),
        ),
        but=("organisation.journal.*",),
        first_page="dashboard",
    ),
    StandardRole(
        code="administrator",
        name="系统管理员",
        name_en="Administrator",
        # It holds what it hands out, all but the audit of its own acts.
        permissions=("*",),
        but=("organisation.journal.*",),
    ),
    StandardRole(
        code="auditor",
        name="审计员",
        name_en="Auditor",
        permissions=("*.view", "organisation.journal.export"),
    ),
    StandardRole(
        code="dealer",
        name="经销商负责人",
        name_en="Dealer",
        permissions=_PARTNER_OWNER,
        first_page="portal",
    ),
    StandardRole(
        code="dealer_staff",
        name="经销商员工",
        name_en="Dealer's staff",
        permissions=_PARTNER_CLERK,
        first_page="portal",
    ),
    StandardRole(
        code="agent",
        name="区域代理",
        name_en="Regional agent",
        permissions=(*_PARTNER_OWNER, "portal.dealer.open", "partners.authorisation.manage"),
        first_page="portal",
    ),
    StandardRole(
        code="hospital",
        name="医院采购",
        name_en="Hospital purchasing",
        permissions=(
            *_BUYER,
            "portal.page.open",
            "compliance.trace.view",
            "settlement.invoice.view",
            "settlement.statement.view",
            "settlement.statement.confirm",
            "settlement.credit.view",
        ),
        first_page="portal",
    ),
    StandardRole(
        code="service_point",
        name="服务网点",
        name_en="Service point",
        permissions=_PARTNER_CLERK,
        first_page="portal",
    ),
    StandardRole(
        code="api_client",
        name="接口客户端",
        name_en="API client",
        permissions=(
            *_BUYER,
            *("partners.party.view", "inventory.stock.view", "flow.file.take_in"),
            *("settlement.invoice.view", "settlement.statement.view", "settlement.statement.confirm"),
            "settlement.rebate.view",
        ),
    ),
)


def expand(role: StandardRole, known: Iterable[str]) -> list[str]:
    """The role's permissions among those that are known (those of the modules that are on)."""
    return sorted(
        one
        for one in known
        if any(fnmatch.fnmatchcase(one, pattern) for pattern in role.permissions)
        and not any(fnmatch.fnmatchcase(one, pattern) for pattern in role.but)
    )
