"""How a price comes about for one account, one product, one day: step by step, with the row behind each."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.catalog import queries as catalog
from qudao.kernel import errors, scope
from qudao.partners import queries as partners
from qudao.pricing import queries
from qudao.pricing.names import Names
from qudao.pricing.rules import price, promotion
from qudao.ui import formats

AGREED = ("contract", "hospital", "vbp")


@dataclasses.dataclass(frozen=True, slots=True)
class Explained:
    """The price chosen, the line's money after promotions, and what stands behind; or the `reason` there is none.

    `floor` is ours, per price unit without tax; only for those who may see it.
    """

    item: catalog.ItemView
    quantity: Decimal
    choice: price.PriceChoice | None = None
    amounts: price.LineAmounts | None = None
    steps: tuple[price.Step, ...] = ()
    contracts: Mapping[int, UUID] = dataclasses.field(default_factory=dict)
    floor: Decimal | None = None
    reasons: tuple[errors.Reason, ...] = ()


def explain(
    *,
    account: partners.Account,
    item_id: int,
    quantity: Decimal,
    on: dt.date,
    hospital_id: int = 0,
    actor: scope.Actor,
) -> Explained:
    """The price of `quantity` price units as an order of that day would get it. Opens its own transaction.

    Raises NotFound for an unknown product.
    """
    with scope.transaction(actor, acting=True):
        item = catalog.items([item_id], on=on, entity_id=account.entity_id).get(item_id)
        if item is None:
            raise errors.NotFound()
        if item.tax_rate is None:
            missing = errors.Reason("catalog.tax_missing", params={"item": item.code, "on": on})
            return Explained(item, quantity, reasons=(missing,))
        found = queries.resolve_prices(
            account=account,
            hospital_id=hospital_id,
            lines=[queries.PriceRequest(1, item_id, quantity)],
            on=on,
            vat_rates={item_id: item.tax_rate},
            actor=actor,
        )[1]
        if isinstance(found, errors.Reason):
            return Explained(item, quantity, reasons=(dataclasses.replace(found, line=None),))
        discounted = _promoted(account, item, quantity, found, on)
        amounts = price.line_amounts(
            entered_quantity=quantity,
            unit_price=found.unit_price,
            vat_rate=found.vat_rate,
            tax_included=found.tax_included,
            discount=discounted.discount,
        )
        floor = None
        if actor.house and actor.can("pricing.floor.view"):
            floor = queries.floors([item_id], entity_id=account.entity_id, on=on).get(item_id)
        return Explained(
            item=item,
            quantity=quantity,
            choice=found,
            amounts=amounts,
            steps=price.explain(choice=found, amounts=amounts, promotions=discounted.steps),
            contracts=queries.contracts_behind([row.row_id for row in found.rows], actor=actor),
            floor=floor,
            reasons=price.check_line(choice=found, amounts=amounts, floor=floor),
        )


def _promoted(account, item, quantity, choice, on) -> promotion.Discounted:
    running = queries.promotions_in_force(
        entity_id=account.entity_id,
        item_ids=[item.id],
        tier=account.tier,
        region_id=account.region_id,
        on=on,
    )
    outcome = promotion.apply(
        promotions=running,
        lines=[promotion.Line(1, item.id, quantity, choice)],
        tier=account.tier,
        region=account.region_id,
        on=on,
    )
    return outcome.lines[0]


def shown(found: Explained, *, actor: scope.Actor) -> dict[str, Any] | None:
    """The explanation as the explain panel takes it: the ladder, the row that decides, the line's money. Rungs that
    an agreed price has replaced are shown to our own people alone."""
    if found.choice is None or found.amounts is None:
        return None
    names = Names.load()
    hidden = 0 if actor.house else price.replaced([step.code for step in found.steps])
    steps = [_step(step, found, names, actor) for step in found.steps[hidden:]]
    decided = len(found.choice.steps) - hidden
    unit = formats.unit_price(found.choice.unit_price)
    quantity = formats.quantity(found.quantity, found.item.price_unit)
    amount = {
        "label": _("%(quantity)s × %(price)s") % {"quantity": quantity, "price": unit},
        "value": formats.amount(found.amounts.amount),
        "note": _("Tax included") if found.amounts.tax_included else _("Without tax"),
    }
    if found.floor is not None:
        steps.append(
            {
                "label": _("Our floor, net of tax"),
                "value": formats.unit_price(found.floor),
                "note": _("Without tax, per %(unit)s") % {"unit": formats.unit(found.item.price_unit)},
            }
        )
    return {"title": "", "steps": [*steps[:decided], amount, *steps[decided:]]}


def _step(step: price.Step, found: Explained, names: Names, actor: scope.Actor) -> dict[str, Any]:
    assert found.choice is not None
    decides = step.code in AGREED and step.row == found.choice.row_id
    return {
        "label": label(step.code, step.params, names.regions),
        "note": _note(step, found),
        "value": _value(step),
        "source": step.params.get("citation", ""),
        "url": _url(step, found, actor),
        "strong": decides or (step.code not in (*AGREED, "promotion", "tax") and _last_listed(step, found)),
    }


def _last_listed(step: price.Step, found: Explained) -> bool:
    """Whether a step of the list price is the one that holds: nothing agreed stands above it."""
    assert found.choice is not None
    return found.choice.kind not in AGREED and found.choice.rows[-1].row_id == step.row


def label(code: str, params: Mapping[str, Any], regions: Mapping[int, str] = MappingProxyType({})) -> str:
    """What a step is called; a region whose name is not at hand is just the region's."""
    words = {
        "guide": _("Guide price"),
        "tier": _("Tier %(tier)s × %(factor)s"),
        "region": _("%(region)s × %(factor)s"),
        "tier_region": _("Tier %(tier)s in %(region)s × %(factor)s"),
        "general": _("General factor × %(factor)s"),
        "contract": _("Contract price"),
        "hospital": _("Registered hospital price"),
        "vbp": _("Centralised procurement price"),
        "tax": _("Net / tax"),
    }
    if code == "promotion":
        return params.get("name") or _("Promotion discount")
    if "factor" not in params:
        return words.get(code, code)
    region = regions.get(int(params.get("region") or 0)) or _("Region")
    factor = f"{Decimal(params['factor']).normalize():f}"
    return words[code] % {**params, "region": region, "factor": factor}


def _value(step: price.Step) -> str:
    if step.code == "promotion":
        return formats.amount(-Decimal(step.params["discount"]))
    if step.code == "tax":
        return f"{formats.amount(step.after)} / {formats.amount(Decimal(step.params['tax']))}"
    return formats.unit_price(step.after)


def _note(step: price.Step, found: Explained) -> str:
    if step.code == "tax":
        return _("VAT %(rate)s") % {"rate": formats.rate(Decimal(step.params["vat_rate"]))}
    row = next((one for one in found.choice.rows if one.row_id == step.row), None) if found.choice else None
    if row is None or step.code == "promotion":
        return ""
    if row.minimum_quantity:
        return _("from %(quantity)s on") % {"quantity": formats.quantity(row.minimum_quantity)}
    return ""


def _url(step: price.Step, found: Explained, actor: scope.Actor) -> str:
    """Where the row behind a step is kept."""
    if step.code == "promotion":
        return reverse("promotion", args=[step.row])
    contract = found.contracts.get(step.row or 0)
    if contract is not None and actor.can("pricing.contract.view"):
        return reverse("contract", args=[contract])
    if step.code in ("guide", "hospital", "vbp"):
        return f"{reverse('prices')}?kind={step.code}&q={found.item.code}"
    return ""
