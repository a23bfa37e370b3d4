"""Where stock lies and when it is bought: planned from what the history will order; pure, then posted.

Each entity buys from each manufacturer once a quarter, about as much as the next quarter takes; what the first
months take lies there at the opening.
"""

import collections
import dataclasses
import datetime as dt
import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import money, periods, scope
from qudao.shell.demo import days, shelving, trade
from qudao.shell.demo.products import Product
from qudao.shell.demo.state import Demo

# Entity → product line → warehouse, and the one where some products lie besides.
SITES = {
    "qd": ({"CV": "hz", "IVD": "sh", "OR": "sz", "SU": "hz", "EQ": "sz"}, "sh"),
    "gz": ({"CV": "gz", "IVD": "gz", "OR": "wh", "SU": "wh", "EQ": "wh"}, "wh"),
    "bj": ({"CV": "bj", "IVD": "bj", "OR": "cd", "SU": "cd", "EQ": "sy"}, "cd"),
}
MARKS = {"qd": "A", "gz": "H", "bj": "B"}
_ELSEWHERE = 20
# What is bought beyond what will be ordered.
_MORE = Decimal("1.12")
MONTHS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Buy:
    """A purchase: ordered, received some days later, inspected the same day. `month` is the history's, from 0."""

    entity: str
    maker: str
    site: str
    month: int
    at: dt.datetime
    lines: tuple[tuple[str, int], ...]


def site_of(entity: str, product: Product) -> str:
    own, other = SITES[entity]
    return other if zlib.crc32(product.code.encode()) % _ELSEWHERE == 0 else own[product.line]


def demand(demo: Demo, deals: Sequence[trade.Deal]) -> dict[tuple[str, str], list[int]]:
    """(entity, product) → pieces ordered in each month of the history, and guesses for three more."""
    every = trade.months(demo)
    found: dict[tuple[str, str], list[int]] = collections.defaultdict(lambda: [0] * (MONTHS + 4))
    for deal in deals:
        on = deal.at.astimezone(periods.BUSINESS_ZONE).date().replace(day=1)
        for code, pieces in deal.lines:
            found[demo.partners[deal.partner].entity, code][every.index(on)] += pieces
    for taken in found.values():
        guess = -(-sum(taken[6:MONTHS]) // 8)
        taken[MONTHS - 1 :] = [max(taken[MONTHS - 1], guess), guess, guess, 0, 0]
    return found


def first_buy(entity: str, maker: str) -> int:
    """The month of the history in which the entity first buys from the maker: 1 to 3."""
    return 1 + zlib.crc32(f"{entity} {maker}".encode()) % 3


def plan(demo: Demo, wanted: Mapping[tuple[str, str], list[int]]) -> list[Buy]:
    """Every purchase of the history after the opening."""
    grouped: dict[tuple[str, str, str, int], list[tuple[str, int]]] = collections.defaultdict(list)
    for (entity, code), taken in sorted(wanted.items()):
        product = demo.products[code]
        for month in range(first_buy(entity, product.maker), MONTHS, 3):
            if code == demo.stories.short_item and entity == "qd" and month > 6:
                continue
            pieces = _pieces(product, sum(taken[month + 1 : month + 4]))
            if pieces:
                grouped[entity, product.maker, site_of(entity, product), month].append((code, pieces))
    chance = random.Random(f"{demo.seed} buys")
    every = trade.months(demo)
    found = []
    for (entity, maker, site, month), lines in sorted(grouped.items()):
        day = days.on_or_after(every[month] + dt.timedelta(days=chance.randint(2, 11)))
        at = dt.datetime.combine(day, dt.time(9, chance.randint(0, 59)), periods.BUSINESS_ZONE)
        found.append(Buy(entity, maker, site, month, at.astimezone(dt.UTC), tuple(lines)))
    return sorted(found, key=lambda buy: buy.at)


def _pieces(product: Product, taken: int) -> int:
    """A bit more than is taken, in whole packages of what comes by the hundred."""
    if not taken:
        return 0
    if product.serial:
        return taken + 1
    wanted = int((taken * _MORE).to_integral_value(rounding="ROUND_UP"))
    return -(-wanted // product.bulk) * product.bulk


def lot_code(product: Product, bought: dt.date, entity: str) -> str:
    """One lot an entity and month, so that no two entities' goods are told apart by their dates alone."""
    family, _, number = product.code.partition("-")
    made = periods.add_months(bought.replace(day=1), -1)
    return f"{family[:3]}{number[-3:]}{made:%y%m}{MARKS[entity]}"


def dates(product: Product, bought: dt.date) -> tuple[dt.date, dt.date]:
    """(produced, last day of use): made one to two months before; what is bought in a month is one lot."""
    produced = bought.replace(day=1) - dt.timedelta(
        days=25 + zlib.crc32(f"{product.code}{bought:%y%m}".encode()) % 28
    )
    return produced, periods.add_months(produced, product.shelf_months) - dt.timedelta(days=1)


def serials(product: Product, lot: str, pieces: int) -> list[str]:
    return [f"{lot}{number:03d}" for number in range(1, pieces + 1)]


def open_stock(
    demo: Demo, wanted: Mapping[tuple[str, str], list[int]], *, now: dt.datetime, actor: scope.Actor
) -> Iterator[str]:
    """What lies in the warehouses when the history begins, one opening document an entity."""
    places = {key: stock.list_locations(site_id, actor) for key, site_id in demo.company.sites.items()}
    shelves = shelving.shelves(demo.products)
    for entity, entity_id in demo.company.entities.items():
        lines = [
            dataclasses.replace(line, location_id=places[site_of(entity, demo.products[code])][shelves[code]])
            for (of, code), taken in sorted(wanted.items())
            if of == entity
            for line in _opening(demo, entity, demo.products[code], taken)
        ]
        inventory.open_stock(
            entity_id=entity_id,
            lines=lines,
            control_quantity=sum((line.quantity for line in lines), Decimal(0)),
            control_value=sum((line.value for line in lines), money.ZERO),
            actor=actor,
            now=now,
        )
        yield f"{len(lines)} opening balances of {entity}"


def _opening(
    demo: Demo, entity: str, product: Product, taken: Sequence[int]
) -> Iterator[inventory.OpeningLine]:
    pieces = _pieces(product, sum(taken[: first_buy(entity, product.maker) + 1]))
    if not pieces:
        return
    produced, last = dates(product, demo.begin)
    lot = lot_code(product, demo.begin, entity)
    cost = money.amount(product.cost / Decimal("1.13"))
    common: dict[str, Any] = {
        "site_id": demo.company.sites[site_of(entity, product)],
        "item_id": demo.company.items[product.code],
        "lot": lot,
        "produced_on": produced,
        "last_usable_on": last,
        "received_on": demo.begin,
    }
    if not product.serial:
        yield inventory.OpeningLine(quantity=Decimal(pieces), value=pieces * cost, **common)
        return
    for serial in serials(product, lot, pieces):
        yield inventory.OpeningLine(quantity=Decimal(1), value=cost, serial=serial, **common)
