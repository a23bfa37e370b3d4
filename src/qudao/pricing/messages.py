"""The words for every reason pricing gives."""

import dataclasses
from typing import Any

from django.utils.translation import gettext_lazy as _

from qudao.kernel import errors
from qudao.kernel.messages import Message

MESSAGES: dict[str, Message] = {
    "pricing.no_price": Message(
        _("There is no price for this item"),
        _("On that day no price row is in force for this buyer, region and quantity."),
        _("Add a guide price or a contract price that covers the day and the quantity."),
    ),
    "pricing.below_floor": Message(
        _("The price is below our floor"),
        _("The line comes to %(net)s without tax; the floor is %(floor)s."),
        _("Raise the price, or ask for a special price approval."),
    ),
    "pricing.vbp_mismatch": Message(
        _("A centralised-procurement price may not be changed"),
        _("The awarded price is %(price)s (%(citation)s); offered is %(offered)s less %(discount)s."),
        _("Use the awarded price and take the discount off."),
    ),
    "pricing.quantity_not_positive": Message(
        _("The quantity must be above zero"),
        _("The line asks for %(quantity)s."),
        _("Enter a quantity, or remove the line. Goods that come back are a return."),
    ),
    "pricing.discount_exceeds_amount": Message(
        _("The discount is higher than the line"),
        _("The line comes to %(amount)s, the discount to %(discount)s."),
        _("Lower the discount."),
    ),
    "pricing.promotion_budget_spent": Message(
        _("The promotion's budget is nearly spent"),
        _("%(name)s has %(remaining)s left, less than this order would receive."),
        _("Order without it, or ask for a larger budget."),
    ),
    "pricing.scale_unknown_choice": Message(
        _("The rebate scale has an unknown choice"),
        _("%(field)s is none of the values it may have."),
        _("Choose one of the values offered."),
    ),
    "pricing.scale_empty": Message(
        _("The rebate scale has no tiers"),
        _("%(field)s is empty."),
        _("Add at least the tier that starts at 0."),
    ),
    "pricing.scale_not_zero": Message(
        _("The rebate scale leaves a gap at the start"),
        _("%(field)s must be 0, so that every volume lies in a tier."),
        _("Let the first tier start at 0; its rate may be 0."),
    ),
    "pricing.scale_not_increasing": Message(
        _("The tiers of the rebate scale are out of order"),
        _("%(field)s must be higher than the bound of the tier before it."),
        _("Sort the tiers and remove repeated bounds."),
    ),
    "pricing.scale_negative": Message(
        _("The rebate scale has a negative figure"),
        _("%(field)s must not be below zero."),
        _("Enter 0 or more."),
    ),
    "pricing.scale_above_one": Message(
        _("The rebate rate is above 100 %%"),
        _("%(field)s is a fraction: 3 %% is 0.03."),
        _("Enter the rate as a fraction of at most 1."),
    ),
    "pricing.scale_above_cap": Message(
        _("The floor of the rebate is above its cap"),
        _("%(field)s must not be higher than the cap."),
        _("Lower the floor or raise the cap."),
    ),
    "pricing.case_invalid": Message(
        _("The rebate case cannot be read"),
        _("%(field)s: %(problem)s."),
        _("Correct this field; `qudao rebate evaluate --help` shows the format."),
    ),
    "pricing.fact_repeated": Message(
        _("A line would be settled twice"),
        _("%(reference)s (fact %(fact)s) occurs more than once."),
        _("Remove the repeated line and settle again."),
    ),
    "pricing.pool_amount_invalid": Message(
        _("This amount cannot be used from the rebate pool"),
        _("%(want)s is not an amount above zero in cents."),
        _("Enter an amount above zero with at most two decimals."),
    ),
    "pricing.pool_overdue": Message(
        _("The rebate pool is closed while invoices are overdue"),
        _("The partner has overdue receivables."),
        _("Settle the overdue invoices first."),
    ),
    "pricing.pool_share_exceeded": Message(
        _("That is more of the order than the rebate pool may pay"),
        _("At most %(share)s of the eligible lines, %(limit)s; asked for %(want)s."),
        _("Use %(limit)s or less."),
    ),
    "pricing.pool_insufficient": Message(
        _("The rebate pool does not hold that much"),
        _("%(available)s can be used today; asked for %(want)s."),
        _("Use %(available)s or less."),
    ),
    "pricing.price_overlap": Message(
        _("A price is already agreed for that time"),
        _("%(item)s has a price from %(from)s to %(until)s: %(citation)s."),
        _("End that price first, let the new one begin later, or replace it."),
    ),
    "pricing.factor_overlap": Message(
        _("A factor for them holds at that time"),
        _("It holds from %(from)s to %(until)s."),
        _("End it on the first day of the new one, or let the new one begin later."),
    ),
    "pricing.price_repeated": Message(
        _("Two prices of the list are for the same thing"),
        _("Place %(first)s names the same item, hospital and quantity for an overlapping time."),
        _("Keep one of the two."),
    ),
    "pricing.price_invalid": Message(
        _("This is not a price"),
        _("%(price)s is negative or has more than 4 decimals."),
        _("Enter a price per price unit of at most 4 decimals."),
    ),
    "pricing.minimum_invalid": Message(
        _("This is not a minimum quantity"),
        _("%(quantity)s is negative or has more than 4 decimals."),
        _("Enter 0 or more, or leave it empty."),
    ),
    "pricing.factor_invalid": Message(
        _("This is not a discount factor"),
        _("%(factor)s is not above 0 and at most 1, or has more than 6 decimals."),
        _("Enter 12 %% off as 0.88."),
    ),
    "pricing.period_invalid": Message(
        _("The period ends before it begins"),
        _("It begins on %(from)s and ends on %(until)s."),
        _("Let it end later, or leave the end open."),
    ),
    "pricing.item_unknown": Message(
        _("There is no such item"),
        _("%(item)s is not in the catalogue."),
        _("Check the item code, or register the item first."),
    ),
    "pricing.region_unknown": Message(
        _("There is no such region"),
        _("“%(region)s” is the name of no regional centre."),
        _("Write it as the workbook does that holds today's prices, or leave it empty for every region."),
    ),
    "pricing.hospital_unknown": Message(
        _("There is no such hospital"),
        _("“%(hospital)s” is the name or code of no hospital, or of several."),
        _("Write it as the list of partners does, or give its code."),
    ),
    "pricing.item_of_other_line": Message(
        _("The item belongs to another product line"),
        _("%(item)s is not of the product line of this channel account."),
        _("Put it into the contract of the account for its product line."),
    ),
    "pricing.price_outside_version": Message(
        _("The price holds longer than the contract version"),
        _("The version holds from %(from)s to %(until)s."),
        _("Keep the price within that time, or leave its dates empty."),
    ),
    "pricing.clause_too_long": Message(
        _("The clause is too long"),
        _("At most %(limit)s characters are kept, such as §2.4."),
        _("Shorten it."),
    ),
    "pricing.payment_days_invalid": Message(
        _("These are not days of payment"),
        _("%(days)s is not between 0 and 720."),
        _("Enter the days, or leave it empty for the usual ones."),
    ),
    "pricing.contract_number_taken": Message(
        _("The contract number is in use"),
        _("There is already a contract %(number)s."),
        _("Add a version to that contract, or choose another number."),
    ),
    "pricing.version_not_draft": Message(
        _("This version is not a draft"),
        _("%(citation)s is in effect already."),
        _("Draft a further version."),
    ),
    "pricing.end_reason_missing": Message(
        _("The reason is missing"),
        _("A contract that ends before its time says why."),
        _("Enter the reason."),
    ),
    "pricing.end_in_past": Message(
        _("The day is over"),
        _("%(day)s is before today, %(today)s: what was ordered since has its price."),
        _("Choose today or a later day."),
    ),
    "pricing.ends_anyway": Message(
        _("The contract ends anyway"),
        _("Nothing of %(number)s holds beyond %(day)s."),
        _("Choose an earlier day."),
    ),
    "pricing.version_order": Message(
        _("The version does not begin after the one in effect"),
        _("%(citation)s is in effect from %(begins)s."),
        _("Let the new version begin later."),
    ),
    "pricing.signature_missing": Message(
        _("A contract needs both signatures and the signed paper"),
        _("Who signed for us, who for the partner, and the scan of the paper are all required."),
        _("Fill in what is missing."),
    ),
    "pricing.rebate_invalid": Message(
        _("The rebate terms are incomplete"),
        _("%(name)s (%(rebate)s): the field %(field)s cannot be used."),
        _("Correct this field."),
    ),
    "pricing.rebate_scale_invalid": Message(
        _("The rebate scale cannot be used"),
        _("%(name)s (%(rebate)s): %(field)s: %(problem)s."),
        _("Correct the tiers."),
    ),
    "pricing.rebate_repeated": Message(
        _("Two rebates have one name"),
        _("Statements name rebates, so each needs a name of its own."),
        _("Rename one of them."),
    ),
    "pricing.promotion_invalid": Message(
        _("The promotion cannot start"),
        _("The field %(field)s cannot be used."),
        _("Correct this field. The budget holds at least one grant."),
    ),
    "pricing.promotion_ended": Message(
        _("The promotion has ended already"),
        _("%(name)s takes nothing off since %(on)s."),
        _("Start another one."),
    ),
    "pricing.paper_unreadable": Message(
        _("This is not the scan of a paper"),
        _("%(filename)s is neither a PDF nor a JPEG or PNG picture."),
        _("Scan the signed contract as PDF or photograph it."),
    ),
    "pricing.file_taken_in": Message(
        _("This file was taken in before"),
        _("The same file was taken in on %(on)s."),
        _("Open the contract made from it, or send the changed file."),
    ),
    "pricing.file_other_partner": Message(
        _("The file is for another partner"),
        _("It names %(found)s; this account belongs to %(expected)s."),
        _("Open the right account, or correct the file."),
    ),
    "pricing.file_other_contract": Message(
        _("The file is for another contract"),
        _("It names %(found)s; this is %(expected)s."),
        _("Open the right contract, or correct the file."),
    ),
    "pricing.file_one_contract": Message(
        _("The file holds more than one contract"),
        _("The sheet of the contract has %(rows)s rows."),
        _("Send one contract per file."),
    ),
    "pricing.rebate_row_differs": Message(
        _("The tiers of one rebate do not agree"),
        _("%(column)s differs from the first row of %(name)s."),
        _("Give all rows of a rebate the same value there."),
    ),
    "pricing.case_unreadable": Message(
        _("The case cannot be read"),
        _("%(path)s: %(problem)s."),
        _("Give a file with one rebate case as JSON, or - to read it from the input."),
    ),
}

# Words for the `problem` of `pricing.case_invalid`.
PROBLEMS: dict[str, Any] = {
    "not_an_object": _("must be an object with named fields"),
    "not_a_list": _("must be a list"),
    "not_a_string": _('must be a string; write decimals in quotes, like "0.03"'),
    "not_a_boolean": _("must be true or false"),
    "not_a_decimal": _("must be a plain decimal of at most 15 digits before the point"),
    "too_many_decimals": _("has too many decimals"),
    "unknown": _("is not a known field"),
    "missing": _("is missing"),
    "unknown_choice": _("is none of the values it may have"),
    "empty": _("must not be empty"),
    "not_zero": _("must be 0"),
    "not_increasing": _("must be higher than the bound of the tier before it"),
    "negative": _("must not be below zero"),
    "above_one": _("is a fraction and must not be above 1: 3 percent is 0.03"),
    "above_cap": _("must not be higher than the cap"),
    "repeated": _("occurs twice"),
}


def worded(reason: errors.Reason) -> errors.Reason:
    """The reason `pricing.case_invalid` with the words of its problem."""
    problem = PROBLEMS[reason.params["problem"]]
    return dataclasses.replace(reason, params={**reason.params, "problem": problem})
