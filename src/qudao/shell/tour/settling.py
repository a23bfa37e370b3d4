"""Invoices, money, and the month's statement to the cent."""

import datetime as dt
from decimal import Decimal

from qudao.kernel import scope
from qudao.settlement import operations, queries
from qudao.shell.tour import stage


def bill(on: stage.Stage) -> None:
    on.book.section("Invoiced, and money received")
    on.catch_up(on.at(9, 25, 8))
    now = on.at(9, 25)
    debtor = on.debtor("kangze.CV")
    [invoice] = operations.issue_invoices(
        debtor_node_id=debtor, up_to=now.date(), actor=on.person("sunli", now), now=now
    )
    on.book.fact(invoice.number, f"孙丽 bills all that was signed for and not returned; due {invoice.due_on}")
    with scope.transaction(scope.system("tour")):
        lines = queries.invoice_lines(invoice.id, actor=scope.system("tour"))
    on.book.table(
        ("line", "product", "pieces", "net", "tax", "with tax"),
        [(line.no, line.item_name, line.quantity, line.net, line.tax, line.gross) for line in lines],
        right=(0, 2, 3, 4, 5),
    )
    on.book.sum(
        "(119 - 1) × 1,860.00 + 40 × 96.00 + 2 × 798.00 = 219,480.00 + 3,840.00 + 1,596.00 = 224,916.00"
    )
    on.book.check("invoiced", "224,916.00", invoice.gross)
    on.book.check("net + tax", invoice.gross, invoice.net + invoice.tax)
    on.refused(
        "孙丽 bills again",
        lambda: operations.issue_invoices(
            debtor_node_id=debtor, up_to=now.date(), actor=on.person("sunli", now), now=on.at(9, 25, 10)
        ),
        shows="settlement.nothing_to_invoice",
    )
    _receive(on, debtor)


def _receive(on: stage.Stage, debtor: int) -> None:
    now = on.at(9, 28)
    money = {
        "debtor_node_id": debtor,
        "amount": Decimal("200000.00"),
        "method": "bank",
        "reference": "ICBC-20260928-5517",
        "received_on": dt.date(2026, 9, 28),
        "actor": on.person("qianfang", now),
        "now": now,
    }
    receipt = operations.record_receipt(**money)
    on.book.fact(receipt.number, "钱芳 records 200,000.00 from 康泽; it pays the oldest invoice")
    on.book.sum("224,916.00 - 200,000.00 = 24,916.00 open")
    with scope.transaction(scope.system("tour")):
        credit = queries.credit_of(debtor, on=now.date(), actor=scope.system("tour"))
    on.book.check("receivable", "24,916.00", credit.receivable)
    on.book.sum("500,000.00 - 24,916.00 = 475,084.00")
    on.book.check("credit available", "475,084.00", credit.available)
    on.refused(
        "the same payment recorded twice",
        lambda: operations.record_receipt(**money),
        shows="settlement.receipt_twice",
    )


def state(on: stage.Stage) -> None:
    """September's statement, sent, confirmed once, locked."""
    on.book.section("The month's statement")
    on.catch_up(on.at(10, 4, 8))
    now = on.at(10, 4)
    clerk = on.person("sunli", now)
    found = operations.build_statement(
        debtor_node_id=on.debtor("kangze.CV"), month=dt.date(2026, 9, 1), actor=clerk, now=now
    )
    on.book.table(
        ("no", "on", "section", "document", "lot", "pieces", "amount"),
        [
            (one.no, one.on, one.section, one.document_number, one.lot_code, one.quantity, one.amount)
            for one in found.lines
        ],
        right=(0, 5, 6),
    )
    head = found.statement
    on.book.sum("sales 226,776.00 = 28 × 1,860 + 60 × 1,860 + 31 × 1,860 + 40 × 96 + 2 × 798")
    on.book.sum("0.00 + 226,776.00 - 1,860.00 - 0.00 - 200,000.00 = 24,916.00")
    for name, expected in (
        *(("opening", "0.00"), ("sales", "226,776.00"), ("returns", "1,860.00"), ("rebates", "0.00")),
        *(("receipts", "200,000.00"), ("closing", "24,916.00")),
    ):
        on.book.check(f"{head.number}: {name}", expected, getattr(head, name))
    on.book.check(
        "the one short piece is told", "1", [line.quantity for line in found.section("differences")]
    )
    _confirm(on, found.statement.id)


def _confirm(on: stage.Stage, statement_id) -> None:
    now = on.at(10, 4, 10)
    sent = operations.send_statement(statement_id=statement_id, actor=on.person("sunli", now), now=now)
    on.book.fact("sent", "孙丽 sends it; 林涛 of 康泽 confirms it on the portal")
    now = on.at(10, 5)
    buyer = on.person("kangze", now)
    confirmed = operations.confirm_statement(statement_id=statement_id, actor=buyer, now=now)
    on.book.check("sent, then", "sent, confirmed", [sent.status, confirmed.status])
    on.refused(
        "林涛 confirms once more",
        lambda: operations.confirm_statement(statement_id=statement_id, actor=buyer, now=on.at(10, 5, 10)),
        shows="settlement.statement_already_confirmed",
    )
    on.refused(
        "何静 of 仁济 confirms 康泽's statement",
        lambda: operations.confirm_statement(
            statement_id=statement_id, actor=on.person("renji", now), now=on.at(10, 5, 10)
        ),
        shows="kernel.not_found",
    )
    on.catch_up(on.at(10, 5, 11))
    now = on.at(10, 5, 12)
    locked = operations.lock_statement(statement_id=statement_id, actor=on.person("sunli", now), now=now)
    origin, size, _ = locked.checkpoint.split("\n")[:3]
    on.book.fact("locked", f"with the journal's signed checkpoint: {origin}, {size} entries")
    on.made["witness"] = locked.checkpoint
    on.book.check("statement", "locked", locked.status)
