"""The look at a delivery while it is scanned: what receiving would say of the goods, without writing."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from qudao.kernel import decisions, errors, periods, scope
from qudao.supply import models, rules

from . import receiving


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """`arrived` is purchase line → base units on these receipt lines, `arrivals` what each of them brings;
    `reasons` name receipt lines."""

    arrived: dict[int, Decimal]
    arrivals: tuple[rules.Arrival, ...]
    reasons: tuple[errors.Reason, ...]
    cold_chain: bool


def look_at_delivery(
    *,
    purchase_id: uuid.UUID,
    lines: Sequence[receiving.ReceiptLine],
    actor: scope.Actor,
    now: dt.datetime,
) -> Look:
    """Every objection to what was scanned so far: labels, purchase, expiry, certificates and licences.

    What concerns the delivery as a whole (its note, its temperature) is said when it is received. Raises
    NotFound without a purchase of ours.
    """
    actor.require(receiving.RECEIVE)
    on = periods.business_date(now)
    with scope.transaction(actor):
        order = models.PurchaseOrder.objects.filter(pk=purchase_id).first()
        if order is None:
            raise errors.NotFound("supply.purchase_unknown")
        ordered = {line.no: line for line in models.PurchaseLine.objects.filter(order=order)}
        expected = receiving.expected_of(order, ordered, on)
        arrivals, reasons = receiving.arrivals_of(lines, on)
        reasons += rules.check_arrivals(expected=expected, arrivals=arrivals, on=on)
        known = [one for one in arrivals if one.purchase_line_no in expected]
        if known:
            facts = _facts(order, known, expected, on)
            reasons += decisions.run(facts, actor=actor, now=now, locking=False).reasons
    arrived: dict[int, Decimal] = {}
    for one in arrivals:
        arrived[one.purchase_line_no] = arrived.get(one.purchase_line_no, Decimal(0)) + one.quantity
    cold = any(expected[one.purchase_line_no].cold_chain for one in known)
    return Look(arrived, tuple(arrivals), tuple(reasons), cold)


def _facts(order, arrivals: Sequence[rules.Arrival], expected, on: dt.date) -> decisions.Facts:
    return decisions.Facts(
        point="receipt",
        subject=f"supply.purchase:{order.pk}",
        entity_id=order.entity_id,
        on=on,
        lines=tuple(
            decisions.Line(
                no=one.no,
                item_id=expected[one.purchase_line_no].item_id,
                quantity=one.quantity,
                produced_on=one.produced_on,
                last_usable_on=one.last_usable_on,
            )
            for one in arrivals
        ),
        seller_id=order.supplier_id,
        site_id=order.site_id,
    )
