"""States of goods and of what moves them: stock, purchases."""

from django.utils.translation import pgettext_lazy

from .shown import WORK, states

STATES = {
    # Stock
    "zone": states(
        in_transit=("info", pgettext_lazy("status", "In transit")),
        pending=("zone-pending", pgettext_lazy("status", "Awaiting inspection")),
        good=("zone-good", pgettext_lazy("status", "Released")),
        bad=("zone-bad", pgettext_lazy("status", "Rejected")),
        returned=("zone-return", pgettext_lazy("status", "Returned goods")),
        held=("zone-hold", pgettext_lazy("status", "On hold")),
        shipping=("zone-good", pgettext_lazy("status", "Shipping zone")),
        scrapped=("zone-bad", pgettext_lazy("status", "Scrapped")),
        consigned=("info", pgettext_lazy("status", "On consignment")),
        shipped=("hold", pgettext_lazy("status", "Shipped")),
    ),
    "owner": states(
        entity=("hold", pgettext_lazy("status", "Own goods")),
        supplier=("info", pgettext_lazy("status", "Supplier's goods")),
        customer=("warn", pgettext_lazy("status", "Customer's goods")),
    ),
    "site": states(
        warehouse=("hold", pgettext_lazy("status", "Warehouse")),
        transit=("info", pgettext_lazy("status", "In transit")),
        cabinet=("hold", pgettext_lazy("status", "Hospital cabinet")),
        dealer=("hold", pgettext_lazy("status", "Dealer's site")),
        vehicle=("hold", pgettext_lazy("status", "Vehicle")),
        supplier=("hold", pgettext_lazy("status", "Supplier")),
        customer=("hold", pgettext_lazy("status", "Customer")),
        loss=("bad", pgettext_lazy("status", "Loss")),
        count=("warn", pgettext_lazy("status", "Stock count")),
        opening=("hold", pgettext_lazy("status", "Opening balance")),
    ),
    "outside": states(
        supplier=("hold", pgettext_lazy("status", "Supplier")),
        customer=("hold", pgettext_lazy("status", "Customer")),
        loss=("bad", pgettext_lazy("status", "Loss")),
        count=("warn", pgettext_lazy("status", "Stock count")),
        opening=("hold", pgettext_lazy("status", "Opening balance")),
    ),
    "reservation": states(
        active=("info", pgettext_lazy("status", "Reserved")),
        taken=("ok", pgettext_lazy("reservation", "Picked")),
        consumed=("ok", pgettext_lazy("reservation", "Shipped")),
        released=("hold", pgettext_lazy("status", "Given back")),
        expired=("warn", pgettext_lazy("status", "Lapsed")),
    ),
    "transfer": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        sent=("warn", pgettext_lazy("status", "In transit")),
        shipped=("warn", pgettext_lazy("status", "In transit")),
        received=("ok", pgettext_lazy("status", "Received")),
        received_with_difference=("bad", pgettext_lazy("status", "Received with a difference")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "count": states(**WORK),
    "hold": states(
        active=("zone-hold", pgettext_lazy("status", "On hold")),
        released=("ok", pgettext_lazy("status", "Hold lifted")),
    ),
    # Supply
    "purchase": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        submitted=("info", pgettext_lazy("status", "Submitted")),
        ordered=("info", pgettext_lazy("status", "Ordered")),
        confirmed=("ok", pgettext_lazy("status", "Confirmed")),
        receiving=("warn", pgettext_lazy("status", "Partly received")),
        partly_received=("warn", pgettext_lazy("status", "Partly received")),
        received=("ok", pgettext_lazy("status", "Received")),
        closed=("hold", pgettext_lazy("status", "Closed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
        refused=("bad", pgettext_lazy("status", "Refused")),
    ),
    "receipt": states(
        pending=("zone-pending", pgettext_lazy("status", "Received, to be inspected")),
        draft=("info", pgettext_lazy("status", "Draft")),
        expected=("info", pgettext_lazy("status", "Expected")),
        received=("zone-pending", pgettext_lazy("status", "Received, to be inspected")),
        inspecting=("zone-pending", pgettext_lazy("status", "Under inspection")),
        inspected=("ok", pgettext_lazy("status", "Inspected")),
        refused=("bad", pgettext_lazy("status", "Refused")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "inspection": states(
        pending=("zone-pending", pgettext_lazy("status", "Awaiting inspection")),
        passed=("zone-good", pgettext_lazy("status", "Passed")),
        partly_passed=("warn", pgettext_lazy("status", "Partly passed")),
        failed=("zone-bad", pgettext_lazy("status", "Failed")),
    ),
}
