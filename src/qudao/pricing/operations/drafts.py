"""What a contract version is drafted from, and what speaks against it."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from qudao.kernel import errors, money, periods
from qudao.pricing import messages
from qudao.pricing.rules import case

from . import writing

BASES = ("ordered", "shipped", "signed", "invoiced", "paid")
CALENDARS = ("month", "quarter", "half", "year")
_CLAUSE = 12


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewPrice:
    """A contract price of an item per price unit. Without dates it holds as long as the version."""

    item_id: int
    price: Decimal
    tax_included: bool = True
    minimum_quantity: Decimal = Decimal(0)
    hospital_id: int = 0
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    clause: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewRebate:
    """Rebate terms: what counts (`basis`, `counts`), how much (`scale`, as `rules.case` reads it), when."""

    name: str
    basis: str
    scale: Mapping[str, Any]
    counts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    calendar: str = "quarter"
    direction: str = "payable"
    tax_included: bool = True
    tax_rate: Decimal = Decimal("0.13")
    pool_months: int = 12
    pool_share: Decimal = Decimal("0.5")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a version says besides prices and rebates. `valid_until` is the first day it no longer holds;
    without `payment_days` the debtor's own hold."""

    valid_from: dt.date
    valid_until: dt.date | None = None
    payment_days: int | None = None
    excludes_promotions: bool = False
    note: str = ""


def contract_reasons(
    *,
    account: Any,
    terms: Terms,
    prices: Sequence[NewPrice],
    rebates: Sequence[NewRebate],
    now: dt.datetime,
) -> list[errors.Reason]:
    """Everything that speaks against a draft; `line` is the place (from 1) in `prices`.

    Reasons about a rebate carry its place as `rebate`. One statement for the items.
    """
    reasons = writing.period_reasons(terms.valid_from, terms.valid_until)
    if terms.payment_days is not None and not 0 <= terms.payment_days <= 720:
        reasons.append(errors.Reason("pricing.payment_days_invalid", params={"days": terms.payment_days}))
    for place, new in enumerate(prices, 1):
        reasons += writing.price_reasons(new.price, new.minimum_quantity, place)
        reasons += _price_period_reasons(new, terms, place)
        if len(new.clause) > _CLAUSE:
            reasons.append(errors.Reason("pricing.clause_too_long", place, {"limit": _CLAUSE}))
    reasons += _repeated_prices(prices, terms)
    reasons += writing.item_reasons(
        [new.item_id for new in prices],
        entity_id=account.entity_id,
        on=periods.business_date(now),
        line_id=account.line_id,
    )
    for place, rebate in enumerate(rebates, 1):
        reasons += _rebate_reasons(rebate, place)
    names = [rebate.name for rebate in rebates]
    if len(set(names)) != len(names):
        reasons.append(errors.Reason("pricing.rebate_repeated"))
    return reasons


def _price_period_reasons(new: NewPrice, terms: Terms, place: int) -> list[errors.Reason]:
    begins, ends = new.valid_from or terms.valid_from, new.valid_until or terms.valid_until
    found = writing.period_reasons(begins, ends, place)
    outside = begins < terms.valid_from or (
        terms.valid_until is not None and (ends is None or ends > terms.valid_until)
    )
    if outside and not found:
        found.append(
            errors.Reason(
                "pricing.price_outside_version",
                place,
                {"from": terms.valid_from, "until": terms.valid_until or "…"},
            )
        )
    return found


def _repeated_prices(prices: Sequence[NewPrice], terms: Terms) -> list[errors.Reason]:
    """Prices of one version for the same thing at the same time."""
    first: dict[tuple, list[tuple[periods.Period, int]]] = {}
    found = []
    for place, new in enumerate(prices, 1):
        begins, ends = new.valid_from or terms.valid_from, new.valid_until or terms.valid_until
        if ends is not None and ends <= begins:
            continue
        period = periods.Period(begins, ends)
        same = first.setdefault((new.item_id, new.hospital_id, new.minimum_quantity), [])
        meets = next((other for held, other in same if held.overlaps(period)), None)
        if meets is not None:
            found.append(errors.Reason("pricing.price_repeated", place, {"first": meets}))
        same.append((period, place))
    return found


def _rebate_reasons(rebate: NewRebate, place: int) -> list[errors.Reason]:
    wrong = {
        "name": not rebate.name.strip() or len(rebate.name) > 80,
        "basis": rebate.basis not in BASES,
        "calendar": rebate.calendar not in CALENDARS,
        "direction": rebate.direction not in ("payable", "receivable"),
        "tax_rate": not 0 <= rebate.tax_rate < 1,
        "pool_months": not 1 <= rebate.pool_months <= 120,
        "pool_share": not 0 < rebate.pool_share <= 1,
    }
    found = [
        errors.Reason("pricing.rebate_invalid", params={"rebate": place, "name": rebate.name, "field": field})
        for field, faulty in wrong.items()
        if faulty
    ]
    try:
        case.read_scale(data=dict(rebate.scale))
    except errors.Refused as refused:
        found += [
            errors.Reason(
                "pricing.rebate_scale_invalid",
                params={**messages.worded(reason).params, "rebate": place, "name": rebate.name},
            )
            for reason in refused.reasons
        ]
    return found


def price_json(new: NewPrice, terms: Terms) -> dict[str, Any]:
    begins, ends = new.valid_from or terms.valid_from, new.valid_until or terms.valid_until
    return {
        "item_id": new.item_id,
        "price": format(money.unit_price(new.price), "f"),
        "tax_included": new.tax_included,
        "minimum_quantity": format(money.quantity(new.minimum_quantity), "f"),
        "hospital_id": new.hospital_id,
        "valid_from": begins.isoformat(),
        "valid_until": ends.isoformat() if ends else None,
        "clause": new.clause,
    }
