"""The stories: who they happen to, what stands open today, and where each is found in the end."""

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from qudao.kernel import periods
from qudao.shell.demo import cast, days, network, supplies, trade, worth
from qudao.shell.demo.products import REVOKED, SMALL, Product
from qudao.shell.demo.state import Demo

# What the desk, the warehouses and the partners find to do: state, and how many of it an entity has.
OPEN = (("draft", 1), ("confirmed", 2), ("to_pick", 3), ("picked", 2), ("reviewed", 2), ("shipped", 2))


def choose(demo: Demo) -> None:
    """Cast the stories: the larger prompt dealers of the first entity, each in one story only."""
    dealers = [
        one for one in demo.partners.values() if one.role == "dealer" and one.paying == "prompt" and one.code
    ]
    dealers.sort(key=lambda one: (-one.weight, one.key))
    first = [one.key for one in dealers if one.entity == "qd"]
    told = demo.stories
    told.lapsing_partner, told.lapsed_partner = first[1], first[4]
    told.late_payers = {
        one.key: int(one.paying.split()[1])
        for one in demo.partners.values()
        if one.paying.startswith("stopped")
    }
    demo.diverted = told.rebate_partner = first[0]
    newest = demo.last_stated
    demo.disputes = {
        newest: ("quantity", "实收比对账单少 2 件，签收单已拍照"),
        periods.add_months(newest, -1): ("price", "本单应按合同价结算"),
    }
    products, _ = trade.popularity(demo, "CV")
    told.short_item = next(
        one.code
        for one in products[4:]
        if one.code not in SMALL and not one.serial and one.maker != "chengxi"
    )


def standing(demo: Demo) -> list[trade.Deal]:
    """The orders of the last days: in every entity some in each state, and through every channel."""
    day = days.on_or_before(demo.today - dt.timedelta(days=1))
    buyers = [
        one
        for one in demo.partners.values()
        if one.lines and one.paying == "prompt" and one.key != demo.stories.lapsed_partner
    ]
    found = []
    for entity in demo.company.entities:
        own = [one for one in buyers if one.entity == entity and "EQ" not in one.lines]
        states = [state for state, count in OPEN for _ in range(count)]
        for place, state in enumerate(states):
            one = own[place * 5 % len(own)]
            line = sorted(one.lines)[0]
            products = [
                product
                for product in trade.popularity(demo, line)[0][:14]
                if product.code not in SMALL and product.code != demo.stories.short_item
            ]
            chosen = [products[(place * 3 + number * 4) % len(products)] for number in range(3)]
            found.append(
                trade.Deal(
                    at=cast.instant(day, 9, 5 + 3 * place),
                    partner=one.key,
                    line=line,
                    place=_own_place(one),
                    channel="store" if one.role == "store" else ("portal", "call_centre", "rep")[place % 3],
                    lines=tuple(
                        {
                            product.code: 1 if product.serial else max(2, product.bulk) for product in chosen
                        }.items()
                    ),
                    by=trade.username_of(one) if place % 3 == 0 and one.role != "store" else "",
                    until=state,
                    story=f"open {state}",
                )
            )
    return [*found, *_arriving(demo, day, buyers), *_told(demo, day), *_troponin(demo)]


def _troponin(demo: Demo) -> Iterator[trade.Deal]:
    """Every quarter of the contract year the first dealer takes as many troponin tests as their promotion asks."""
    for back in (8, 5, 2):
        day = days.on_or_after(periods.add_months(demo.today.replace(day=1), -back) + dt.timedelta(days=13))
        if day >= max(demo.begin, demo.year):
            yield trade.Deal(
                at=cast.instant(day, 10, 35),
                partner="kangze",
                line="IVD",
                place="kangze",
                channel="call_centre",
                lines=(("CTNI-100", 30),),
            )


# What the first dealer's deliveries of this morning hold; the reagents besides, enough for their promotion.
_DELIVERED = {"CV": (("BQ-2515", 20), ("DS-035", 60)), "IVD": (("CTNI-100", 8),)}
_REAGENTS = 12


def _arriving(demo: Demo, day: dt.date, buyers: Sequence[network.Partner]) -> Iterator[trade.Deal]:
    """Deliveries signed for today, so that the first day of a month or quarter has its sales too: of the first
    dealer in each of its lines, and of two partners of every entity."""
    morning = max(cast.instant(demo.today, 0), demo.now - dt.timedelta(minutes=50))
    common: dict[str, Any] = {"channel": "call_centre", "arrives": morning}
    for place, (line, lines) in enumerate(_DELIVERED.items()):
        at = cast.instant(day, 8, 42 + 3 * place)
        more = tuple((one.code, _REAGENTS) for one in _wanted(demo, line)) if line == "IVD" else ()
        yield trade.Deal(at=at, partner="kangze", line=line, place="kangze", lines=lines + more, **common)
    for entity in demo.company.entities:
        own = [one for one in buyers if one.entity == entity and "EQ" not in one.lines and one.code]
        for place in range(2):
            one = own[(place * 7 + 3) % len(own)]
            line = sorted(one.lines)[0]
            yield trade.Deal(
                at=cast.instant(day, 8, 50 + 3 * place),
                partner=one.key,
                line=line,
                place=_own_place(one),
                lines=tuple(
                    (product.code, 1 if product.serial else 2 * product.bulk)
                    for product in _wanted(demo, line)
                ),
                **common,
            )


