"""What is ordered in the twelve months, planned from the seed and the day; pure.

The months follow the trade's seasons (a dip at Spring Festival, a rise at year's end), the partners their
weight, the products their popularity. What stands open today is planned by `stories`.
"""

import bisect
import dataclasses
import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from qudao.kernel import periods
from qudao.shell.demo import days, network
from qudao.shell.demo.products import Product
from qudao.shell.demo.state import Demo

# By calendar month: Spring Festival, the half-year and the year's end.
SEASON = (1.05, 0.55, 0.95, 1.0, 1.0, 1.1, 0.95, 0.9, 1.05, 0.9, 1.15, 1.4)
CHANNELS = ("rep", "call_centre", "portal", "api", "file", "platform")
_CHANNEL_CHANCES = (26, 24, 30, 7, 6, 7)
# The last days are written by the stories: every desk has something to do today.
OPEN_DAYS = 3
# Pieces on a line, by product line.
_PIECES = {"CV": (2, 14), "IVD": (1, 8), "OR": (1, 3), "SU": (6, 48), "EQ": (1, 1)}
_LINES = ((2, 3, 4, 5, 6, 7, 8, 9, 12), (4, 8, 14, 20, 20, 14, 10, 6, 4))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """An order. `lines` are (code, pieces); `until` is the state it has reached by now; `by` orders it, ""
    for our desk. `arrives` is when it is signed for, None for a day or some after it was shipped. `short` and
    `damaged` pieces are missing at the door, `back` pieces returned later."""

    at: dt.datetime
    partner: str
    line: str
    place: str
    channel: str
    lines: tuple[tuple[str, int], ...]
    by: str = ""
    until: str = "signed"
    arrives: dt.datetime | None = None
    short: int = 0
    damaged: int = 0
    back: int = 0
    story: str = ""

    @property
    def account(self) -> str:
        return f"{self.partner}.{self.line}"


def months(demo: Demo) -> list[dt.date]:
    """The first days of the months of the history, the running one last."""
    first = demo.begin.replace(day=1)
    return [periods.add_months(first, number) for number in range(12)]


def popularity(demo: Demo, line: str) -> tuple[list[Product], list[float]]:
    """The products of a line, the most wanted first, with the sums of their weights."""
    chance = random.Random(f"{demo.seed} popularity {line}")
    found = [one for one in demo.products.values() if one.line == line]
    chance.shuffle(found)
    # The product on which the recall tells its story is a popular one; those of the small company are known.
    found.sort(key=lambda one: one.maker != "chengxi" or "-" not in one.code or len(one.code) < 6)
    return found, list(itertools.accumulate(1 / (place + 3) ** 0.7 for place in range(len(found))))


def plan(demo: Demo) -> list[Deal]:
    """The orders of the whole history in the order of their time."""
    chance = random.Random(f"{demo.seed} trade {demo.today.isoformat()}")
    every = months(demo)
    last = demo.today - dt.timedelta(days=OPEN_DAYS)
    shares = [SEASON[month.month - 1] for month in every]
    shares[-1] *= max(last.day if last >= every[-1] else 0, 0) / 30
    ranges = {line: popularity(demo, line) for line in network.LINES}
    found = []
    for month, share in zip(every, shares, strict=True):
        until = min(periods.add_months(month, 1), last + dt.timedelta(days=1))
        open_on = days.working(max(month, demo.begin), until)
        for _ in range(round(demo.orders * share / sum(shares)) if open_on else 0):
            deal = _deal(demo, chance, open_on, ranges)
            if deal:
                found.append(deal)
    return sorted(found, key=lambda deal: deal.at)


def _deal(demo: Demo, chance: random.Random, open_on: Sequence[dt.date], ranges) -> Deal | None:
    buyers = [one for one in demo.partners.values() if one.lines]
    day = chance.choice(open_on)
    for _ in range(20):
        one = chance.choices(buyers, [buyer.weight for buyer in buyers])[0]
        if may_order(demo, one, day):
            break
    else:
        return None
    line = chance.choice(list(one.lines))
    place = _place(demo, chance, one)
    wanted = _wanted(chance, one, ranges[line], line)
    channel = _channel(chance, one)
    minute = dt.timedelta(minutes=chance.randint(0, 470))
    at = dt.datetime.combine(day, dt.time(8, 40), periods.BUSINESS_ZONE) + minute
    trouble = chance.random()
    return Deal(
        at=at.astimezone(dt.UTC),
        partner=one.key,
        line=line,
        place=place,
        channel=channel,
        lines=wanted,
        by=username_of(one) if channel in ("portal", "mall", "api", "platform") else "",
        short=1 if trouble < 0.03 else 0,
        damaged=1 if 0.03 <= trouble < 0.045 else 0,
        back=1 if 0.05 <= trouble < 0.07 else 0,
    )


