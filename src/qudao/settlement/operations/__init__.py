"""What can be done in settlement, one function a business verb."""

from qudao.settlement.operations.batches import (
    Batch,
    build_statements,
    confirm_runs,
    run_rebates,
    send_statements,
)
from qudao.settlement.operations.credit import set_credit
from qudao.settlement.operations.credits import apply_credit
from qudao.settlement.operations.disputes import confirm_lines, dispute_line, resolve_dispute
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
    "Batch",
    "apply_credit",
    "apply_receipt",
    "build_statement",
    "build_statements",
    "confirm_lines",
    "confirm_run",
    "confirm_runs",
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
    "run_rebates",
    "send_statement",
    "send_statements",
    "set_credit",
]
