"""What money is called by who reads: our receivable is what the partner owes, our receipt is its payment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.kernel import scope

OURS: Mapping[str, Any] = {
    "receivables": gettext_lazy("Receivables"),
    "credit_and_receivables": gettext_lazy("Credit and receivables"),
    "account": gettext_lazy("Account, invoices and receipts"),
    "receivable": gettext_lazy("Receivable"),
    "invoiced_receivable": gettext_lazy("Invoiced receivable"),
    "open_items": gettext_lazy("Open items"),
    "prepaid": gettext_lazy("Prepaid"),
    "all_prepaid": gettext_lazy("No invoice yet: the whole amount is prepaid."),
    "receipt": gettext_lazy("Cash receipt"),
    "receipts": gettext_lazy("Receipts"),
    "latest_receipts": gettext_lazy("Latest receipts"),
    "no_receipt": gettext_lazy("No receipt yet"),
    "receipts_come": gettext_lazy("A payment is recorded from the page of the partner's account."),
    "invoices_come": gettext_lazy("What is signed for is invoiced from the page of the partner's account."),
}
THE_PARTNERS: Mapping[str, Any] = {
    "receivables": pgettext_lazy("to the partner", "Payables"),
    "credit_and_receivables": pgettext_lazy("to the partner", "Credit and payables"),
    "account": pgettext_lazy("to the partner", "Account, invoices and payments"),
    "receivable": pgettext_lazy("to the partner", "Payable"),
    "invoiced_receivable": pgettext_lazy("to the partner", "Invoiced payable"),
    "open_items": pgettext_lazy("to the partner", "Open items"),
    "prepaid": pgettext_lazy("to the partner", "Prepaid"),
    "all_prepaid": pgettext_lazy("to the partner", "No invoice yet: the whole amount is prepaid."),
    "receipt": pgettext_lazy("to the partner", "Payment"),
    "receipts": pgettext_lazy("to the partner", "Payments"),
    "latest_receipts": pgettext_lazy("to the partner", "Latest payments"),
    "no_receipt": pgettext_lazy("to the partner", "No payment yet"),
    "receipts_come": pgettext_lazy("to the partner", "What you pay appears here once it has arrived."),
    "invoices_come": pgettext_lazy(
        "to the partner", "Goods you signed for appear here once they are invoiced."
    ),
}


def words(actor: scope.Actor) -> Mapping[str, Any]:
    """By what the words are for, as the reader calls it."""
    return OURS if actor.house else THE_PARTNERS
