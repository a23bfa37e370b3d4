"""What can be done in settlement, one function a business verb."""

from qudao.settlement.operations.credit import set_credit
from qudao.settlement.operations.disputes import dispute_line, resolve_dispute
from qudao.settlement.operations.invoices import issue_invoices
from qudao.settlement.operations.rebates import (
    confirm_run,
    expire_rebates,
    replay_run,
    reverse_run,
    run_rebate,
)
from qudao.settlement.operations.receipts import apply_receipt, record_receipt
from qudao.settlement.operations.statements import (
    build_statement,
    confirm_statement,
    lock_statement,
    send_statement,
)

__all__ = [
    "apply_receipt",
    "build_statement",
    "confirm_run",
    "confirm_statement",
    "dispute_line",
    "expire_rebates",
    "issue_invoices",
    "lock_statement",
    "record_receipt",
    "replay_run",
    "resolve_dispute",
    "reverse_run",
    "run_rebate",
    "send_statement",
    "set_credit",
]
