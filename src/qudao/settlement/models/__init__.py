"""Credit, facts, invoices, receipts, statements, rebate runs, the rebate pool."""

from .credit import CreditLine, Fact
from .invoices import CashApplication, CashReceipt, CreditApplication, Invoice, InvoiceLine
from .rebates import Pool, PoolEntry, RebateRun, RebateRunLine
from .statements import Statement, StatementLine

__all__ = [
    "CashApplication",
    "CashReceipt",
    "CreditApplication",
    "CreditLine",
    "Fact",
    "Invoice",
    "InvoiceLine",
    "Pool",
    "PoolEntry",
    "RebateRun",
    "RebateRunLine",
    "Statement",
    "StatementLine",
]
