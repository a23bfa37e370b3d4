"""Where the goods went: a dealer's own report, the trace both ways, a hold."""

import datetime as dt
from decimal import Decimal

from django.utils import translation

from qudao.compliance import queries as compliance
from qudao.compliance import words
from qudao.flow import operations as flow
from qudao.flow import queries as flows
from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import messages
from qudao.orders import operations as orders
from qudao.shell.company import FILES, work
from qudao.shell.tour import stage

FLOW_FILE = "flow-kangze-2026-09.xlsx"


def report(on: stage.Stage) -> None:
    on.book.section("The dealer's sell-through file")
    now = on.at(10, 3)
    taken = {
        "account_id": on.company.accounts["kangze.CV"],
        "month": dt.date(2026, 9, 1),
        "stream": (FILES / FLOW_FILE).read_bytes(),
        "name": FLOW_FILE,
        "actor": on.person("kangze", now),
        "now": now,
    }
    file = flow.take_in_file(**taken)
    manager = on.person("wangmin", now)
    on.book.fact(file.number, f"{FLOW_FILE}, uploaded by 林涛; the original is kept as it came")
    _rows(on, flows.list_rows(file.id, actor=manager))
    on.book.sum("B2512: 28 signed for - 1 returned = 27;  27 - 20 = 7 left, 15 reported: an appeal")
    on.book.check("rows by state", "appeal 1, duplicate 1, normal 1, unmatched 1", _states(file.states))
    on.refused("the same file once more", lambda: flow.take_in_file(**taken), shows="flow.file_taken_in")
    [waiting] = flows.list_waiting(actor=manager)
    decided = flow.decide_match(
        row_id=waiting.row_id, hospital_id=on.company.parties["zheer"], actor=manager, now=on.at(10, 3, 10)
    )
    on.book.fact("decided", f"王敏: “{waiting.words}” in 杭州 is 浙江省第二人民医院; remembered from now on")
    on.book.check("rows that count now through the decision", 1, decided.counted)
    after = flows.get_file(file.id, manager)
    on.book.check("rows by state", "appeal 1, duplicate 1, normal 2", _states(after.states))


def _rows(on: stage.Stage, rows: list[flows.RowView]) -> None:
    with translation.override("en"):
        told = ["; ".join(messages.render(one).title for one in row.reasons) for row in rows]
    on.book.table(
        ("row", "customer as written", "lot", "pieces", "state", "why"),
        [
            (
                row.no,
                row.original["客户名称"],
                row.original["批号"],
                row.quantity or row.original["数量"],
                row.state,
                why,
            )
            for row, why in zip(rows, told, strict=True)
        ],
        right=(0, 3),
    )


def _states(states: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(states.items()))


def trace(on: stage.Stage) -> None:
    on.book.section("Lot B2512, both ways")
    now = on.at(10, 9)
    quality = on.person("zhaoqing", now)
    [subject] = compliance.find_subject(on.made["scans"]["piece"], quality, today=now.date())
    found = compliance.trace(lot_ids=[subject.lot_id], actor=quality, today=now.date())
    on.book.fact("scanned", f"{subject.item_code} {subject.item_name}, lot {subject.lot}")
    with translation.override("en"):
        _edges(on, found)
        on.book.table(
            ("", "pieces", "what", "where"),
            [
                ("+" if one.side == "in" else "=", one.quantity, words.total(one.code), _where(found, one))
                for one in found.totals
            ],
            right=(1,),
        )
    by_code = {}
    for one in found.totals:
        by_code[one.code] = by_code.get(one.code, Decimal(0)) + one.quantity
    on.book.sum("30 received = 2 不合格 on hand (1 at inspection, 1 returned) + 1 lost + 27 with the dealer")
    on.book.sum("with the dealer: 28 - 1 returned = 27, of them 20 sold on to 浙江省第二人民医院 and 7 left")
    on.book.check("came in", 30, found.came)
    gone = sum((one.quantity for one in found.totals if one.side == "out"), Decimal(0))
    on.book.check("accounted for", 30, gone)
    left = {found.nodes[one.site_id].name: one.left for one in found.holders}
    on.book.check("at 康泽", 7, next(left[name] for name in left if "康泽" in name))
    on.book.check("at 浙江省第二人民医院", 20, next(left[name] for name in left if "第二人民医院" in name))
    on.book.check("the sums agree", True, found.adds_up)
    hospital = on.person("hospital", now)
    own = compliance.trace(lot_ids=[subject.lot_id], actor=hospital, today=now.date())
    on.book.fact(
        "设备科 of the hospital", "sees its own branch alone: what came to it, and from whom is not told"
    )
    on.book.check("pieces the hospital sees", 20, own.came)


def _where(found: compliance.Trace, total) -> str:
    return " ".join(filter(None, (words.place(found, total.site_id), words.condition(total.status))))


def _edges(on: stage.Stage, found: compliance.Trace) -> None:
    arrows = {"backward": "<-", "inside": "..", "forward": "->"}
    on.book.table(
        ("", "on", "from", "to", "what", "pieces"),
        [
            (
                arrows[one.direction],
                one.first_on,
                words.place(found, one.from_site_id),
                " ".join((words.place(found, one.to_site_id), words.condition(one.to_status))).strip(),
                words.move(one.kind),
                one.quantity,
            )
            for one in found.edges
        ],
        right=(5,),
    )


def hold(on: stage.Stage) -> None:
    on.book.section("A lot on hold: the next order is refused")
    now = on.at(10, 10)
    quality = on.person("zhaoqing", now)
    lot = stock.find_lot(on.company.items["BQ-2515"], "B2602", quality)
    placed = inventory.hold_lot(lot_id=lot.id, reason="厂家通报球囊泄漏", actor=quality, now=now)
    on.book.fact(placed.hold.number, "赵青 holds lot B2602 wherever we have it: 厂家通报球囊泄漏")
    released = [kind for kind, _ in placed.affected]
    on.book.fact("reservations released", f"{on.made['next'].number} must be allocated anew")
    on.book.check("documents affected", "orders.order", released)
    clerk = on.person("zhoulan", now)
    on.refused(
        f"周岚 hands {on.made['next'].number} to the warehouse",
        lambda: work.release(on.company, on.made["next"], now=on.at(10, 10, 10)),
        shows="orders.reservation_lost",
    )
    wanted = work.request(on.company, "kangze.CV", "zheer.binjiang", ("BQ-2515", 10), channel="call_centre")
    refusal = on.refused(
        "周岚 orders 10 BQ-2515 for 浙二医院",
        lambda: orders.place_order(request=wanted, actor=clerk, now=on.at(10, 10, 10)),
        shows="orders.short",
    )
    short = next(one for one in refusal.reasons if one.code == "orders.short")
    codes = [f"{one.code.split('.')[1]} {one.params['lot']}" for one in short.params["skipped"]]
    on.book.fact("passed over", ", ".join(codes))
    on.book.check("the lot on hold is named", True, "lot_held B2602" in codes)
    on.book.check("available", 0, short.params["available"])
