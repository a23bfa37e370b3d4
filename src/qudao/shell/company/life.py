"""Some weeks of the demo company's life, through the same operations as everything else.

The first whole month is over: delivered, invoiced, stated, with its rebate. In the running month orders stand
in every state, so that each desk has something to do.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

from qudao.flow import operations as flow
from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import journal, periods, scope
from qudao.orders import operations as orders
from qudao.orders import queries
from qudao.orders.operations import signing
from qudao.partners import queries as partners
from qudao.pricing import queries as pricing
from qudao.settlement import operations as settlement
from qudao.shell.commands import worker
from qudao.shell.company import Company, work
from qudao.supply import operations as supply

STEPS = ("confirmed", "to_pick", "picked", "reviewed", "shipped", "signed")


@dataclasses.dataclass(frozen=True, slots=True)
class Deal:
    """An order: placed `days` after the first month began, or before today where negative."""

    days: int
    account: str
    place: str
    channel: str
    clerk: str
    lines: tuple[tuple, ...]
    until: str = "signed"
    short: int = 0
    rebate: str = "0.00"


FIRST_MONTH = (
    Deal(4, "kangze.CV", "zheer.binjiang", "call_centre", "zhoulan", (("BQ-2515", 16), ("DS-035", 20))),
    Deal(6, "renji.CV", "renji", "portal", "renji", (("BQ-2515", 6), ("DS-035", 30))),
    Deal(9, "kangze.CV", "kangze", "portal", "kangze", (("BQ-2515", 10), ("DS-035", 5, "盒")), short=1),
    Deal(12, "zheer.IVD", "zheer.jiefang", "mall", "zhoulan", (("CTNI-100", 6),)),
    Deal(15, "lianyou.CV", "lianyou", "portal", "lianyou", (("BQ-2515", 12),)),
)
THIS_MONTH = (
    Deal(-7, "kangze.CV", "zheer.binjiang", "portal", "kangze", (("BQ-2515", 8),), rebate="500.00"),
    Deal(-6, "renji.CV", "renji", "rep", "zhoulan", (("DS-035", 30),), until="shipped"),
    Deal(-5, "kangze.CV", "zheer.binjiang", "call_centre", "zhoulan", (("ZJ-3018", 2),), until="reviewed"),
    Deal(-4, "kangze.CV", "kangze", "portal", "kangze", (("BQ-2515", 1, "盒"),), until="picked"),
    Deal(-3, "lianyou.CV", "lianyou", "rep", "zhoulan", (("BQ-2515", 5), ("DS-035", 40)), until="to_pick"),
    Deal(-1, "renji.CV", "renji", "portal", "renji", (("BQ-2515", 4),), until="confirmed"),
)
SIGNERS = {"kangze": "kangze", "renji": "renji", "lianyou": "lianyou", "zheer": "hospital"}


def first_month(now: dt.datetime) -> dt.date:
    """The first day of the month the history begins in: over for at least nine days."""
    today = periods.business_date(now)
    return periods.add_months(today.replace(day=1), -1 if today.day >= 10 else -2)


def months_since_2026(now: dt.datetime) -> int:
    """By how many months the company's dates must move to be today what they were in November 2026."""
    today = periods.business_date(now)
    return today.year * 12 + today.month - (2026 * 12 + 11)


def live(company: Company, *, now: dt.datetime) -> Iterator[str]:
    """Live up to `now`; yields what was done, step by step."""
    begin = first_month(now)
    for deal in FIRST_MONTH:
        _deal(company, deal, _instant(begin, deal.days))
    yield f"{len(FIRST_MONTH)} orders delivered and signed for in {begin:%Y-%m}, one piece of them short"
    following = periods.add_months(begin, 1)
    close = _instant(following, 1)
    yield from _settle(company, begin, close)
    _report(company, begin, _instant(following, 2))
    yield "a sell-through file of 康泽, with a hospital's name to be decided"
    for deal in THIS_MONTH:
        _deal(company, deal, now + dt.timedelta(days=deal.days))
    _draft(company, now)
    yield f"{len(THIS_MONTH)} orders of this month from confirmed to signed for, and a draft"
    _buy(company, now)
    yield "a purchase received and waiting for inspection"
    _hold(company, now)
    catch_up(now)
    yield "a reagent lot on hold, the journal numbered and signed"


def finished(actor: scope.Actor) -> bool:
    """Whether the history was lived to its end: the hold is its last act."""
    return bool(stock.list_holds(actor, open_only=False, limit=1))


def catch_up(now: dt.datetime) -> None:
    worker.catch_up()
    journal.checkpoint(now)


def _instant(begin: dt.date, days: int, hour: int = 10) -> dt.datetime:
    local = dt.datetime.combine(begin, dt.time(hour), periods.BUSINESS_ZONE) + dt.timedelta(days=days)
    return local.astimezone(dt.UTC)


# --- Orders ----------------------------------------------------------------------------------------


def _deal(company: Company, deal: Deal, at: dt.datetime) -> None:
    wanted = work.request(
        company,
        deal.account,
        deal.place,
        *deal.lines,
        channel=deal.channel,
        rebate_use=Decimal(deal.rebate),
    )
    order = orders.place_order(request=wanted, actor=work.person(company, deal.clerk, now=at), now=at)
    reached = STEPS.index(deal.until)
    if not reached:
        return
    signer = SIGNERS[deal.account.partition(".")[0]]
    later = at + dt.timedelta(hours=3)
    steps: tuple[Callable, ...] = (work.pick, work.review, work.ship)
    for shipment in work.release(company, order, now=at):
        for step in steps[: reached - 1]:
            shipment = step(company, shipment, now=later)
        if deal.until == "signed":
            arrived = _arrived(shipment, deal.short)
            work.sign(company, shipment, signer, now=at + dt.timedelta(hours=20), arrived=arrived)


