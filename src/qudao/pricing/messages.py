"""The words for every reason pricing gives."""

from typing import Any

from django.utils.translation import gettext_lazy as _

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
}