def _wanted(demo: Demo, line: str) -> list[Product]:
    """Three of the more popular products of a line."""
    products = [
        product
        for product in trade.popularity(demo, line)[0][4:16]
        if product.code not in SMALL and product.code != demo.stories.short_item
    ]
    return products[::4]


def _told(demo: Demo, day: dt.date) -> Iterator[trade.Deal]:
    """A draft that waits for goods, drafts of a partner without licence and of a product without certificate, an
    order out of two warehouses, a delivery that waits to be signed for."""
    common: dict[str, Any] = {"channel": "call_centre", "line": "CV"}
    yield trade.Deal(
        at=cast.instant(day, 14, 12),
        partner="kangze",
        place="kangze",
        lines=((demo.stories.short_item, 400), ("DS-035", 10)),
        until="draft",
        story="short",
        **common,
    )
    lapsed = demo.partners[demo.stories.lapsed_partner]
    line = sorted(lapsed.lines)[0]
    product = next(one for one in trade.popularity(demo, line)[0] if one.code not in SMALL)
    yield trade.Deal(
        at=cast.instant(day, 14, 33),
        partner=lapsed.key,
        line=line,
        place=_own_place(lapsed),
        channel="rep",
        lines=((product.code, 1),),
        until="draft",
        story="lapsed",
    )
    yield _revoked(demo, day)
    yield from _stated(demo)
    yield from _unpaid(demo)
    sites = collections.defaultdict(list)
    for one in trade.popularity(demo, "CV")[0]:
        if one.code != demo.stories.short_item and not one.serial:
            sites[supplies.site_of("qd", one)].append(one.code)
    yield trade.Deal(
        at=cast.instant(day, 9, 2),
        partner="kangze",
        place="zheer.binjiang",
        lines=tuple((codes[0], 6) for codes in sites.values()),
        until="to_pick",
        story="split",
        **common,
    )
    yield trade.Deal(
        at=cast.instant(day, 10, 12),
        partner="kangze",
        place="kangze",
        lines=(("BQ-2515", 30), ("DS-035", 40)),
        until="shipped",
        story="on its way",
        **common,
    )


def _revoked(demo: Demo, day: dt.date) -> trade.Deal:
    """A draft of what may not be sold since its certificate was revoked."""
    one = next(
        one
        for one in demo.partners.values()
        if one.role == "dealer" and one.paying == "prompt" and "EQ" in one.lines
    )
    return trade.Deal(
        at=cast.instant(day, 14, 43),
        partner=one.key,
        line="EQ",
        place=_own_place(one),
        channel="rep",
        lines=((f"{REVOKED}-001", 1),),
        until="draft",
        story="revoked",
    )


def _stated(demo: Demo) -> Iterator[trade.Deal]:
    """In the two months stated last, an order of the dealer that will not agree with its statement."""
    one = demo.partners[demo.diverted]
    line = sorted(one.lines)[0]
    products = [
        product
        for product in trade.popularity(demo, line)[0]
        if product.code not in SMALL and not product.serial
    ]
    for back in (1, 0):
        day = days.on_or_after(periods.add_months(demo.last_stated, -back) + dt.timedelta(days=12))
        yield trade.Deal(
            at=cast.instant(day, 10, 20),
            partner=one.key,
            line=line,
            place=_own_place(one),
            channel="portal",
            by=trade.username_of(one),
            lines=tuple((product.code, 4 * product.bulk) for product in products[6:10]),
        )


# What the first dealer must have bought of its first line in a quarter to have earned something, and what it buys if not.
_EARNING, _BOUGHT = Decimal(36_000), (("BQ-2515", 24),)


def earning(demo: Demo, deals: Sequence[trade.Deal]) -> Iterator[trade.Deal]:
    """An order of the first dealer in the quarter settled last, where it would have earned no rebate: few orders were
    wanted."""
    first, until = periods.add_months(demo.last_quarter, -2), periods.add_months(demo.last_quarter, 1)
    day = days.on_or_after(periods.add_months(first, 1) + dt.timedelta(days=14))
    prices, bought = worth.Worth(demo), Decimal(0)
    for deal in deals:
        soonest, latest = worth.signed(deal)
        if deal.account == "kangze.CV" and deal.until == "signed" and soonest >= first and latest < until:
            bought += prices.net(deal, procured=False)
    if bought < _EARNING:
        yield trade.Deal(
            at=cast.instant(day, 10, 50),
            partner="kangze",
            line="CV",
            place="kangze",
            channel="call_centre",
            lines=_BOUGHT,
        )


