"""Words for the reasons of stock."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import messages

MESSAGES = {
    "inventory.quantity_not_a_number": messages.Message(
        _("The quantity is not a number"), _("You entered “%(text)s”."), _("Enter digits.")
    ),
    "inventory.quantity_not_positive": messages.Message(
        _("A quantity must be greater than zero"),
        _("The line states %(quantity)s."),
        _("Enter a quantity above zero or remove the line."),
    ),
    "inventory.lot_expired": messages.Message(
        _("Lot %(lot)s has expired"),
        _(
            "Its last usable day is %(last_usable_on)s and it is needed on %(on)s. Expired devices are "
            "never sold; no waiver lifts this."
        ),
        _("Use a lot that lasts longer, and move this one to the non-conforming zone."),
    ),
    "inventory.lot_too_short": messages.Message(
        _("Lot %(lot)s is too short for this customer"),
        _("Its last usable day is %(last_usable_on)s; the customer accepts %(required)s or later."),
        _("Use a later lot, or attach a waiver signed by the customer."),
    ),
    "inventory.shelf_life_unknown": messages.Message(
        _("The shelf life of lot %(lot)s is not known"),
        _("The customer asks for a share of the whole shelf life, which needs the production date."),
        _("Record the production date, or attach a waiver signed by the customer."),
    ),
    "inventory.lot_held": messages.Message(
        _("Lot %(lot)s is on hold"),
        _("Goods on hold for a recall, a complaint or a doubt about quality are not sold."),
        _("Ask quality management to judge and release it, or use another lot."),
    ),
    "inventory.lot_awaits_inspection": messages.Message(
        _("Lot %(lot)s awaits inspection"),
        _("Only goods that passed inspection are sold."),
        _("Complete the inspection, or use another lot."),
    ),
    "inventory.lot_in_transit": messages.Message(
        _("Lot %(lot)s is in transit"),
        _("It has not been received and inspected."),
        _("Receive and inspect it, or use another lot."),
    ),
    "inventory.lot_returned": messages.Message(
        _("Lot %(lot)s was returned"),
        _("Returned goods are sold again only after quality management has inspected them."),
        _("Inspect the return, or use another lot."),
    ),
    "inventory.lot_not_conforming": messages.Message(
        _("Lot %(lot)s does not conform"),
        _("Non-conforming goods are returned to the supplier or destroyed, never sold."),
        _("Use another lot."),
    ),
    "inventory.certificate_does_not_cover": messages.Message(
        _("No certificate covers lot %(lot)s"),
        _("No registration certificate in force covers this model on its production date."),
        _("Let quality management check the certificate versions and the production date."),
    ),
    "inventory.owner_not_ours": messages.Message(
        _("Lot %(lot)s belongs to somebody else"),
        _("The legal entity that sells holds no title to it."),
        _("Buy it first, or use another lot."),
    ),
    "inventory.lot_fully_reserved": messages.Message(
        _("Lot %(lot)s is wholly reserved"),
        _("All of it (%(reserved)s) is reserved for other documents."),
        _("Release a reservation, or use another lot."),
    ),
    "inventory.stock_is_elsewhere": messages.Message(
        _("Lot %(lot)s is not in a warehouse"),
        _("It lies with a hospital or a dealer, or is on the road."),
        _("Bring it back to a warehouse first, or use another lot."),
    ),
    "inventory.lot_in_other_warehouse": messages.Message(
        _("Lot %(lot)s expires sooner but lies in another warehouse"),
        _("The line is served from as few warehouses as possible."),
        _("Transfer it, or prefer its warehouse on the order."),
    ),
    "inventory.lot_not_enough_alone": messages.Message(
        _("Lot %(lot)s alone is not enough"),
        _("The line is to be served from one lot: %(available)s there, %(wanted)s wanted."),
        _("Allow several lots, or lower the quantity."),
    ),
    "inventory.status_change_impossible": messages.Message(
        _("These goods cannot go there"),
        _(
            "Status changes along fixed ways: nothing becomes sellable without inspection, and non-"
            "conforming goods go back to the supplier or are destroyed."
        ),
        _("Choose a permitted next status."),
    ),
    "inventory.status_change_forbidden": messages.Message(
        _("You may not change the status this way"),
        _("It needs the permission %(permission)s, which quality posts hold for release and inspection."),
        _("Ask someone who holds it."),
    ),
    "inventory.move_leads_nowhere": messages.Message(
        _("The move leads nowhere"),
        _("It begins and ends at the same place, or touches no stock at all."),
        _("Choose two different ends."),
    ),
    "inventory.serial_moves_one": messages.Message(
        _("A serial number moves as exactly one"),
        _("The move states %(quantity)s."),
        _("Enter one line for each serial number."),
    ),
    "inventory.move_value_wrong": messages.Message(
        _("The value of the move is wrong"),
        _("%(value)s is negative or has fractions of a cent."),
        _("Correct the value."),
    ),
    "inventory.value_without_title": messages.Message(
        _("Goods of others carry no value in our books"),
        _("The move states %(value)s for goods to which the entity holds no title."),
        _("Set the value to zero; value comes with the move of title."),
    ),
    "inventory.move_changes_goods": messages.Message(
        _("A move does not change the goods"),
        _("Item, lot and serial number are the same at both ends."),
        _("Book what went out and what came in as two moves."),
    ),
    "inventory.move_crosses_entities": messages.Message(
        _("Goods do not pass between legal entities by a transfer"),
        _("Between legal entities goods are sold and bought."),
        _("Make an inter-company sale and purchase."),
    ),
    "inventory.title_moves_alone": messages.Message(
        _("Title passes by a move of its own"),
        _("The move changes the owner and the place or status at once."),
        _("Book the change of title first, then the move."),
    ),
    "inventory.not_enough_stock": messages.Message(
        _("Not enough stock"),
        _("%(wanted)s wanted, %(on_hand)s on hand."),
        _("Lower the quantity or choose another lot or location."),
    ),
    "inventory.serial_in_two_places": messages.Message(
        _("The serial number is already in stock"),
        _("A serial number is in one place only; it would be counted %(quantity)s times."),
        _("Check the scan and look up where the serial number is."),
    ),
    "inventory.cost_layers_short": messages.Message(
        _("The cost of these goods is not known in full"),
        _("%(wanted)s are to leave, receipts account for %(available)s."),
        _("Post the missing receipt or opening balance first."),
    ),
    "inventory.unit_unknown": messages.Message(
        _("The unit %(unit)s is not defined for this item"),
        _("Without a conversion the quantity in base units is not known."),
        _("Choose another unit, or let master data define this one."),
    ),
    "inventory.quantity_not_whole": messages.Message(
        _("%(entered)s %(unit)s is not a whole number of base units"),
        _("It would be %(base)s base units."),
        _("Enter a quantity that makes whole base units, or choose a smaller unit."),
    ),
    "inventory.taken_meanwhile": messages.Message(
        _("Somebody was quicker"),
        _("%(wanted)s wanted, %(available)s left of the lot that was chosen."),
        _("Send the order again: it will be allocated from what is left."),
    ),
    "inventory.reservation_gone": messages.Message(
        _("The stock is no longer reserved for this document"),
        _("It was released by a hold, by its expiry, or used already."),
        _("Allocate the document anew."),
    ),
    "inventory.balance_unknown": messages.Message(
        _("This stock does not exist"),
        _("No such balance is kept."),
        _("Reload the page and choose again."),
    ),
    "inventory.site_unknown": messages.Message(
        _("This site does not exist"),
        _("Goods move between known sites only."),
        _("Open the site first, or choose another one."),
    ),
    "inventory.site_code_taken": messages.Message(
        _("A site of this code exists already"),
        _("%(codes)s is used once only."),
        _("Choose another code."),
    ),
    "inventory.zone_unknown": messages.Message(
        _("The zone %(zone)s does not exist"),
        _(
            "Warehouses have zones for goods awaiting inspection, conforming, non-conforming, "
            "returned, held, and outgoing goods."
        ),
        _("Choose one of these zones."),
    ),
    "inventory.location_elsewhere": messages.Message(
        _("The shelf is in another warehouse"),
        _("Goods are put on shelves of the warehouse they are in."),
        _("Choose a shelf of this warehouse, or make a transfer."),
    ),
    "inventory.shelf_taken": messages.Message(
        _("The warehouse has this shelf already"),
        _("%(code)s is there."),
        _("Leave it out, or choose another code."),
    ),
    "inventory.shelf_form": messages.Message(
        _("Not the code of a shelf"),
        _("“%(code)s” has none, or more than 30 characters."),
        _("Enter the code as it stands on the label of the shelf."),
    ),
    "inventory.shelf_unknown": messages.Message(
        _("No such shelf here"),
        _("This warehouse has no shelf %(code)s."),
        _("Scan the label of the shelf, or correct the code."),
    ),
    "inventory.shelf_of_other_zone": messages.Message(
        _("The shelf is in another zone"),
        _("Shelf %(code)s is not in the zone of these goods."),
        _("Choose a shelf of the zone the goods belong in."),
    ),
    "inventory.nothing_to_move": messages.Message(
        _("There is nothing to move"),
        _("The document has no lines."),
        _("Add at least one line."),
    ),
    "inventory.nothing_inspected": messages.Message(
        _("Nothing was inspected"),
        _("No line has a verdict."),
        _("Judge at least one line."),
    ),
    "inventory.lot_mismatch": messages.Message(
        _("Lot %(lot)s is known with another date"),
        _("The scan or entry says %(said)s, recorded is %(recorded)s."),
        _("Check the label. Quality management corrects a wrong record."),
    ),
    "inventory.lot_dates_reversed": messages.Message(
        _("Lot %(lot)s would expire before it was made"),
        _("Made on %(produced_on)s, last day of use %(last_usable_on)s."),
        _("Check both dates on the label."),
    ),
    "inventory.lot_dated": messages.Message(
        _("The production date of lot %(lot)s is known"),
        _("Recorded is %(recorded)s; what is recorded does not change."),
        _(
            "Compare it with the label. Where the label says otherwise, put the lot on hold and ask the supplier."
        ),
    ),
    "inventory.produced_in_future": messages.Message(
        _("Lot %(lot)s would be made in the future"),
        _("%(produced_on)s is still to come."),
        _("Enter the production date that stands on the label."),
    ),
    "inventory.lot_without_code": messages.Message(
        _("Goods without a lot have no date of their own"),
        _("All goods of this product without a lot on the label are kept together here."),
        _("The production date stands on each piece."),
    ),
    "inventory.produced_on_missing": messages.Message(
        _("No production date"),
        _("No day was given, or none that can be read."),
        _("Enter the production date that stands on the label."),
    ),
    "inventory.serial_of_other_lot": messages.Message(
        _("Serial number %(serial)s belongs to another lot"),
        _("A piece belongs to one lot for good."),
        _("Check the scan of the lot and of the serial number."),
    ),
    "inventory.reason_missing": messages.Message(
        _("A reason is missing"),
        _("Holds, releases, rejections and stock counts state why."),
        _("Enter the reason."),
    ),
    "inventory.hold_already_released": messages.Message(
        _("Hold %(number)s was released already"),
        _("A hold ends once."),
        _("Place a new hold if the goods must be locked again."),
    ),
    "inventory.site_unlicensed": messages.Message(
        _("Stock may not be kept at this address"),
        _("%(site)s (%(address)s) is on no distribution licence of ours."),
        _("Have the address added to the licence, or choose a licensed warehouse."),
    ),
    "inventory.transfer_between_entities": messages.Message(
        _("%(site)s belongs to another legal entity"),
        _("Between legal entities goods are sold and bought, never transferred."),
        _("Make an inter-company sale and purchase."),
    ),
    "inventory.transfer_from_several_sites": messages.Message(
        _("The goods lie in several warehouses"),
        _("A transfer leaves one warehouse."),
        _("Make one transfer for each warehouse."),
    ),
    "inventory.transfer_closed": messages.Message(
        _("Transfer %(number)s was received already"),
        _("What arrived and what was lost is booked."),
        _("Book a stock count if something was found later."),
    ),
    "inventory.transfer_over_received": messages.Message(
        _("More arrived than was sent"),
        _("%(sent)s sent, %(received)s received."),
        _("Count again. Extra goods are booked by a stock count."),
    ),
    "inventory.warehouse_unknown": messages.Message(
        _("There is no such warehouse"),
        _("%(site)s is the code of no warehouse of this legal entity."),
        _("Check the code, or open the warehouse first."),
    ),
    "inventory.opening_amounts": messages.Message(
        _("Quantity and cost cannot be so"),
        _("%(quantity)s for %(value)s: there must be some of it, and a cost not below zero."),
        _("Correct the row, or leave it out."),
    ),
    "inventory.opening_totals_differ": messages.Message(
        _("The lines do not add up to the control totals"),
        _(
            "The lines make %(quantity)s for %(value)s; the control totals are %(control_quantity)s "
            "for %(control_value)s."
        ),
        _("Correct the lines or the totals; nothing was booked."),
    ),
    "inventory.opening_taken_in": messages.Message(
        _("%(goods)s is taken in already"),
        _("Opening stock %(number)s of %(day)s brought the same goods to the same place."),
        _("Leave the row out; what was missing is added by a stock count."),
    ),
    "inventory.counted_meanwhile": messages.Message(
        _("The stock moved since the count"),
        _("The count sheet says %(expected)s, on hand is now %(on_hand)s."),
        _("Print a new count sheet and count again."),
    ),
}
