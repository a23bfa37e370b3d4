"""What the plan comes to in money before it happens: who will have bought how much by today; pure.

Targets and the steps of a rebate follow from it, so that a partner stands where its story wants it on any day.
"""

import datetime as dt
import decimal
import random
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal

from qudao.kernel import periods
from qudao.shell.company import terms as small
from qudao.shell.demo import network, trade
from qudao.shell.demo.products import SMALL, Product, rounded
from qudao.shell.demo.state import Demo

FACTORS = {"A": "0.80", "B": "0.88", "C": "0.95", "D": "0.98"}
REGION_FACTORS = {"southwest": "0.97", "northeast": "0.98", "central": "0.98"}
# Of the guide price of what is bought by national procurement.
VBP = Decimal("0.82")
_VAT = Decimal("1.13")
# A delivery is signed for one to three days after its order.
_SOONEST, _LATEST = dt.timedelta(days=1), dt.timedelta(days=3)


def agreed(
    demo: Demo, one: network.Partner, line: str, more: Decimal = Decimal(0)
) -> list[tuple[Product, Decimal]]:
    """Contract prices for what the partner buys most: the larger it is the better."""
    chance = random.Random(f"{demo.seed} prices {one.key} {line}")
    products, _ = trade.popularity(demo, line)
    known = [product for product in products[:24] if product.code not in SMALL and not is_procured(product)]
    factor = Decimal("0.86") - Decimal(min(one.weight, 10)).quantize(Decimal(1)) / 100 + more
    return [
        (product, (product.price * (factor - Decimal(chance.randint(0, 3)) / 100)).quantize(Decimal("0.01")))
        for product in known[: 6 + round(min(one.weight, 8))]
    ]


def is_procured(product: Product) -> bool:
    """Whether national procurement fixes its price: then everybody pays that, and nothing else."""
    return product.code.startswith("ST-")


def bid(product: Product) -> Decimal:
    """What hospitals pay (报备价): somewhat more than the guide price, so that whoever supplies them has its margin."""
    more = Decimal(4 + zlib.crc32(product.code.encode()) % 7) / 100
    return max(product.price, rounded(float(product.price * (1 + more))))


class Worth:
    """What orders come to, without tax; the contract prices of an account are worked out once."""

    def __init__(self, demo: Demo):
        self.demo = demo
        self._contracts: dict[str, dict[str, Decimal]] = {
            name: {code: Decimal(price) for code, price in prices.items()}
            for _, name, prices in small.CONTRACTS
        }

    def net(self, deal: trade.Deal, *, procured: bool = True) -> Decimal:
        """`procured` False leaves out what national procurement prices: no rebate counts it."""
        products = self.demo.products
        return sum(
            (
                pieces * self._price(deal, products[code]) / _VAT
                for code, pieces in deal.lines
                if procured or not is_procured(products[code])
            ),
            Decimal(0),
        )

    def _price(self, deal: trade.Deal, product: Product) -> Decimal:
        if is_procured(product):
            return product.price * VBP
        if self.demo.partners[deal.partner].is_hospital:
            return bid(product)
        found = self._contract(deal).get(product.code)
        if found is not None:
            return found
        one = self.demo.partners[deal.partner]
        return product.price * Decimal(FACTORS[one.tier]) * Decimal(REGION_FACTORS.get(one.region, "1"))

    def _contract(self, deal: trade.Deal) -> dict[str, Decimal]:
        one = self.demo.partners[deal.partner]
        if deal.account not in self._contracts:
            contracted = one.role in ("dealer", "agent")
            prices = agreed(self.demo, one, deal.line) if contracted else []
            self._contracts[deal.account] = {product.code: price for product, price in prices}
        return self._contracts[deal.account]


def signed(deal: trade.Deal) -> tuple[dt.date, dt.date]:
    """The first and the last day on which the order may be signed for."""
    if deal.arrives is not None:
        return (periods.business_date(deal.arrives),) * 2
    on = periods.business_date(deal.at)
    return on + _SOONEST, on + _LATEST


# --- The first dealer's rebate ---------------------------------------------------------------------


def asked(demo: Demo, deals: Sequence[trade.Deal]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Account of the first dealer → the steps (from, rate) of its rebate in the running quarter: it has reached
    the one before the last, and what the last asks is some way off, on whatever day of the quarter that is."""
    worth, quarter = Worth(demo), demo.quarter
    return {
        name: _steps(*_bought(worth, [deal for deal in deals if deal.account == name], quarter))
        for _, name, _ in small.CONTRACTS[:2]
    }


def _bought(worth: Worth, deals: Sequence[trade.Deal], quarter: dt.date) -> tuple[Decimal, Decimal]:
    """What is signed for in the quarter by now: at least, should the largest order be refused, and at most."""
    today, least, most, largest = worth.demo.today, Decimal(0), Decimal(0), Decimal(0)
    for deal in deals:
        soonest, latest = signed(deal)
        if deal.until == "signed" and latest >= quarter and soonest <= today:
            net = worth.net(deal, procured=False)
            most += net
            if soonest >= quarter and (latest < today or deal.arrives is not None):
                least += net
                largest = max(largest, net if deal.arrives is None else Decimal(0))
    return least - largest, most


def _steps(least: Decimal, most: Decimal) -> tuple[tuple[str, str], ...]:
    reached = _round(least * Decimal("0.6"), decimal.ROUND_FLOOR)
    following = _round(most * Decimal("1.25"), decimal.ROUND_CEILING)
    first = _round(Decimal(reached) / 2, decimal.ROUND_FLOOR)
    return ("0", "0"), (str(first), "0.01"), (str(reached), "0.02"), (str(following), "0.03")


def _round(amount: Decimal, rounding: str) -> int:
    """To halves of the leading power of ten, as contracts say it: 35,000, 120,000 to 100,000 or 150,000."""
    step = Decimal(5).scaleb(amount.adjusted() - 1)
    return int((amount / step).to_integral_value(rounding) * step)


# --- What a year comes to --------------------------------------------------------------------------


def yearly(demo: Demo, deals: Sequence[trade.Deal]) -> dict[str, Decimal]:
    """Account → what it buys in a year without tax, by its pace since the days its attainment counts: since
    1 January, or since the running contract year began where that was before."""
    first = min(demo.today.replace(month=1, day=1), demo.year)
    days = (demo.today - first).days + 1
    worth, found = Worth(demo), dict.fromkeys(_accounts(demo), Decimal(0))
    for deal in deals:
        soonest, latest = signed(deal)
        if deal.until == "signed" and soonest >= first and latest <= demo.today:
            found[deal.account] += worth.net(deal)
    return {name: amount * 365 / days for name, amount in found.items()}


def _accounts(demo: Demo) -> Iterator[str]:
    return (f"{one.key}.{line}" for one in demo.partners.values() for line in one.lines)
