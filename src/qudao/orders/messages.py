"""Words for the reasons of orders."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

MESSAGES: dict[str, Message] = {
    "orders.channel_unknown": Message(
        _("Unknown channel"),
        _("There is no order channel %(channel)s."),
        _("Choose one of the channels offered."),
    ),
    "orders.no_lines": Message(
        _("The order has no lines"), _("There is nothing to deliver."), _("Add at least one product.")
    ),
    "orders.too_many_lines": Message(
        _("Too many lines"),
        _("The order has %(lines)s lines; one order holds at most %(most)s."),
        _("Split it into several orders."),
    ),
    "orders.line_numbers_repeat": Message(
        _("Line numbers repeat"), _("Two lines have the same number."), _("Number the lines 1, 2, 3.")
    ),
    "orders.requested_in_the_past": Message(
        _("The requested day has passed"),
        _("Delivery is requested for %(requested_on)s, today is %(today)s."),
        _("Choose today or a later day."),
    ),
    "orders.rebate_use_invalid": Message(
        _("The rebate to use is not an amount"),
        _("%(amount)s is negative or has more than two decimals."),
        _("Enter an amount in yuan and fen."),
    ),
    "orders.quantity_not_positive": Message(
        _("The quantity is not above zero"),
        _("You entered %(quantity)s."),
        _("Enter a quantity of at least 1."),
    ),
    "orders.quantity_not_whole": Message(
        _("The quantity cannot be divided"),
        _("%(quantity)s %(unit)s is not a whole number of %(base_unit)s."),
        _("Enter a whole number."),
    ),
    "orders.unit_unknown": Message(
        _("Unknown unit"),
        _("This product is not sold by %(unit)s; it is sold by %(known)s."),
        _("Choose one of its units."),
    ),
    "orders.unit_does_not_divide": Message(
        _("The quantity does not match the price unit"),
        _("%(quantity)s %(unit)s is not a clean part of the price unit %(price_unit)s."),
        _("Enter whole %(price_unit)s."),
    ),
    "orders.item_unknown": Message(
        _("Unknown product"),
        _("There is no product %(item)s, or it is no longer sold."),
        _("Search for it by name, code or scan."),
    ),
    "orders.item_of_other_line": Message(
        _("Product of another line"),
        _("%(item)s belongs to a product line this channel account does not carry."),
        _("Order it under the account of its line."),
    ),
    "orders.no_account": Message(
        _("No channel account for this product"),
        _("This partner has no account for the product line of %(item)s."),
        _("Ask the channel manager to open one, or take the line out."),
    ),
    "orders.short": Message(
        _("%(available)s available, %(missing)s short"),
        _("Wanted %(wanted)s %(measure)s. %(skipped)s"),
        _("Order what is available, or wait for the next receipt."),
    ),
    "orders.source_taken_in": Message(
        _("This order has been taken in already"),
        _("The same file or message (%(reference)s) already made an order of this account: %(number)s"),
        _("Open that order. For a new order send a new file."),
    ),
    "orders.reference_repeated": Message(
        _("The customer's number %(reference)s was used before"),
        _("%(number)s of %(on)s carries it too."),
        _("Open that order. Place this one only if it is another."),
    ),
    "orders.draft_of_other_account": Message(
        _("A draft stays with its channel account"),
        _("%(number)s was kept for another account than the one chosen now."),
        _("Choose its account again, or place a new order and cancel the draft."),
    ),
    "orders.wrong_state": Message(
        _("Not possible in this state"),
        _("%(number)s is in the state “%(state)s”."),
        _("Reload the page: somebody may have gone on with it."),
    ),
    "orders.reservation_lost": Message(
        _("The reservation is not complete any more"),
        _(
            "Line %(line)s wants %(wanted)s, %(reserved)s are still reserved: a hold or an expiry took the rest."
        ),
        _("Allocate the order anew on its page."),
    ),
    "orders.some_left": Message(
        _("A part of this order has left"),
        _("%(number)s was shipped in part: what left is sold, so the order cannot be cancelled."),
        _("Allocate the rest anew and ship it, or take back what left as a return once it is signed for."),
    ),
    "orders.reviewer_picked": Message(
        _("The picker cannot review"),
        _("%(person)s picked %(number)s. Outgoing goods are reviewed by somebody else."),
        _("Let a colleague review it."),
    ),
    "orders.serial_scanned_twice": Message(
        _("Serial scanned twice"), _("%(serial)s was scanned before."), _("Scan the next piece.")
    ),
    "orders.scanned_too_many": Message(
        _("More than was ordered"),
        _("Of lot %(lot)s only %(wanted)s %(measure)s are wanted."),
        _("Put the rest back."),
    ),
    "orders.scanned_other_lot": Message(
        _("Another lot or serial"),
        _("You scanned %(scanned)s; allocated is %(wanted)s."),
        _("Take the allocated one, or have the order allocated anew."),
    ),
    "orders.scanned_other_expiry": Message(
        _("The expiry is not that of the lot"),
        _("The label of lot %(lot)s says %(label)s; our books say %(lot_says)s."),
        _("Put it aside and tell quality: the label or the receipt is wrong."),
    ),
    "orders.block_cause_unknown": Message(
        _("A cause is missing"), _("A shipment is stopped for a reason."), _("Choose what is wrong.")
    ),
    "orders.scanned_without_lot": Message(
        _("The code names no lot"),
        _("It says %(item)s, but neither lot nor serial."),
        _("Scan the other code on the label, the one with lot and expiry."),
    ),
    "orders.scanned_other_item": Message(
        _("Not on this shipment"), _("You scanned %(item)s (%(di)s)."), _("Put it back.")
    ),
    "orders.not_all_scanned": Message(
        _("Not everything was scanned"),
        _("%(item)s lot %(lot)s: %(missing)s %(measure)s missing."),
        _("Scan the rest."),
    ),
    "orders.line_unknown": Message(
        _("There is no such line"), _("The document has no line %(line)s."), _("Check the line number.")
    ),
    "orders.signed_does_not_add_up": Message(
        _("The quantities do not add up"),
        _("Shipped were %(shipped)s; signed, short, damaged and refused make %(said)s."),
        _("Make them add up to what was shipped."),
    ),
    "orders.missing_exceeds_shipped": Message(
        _("More is missing than was shipped"),
        _("Shipped were %(shipped)s; short, damaged and refused make %(missing)s."),
        _("Enter together at most %(shipped)s."),
    ),
    "orders.return_exceeds_signed": Message(
        _("More than was delivered"),
        _("Of lot %(lot)s %(left)s can still come back, not %(quantity)s."),
        _("Enter at most %(left)s."),
    ),
    "orders.return_needs_reason": Message(
        _("The return needs a reason"),
        _("Quality decides by the reason what becomes of the goods."),
        _("Say in a few words why they come back."),
    ),
    "orders.return_already_inspected": Message(
        _("This return has been inspected"), _("%(number)s has its verdict already."), _("Reload the page.")
    ),
    "orders.difference_does_not_add_up": Message(
        _("The difference does not add up"),
        _("%(open)s are open; found and lost make %(said)s."),
        _("Make both add up to what is open."),
    ),
    "orders.difference_needs_reason": Message(
        _("Damaged or refused goods need a reason"),
        _("What becomes of goods that are there is decided by what is wrong with them."),
        _("Say on the line what is wrong, in a few words."),
    ),
    "orders.settlement_needs_reason": Message(
        _("The settlement needs a reason"),
        _("It changes stock: what comes back is ours again, what is lost leaves the books."),
        _("Say in a few words how it came about: found in the van, the carrier admits the loss."),
    ),
    "orders.template_name": Message(
        _("The template needs a name"),
        _("Templates of an account are told apart by their names, of at most %(most)s characters."),
        _("Enter a short name."),
    ),
    "orders.too_many_templates": Message(
        _("The account has all the templates it may have"),
        _("An account keeps at most %(most)s templates."),
        _("Remove one that is not used any more, or save under the name of one."),
    ),
    "orders.template_name_taken": Message(
        _("There is a template of this name"),
        _("The account keeps another template as “%(name)s”."),
        _("Choose another name, or remove the other template first."),
    ),
    "orders.photo_kind": Message(
        _("This is no photo"),
        _("“%(name)s” is no JPEG or PNG picture that can be read."),
        _("Take the photo with the phone's camera, or save it as JPEG."),
    ),
    "orders.photo_too_large": Message(
        _("The photo is too large"),
        _("“%(name)s” has %(size)s MB; at most %(most)s MB are taken in."),
        _("Send it in a smaller size."),
    ),
    "orders.too_many_photos": Message(
        _("Too many photos"),
        _("A signature carries up to %(most)s photos."),
        _("Leave out those that show the same."),
    ),
    "orders.photos_without_difference": Message(
        _("The photos show no difference"),
        _("Photos were added, and everything is signed for as in good order."),
        _("Say on the line what is damaged, short or refused, or leave the photos out."),
    ),
    "orders.nothing_to_put_back": Message(
        _("Nothing to put back"),
        _("Nothing was picked of %(number)s before it was withdrawn, or its goods are on the shelf again."),
        _("Open the shipment: its timeline says who put the goods back and when."),
    ),
    "orders.nothing_found": Message(
        _("Nothing found"),
        _("No product of this line matches “%(text)s”."),
        _("Try the code, a part of the name, pinyin initials, or scan the label."),
    ),
    "orders.pasted_unknown": Message(
        _("Pasted row %(row)s not understood"),
        _("There is no product code %(text)s."),
        _("Each row is a product code and a quantity, separated by a tab."),
    ),
    "orders.pasted_left": Message(
        _("Pasted rows that are not on the order: %(left)s of %(rows)s"),
        _(
            "They stand below the lines as they were pasted. One order has %(lines)s lines, one paste %(most)s rows."
        ),
        _("Mend them there and try again, or send the list as an Excel file."),
    ),
    "orders.rows_waiting": Message(
        _("Pasted rows are not on the order yet"),
        _("Rows that wait below the lines: %(rows)s; an order placed now would lack them."),
        _("Mend them there and try again, or leave them out."),
    ),
    "orders.quantity_not_a_number": Message(
        _("The quantity is not a number"), _("You entered “%(text)s”."), _("Enter digits.")
    ),
    "orders.date_invalid": Message(
        _("The date is not a date"), _("You entered “%(text)s”."), _("Enter it as 2026-11-23.")
    ),
}
