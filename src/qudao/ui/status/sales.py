"""States of what is sold: orders and their shipments, and where partners sold it on."""

from django.utils.translation import pgettext_lazy

from .shown import states

STATES = {
    # Orders
    "order": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        submitted=("info", pgettext_lazy("status", "Submitted")),
        confirmed=("info", pgettext_lazy("status", "Confirmed")),
        allocated=("info", pgettext_lazy("status", "Allocated")),
        picking=("warn", pgettext_lazy("status", "In warehouse")),
        picked=("warn", pgettext_lazy("status", "Picked")),
        reviewed=("warn", pgettext_lazy("status", "Reviewed")),
        partly_shipped=("warn", pgettext_lazy("status", "Partly shipped")),
        shipped=("ok", pgettext_lazy("status", "Shipped")),
        signed=("ok", pgettext_lazy("status", "Signed for")),
        signed_with_difference=("bad", pgettext_lazy("status", "Signed with a difference")),
        # Shown for the state before it once all of the difference is settled.
        difference_settled=("ok", pgettext_lazy("status", "Signed, difference settled")),
        returned=("hold", pgettext_lazy("status", "Returned")),
        closed=("hold", pgettext_lazy("status", "Closed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
        refused=("bad", pgettext_lazy("status", "Refused")),
    ),
    "shipment": states(
        to_pick=("info", pgettext_lazy("status", "To pick")),
        draft=("info", pgettext_lazy("status", "Draft")),
        planned=("info", pgettext_lazy("status", "Planned")),
        picking=("warn", pgettext_lazy("status", "Picking")),
        picked=("warn", pgettext_lazy("status", "Picked")),
        reviewed=("warn", pgettext_lazy("status", "Reviewed")),
        shipped=("ok", pgettext_lazy("status", "Shipped")),
        signed=("ok", pgettext_lazy("status", "Signed for")),
        signed_with_difference=("bad", pgettext_lazy("status", "Signed with a difference")),
        difference_settled=("ok", pgettext_lazy("status", "Signed, difference settled")),
        returned=("hold", pgettext_lazy("status", "Returned")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "return": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        requested=("info", pgettext_lazy("status", "Requested")),
        submitted=("info", pgettext_lazy("status", "Submitted")),
        approved=("info", pgettext_lazy("status", "Approved")),
        received=("zone-return", pgettext_lazy("status", "Returned goods received")),
        inspected=("ok", pgettext_lazy("status", "Inspected")),
        closed=("hold", pgettext_lazy("status", "Closed")),
        refused=("bad", pgettext_lazy("status", "Refused")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "difference": states(
        open=("bad", pgettext_lazy("difference", "Open")),
        short=("bad", pgettext_lazy("status", "Short")),
        damaged=("bad", pgettext_lazy("status", "Damaged")),
        over=("warn", pgettext_lazy("status", "Over")),
        settled=("ok", pgettext_lazy("status", "Settled")),
    ),
    "channel": states(
        rep=("hold", pgettext_lazy("status", "Sales rep")),
        mall=("hold", pgettext_lazy("status", "Online mall")),
        call_centre=("hold", pgettext_lazy("status", "Call centre")),
        store=("hold", pgettext_lazy("status", "Store")),
        portal=("hold", pgettext_lazy("status", "Partner portal")),
        platform=("hold", pgettext_lazy("status", "Procurement platform")),
        api=("hold", pgettext_lazy("status", "API")),
        file=("hold", pgettext_lazy("status", "File")),
    ),
    "verdict": states(
        **{"pass": ("ok", pgettext_lazy("status", "Passed"))},
        warn=("warn", pgettext_lazy("status", "Note")),
        refuse=("bad", pgettext_lazy("status", "Refused")),
    ),
    # Flow
    "flow_file": states(
        taken_in=("info", pgettext_lazy("flow_file", "Received")),
        received=("info", pgettext_lazy("flow_file", "Received")),
        matching=("warn", pgettext_lazy("status", "Being matched")),
        matched=("ok", pgettext_lazy("status", "Matched")),
        partly_matched=("warn", pgettext_lazy("status", "Partly matched")),
        missing=("bad", pgettext_lazy("status", "Missing")),
        late=("warn", pgettext_lazy("status", "Late")),
        refused=("bad", pgettext_lazy("status", "Refused")),
    ),
    "diversion": states(
        open=("warn", pgettext_lazy("diversion", "To be judged")),
        unexplained=("hold", pgettext_lazy("status", "To be explained")),
        upheld=("bad", pgettext_lazy("diversion", "Upheld")),
        dismissed=("ok", pgettext_lazy("diversion", "Dismissed")),
        authorised=("info", pgettext_lazy("diversion", "Authorised")),
    ),
    "flow_line": states(
        normal=("ok", pgettext_lazy("status", "Normal")),
        matched=("ok", pgettext_lazy("status", "Matched")),
        unmatched=("warn", pgettext_lazy("status", "Not matched")),
        ambiguous=("warn", pgettext_lazy("status", "Several matches")),
        duplicate=("hold", pgettext_lazy("status", "Duplicate")),
        late=("warn", pgettext_lazy("status", "Late")),
        appeal=("hold", pgettext_lazy("status", "To be explained")),
        open=("warn", pgettext_lazy("diversion", "To be judged")),
        upheld=("bad", pgettext_lazy("diversion", "Upheld")),
    ),
}