def may_order(demo: Demo, one: network.Partner, day: dt.date) -> bool:
    """Whether the partner is in good standing that day: who owes us waits, who has no licence too."""
    if one.key == demo.stories.lapsed_partner and day >= demo.today - dt.timedelta(days=12):
        return False
    if one.paying.startswith("stopped"):
        return day < periods.add_months(demo.today.replace(day=1), -int(one.paying.split()[1]))
    # Pays in the middle of the month what was due at its beginning.
    return one.paying != "slow" or day.day >= 18


def username_of(one: network.Partner) -> str:
    return {"zheer": "hospital"}.get(one.key, one.key if not one.code else one.code.lower())


def _channel(chance: random.Random, one: network.Partner) -> str:
    if one.role == "store":
        return "store"
    if one.is_hospital:
        return chance.choice(("mall", "mall", "platform", "call_centre"))
    return chance.choices(CHANNELS, _CHANNEL_CHANCES)[0]


def _place(demo: Demo, chance: random.Random, one: network.Partner) -> str:
    """Its own place, or, for four dealers' orders in ten, a hospital it serves."""
    if one.key == "zheer":
        return chance.choice(("zheer.binjiang", "zheer.jiefang"))
    if one.is_hospital:
        return f"{one.key}.{chance.randint(1, len(one.places))}"
    near = served(demo, one)
    if one.role in ("dealer", "agent") and near and chance.random() < 0.4:
        hospital = chance.choice(near)
        if hospital.key == "zheer":
            return "zheer.binjiang"
        return f"{hospital.key}.{chance.randint(1, len(hospital.places))}"
    return one.key if not one.code else f"{one.key}.1"


def served(demo: Demo, one: network.Partner) -> list[network.Partner]:
    """The hospitals of its territory."""
    return network.hospitals_in(list(demo.partners.values()), one.area)


def _wanted(chance: random.Random, one, wanted, line: str) -> tuple[tuple[str, int], ...]:
    products, weights = wanted
    count = chance.choices(*_LINES)[0]
    if line == "EQ":
        count = min(count, 2)
    chosen: dict[str, Product] = {}
    while len(chosen) < min(count, len(products)):
        product = products[bisect.bisect(weights, chance.random() * weights[-1])]
        if product.code not in ("ZJ-3018",) and (product.maker != "chengxi" or one.entity == "qd"):
            chosen[product.code] = product
        elif one.entity != "qd":
            count = max(count - 1, len(chosen), 1)
    scale = (one.weight / 3) ** 0.35 if not one.is_hospital else 1.0
    return tuple((product.code, _pieces(chance, product, line, scale)) for product in chosen.values())


def _pieces(chance: random.Random, product: Product, line: str, scale: float) -> int:
    low, high = _PIECES[line]
    pieces = chance.randint(low, high) * scale
    if product.serial:
        return max(1, min(3, round(pieces / 4)))
    if product.bulk > 1:
        return product.bulk * max(1, round(pieces / 6))
    return max(1, round(pieces))


def gross(demo: Demo, deal: Deal) -> Decimal:
    """About what an order comes to."""
    return sum((demo.products[code].price * pieces for code, pieces in deal.lines), Decimal(0))


def by_debtor_month(demo: Demo, deals: Sequence[Deal]) -> Iterator[tuple[str, dt.date, Decimal]]:
    """(partner, month, about what it ordered), for the credit limits."""

    def key(deal: Deal) -> tuple[str, dt.date]:
        return deal.partner, deal.at.astimezone(periods.BUSINESS_ZONE).date().replace(day=1)

    for (partner, month), some in itertools.groupby(sorted(deals, key=key), key=key):
        yield partner, month, sum((gross(demo, deal) for deal in some), Decimal(0))