def _unpaid(demo: Demo) -> Iterator[trade.Deal]:
    """The last order of each partner that stopped paying: what it owes since."""
    for key, months in demo.stories.late_payers.items():
        one = demo.partners[key]
        line = sorted(one.lines)[0]
        day = periods.add_months(demo.today.replace(day=1), -months - 1)
        day = days.on_or_after(day + dt.timedelta(days=9))
        yield trade.Deal(
            at=cast.instant(day, 11, 10),
            partner=key,
            line=line,
            place=_own_place(one),
            channel="call_centre",
            lines=tuple(
                (product.code, 1 if product.serial else 2 * product.bulk) for product in _wanted(demo, line)
            ),
        )


def _own_place(one) -> str:
    return one.key if not one.code else f"{one.key}.1"


def arrivals(demo: Demo, buys: Sequence[supplies.Buy]) -> Iterator[tuple[supplies.Buy, str]]:
    """What is on its way to us, and what arrived and waits for inspection: like the last purchases."""
    for place, entity in enumerate(demo.company.entities):
        latest = [one for one in buys if one.entity == entity][-4:]
        for number, (buy, until) in enumerate(zip(latest, ("ordered", "received") * 2, strict=False)):
            day = days.on_or_before(demo.today - dt.timedelta(days=2 + number if until == "ordered" else 6))
            plain = [line for line in buy.lines if not demo.products[line[0]].serial]
            if not plain:
                continue
            lines = tuple((code, min(pieces, 40) if pieces < 1000 else pieces) for code, pieces in plain[:6])
            yield dataclasses.replace(buy, at=cast.instant(day, 10 + place, 7 * number), lines=lines), until
    short = demo.products[demo.stories.short_item]
    yield (
        supplies.Buy(
            "qd",
            short.maker,
            supplies.site_of("qd", short),
            11,
            cast.instant(days.on_or_before(demo.today - dt.timedelta(days=2)), 15),
            ((short.code, 500),),
        ),
        "ordered",
    )


def remember(demo: Demo, found: dict[str, list]) -> None:
    """Keep what the lanes met of the stories."""
    told = demo.stories
    told.queues = {
        name.removeprefix("open "): sorted(numbers)
        for name, numbers in found.items()
        if name.startswith("open ") and not name.endswith("shipments")
    }
    told.queues |= {
        "to_receive": sorted(number for number, _ in found.get("purchases ordered", ())),
        "to_inspect": sorted(found.get("receipts pending", ())),
    }
    told.channels = {
        name.removeprefix("by "): numbers[-1]
        for name, numbers in sorted(found.items())
        if name.startswith("by ")
    }
    told.short_draft = next(iter(found.get("short", ())), "")
    told.short_purchase = next(
        (number for number, code in found.get("purchases ordered", ()) if code == told.short_item), ""
    )
    told.refused_draft = next(iter(found.get("revoked", ())), "")
    told.split_order = next(iter(found.get("split", ())), "")
    told.difference_shipment = next((number for _, number in reversed(found.get("differences", ()))), "")
    told.rebate_used_order = next((number for _, number in reversed(found.get("rebate used", ()))), "")
    for _, statement, line, month in found.get("disputed", ()):
        if month == str(demo.last_stated):
            told.disputed_statement, told.disputed_line = uuid.UUID(statement), line
        else:
            told.settled_statement = uuid.UUID(statement)
    told.locked_statement = _last(found.get("statements locked", ()))
    told.sent_statement = _last(found.get("statements sent", ()))
    for name, run, payable, month in found.get("runs", ()):
        if name == "kangze.CV" and Decimal(payable) > 0 and month <= str(demo.last_quarter):
            told.rebate_run = uuid.UUID(run)
    told.rebate_to_confirm = next((uuid.UUID(run) for _, run, *_ in found.get("runs waiting", ())), None)
    told.diverted_hospital = next((hospital for _, hospital, _ in found.get("diverted", ())), "")
    for partner, number, states in found.get("flow", ()):
        if partner == demo.diverted and states.get("appeal"):
            told.diverted_file = number
        if states.get("unmatched"):
            told.waiting_file = number
    if demo.contracts:
        told.versioned_contract = next(
            (demo.contracts[name][0] for name, _ in found.get("versions", ()) if _discounted(demo, name)), ""
        )


def _last(ids: Sequence[str]) -> uuid.UUID | None:
    return uuid.UUID(ids[-1]) if ids else None


def _discounted(demo: Demo, name: str) -> bool:
    """Whether the account has all that shapes a price: a promotion on its line and a factor of its region."""
    key, line = name.split(".")
    return line == "IVD" and demo.partners[key].region in worth.REGION_FACTORS
