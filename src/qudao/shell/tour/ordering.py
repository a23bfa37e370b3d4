"""One intake for every channel, what is refused, and stock reserved over two warehouses."""

import json
from decimal import Decimal

from django.utils import translation

from qudao.catalog import queries as catalog
from qudao.inventory import queries as inventory
from qudao.kernel import errors, messages, scope
from qudao.orders import files, operations, queries
from qudao.settlement import operations as finance
from qudao.settlement import queries as settlement
from qudao.shell.api import clients
from qudao.shell.company import FILES, work
from qudao.shell.tour import stage, web

ORDER_FILE = "order-renji.xlsx"


def channels(on: stage.Stage) -> None:
    """Four orders: by the order desk, from a dealer's Excel, over the API, on the portal."""
    on.book.section("One order intake, four channels")
    _by_the_desk(on)
    _from_excel(on)
    with web.served(on.at(9, 8, 11)) as address:
        _over_the_api(on, address)
        _not_for_others(on, address)
    _on_the_portal(on)
    orders = [on.made[name] for name in ("desk", "excel", "api", "portal")]
    on.book.table(
        ("order", "channel", "lines", "net", "tax", "with tax"),
        [(one.number, one.channel, len(one.lines), one.net, one.tax, one.gross) for one in orders],
        right=(2, 3, 4, 5),
    )
    on.book.check(
        "the four orders, with tax",
        "223,200.00 45,300.00 3,840.00 1,596.00",
        " ".join(f"{one.gross:,.2f}" for one in orders),
    )


def _by_the_desk(on: stage.Stage) -> None:
    now = on.at(9, 8, 9, 30)
    clerk = on.person("zhoulan", now)
    wanted = work.request(on.company, "kangze.CV", "zheer.binjiang", ("BQ-2515", 120), channel="call_centre")
    on.made["quote"] = operations.quote_order(request=wanted, actor=clerk, now=now)
    on.made["desk"] = order = operations.place_order(request=wanted, actor=clerk, now=now)
    on.book.fact(f"call centre: {order.number}", "周岚 enters 120 BQ-2515 for 康泽, to 浙二医院滨江院区")
    [line] = order.lines
    on.book.table(
        ("how the price came about", "before", "after"),
        [_step(step) for step in line.explanation if step["code"] != "tax"],
        right=(1, 2),
    )
    on.book.sum("120 × 1,860.00 = 223,200.00;  " + stage.net_of("223200.00"))
    on.book.check("price by the contract's clause", "1,860", line.unit_price)
    on.book.check("net and tax", "197,522.12, 25,677.88", [order.net, order.tax])


def _step(step: dict) -> tuple[str, str, str]:
    params = " ".join(_plain(value) for value in step.get("params", {}).values() if value)
    return f"{step['code']} {params}", _plain(step.get("before") or ""), _plain(step["after"])


def _plain(value: str) -> str:
    """A figure without the zeros of its column; other texts as they are."""
    try:
        return f"{Decimal(value).normalize():,f}"
    except ArithmeticError:
        return str(value)


def _from_excel(on: stage.Stage) -> None:
    now = on.at(9, 8, 10)
    common = {
        "filename": ORDER_FILE,
        "account_id": on.company.accounts["renji.CV"],
        "ship_to_id": on.company.places["renji"],
        "actor": on.person("zhoulan", now),
        "now": now,
    }
    content = (FILES / ORDER_FILE).read_bytes()
    checked = files.check_order_file(content, **common)
    on.made["excel"] = order = files.place_order_file(content, **common)
    on.book.fact(
        f"Excel: {order.number}", f"{ORDER_FILE}, as 仁济 sends it: a title above, columns of its own"
    )
    on.book.table(
        ("row", "code", "quantity", "unit", "verdict"),
        [
            (row.number, row.values["code"], row.values["quantity"], row.values["unit"], "read")
            for row in checked.result.rows
        ],
        right=(0, 2),
    )
    on.book.sum(
        "20 × 1,980.00 + 50 × 114.00 (guide 120.00 × 0.95 for tier C) = 39,600.00 + 5,700.00 = 45,300.00"
    )
    on.book.check(
        "line amounts of the Excel order", "39,600.00, 5,700.00", [line.gross for line in order.lines]
    )


def _client(on: stage.Stage, name: str, party: str) -> str:
    """Register a partner's own system; returns its secret."""
    return clients.register(
        client_id=name,
        name=name,
        role="api_client",
        party_id=on.company.parties[party],
        actor=scope.system("setup"),
        now=on.at(9, 8, 10, 30),
    )


