"""Words for the reasons of supply."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import messages

MESSAGES = {
    "supply.purchase_unknown": messages.Message(
        _("There is no such purchase order"),
        _("Goods are received against a purchase order of ours."),
        _("Place the purchase order first, or refuse the delivery."),
    ),
    "supply.purchase_closed": messages.Message(
        _("Purchase order %(number)s expects nothing any more"),
        _("All of it was received."),
        _("Check the delivery note, or place another purchase order."),
    ),
    "supply.purchase_line_unknown": messages.Message(
        _("The purchase order has no line %(line)s"),
        _("What arrives is received against a line that was ordered."),
        _("Choose a line of the purchase order, or refuse the goods."),
    ),
    "supply.no_lines": messages.Message(
        _("The purchase order has no lines"),
        _("Nothing would be ordered."),
        _("Add at least one line."),
    ),
    "supply.site_not_ours": messages.Message(
        _("%(site)s is not a warehouse of this legal entity"),
        _("Each legal entity buys into its own warehouses."),
        _("Choose a warehouse of the buying entity."),
    ),
    "supply.price_negative": messages.Message(
        _("A price is not negative"),
        _("The line states %(price)s."),
        _("Correct the price; book returns to the supplier as returns."),
    ),
    "supply.delivery_note_missing": messages.Message(
        _("The delivery note is missing"),
        _("Devices are received with the supplier's delivery note (随货同行单) only."),
        _("Enter its number, or refuse the delivery."),
    ),
    "supply.nothing_received": messages.Message(
        _("Nothing was received"),
        _("The receipt has no lines."),
        _("Scan or enter what arrived."),
    ),
    "supply.other_item_scanned": messages.Message(
        _("Another product was scanned than was ordered"),
        _("The code does not stand for the product of purchase line %(line)s."),
        _("Choose the right line, or refuse the goods."),
    ),
    "supply.scan_contradicts_entry": messages.Message(
        _("The scan contradicts what was entered"),
        _("Entered %(entered)s, scanned %(scanned)s."),
        _("Check the label and correct the entry."),
    ),
    "supply.lot_missing": messages.Message(
        _("The lot is missing"),
        _("This product is traced by lot."),
        _("Scan or enter the lot."),
    ),
    "supply.serial_missing": messages.Message(
        _("The serial number is missing"),
        _("This product is traced piece by piece."),
        _("Scan each piece."),
    ),
    "supply.serial_twice": messages.Message(
        _("Serial number %(serial)s is on two lines"),
        _("A serial number stands for one piece."),
        _("Remove the line that was scanned twice."),
    ),
    "supply.over_delivery": messages.Message(
        _("More arrived than was ordered"),
        _("%(open)s are open on purchase line %(line)s, %(arrived)s arrived."),
        _("Receive what was ordered and refuse the rest, or order it first."),
    ),
    "supply.arrived_expired": messages.Message(
        _("Expired on arrival"),
        _("%(lot)s has the last usable day %(last_usable_on)s."),
        _("Refuse it at the door; it does not enter the books."),
    ),
    "supply.expiry_missing": messages.Message(
        _("The expiry date is missing"),
        _("%(lot)s is of a product with a shelf life: nobody could say how long it may be used."),
        _("Enter the label by hand, with the expiry date printed on it."),
    ),
    "supply.disposition_unknown": messages.Message(
        _("This disposition is not known"),
        _("You chose “%(disposition)s”."),
        _("Choose return, destruction or hold."),
    ),
    "supply.not_on_purchase": messages.Message(
        _("Not on this purchase order"),
        _("The product of %(di)s was not ordered here."),
        _("Refuse it, or receive it against its own purchase order."),
    ),
    "supply.lot_in_small_letters": messages.Message(
        _("The lot came in small letters"),
        _("The scanner sent “%(lot)s”: Caps Lock may be on."),
        _("Compare with the label; if it differs, switch Caps Lock off and scan again."),
    ),
    "supply.entry_not_understood": messages.Message(
        _("The entry is not complete"),
        _("Line, quantity and dates are needed as numbers and days."),
        _("Enter the quantity in digits and days as 2026-11-23."),
    ),
    "supply.temperature_not_a_number": messages.Message(
        _("The temperature is not a number"), _("You entered “%(text)s”."), _("Enter degrees, as 4.5.")
    ),
    "supply.quantity_not_a_number": messages.Message(
        _("The quantity is not a number"), _("You entered “%(text)s”."), _("Enter digits.")
    ),
    "supply.row_not_understood": messages.Message(
        _("The row is not understood"),
        _("It says “%(text)s”."),
        _("Each row is a product code, a quantity, a unit and a price, separated by tabs or blanks."),
    ),
    "supply.too_many_lines": messages.Message(
        _("Too many lines"), _("A purchase order takes %(most)s lines."), _("Split it into several.")
    ),
    "supply.temperature_missing": messages.Message(
        _("The temperature on arrival is missing"),
        _(
            "The delivery holds products kept in the cold; their temperature is checked and recorded "
            "on arrival."
        ),
        _("Read the logger and enter the temperature."),
    ),
    "supply.inspector_received": messages.Message(
        _("Who received goods does not inspect them"),
        _("You received %(number)s yourself."),
        _("Ask a colleague in quality to inspect."),
    ),
    "supply.nothing_inspected": messages.Message(
        _("Nothing was inspected"),
        _("No line has a verdict."),
        _("Judge at least one line."),
    ),
    "supply.line_not_waiting": messages.Message(
        _("This line does not await inspection"),
        _("It was judged before, or is not part of the receipt."),
        _("Reload the receipt."),
    ),
    "supply.verdict_does_not_add_up": messages.Message(
        _("Accepted and rejected are not what was received"),
        _("%(waiting)s await the verdict, it speaks of %(said)s."),
        _("Correct the quantities."),
    ),
    "supply.reason_missing": messages.Message(
        _("A reason is missing"),
        _("What is rejected needs a reason."),
        _("Enter the reason."),
    ),
}
