"""The quarter's rebate: tiers, volume, cents per line, into the pool, and its use on the next order."""

import datetime as dt
from decimal import Decimal

from qudao.kernel import scope
from qudao.orders import operations as orders
from qudao.pricing import queries as pricing
from qudao.settlement import operations, queries
from qudao.shell.company import work
from qudao.shell.tour import stage

TOUR = scope.system("tour")


def run(on: stage.Stage) -> None:
    on.book.section("The quarter's rebate, to each line's cents")
    on.catch_up(on.at(10, 6, 8))
    now = on.at(10, 6)
    version = on.company.contracts["HT-2026-0183"]
    with scope.transaction(TOUR):
        [term] = pricing.rebate_terms(version_id=version, actor=TOUR)
    found = operations.run_rebate(
        contract_version_id=version,
        term_id=term.id,
        day=dt.date(2026, 9, 30),
        actor=on.person("sunli", now),
        now=now,
    )
    head = found.run
    on.book.fact(head.number, f"{term.name}, {head.period_from} to {head.period_until} (excluded)")
    on.book.fact("facts up to journal number", head.journal_number)
    on.book.table(
        ("tier", "from, net", "rate on the whole"),
        [(no, Decimal(one["from"]), one["rate"]) for no, one in enumerate(term.scale["tiers"])],
        right=(0, 1, 2),
    )
    _lines(on, found)
    on.book.sum("46,088.49 + 98,761.06 + 51,026.55 + 3,398.23 - 1,646.02 = 197,628.31 net: tier 2, 3 %")
    on.book.check("volume, net", "197,628.31", head.volume_amount)
    on.book.check("tier reached", 2, head.tier)
    on.book.sum("197,628.31 × 0.03 = 5,928.8493 → 5,928.85")
    on.book.check("earned", "5,928.85", head.earned)
    on.book.check("payable: earned less settled before", "5,928.85", head.payable)
    _into_the_pool(on, head)


def _lines(on: stage.Stage, found: queries.RunDetail) -> None:
    on.book.table(
        ("document", "pieces", "net", "counts", "earned"),
        [
            (line.document_number, line.quantity, line.base, line.exclusion or "yes", line.earned)
            for line in found.lines
        ],
        right=(1, 2, 4),
    )
    earned = [line.earned for line in found.lines]
    on.book.sum(
        "purchases get 5,928.85 × 199,274.33 ÷ 197,628.31 = 5,978.23, the return takes 49.38 back;  each"
        " line by its share of the net amount, cents by the largest remainder"
    )
    on.book.check("cents of the lines", CENTS, earned)
    on.book.check("their sum", "5,928.85", sum(earned, Decimal(0)))


CENTS = ("1,382.65", "2,962.83", "1,530.80", "101.95", "0.00", "0.00", "-49.38")


def _into_the_pool(on: stage.Stage, head: queries.RunView) -> None:
    now = on.at(10, 6, 10)
    replayed = operations.replay_run(run_id=head.id, actor=on.person("sunli", now))
    on.book.check("computed again: same cents, same digest", f"yes {head.digest[:16]}", _replay(replayed))
    operations.confirm_run(run_id=head.id, actor=on.person("qianfang", now), now=now)
    on.book.fact(
        "confirmed", "钱芳: it enters 康泽's pool, usable for 12 months, for half of an order at most"
    )
    debtor = on.debtor("kangze.CV")
    with scope.transaction(TOUR):
        [entry] = queries.pool_entries(debtor, actor=TOUR)
    on.book.sum("the rebate includes tax: " + stage.net_of("5928.85"))
    on.book.check(
        "in the pool: net, tax, total", "5,246.77, 682.08, 5,928.85", [entry.net, entry.tax, entry.gross]
    )


def _replay(replayed: queries.Replay) -> str:
    return f"{'yes' if replayed.same else 'no'} {replayed.digest[:16]}"


def use(on: stage.Stage) -> None:
    on.book.section("The rebate pays part of the next order")
    now = on.at(10, 8)
    buyer = on.person("kangze", now)

    def ordering(amount: str):
        wanted = work.request(
            on.company, "kangze.CV", "kangze", ("BQ-2515", 10), channel="portal", rebate_use=Decimal(amount)
        )
        return orders.place_order(request=wanted, actor=buyer, now=now)

    on.refused("林涛 wants to use 6,000.00", lambda: ordering("6000.00"), shows="pricing.pool_insufficient")
    on.made["next"] = order = ordering("5000.00")
    [line] = order.lines
    on.book.fact(order.number, "林涛 orders 10 BQ-2515 and uses 5,000.00; up to half would be 9,300.00")
    on.book.sum("10 × 1,860.00 = 18,600.00;  18,600.00 - 5,000.00 = 13,600.00;  " + stage.net_of("13600.00"))
    on.book.check("to pay, of it net", "13,600.00, 12,035.40", [order.gross, order.net])
    on.book.check("paid by rebate", "5,000.00", line.rebate_used)
    with scope.transaction(TOUR):
        pool = queries.pool_of(on.debtor("kangze.CV"), today=now.date(), actor=TOUR)
    on.book.sum("5,928.85 - 5,000.00 = 928.85")
    on.book.check("left in the pool", "928.85", pool.balance)
