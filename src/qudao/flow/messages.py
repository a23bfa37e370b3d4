"""Words for the reasons of sell-through."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

MESSAGES = {
    "flow.file_taken_in": Message(
        _("This file was taken in before"),
        _("The same content came in as %(number)s on %(when)s."),
        _("Send the file of another month, or only the rows that are missing."),
    ),
    "flow.quantity_zero": Message(
        _("The quantity is zero"),
        _("Row %(line)s reports neither a sale nor a return."),
        _("Correct the quantity or delete the row."),
    ),
    "flow.product_missing": Message(
        _("No product is named"),
        _("Row %(line)s has neither name, specification, code nor device identifier."),
        _("Fill in at least one of them."),
    ),
    "flow.customer_unknown": Message(
        _("Customer not recognised"),
        _("“%(customer)s” is none of the hospitals on file, or could be several."),
        _("Choose the hospital; the name is remembered."),
    ),
    "flow.product_unknown": Message(
        _("Product not recognised"),
        _("“%(product)s” is no product of this line that was delivered to the partner."),
        _("Choose the product; the name is remembered."),
    ),
    "flow.lot_missing": Message(
        _("Lot or serial number is missing"),
        _("“%(product)s” is delivered by lot or serial number, and the row names none."),
        _("Ask the partner for it and send the row again."),
    ),
    "flow.lot_unknown": Message(
        _("Lot or serial number was never delivered"),
        _("%(lot)s of “%(product)s” was not delivered to the partner."),
        _("Check the number with the partner: a typing error, or goods from elsewhere."),
    ),
    "flow.unit_unknown": Message(
        _("Unit not understood"),
        _("“%(product)s” has several units, and “%(unit)s” is none of them."),
        _("Name the unit in the file, or add it to the product."),
    ),
    "flow.late": Message(
        _("Reported late"),
        _("The month of the sale is closed; the row counts in %(month)s."),
        _("Ask the partner to report before the closing day."),
    ),
    "flow.line_repeated": Message(
        _("Reported twice"),
        _("The same line stands at %(first)s."),
        _("Nothing to do: it counts once. Two sales alike need different document numbers."),
    ),
    "flow.out_of_area": Message(
        _("Sold outside the authorisation"),
        _("The partner's authorisation does not cover %(customer)s on that day: %(reason)s"),
        _("Ask the partner to explain; extend the authorisation or confirm the case."),
    ),
    "flow.more_than_bought": Message(
        _("More sold than delivered"),
        _("Lot %(lot)s: %(left)s left with the partner, %(sold)s reported as sold."),
        _("Ask the partner where the goods came from."),
    ),
    "flow.more_back_than_sold": Message(
        _("More came back than was sold"),
        _("Lot %(lot)s: the hospital holds %(sold)s, %(back)s reported as returned."),
        _("Check quantity and lot with the partner."),
    ),
    "flow.nothing_decided": Message(
        _("Nothing was decided"),
        _("A decision names either a hospital or a product."),
        _("Choose one of them."),
    ),
    "flow.hospital_unknown": Message(
        _("No such hospital"), _("It is not on file, or not visible to you."), _("Choose another one.")
    ),
    "flow.item_unknown": Message(
        _("No such product"), _("It is not in the catalogue."), _("Choose another one.")
    ),
    "flow.no_case": Message(
        _("There is nothing to judge"),
        _("The line counts by now, or was never suspected to be sold outside the authorisation."),
        _("Look at the line again; what counts stays as it was found."),
    ),
    "flow.verdict_missing": Message(
        _("No verdict is chosen"),
        _("A verdict is upheld, dismissed or authorised, each with what it rests on."),
        _("Choose one of the list."),
    ),
    "flow.note_missing": Message(
        _("The note is missing or too long"),
        _("A verdict says in 1 to %(most)s characters why."),
        _("Write what was found; the partner reads it."),
    ),
    "flow.month_unreadable": Message(
        _("The month is not understood"), _("“%(month)s” is no month."), _("Choose one of the list.")
    ),
}
