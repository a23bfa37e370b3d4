"""The stories: who they happen to, what stands open today, and the last acts of the history."""

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from qudao.compliance import queries as compliance
from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import errors, periods, scope
from qudao.orders import operations as ordering
from qudao.orders import queries as orders
from qudao.orders.operations import returning
from qudao.orders.rules import requests
from qudao.shell.demo import cast, deals, supplies, trade
from qudao.shell.demo.products import SMALL
from qudao.shell.demo.state import Demo

# What the desk, the warehouses and the partners find to do: state, and how many of it an entity has.
OPEN = (("draft", 1), ("confirmed", 2), ("to_pick", 3), ("picked", 2), ("reviewed", 2), ("shipped", 2))
RECALL = "供应商通知：部分批次定值偏高，主动召回（二级）"
RECALL_LINE, RECALL_AMONG = "IVD", 10


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
    day = demo.today - dt.timedelta(days=1)
    while day.weekday() > 4:
        day -= dt.timedelta(days=1)
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
    return [*found, *_told(demo, day)]


def _told(demo: Demo, day: dt.date) -> Iterator[trade.Deal]:
    """A draft that waits for goods, a draft of a partner without licence, an order out of two warehouses."""
    common: dict[str, Any] = {"channel": "call_centre", "line": "CV"}
    yield trade.Deal(
        at=cast.instant(day, 14, 10),
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
        at=cast.instant(day, 14, 30),
        partner=lapsed.key,
        line=line,
        place=_own_place(lapsed),
        channel="rep",
        lines=((product.code, 1),),
        until="draft",
        story="lapsed",
    )
    yield from _stated(demo)
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
        day = periods.add_months(demo.last_stated, -back) + dt.timedelta(days=12)
        yield trade.Deal(
            at=cast.instant(day, 10, 20),
            partner=one.key,
            line=line,
            place=_own_place(one),
            channel="portal",
            by=trade.username_of(one),
            lines=tuple((product.code, 4 * product.bulk) for product in products[6:10]),
        )


def _own_place(one) -> str:
    return one.key if not one.code else f"{one.key}.1"


def arrivals(demo: Demo, buys: Sequence[supplies.Buy]) -> Iterator[tuple[supplies.Buy, str]]:
    """What is on its way to us, and what arrived and waits for inspection: like the last purchases."""
    for place, entity in enumerate(demo.company.entities):
        latest = [one for one in buys if one.entity == entity][-4:]
        for number, (buy, until) in enumerate(zip(latest, ("ordered", "received") * 2, strict=False)):
            days = 2 + number if until == "ordered" else 6
            day = demo.today - dt.timedelta(days=days)
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
            cast.instant(demo.today - dt.timedelta(days=2), 15),
            ((short.code, 500),),
        ),
        "ordered",
    )


# --- The last acts ---------------------------------------------------------------------------------


def finish(demo: Demo, *, now: dt.datetime) -> Iterator[str]:
    """Recall, expired goods, returns that wait; once the trade of the last day is done."""
    who = cast.Cast(demo)
    held = _recall(demo, who("zhaoqing"), now - dt.timedelta(minutes=90))
    yield f"lot {demo.stories.recalled_lot} recalled: {len(demo.stories.recall_holders)} partners have some of it"
    expired = inventory.lock_expired(now=now - dt.timedelta(minutes=60))
    yield f"{held + len(expired)} lots on hold, {len(expired)} of them past their date"
    yield f"{_returns(demo, who, now)} returns wait for inspection"
    yield f"{_templates(demo, who, now)} templates of what is ordered again and again"
    drafted = deals.renew(demo, now=now - dt.timedelta(minutes=30), actor=who("wangmin"))
    yield f"{drafted} contracts of next year wait to be signed"
    yield f"{_transfers(demo, who, now)} transfers between warehouses, one of them on its way"


