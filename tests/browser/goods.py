"""What the warehouse's sights need on the way: a purchase to receive, labels with the scanner's habits."""

import datetime as dt
from decimal import Decimal

from qudao.kernel import scope
from qudao.orders import queries as orders
from qudao.shell.company import work
from qudao.supply import operations, queries
from tests.browser import trading

PRODUCED, LAST = dt.date(2026, 9, 1), dt.date(2028, 8, 31)
BOX = "16901234567011"


def purchase(company, *, boxes="2") -> queries.PurchaseView:
    """Balloon catheters by the box, ordered from their maker for Hangzhou."""
    request = operations.PurchaseRequest(
        entity_id=company.entities["qd"],
        supplier_id=company.parties["chengxi"],
        site_id=company.sites["hz"],
        lines=(operations.PurchaseItem(company.items["BQ-2515"], Decimal(boxes), "盒", Decimal("10170.00")),),
        expected_on=trading.NOW.date(),
    )
    return operations.place_purchase(request=request, actor=trading.SYSTEM, now=trading.NOW)


def label(code="BQ-2515", *, lot="B2609", last=LAST, produced=PRODUCED, **more) -> str:
    return trading.label(code, lot=lot, produced_on=produced, last_usable_on=last, **more)


def codes(shipment) -> list[str]:
    """One label a piece, as scanned."""
    return [scan.code for scan in work.labels(shipment) for _ in range(scan.times)]


def shipment(company, shipment_id) -> orders.ShipmentView:
    with scope.transaction(trading.SYSTEM):
        return orders.get_shipment(shipment_id, actor=trading.SYSTEM)


def scan(page, code: str, verdict: str) -> None:
    """Type a code as a scanner does, and wait for its verdict: ok, warn, bad or done."""
    form = page.locator("form[data-scanner]")
    form.evaluate("(form) => { delete form.dataset.sounded; }")
    page.locator("[data-scan-field]").fill(code)
    page.keyboard.press("Enter")
    page.locator(f"form[data-scanner][data-sounded={verdict}]").wait_for()