def _arrived(shipment: queries.ShipmentView, short: int) -> list[signing.Arrived] | None:
    if not short:
        return None
    first = shipment.lines[0]
    return [signing.Arrived(first.no, first.shipped - short, short=Decimal(short))]


def _draft(company: Company, now: dt.datetime) -> None:
    wanted = work.request(company, "kangze.CV", "zheer.binjiang", ("BQ-2515", 6), channel="portal")
    orders.save_draft(request=wanted, actor=work.person(company, "kangze", now=now), now=now)


# --- Money -----------------------------------------------------------------------------------------


def _settle(company: Company, month: dt.date, at: dt.datetime) -> Iterator[str]:
    """Invoices, receipts, statements and rebates of the first month."""
    catch_up(at)
    clerk, finance = (work.person(company, name, now=at) for name in ("sunli", "qianfang"))
    accounts = [partners.get_account(company.accounts[name], clerk) for name in ("kangze.CV", "renji.CV")]
    paid = (Decimal("20000.00"), Decimal("15000.00"))
    last = at.date() - dt.timedelta(days=1)
    for account, amount in zip(accounts, paid, strict=True):
        node = account.debtor_node_id
        settlement.issue_invoices(debtor_node_id=node, up_to=last, actor=clerk, now=at)
        settlement.record_receipt(
            debtor_node_id=node,
            amount=amount,
            method="bank",
            reference=f"ICBC-{at:%Y%m%d}-{account.party_id}",
            received_on=periods.business_date(at),
            actor=finance,
            now=at,
        )
    yield "two invoices, each paid in part"
    catch_up(at)
    for account in accounts:
        built = settlement.build_statement(
            debtor_node_id=account.debtor_node_id, month=month, actor=clerk, now=at
        )
        settlement.send_statement(statement_id=built.statement.id, actor=clerk, now=at)
    yield f"two statements of {month:%Y-%m} sent, to be confirmed by the partners"
    runs = [_run(company, number, month, clerk, at) for number in ("HT-2026-0183", "HT-2026-0185")]
    settlement.confirm_run(run_id=runs[0].run.id, actor=finance, now=at)
    yield "two rebates calculated, 康泽's confirmed into its pool"


def _run(company: Company, number: str, month: dt.date, clerk: scope.Actor, at: dt.datetime):
    version = company.contracts[number]
    with scope.transaction(clerk):
        [term] = pricing.rebate_terms(version_id=version, actor=clerk)
    return settlement.run_rebate(contract_version_id=version, term_id=term.id, day=month, actor=clerk, now=at)


# --- Goods -----------------------------------------------------------------------------------------


def _report(company: Company, month: dt.date, at: dt.datetime) -> None:
    """What 康泽 sold on of its first delivery, as CSV."""
    dealer = work.person(company, "kangze", now=at)
    with scope.transaction(dealer):
        first = queries.list_shipments(queries.Filter(), actor=dealer).rows[-1]
        line = queries.get_shipment(first.id, actor=dealer).lines[0]
    sold = month + dt.timedelta(days=20)
    rows = (
        "销售日期,客户名称,城市,产品编码,批号,数量,单位,出库单号",
        f"{sold},浙江省第二人民医院,杭州,BQ-2515,{line.lot_code},3,支,XS-0117",
        f"{sold},浙二,杭州,BQ-2515,{line.lot_code},2,支,XS-0121",
    )
    flow.take_in_file(
        account_id=company.accounts["kangze.CV"],
        month=month,
        stream="\n".join(rows).encode(),
        name=f"康泽{month:%Y年%m月}流向.csv",
        actor=dealer,
        now=at,
    )


def _buy(company: Company, now: dt.datetime) -> None:
    at = now - dt.timedelta(days=2)
    purchase = supply.place_purchase(
        request=supply.PurchaseRequest(
            entity_id=company.entities["qd"],
            supplier_id=company.parties["chengxi"],
            site_id=company.sites["hz"],
            lines=(supply.PurchaseItem(company.items["BQ-2515"], Decimal(3), "盒", Decimal("10170.00")),),
        ),
        actor=work.person(company, "xulei", now=at),
        now=at,
    )
    supply.receive_goods(
        purchase_id=purchase.id,
        delivery_note="CX-0907",
        lines=[
            supply.ReceiptLine(
                purchase_line_no=1,
                quantity=Decimal(30),
                lot="B2609",
                produced_on=company.day(dt.date(2026, 9, 7)),
                last_usable_on=company.day(dt.date(2028, 9, 6)),
            )
        ],
        actor=work.person(company, "lijun", now=at),
        now=at,
    )


def _hold(company: Company, now: dt.datetime) -> None:
    quality = work.person(company, "zhaoqing", now=now)
    lot = stock.find_lot(company.items["CTNI-100"], "L2601", quality)
    if lot is None:
        raise LookupError("the company has no lot L2601")
    inventory.hold_lot(lot_id=lot.id, reason="到货温度记录不全", actor=quality, now=now)