def _over_the_api(on: stage.Stage, address: str) -> None:
    secret = _client(on, "kangze-erp", "kangze")
    headers = {
        "Authorization": f"Bearer {web.token(address, 'kangze-erp', secret)}",
        "Content-Type": "application/json",
        "Idempotency-Key": "PO-88231",
    }
    body = {
        "account_id": on.company.accounts["kangze.CV"],
        "ship_to_id": on.company.places["kangze"],
        "reference": "PO-88231",
        "lines": [{"item_id": on.company.items["DS-035"], "quantity": "8", "unit": "盒"}],
    }
    sent = json.dumps(body).encode()
    status, placed = web.call("POST", f"{address}/api/v1/orders", sent, headers)
    on.book.fact(f"API: {placed.get('number')}", "康泽's ERP posts 8 boxes of 5 DS-035 with an OAuth 2 token")
    on.book.sum("8 × 5 = 40 pieces × 96.00 = 3,840.00")
    on.book.check("POST /api/v1/orders answers", 201, status)
    again, same = web.call("POST", f"{address}/api/v1/orders", sent, headers)
    on.book.check(
        "the same POST again: the same order", f"201 {placed['number']}", f"{again} {same['number']}"
    )
    body["lines"][0]["quantity"] = "9"
    status, other = web.call("POST", f"{address}/api/v1/orders", json.dumps(body).encode(), headers)
    on.book.check("the same key with another body", "422 kernel.key_reused", f"{status} {other['code']}")
    buyer = on.person("kangze", on.at(9, 8, 11))
    with scope.transaction(buyer):
        on.made["api"] = queries.find_order(placed["number"], actor=buyer)


def _not_for_others(on: stage.Stage, address: str) -> None:
    secret = _client(on, "renji-erp", "renji")
    headers = {"Authorization": f"Bearer {web.token(address, 'renji-erp', secret)}", "Accept-Language": "en"}
    status, found = web.call("GET", f"{address}/api/v1/orders/{on.made['desk'].id}", headers=headers)
    on.book.fact("GET /api/v1/orders/…", f"仁济's ERP asks for 康泽's order: {status} {found['title']}")
    on.book.check("a sibling's order over the API", "404 kernel.not_found", f"{status} {found['code']}")


def _on_the_portal(on: stage.Stage) -> None:
    now = on.at(9, 8, 14)
    wanted = work.request(on.company, "kangze.CV", "zheer.binjiang", ("ZJ-3018", 2), channel="portal")
    on.made["portal"] = order = operations.place_order(
        request=wanted, actor=on.person("kangze", now), now=now
    )
    on.book.fact(f"portal: {order.number}", "林涛 of 康泽 orders 2 ZJ-3018: 集采, 798.00 each")
    on.book.sum("2 × 798.00 = 1,596.00")


# --- Refusals --------------------------------------------------------------------------------------


def refusals(on: stage.Stage) -> None:
    """What the gates refuse, with what mends it; nothing is changed by any of them."""
    on.book.section("What is refused, and what mends it")
    now = on.at(9, 8, 15)
    clerk = on.person("zhoulan", now)
    before = _state(on, clerk, now)

    def placing(account: str, place: str, *lines: tuple, actor: scope.Actor = clerk, **more):
        wanted = work.request(on.company, account, place, *lines, channel="rep", **more)
        return lambda: operations.place_order(request=wanted, actor=actor, now=now)

    on.refused(
        "康泽 orders 5 reagents: its licences do not name 6840",
        placing("kangze.IVD", "zheer.binjiang", ("CTNI-100", 5)),
        shows="partners.scope_missing",
    )
    _too_short(on, placing("zheer.IVD", "zheer.jiefang", ("CTNI-100", 30)))
    _credit(on, placing("renji.CV", "renji", ("BQ-2515", 10)))
    _siblings(on, placing, now)
    _lost_separator(on)
    on.book.check("orders and credit are as before", before, _state(on, clerk, now))
    _mended(on, clerk, now)
    _same_file(on, clerk, now)


def _state(on: stage.Stage, clerk: scope.Actor, now) -> str:
    debtor = on.debtor("renji.CV")
    with scope.transaction(clerk):
        page = queries.sum_orders(queries.Filter(), actor=clerk)
        credit = settlement.credit_of(debtor, on=now.date(), actor=clerk)
    return f"{page.count} orders, {page.gross:,.2f}; 仁济 has {credit.available:,.2f} left"


def _too_short(on: stage.Stage, placing) -> None:
    refusal = on.refused(
        "浙二医院 orders 30 reagents: one lot is too short for it", placing, shows="orders.short"
    )
    short = next(one for one in refusal.reasons if one.code == "orders.short")
    on.book.sum(
        "L2606: 24 pieces until 2027-05-31. L2601: until 2027-01-03, 117 days after 2026-09-08; asked 180"
    )
    found = [short.params[name] for name in ("wanted", "available", "missing")]
    on.book.check("wanted, available, missing", "30, 24, 6", found)
    skipped = [f"{one.code} {one.params['lot']}" for one in short.params["skipped"]]
    on.book.check("passed over", "inventory.lot_too_short L2601", ", ".join(skipped))


