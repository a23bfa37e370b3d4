"""One base price per line, and how it came about.

Of everything that could price an item for a buyer, exactly one row decides: a centralised-procurement
price (集采) before all, then the price registered for the end hospital (报备价), the contract with the
account, the discounts of tier and region on the guide price, and the guide price itself.

All candidates given here are of one item and one selling entity; prices are per price unit.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from qudao.kernel import errors, money

Kind = Literal["guide", "tier_region", "contract", "hospital", "vbp"]

_AGREED: tuple[Kind, ...] = ("contract", "hospital", "vbp")  # from weak to strong


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One price row. 0 and "" mean "all"; `region` is a sales region (区域中心).
    `line_id` is the item's own product line, where a row is for that line alone.

    `price` is money per price unit; of a `tier_region` row it is the factor on the guide price (0.88).
    """

    row_id: int
    kind: Kind
    price: Decimal
    currency: str
    tax_included: bool
    vat_rate: Decimal
    valid_from: dt.date
    valid_until: dt.date | None = None
    minimum_quantity: Decimal = Decimal(0)
    account_id: int = 0
    tier: str = ""
    region: int = 0
    hospital_id: int = 0
    citation: str = ""
    excludes_promotions: bool = False
    line_id: int = 0


class Rung(NamedTuple):
    """What an explanation keeps of a row. `tier`, `region`, `line_id` and the dates say for whom and when a
    discount is; they are kept of discounts alone."""

    kind: Kind
    row_id: int
    price: Decimal
    tax_included: bool
    citation: str
    minimum_quantity: Decimal = Decimal(0)
    tier: str = ""
    region: int = 0
    line_id: int = 0
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """Who buys how much (in price units) for whom; `line` is the document line reasons will name."""

    account_id: int
    tier: str
    region: int
    quantity: Decimal
    hospital_id: int = 0
    currency: str = "CNY"
    line: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation: from `before` to `after`, by the row `row`.

    Codes: guide, tier, region, tier_region, general (factors), contract, hospital, vbp (unit prices);
    promotion (line amounts, `row` the promotion); tax (gross to net, the tax in `params`).
    """

    code: str
    params: Mapping[str, str]
    row: int | None
    before: Decimal | None
    after: Decimal
    tax_included: bool

    def as_json(self) -> dict[str, Any]:
        """The step as JSON data, decimals as strings: what an order line freezes."""
        return {
            "code": self.code,
            "params": dict(self.params),
            "row": self.row,
            "before": None if self.before is None else format(self.before, "f"),
            "after": format(self.after, "f"),
            "tax_included": self.tax_included,
        }


class PriceChoice(NamedTuple):
    """The price that holds. `rows` is the ladder climbed to it, its last row deciding.

    A tuple, for it is made a thousand at a time: a frozen dataclass takes five times as long to make.
    """

    kind: Kind
    row_id: int
    unit_price: Decimal
    currency: str
    tax_included: bool
    vat_rate: Decimal
    citation: str
    excludes_promotions: bool
    rows: Sequence[Rung]

    @property
    def steps(self) -> tuple[Step, ...]:
        """How the unit price came about, weakest row first; the last step ends at `unit_price`."""
        steps: list[Step] = []
        exact = Decimal(0)
        tax_included = self.tax_included
        for row in self.rows:
            before = steps[-1].after if steps else None
            params = {"citation": row.citation}
            if row.kind == "tier_region":
                exact *= row.price
                region = str(row.region or "")
                params |= {"factor": format(row.price, "f"), "tier": row.tier, "region": region}
            else:
                exact, tax_included = row.price, row.tax_included
            steps.append(Step(_slot(row), params, row.row_id, before, money.unit_price(exact), tax_included))
        return tuple(steps)


@dataclasses.dataclass(frozen=True, slots=True)
class LineAmounts:
    """A line in cents: net + tax = gross. `amount` and `discount` are on the basis of the unit price."""

    quantity: Decimal
    unit_price: Decimal
    tax_included: bool
    vat_rate: Decimal
    amount: Decimal
    discount: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal


def choose(*, candidates: Iterable[Candidate], request: Request, on: dt.date) -> PriceChoice:
    """The one price of `request` on the day `on`.

    Among rows of one kind the most specific wins (hospital, account, region, tier, product line,
    then the highest minimum quantity reached), then the latest effective, then the highest row id. Raises Refused with
    `pricing.no_price` when nothing applies.
    """
    best: dict[str, tuple[tuple[Any, ...], Candidate]] = {}
    for row in candidates:
        if _applies(row, request, on):
            slot, precedence = _slot(row), _precedence(row)
            if slot not in best or precedence > best[slot][0]:
                best[slot] = (precedence, row)
    listed = _listed(best)
    agreed = [best[kind][1] for kind in _AGREED if kind in best]
    if agreed:
        return _choice((*listed, *agreed), (agreed[-1],), agreed[-1].price)
    if not listed:
        raise errors.refuse("pricing.no_price", line=request.line)
    price = listed[0].price
    for discount in listed[1:]:
        price *= discount.price
    return _choice(listed, listed, price)


def _listed(best: Mapping[str, tuple[tuple[Any, ...], Candidate]]) -> tuple[Candidate, ...]:
    """The guide row and its discounts: tier and region in one row, else one of each, else the general."""
    if "guide" not in best:
        return ()
    guide = best["guide"][1]
    for slots in (("tier_region",), ("tier", "region"), ("general",)):
        discounts = tuple(best[slot][1] for slot in slots if slot in best)
        if discounts:
            return (guide, *discounts)
    return (guide,)


def _choice(ladder: tuple[Candidate, ...], used: tuple[Candidate, ...], exact: Decimal) -> PriceChoice:
    first, last = used[0], used[-1]  # money and tax come from the first, a discount only scales it
    return PriceChoice(
        kind=last.kind,
        row_id=last.row_id,
        unit_price=money.unit_price(exact),
        currency=first.currency,
        tax_included=first.tax_included,
        vat_rate=first.vat_rate,
        citation=last.citation,
        excludes_promotions=any(row.excludes_promotions for row in used),
        rows=tuple(_rung(row) for row in ladder),
    )


def _rung(row: Candidate) -> Rung:
    kept = (row.kind, row.row_id, row.price, row.tax_included, row.citation, row.minimum_quantity)
    if row.kind != "tier_region":
        return Rung(*kept)
    return Rung(*kept, row.tier, row.region, row.line_id, row.valid_from, row.valid_until)


def _slot(row: Candidate | Rung) -> str:
    if row.kind != "tier_region" or (row.tier and row.region):
        return row.kind
    if row.tier:
        return "tier"
    return "region" if row.region else "general"


def _applies(row: Candidate, request: Request, on: dt.date) -> bool:
    return (
        row.valid_from <= on
        and (row.valid_until is None or on < row.valid_until)
        and row.minimum_quantity <= request.quantity
        and row.account_id in (0, request.account_id)
        and row.hospital_id in (0, request.hospital_id)
        and row.tier in ("", request.tier)
        and row.region in (0, request.region)
        and (row.kind == "tier_region" or row.currency == request.currency)
    )


def _precedence(row: Candidate) -> tuple[Any, ...]:
    return (
        row.hospital_id != 0,
        row.account_id != 0,
        row.region != 0,
        row.tier != "",
        row.line_id != 0,
        row.minimum_quantity,
        row.valid_from,
        row.row_id,
    )


def line_amounts(
    *,
    entered_quantity: money.Number,
    unit_price: money.Number,
    vat_rate: money.Number,
    tax_included: bool,
    discount: money.Number = 0,
    line: int | None = None,
) -> LineAmounts:
    """The line's money: entered quantity × price per price unit, once rounded, less the discount.

    Tax is the difference of gross and net: 113.00 at 13 % is 100.00 + 13.00. Raises Refused with
    `pricing.quantity_not_positive` or `pricing.discount_exceeds_amount`; ValueError for a negative
    price, rate or discount.
    """
    quantity, price = money.quantity(entered_quantity), money.unit_price(unit_price)
    rate, less = money.exact(vat_rate), money.amount(discount)
    if min(price, rate, less) < 0:
        raise ValueError("price, rate and discount are not negative")
    if quantity <= 0:
        raise errors.refuse("pricing.quantity_not_positive", line=line, quantity=quantity)
    amount = money.amount(quantity * price)
    if less > amount:
        raise errors.refuse("pricing.discount_exceeds_amount", line=line, discount=less, amount=amount)
    payable = amount - less
    if tax_included:
        gross, (net, tax) = payable, money.split_tax(payable, rate)
    else:
        net, tax = payable, money.amount(payable * rate)
        gross = net + tax
    return LineAmounts(quantity, price, tax_included, rate, amount, less, gross, net, tax)


def check_line(
    *,
    choice: PriceChoice,
    amounts: LineAmounts,
    floor: Decimal | None = None,
    approved: bool = False,
    line: int | None = None,
) -> tuple[errors.Reason, ...]:
    """What speaks against selling the line at these amounts.

    A 集采 line sells at exactly its price, no approval helps: `pricing.vbp_mismatch`. Any other line
    whose net is under `floor` (per price unit, tax excluded) × quantity needs an approval:
    `pricing.below_floor`.
    """
    if choice.kind == "vbp":
        offered = (amounts.unit_price, amounts.tax_included, amounts.discount)
        if offered == (choice.unit_price, choice.tax_included, money.ZERO):
            return ()
        params = {
            "price": choice.unit_price,
            "offered": amounts.unit_price,
            "discount": amounts.discount,
            "citation": choice.citation,
        }
        return (errors.Reason("pricing.vbp_mismatch", line, params),)
    if floor is None or approved:
        return ()
    least = money.amount(floor * amounts.quantity)
    if amounts.net >= least:
        return ()
    return (errors.Reason("pricing.below_floor", line, {"net": amounts.net, "floor": least}),)


def explain(
    *, choice: PriceChoice, amounts: LineAmounts, promotions: tuple[Step, ...] = ()
) -> tuple[Step, ...]:
    """The whole explanation of a line: its price, the promotions taken off it, net and tax."""
    params = {"tax": format(amounts.tax, "f"), "vat_rate": format(amounts.vat_rate, "f")}
    tax = Step("tax", params, None, amounts.gross, amounts.net, False)
    return (*choice.steps, *promotions, tax)


def replaced(codes: Sequence[str]) -> int:
    """How many first steps of an explanation, given by their codes, an agreed price has replaced."""
    return max((place for place, code in enumerate(codes) if code in _AGREED), default=0)


def told(steps: Sequence[Mapping[str, Any]], *, house: bool) -> list[Mapping[str, Any]]:
    """The steps an order line froze, for a reader: all to our own people; to others those that lead to their
    price. What an agreed price replaced is what their tier would pay, and ours to know.
    """
    first = 0 if house else replaced([step["code"] for step in steps])
    if not first:
        return list(steps)
    return [{**steps[first], "before": None}, *steps[first + 1 :]]


def both_taxes(
    unit_price: Decimal, rate: Decimal | None, tax_included: bool
) -> tuple[Decimal | None, Decimal | None]:
    """(with tax, without tax); None for the one that cannot be told without a rate."""
    if rate is None:
        return (unit_price, None) if tax_included else (None, unit_price)
    if tax_included:
        return unit_price, money.unit_price(unit_price / (1 + rate))
    return money.unit_price(unit_price * (1 + rate)), unit_price