def _recall(demo: Demo, quality: scope.Actor, now: dt.datetime) -> int:
    """Hold the reagent lot that went to most partners and of which some is left with us."""
    best: tuple[int, str, int, compliance.Trace] | None = None
    for product in trade.popularity(demo, RECALL_LINE)[0][:RECALL_AMONG]:
        if product.code in SMALL:
            continue
        for lot in stock.lots_of(demo.company.items[product.code], quality):
            try:
                found = compliance.trace(lot_ids=[lot.id], actor=quality, today=demo.today)
            except errors.NotFound:
                continue
            held = sum(1 for one in found.holders if one.left)
            if not any(one.side == "out" and one.status == "good" for one in found.totals):
                continue
            if best is None or (held, lot.code) > best[:2]:
                best = (held, lot.code, lot.id, found)
    if best is None:
        return 0
    _, code, lot_id, found = best
    told = demo.stories
    told.recalled_lot, told.recalled_lot_id = code, lot_id
    told.recall_hold = inventory.hold_lot(lot_id=lot_id, reason=RECALL, actor=quality, now=now).hold.number
    names = {site: node.name for site, node in found.nodes.items()}
    told.recall_holders = {names[one.site_id]: str(one.left) for one in found.holders if one.left}
    return 1


def _templates(demo: Demo, who: cast.Cast, now: dt.datetime) -> int:
    """What Kangze orders again and again, as it kept it."""
    own, company = who("kangze"), demo.company
    kept = {
        "每周补货": (("BQ-2515", 20), ("DS-035", 50)),
        "导管室月度备货": (("BQ-2515", 60), ("DS-035", 120)),
    }
    for name, lines in kept.items():
        ordering.save_template(
            account_id=company.accounts["kangze.CV"],
            name=name,
            lines=[
                requests.LineRequest(no, company.items[code], Decimal(pieces))
                for no, (code, pieces) in enumerate(lines, 1)
            ],
            ship_to_id=company.places["kangze"],
            actor=own,
            now=now - dt.timedelta(days=12),
        )
    return len(kept)


def _returns(demo: Demo, who: cast.Cast, now: dt.datetime) -> int:
    """Two deliveries of the last weeks of which a piece comes back today."""
    desk = who("zhoulan")
    with scope.transaction(desk):
        found = orders.list_shipments(orders.Filter(status="signed"), actor=desk).rows
        chosen = [orders.get_shipment(one.id, actor=desk) for one in found[:2]]
    for shipment in chosen:
        returning.take_return(
            shipment_id=shipment.id,
            returned=[returning.Returned(shipment.lines[0].no, Decimal(1))],
            reason="外包装受潮",
            actor=desk,
            now=now - dt.timedelta(minutes=40),
        )
        demo.stories.returned_shipment = shipment.number
    return len(chosen)


def _transfers(demo: Demo, who: cast.Cast, now: dt.datetime) -> int:
    """Between two warehouses of the first entity: one that arrived and waits for inspection, one on its way."""
    keeper = who.keeper("qd")
    sites = stock.list_sites(keeper, entity_id=demo.company.entities["qd"])
    goods = {one.id: _spare(one.id, keeper) for one in sites}
    fullest = max(sites, key=lambda one: len(goods[one.id]))
    nearest = next(one for one in sites if one.id != fullest.id)
    lots = goods[fullest.id]
    common: dict[str, Any] = {"to_site_id": nearest.id, "actor": keeper}
    arrived = inventory.send_transfer(portions=lots[:3], now=now - dt.timedelta(days=3), **common)
    inventory.receive_transfer(
        transfer_id=arrived.id, received=None, actor=keeper, now=now - dt.timedelta(minutes=30)
    )
    inventory.send_transfer(portions=lots[3:5], now=now - dt.timedelta(minutes=20), **common)
    return 2


def _spare(site_id: int, keeper: scope.Actor) -> list[inventory.Portion]:
    """A part of each lot a warehouse has some of, the products of the stories left alone."""
    return [
        inventory.Portion(one.balance_id, one.available // 4)
        for one in stock.goods_at(site_id, keeper, statuses=("good",))
        if one.available >= 4 and not one.serial and one.item_code not in SMALL
    ]


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
    return line == RECALL_LINE and demo.partners[key].region in deals.REGION_FACTORS