def _credit(on: stage.Stage, placing) -> None:
    refusal = on.refused(
        "仁济 orders 10 BQ-2515: its credit is not enough", placing, shows="settlement.credit_exceeded"
    )
    on.book.sum("60,000.00 - 45,300.00 on order = 14,700.00;  10 × 1,980.00 = 19,800.00;  5,100.00 missing")
    found = next(one for one in refusal.reasons if one.code == "settlement.credit_exceeded").params
    on.book.check(
        "available, needed, missing",
        "14,700.00, 19,800.00, 5,100.00",
        [found[name] for name in ("available", "needed", "missing")],
    )


def _siblings(on: stage.Stage, placing, now) -> None:
    sibling = on.person("renji", now)

    def look_up():
        with scope.transaction(sibling):
            return queries.get_order(on.made["desk"].id, actor=sibling)

    on.refused("何静 of 仁济 opens 康泽's order", look_up, shows="kernel.not_found")
    on.refused(
        "何静 asks for 康泽's prices by ordering on its account",
        placing("kangze.CV", "kangze", ("BQ-2515", 1), actor=sibling),
        shows="kernel.not_found",
    )
    agent = on.person("lianyou", now)
    with scope.transaction(agent):
        seen = queries.sum_orders(queries.Filter(), actor=agent)
    on.book.fact("吴昊 of the agent 联佑", "sees the orders of both dealers in its own line")
    on.book.check("orders the agent sees", 4, seen.count)


def _lost_separator(on: stage.Stage) -> None:
    code = on.made["scans"]["lost"]
    [found] = catalog.resolve_scans([code], today=on.company.today)
    on.book.reasons(f"a scanner lost the separator: {code}", [one for one in found.reasons if one.refuses])
    on.book.check("lot and serial are not guessed", "None None", f"{found.lot} {found.serial}")


def _mended(on: stage.Stage, clerk: scope.Actor, now) -> None:
    """What the refusal proposes, done."""
    finance.set_credit(
        debtor_node_id=on.debtor("renji.CV"),
        limit=Decimal("60000.00"),
        temporary=Decimal("50000.00"),
        temporary_until=on.at(10, 1).date(),
        approver="钱芳",
        actor=on.person("qianfang", now),
        now=now,
    )
    wanted = work.request(on.company, "renji.CV", "renji", ("BQ-2515", 10), channel="rep")
    looked = operations.quote_order(request=wanted, actor=clerk, now=now)
    on.book.fact(
        "mended", "钱芳 grants 仁济 50,000.00 for September: the same 10 BQ-2515 would go through now"
    )
    on.book.check("refused after the temporary credit", False, looked.refused)


def _same_file(on: stage.Stage, clerk: scope.Actor, now) -> None:
    on.refused(
        f"{ORDER_FILE} once more",
        lambda: files.place_order_file(
            (FILES / ORDER_FILE).read_bytes(),
            filename="another name.xlsx",
            account_id=on.company.accounts["renji.CV"],
            ship_to_id=on.company.places["renji"],
            actor=clerk,
            now=now,
        ),
        shows="orders.source_taken_in",
    )


# --- Reservation -----------------------------------------------------------------------------------


def reserve(on: stage.Stage) -> None:
    """Which lots of which warehouses serve the first order, and what was passed over."""
    on.book.section("Reserved over two warehouses, first expiry first")
    order = on.made["desk"]
    actor = scope.system("tour")
    with scope.transaction(actor):
        taken = inventory.reservations_of(origin_type="orders.order", origin_id=str(order.id), actor=actor)
    taken = sorted(taken, key=lambda one: one.last_usable_on)
    on.book.table(
        ("warehouse", "lot", "usable until", "reserved"),
        [(on.site_name(one.site_id), one.lot_code, one.last_usable_on, one.quantity) for one in taken],
        right=(3,),
    )
    on.book.sum("杭州仓 29 + 60 = 89 and 上海仓 100: neither has 120;  29 + 60 + 31 = 120")
    lots = " ".join(f"{one.lot_code}:{one.quantity.normalize():f}" for one in taken)
    on.book.check("reserved by lot", "B2512:29 B2601:60 B2602:31", lots)
    on.book.check("reserved in all", 120, sum((one.quantity for one in taken), Decimal(0)))
    on.book.check("warehouses", 2, len({one.site_id for one in taken}))
    skipped = on.made["quote"].allocation.skipped
    on.book.table(
        ("passed over", "warehouse", "pieces", "why"),
        [(one.lot_code, on.site_name(one.site_id), one.quantity, _why(one.reasons)) for one in skipped],
        right=(2,),
    )
    on.book.check("passed over", "B2502 lot_too_short, B2512 lot_not_conforming", _codes(skipped))


def _why(reasons: tuple[errors.Reason, ...]) -> str:
    with translation.override("en"):
        return " ".join(messages.render(one).why for one in reasons)


def _codes(skipped) -> str:
    return ", ".join(
        f"{one.lot_code} {reason.code.split('.')[1]}" for one in skipped for reason in one.reasons
    )
