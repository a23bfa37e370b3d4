"""The words for every reason settlement gives."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

_CREDIT: dict[str, Message] = {
    "settlement.no_credit_line": Message(
        _("The debtor has no credit line"),
        _("Orders are taken against a credit line, even one of zero with prepayment."),
        _("Have a credit limit set for this partner in this legal entity."),
    ),
    "settlement.credit_exceeded": Message(
        _("The credit is not enough"),
        _("Available are %(available)s, the order needs %(needed)s: %(missing)s are missing."),
        _("Pay first, ask for temporary credit, or order less."),
    ),
    "settlement.overdue": Message(
        _("Invoices are overdue"),
        _("%(overdue)s are past due, the oldest since %(since)s."),
        _("Pay the invoices first; finance records what has arrived."),
    ),
    "settlement.overdue_in_part": Message(
        _("Invoices are overdue"),
        _(
            "%(overdue)s are past due, the oldest since %(since)s. An unapplied credit of %(unapplied)s covers a"
            " part; %(late)s remain."
        ),
        _("Have finance apply the credit, and pay the rest."),
    ),
    "settlement.overdue_covered": Message(
        _("A credit waits to be applied"),
        _("%(overdue)s are past due; an unapplied credit of %(unapplied)s stands against it."),
        _("Apply the credit to the invoices."),
    ),
    "settlement.credit_invalid": Message(
        _("A credit figure is below zero"),
        _("%(field)s was given as %(value)s."),
        _("Enter zero or more."),
    ),
    "settlement.approver_missing": Message(
        _("Nobody approved this credit"),
        _("A credit limit names who decided it."),
        _("Enter the approver."),
    ),
    "settlement.debtor_partly_seen": Message(
        _("You do not see all accounts of this debtor"),
        _("Invoices and statements hold the lines of every account of a debtor."),
        _("Ask a colleague who is responsible for the whole partner."),
    ),
}

_CASH: dict[str, Message] = {
    "settlement.nothing_to_invoice": Message(
        _("There is nothing to invoice"),
        _("Everything signed for up to %(up_to)s is invoiced."),
        _("Choose a later day, or wait until deliveries are signed for."),
    ),
    "settlement.receipt_twice": Message(
        _("This receipt is recorded already"),
        _("%(method)s %(reference)s was recorded before."),
        _("Look it up under receipts; correct the reference if it is another payment."),
    ),
    "settlement.amount_invalid": Message(
        _("The amount is not valid"),
        _("%(amount)s is not an amount above zero in whole cents."),
        _("Correct the amount."),
    ),
    "settlement.reference_missing": Message(
        _("Method or reference is missing"),
        _("The bank's reference is what keeps a receipt from being recorded twice."),
        _("Enter how it was paid and the reference on the bank statement."),
    ),
    "settlement.received_in_future": Message(
        _("The receipt lies in the future"),
        _("The day of receipt is given as %(on)s."),
        _("Enter the day the money arrived."),
    ),
    "settlement.invoice_unknown": Message(
        _("The invoice is not open"),
        _("%(invoice)s is no open invoice of this debtor."),
        _("Choose one of the open invoices."),
    ),
    "settlement.invoice_overpaid": Message(
        _("More than is open of the invoice"),
        _("%(amount)s should pay invoice %(number)s, of which %(open)s is open."),
        _("Lower the amount; the rest of the receipt stays prepaid."),
    ),
    "settlement.receipt_overspent": Message(
        _("More is applied than was received"),
        _("Applied are %(applied)s of %(amount)s."),
        _("Lower the amounts applied."),
    ),
    "settlement.nothing_to_apply": Message(
        _("There is nothing to apply"),
        _("Receipt %(number)s has nothing left, or no invoice is open."),
        _("Issue the invoices first, or choose another receipt."),
    ),
    "settlement.no_credit_to_apply": Message(
        _("There is no credit to apply"),
        _("Nothing of invoice %(number)s is paid or credited beyond its amount."),
        _("Choose an invoice with an unapplied credit."),
    ),
    "settlement.nothing_to_credit": Message(
        _("No invoice is open"),
        _("The credit of %(number)s has no open invoice to be used on."),
        _("Apply it once the next invoice is issued."),
    ),
    "settlement.credit_overspent": Message(
        _("More is applied than was credited"),
        _("Applied are %(applied)s of %(amount)s."),
        _("Lower the amounts applied."),
    ),
    "settlement.cursor_invalid": Message(
        _("This page does not exist"),
        _("%(cursor)s is not the place of a page."),
        _("Start from the first page."),
    ),
}

_STATEMENTS: dict[str, Message] = {
    "settlement.facts_not_so_far": Message(
        _("The facts are not that far"),
        _("Journal number %(number)s was asked for; facts are written up to %(last)s."),
        _("Wait a moment, or choose a lower number."),
    ),
    "settlement.month_not_over": Message(
        _("The month is not over"),
        _("The statements of %(month)s can be built for everybody from %(day)s on."),
        _("Choose a month that is over."),
    ),
    "settlement.statement_exists": Message(
        _("The month is stated already"),
        _("Statement %(number)s was sent and stands (%(status)s)."),
        _("What came late is listed in the next month's statement."),
    ),
    "settlement.statement_previous_open": Message(
        _("The statement before is still a draft"),
        _("Statement %(number)s gives the opening balance."),
        _("Send it first."),
    ),
    "settlement.statement_out_of_order": Message(
        _("A later month is stated already"),
        _("Statement %(number)s follows this month."),
        _("What came late is listed in the next month's statement."),
    ),
    "settlement.statement_already_confirmed": Message(
        _("The statement is confirmed already"),
        _("Statement %(number)s was confirmed before and cannot be confirmed twice."),
        _("Nothing needs to be done."),
    ),
    "settlement.statement_state": Message(
        _("The statement is not at this step"),
        _("Statement %(number)s is at “%(status)s”."),
        _("Send a draft first; settle open disputes before confirming; confirm before locking."),
    ),
    "settlement.dispute_reason_unknown": Message(
        _("This reason is not on the list"),
        _("“%(reason)s” is not a reason for a dispute."),
        _("Choose one of the reasons offered."),
    ),
    "settlement.line_already_disputed": Message(
        _("The line is disputed already"),
        _("Line %(line)s waits for an answer."),
        _("Wait for the answer."),
    ),
    "settlement.line_adjusts": Message(
        _("The line answers a dispute"),
        _("Line %(line)s says by how much line %(adjusts)s was adjusted."),
        _("Dispute line %(adjusts)s again."),
    ),
    "settlement.adjustment_too_large": Message(
        _("The adjustment is larger than the line"),
        _("Line %(line)s is about %(amount)s; it would be adjusted by %(adjustment)s in all."),
        _("Enter at most the amount of the line. What goes beyond it belongs to another line or document."),
    ),
    "settlement.answer_missing": Message(
        _("The answer is missing"),
        _("The partner reads why line %(line)s stands or is adjusted."),
        _("Write the answer in a few words."),
    ),
    "settlement.month_unreadable": Message(
        _("This is no month"),
        _("“%(text)s” cannot be read as a month."),
        _("Enter it as 2026-11."),
    ),
    "settlement.day_unreadable": Message(
        _("This is no day"),
        _("%(field)s: “%(text)s” cannot be read as a day."),
        _("Enter it as 2026-11-23."),
    ),
    "settlement.amount_unreadable": Message(
        _("This is no amount"),
        _("%(field)s: “%(text)s” cannot be read as a number with at most two decimals."),
        _("Correct the figure."),
    ),
    "settlement.temporary_without_end": Message(
        _("A temporary limit without a last day"),
        _("It would hold for good."),
        _("Give its last day, or raise the limit itself."),
    ),
    "settlement.temporary_over": Message(
        _("The temporary limit would be over already"),
        _("Its last day is %(last)s."),
        _("Give a last day that is still to come, or leave the temporary limit empty."),
    ),
    "settlement.line_unknown": Message(
        _("There is no such line"),
        _("Line %(line)s is not on this statement."),
        _("Reload the page."),
    ),
    "settlement.line_in_dispute": Message(
        _("The line is in dispute"),
        _("Line %(line)s waits for an answer and cannot be confirmed."),
        _("Wait for the answer."),
    ),
    "settlement.line_not_disputed": Message(
        _("The line is not disputed"),
        _("Line %(line)s has no open dispute."),
        _("Choose a disputed line."),
    ),
    "settlement.resolution_invalid": Message(
        _("The answer does not fit"),
        _("“%(outcome)s” is neither explained without an amount nor adjusted by an amount."),
        _("Explain the line, or adjust it by an amount other than zero."),
    ),
    "settlement.no_checkpoint": Message(
        _("The journal is not signed that far"),
        _("No signed checkpoint covers the facts of statement %(number)s yet."),
        _("Try again in a minute: the journal is signed every few seconds."),
    ),
}

_REBATES: dict[str, Message] = {
    "settlement.term_not_payable": Message(
        _("This rebate is not ours to pay"),
        _("“%(name)s” is not a payable term of a contract in effect (%(status)s)."),
        _("Choose a payable term of a signed contract."),
    ),
    "settlement.basis_unknown": Message(
        _("Volume on this basis is not calculated"),
        _("“%(name)s” counts what is “%(basis)s”."),
        _("Agree on ordered, shipped, signed or invoiced volume."),
    ),
    "settlement.calendar_unknown": Message(
        _("The settlement calendar is unknown"),
        _("“%(calendar)s” is none of month, quarter, half and year."),
        _("Correct the rebate term."),
    ),
    "settlement.outside_contract": Message(
        _("The contract does not hold on that day"),
        _("“%(name)s” does not hold on %(day)s."),
        _("Choose a day within the contract version, or the version of that day."),
    ),
    "settlement.run_state": Message(
        _("The run is not at this step"),
        _("Run %(number)s is at “%(status)s”."),
        _("Calculate a new run."),
    ),
    "settlement.term_waiting": Message(
        _("Its calculation waits for confirmation already"),
        _("“%(name)s” was calculated for this period and is not confirmed yet."),
        _("Confirm that calculation first."),
    ),
    "settlement.period_not_over": Message(
        _("The period of the run was not over"),
        _("Run %(number)s was calculated on %(on)s; its period ends before %(until)s."),
        _("Calculate it again from %(until)s on, or open it to settle the period in part."),
    ),
    "settlement.run_stale": Message(
        _("The run is out of date"),
        _("Since run %(number)s was calculated another run of this term was confirmed or reversed."),
        _("Calculate it again and confirm that one."),
    ),
    "settlement.run_built_upon": Message(
        _("A later run stands on this one"),
        _("Run %(later)s subtracted what run %(number)s settled."),
        _("Reverse the later run first, or calculate again: the difference is settled."),
    ),
    "settlement.run_rebate_used": Message(
        _("The rebate was drawn on already"),
        _("Part of what run %(number)s paid into the pool is used or expired."),
        _("Calculate again: the difference is settled, and clawed back where the pool allows."),
    ),
}

MESSAGES: dict[str, Message] = {**_CREDIT, **_CASH, **_STATEMENTS, **_REBATES}
