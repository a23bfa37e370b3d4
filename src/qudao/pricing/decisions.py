"""What prices have to say when goods are sold."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from qudao.kernel import decisions, errors, scope
from qudao.pricing import queries
from qudao.pricing.rules import price


class PriceGate(decisions.Contribution):
    """No line below our floor without approval, no centralised-procurement line at another price.

    A line's detail tells `priced_quantity` (price units), `tax_rate`, `tax_included` and, where somebody
    approved a price below the floor, `price_approved`. Rebate used on a line pays for it and does not
    lower its price.
    """

    name = "pricing"
    points = ("sale",)

    def load(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> Mapping[int, Decimal]:
        """Item → floor, in one query."""
        return queries.floors(facts.item_ids, entity_id=facts.entity_id, on=facts.on)

    def judge(
        self, facts: decisions.Facts, data: Mapping[int, Decimal], *, now: dt.datetime
    ) -> Iterable[errors.Reason]:
        return [
            reason
            for line in facts.lines
            for reason in price.check_line(
                choice=_choice(line),
                amounts=_amounts(line),
                floor=data.get(line.item_id),
                approved=line.detail.get("price_approved", False),
                line=line.no,
            )
        ]


def _choice(line: decisions.Line) -> price.PriceChoice:
    return price.PriceChoice(
        kind=line.price_kind,  # type: ignore[arg-type]
        row_id=0,
        unit_price=line.unit_price,
        currency=queries.CURRENCY,
        tax_included=line.detail["tax_included"],
        vat_rate=line.detail["tax_rate"],
        citation=line.detail.get("citation", "—"),
        excludes_promotions=False,
        rows=(),
    )


def _amounts(line: decisions.Line) -> price.LineAmounts:
    return price.line_amounts(
        entered_quantity=line.detail["priced_quantity"],
        unit_price=line.unit_price,
        vat_rate=line.detail["tax_rate"],
        tax_included=line.detail["tax_included"],
        discount=line.discount,
        line=line.no,
    )
