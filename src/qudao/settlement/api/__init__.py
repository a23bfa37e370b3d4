"""Settlement over the API: statements, invoices and cash, credit, rebates, periods."""

from qudao.settlement.api import debtors, invoices, periods, rebates, statements
from qudao.settlement.api.routing import router

__all__ = ["debtors", "invoices", "periods", "rebates", "router", "statements"]
