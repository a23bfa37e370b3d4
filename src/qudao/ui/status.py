"""One map from a state to its tone and its words, for every screen, export and document.

`MAP[kind][value]` is a Status. A tone names a class in tokens.css (`q-<tone>`): ok, warn, bad, info,
hold, or a regulatory storage zone.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

TONES = frozenset(
    ["ok", "warn", "bad", "info", "hold", "zone-pending", "zone-good", "zone-bad", "zone-return", "zone-hold"]
)


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """`tone` is one of TONES; `label` is in the reader's language when shown."""

    tone: str
    label: Any


def _states(**states: tuple[str, Any]) -> dict[str, Status]:
    return {value: Status(tone, label) for value, (tone, label) in states.items()}


_APPROVAL = {
    "draft": ("info", pgettext_lazy("status", "Draft")),
    "submitted": ("info", pgettext_lazy("status", "Submitted")),
    "approved": ("ok", pgettext_lazy("status", "Approved")),
    "refused": ("bad", pgettext_lazy("status", "Refused")),
    "withdrawn": ("hold", pgettext_lazy("status", "Withdrawn")),
}
_VALIDITY = {
    "pending": ("info", pgettext_lazy("status", "Not yet valid")),
    "valid": ("ok", pgettext_lazy("status", "Valid")),
    "expiring": ("warn", pgettext_lazy("status", "Expiring")),
    "expired": ("bad", pgettext_lazy("status", "Expired")),
    "revoked": ("bad", pgettext_lazy("status", "Revoked")),
    "superseded": ("hold", pgettext_lazy("status", "Superseded")),
}
_WORK = {
    "draft": ("info", pgettext_lazy("status", "Draft")),
    "open": ("info", pgettext_lazy("status", "Open")),
    "in_progress": ("warn", pgettext_lazy("status", "In progress")),
    "done": ("ok", pgettext_lazy("status", "Done")),
    "cancelled": ("hold", pgettext_lazy("status", "Cancelled")),
}

MAP: Mapping[str, Mapping[str, Status]] = {
    "notice": _states(
        waiting=("info", pgettext_lazy("notice", "Waiting")),
        running=("warn", pgettext_lazy("notice", "Under way")),
        done=("ok", pgettext_lazy("notice", "Done")),
        failed=("bad", pgettext_lazy("notice", "Failed")),
    ),
    # Organisation and partners
    "period": _states(
        open=("ok", pgettext_lazy("period", "Open")),
        closing=("warn", pgettext_lazy("period", "Closing")),
        closed=("hold", pgettext_lazy("period", "Closed")),
    ),
    "partner": _states(
        candidate=("info", pgettext_lazy("status", "Candidate")),
        active=("ok", pgettext_lazy("status", "Active")),
        frozen=("warn", pgettext_lazy("status", "Frozen")),
        exiting=("warn", pgettext_lazy("status", "Exiting")),
        exited=("hold", pgettext_lazy("status", "Exited")),
        merged=("hold", pgettext_lazy("status", "Merged")),
    ),
    "account": _states(
        open=("ok", pgettext_lazy("status", "Active")),
        active=("ok", pgettext_lazy("status", "Active")),
        frozen=("warn", pgettext_lazy("status", "Frozen")),
        closed=("hold", pgettext_lazy("status", "Closed")),
    ),
    "licence": _states(**_VALIDITY, suspended=("bad", pgettext_lazy("status", "Suspended"))),
    "certificate": _states(**_VALIDITY, missing=("bad", pgettext_lazy("status", "None on file"))),
    "authorisation": _states(
        **_VALIDITY,
        draft=("info", pgettext_lazy("status", "Draft")),
        locked=("hold", pgettext_lazy("status", "Locked")),
    ),
    "admission": _states(**_APPROVAL),
    "approval": _states(**_APPROVAL),
    "grade": _states(
        A=("ok", pgettext_lazy("status", "Grade A")),
        B=("ok", pgettext_lazy("status", "Grade B")),
        C=("info", pgettext_lazy("status", "Grade C")),
        D=("warn", pgettext_lazy("status", "Grade D")),
    ),
    "risk": _states(
        low=("ok", pgettext_lazy("status", "Low")),
        medium=("warn", pgettext_lazy("status", "Medium")),
        high=("bad", pgettext_lazy("status", "High")),
    ),
    # Contracts and prices
    "contract": _states(
        draft=("info", pgettext_lazy("status", "Draft")),
        submitted=("info", pgettext_lazy("status", "Submitted")),
        signed=("info", pgettext_lazy("contract", "Signed")),
        pending=("info", pgettext_lazy("status", "Not yet valid")),
        effective=("ok", pgettext_lazy("status", "Effective")),
        expiring=("warn", pgettext_lazy("status", "Expiring")),
        superseded=("hold", pgettext_lazy("status", "Superseded")),
        ended=("hold", pgettext_lazy("status", "Ended")),
        terminated=("bad", pgettext_lazy("status", "Terminated")),
    ),
    "promotion": _states(
        draft=("info", pgettext_lazy("status", "Draft")),
        planned=("info", pgettext_lazy("status", "Planned")),
        running=("ok", pgettext_lazy("status", "Running")),
        paused=("warn", pgettext_lazy("status", "Paused")),
        ended=("hold", pgettext_lazy("status", "Ended")),
    ),
    "price_origin": _states(
        guide=("hold", pgettext_lazy("status", "Guide price")),
        tier_region=("hold", pgettext_lazy("status", "Tier price")),
        hospital=("warn", pgettext_lazy("status", "Special price")),
        vbp=("info", pgettext_lazy("status", "Volume-based procurement")),
        contract=("ok", pgettext_lazy("status", "Contract price")),
        promotion=("warn", pgettext_lazy("status", "Promotion")),
        manual=("bad", pgettext_lazy("status", "Entered by hand")),
    ),
    # Stock
    "zone": _states(
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
    "owner": _states(
        entity=("hold", pgettext_lazy("status", "Own goods")),
        supplier=("info", pgettext_lazy("status", "Supplier's goods")),
        customer=("warn", pgettext_lazy("status", "Customer's goods")),
    ),
    "site": _states(
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
    "outside": _states(
        supplier=("hold", pgettext_lazy("status", "Supplier")),
        customer=("hold", pgettext_lazy("status", "Customer")),
        loss=("bad", pgettext_lazy("status", "Loss")),
        count=("warn", pgettext_lazy("status", "Stock count")),
        opening=("hold", pgettext_lazy("status", "Opening balance")),
    ),
    "reservation": _states(
        active=("info", pgettext_lazy("status", "Reserved")),
        taken=("ok", pgettext_lazy("reservation", "Picked")),
        released=("hold", pgettext_lazy("status", "Given back")),
        expired=("warn", pgettext_lazy("status", "Lapsed")),
    ),
    "transfer": _states(
        draft=("info", pgettext_lazy("status", "Draft")),
        sent=("warn", pgettext_lazy("status", "In transit")),
        shipped=("warn", pgettext_lazy("status", "In transit")),
        received=("ok", pgettext_lazy("status", "Received")),
        received_with_difference=("bad", pgettext_lazy("status", "Received with a difference")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "count": _states(**_WORK),
    "hold": _states(
        active=("zone-hold", pgettext_lazy("status", "On hold")),
        released=("ok", pgettext_lazy("status", "Hold lifted")),
    ),
    # Supply
    "purchase": _states(
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
    "receipt": _states(
        pending=("zone-pending", pgettext_lazy("status", "Received, to be inspected")),
        draft=("info", pgettext_lazy("status", "Draft")),
        expected=("info", pgettext_lazy("status", "Expected")),
        received=("zone-pending", pgettext_lazy("status", "Received, to be inspected")),
        inspecting=("zone-pending", pgettext_lazy("status", "Under inspection")),
        inspected=("ok", pgettext_lazy("status", "Inspected")),
        refused=("bad", pgettext_lazy("status", "Refused")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "inspection": _states(
        pending=("zone-pending", pgettext_lazy("status", "Awaiting inspection")),
        passed=("zone-good", pgettext_lazy("status", "Passed")),
        partly_passed=("warn", pgettext_lazy("status", "Partly passed")),
        failed=("zone-bad", pgettext_lazy("status", "Failed")),
    ),
    # Orders
    "order": _states(
        draft=("info", pgettext_lazy("status", "Draft")),
        submitted=("info", pgettext_lazy("status", "Submitted")),
        confirmed=("info", pgettext_lazy("status", "Confirmed")),
        allocated=("info", pgettext_lazy("status", "Allocated")),
        picking=("warn", pgettext_lazy("status", "Picking")),
        picked=("warn", pgettext_lazy("status", "Picked")),
        reviewed=("warn", pgettext_lazy("status", "Reviewed")),
        partly_shipped=("warn", pgettext_lazy("status", "Partly shipped")),
        shipped=("ok", pgettext_lazy("status", "Shipped")),
        signed=("ok", pgettext_lazy("status", "Signed for")),
        signed_with_difference=("bad", pgettext_lazy("status", "Signed with a difference")),
        returned=("hold", pgettext_lazy("status", "Returned")),
        closed=("hold", pgettext_lazy("status", "Closed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
        refused=("bad", pgettext_lazy("status", "Refused")),
    ),
    "shipment": _states(
        to_pick=("info", pgettext_lazy("status", "To pick")),
        draft=("info", pgettext_lazy("status", "Draft")),
        planned=("info", pgettext_lazy("status", "Planned")),
        picking=("warn", pgettext_lazy("status", "Picking")),
        picked=("warn", pgettext_lazy("status", "Picked")),
        reviewed=("warn", pgettext_lazy("status", "Reviewed")),
        shipped=("ok", pgettext_lazy("status", "Shipped")),
        signed=("ok", pgettext_lazy("status", "Signed for")),
        signed_with_difference=("bad", pgettext_lazy("status", "Signed with a difference")),
        returned=("hold", pgettext_lazy("status", "Returned")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "return": _states(
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
    "difference": _states(
        open=("bad", pgettext_lazy("difference", "Open")),
        short=("bad", pgettext_lazy("status", "Short")),
        damaged=("bad", pgettext_lazy("status", "Damaged")),
        over=("warn", pgettext_lazy("status", "Over")),
        settled=("ok", pgettext_lazy("status", "Settled")),
    ),
    "channel": _states(
        rep=("hold", pgettext_lazy("status", "Sales representative")),
        mall=("hold", pgettext_lazy("status", "Online mall")),
        call_centre=("hold", pgettext_lazy("status", "Call centre")),
        store=("hold", pgettext_lazy("status", "Store")),
        portal=("hold", pgettext_lazy("status", "Partner portal")),
        platform=("hold", pgettext_lazy("status", "Procurement platform")),
        api=("hold", pgettext_lazy("status", "API")),
        file=("hold", pgettext_lazy("status", "File")),
    ),
    "verdict": _states(
        **{"pass": ("ok", pgettext_lazy("status", "Passed"))},
        warn=("warn", pgettext_lazy("status", "Note")),
        refuse=("bad", pgettext_lazy("status", "Refused")),
    ),
    # Flow
    "flow_file": _states(
        taken_in=("info", pgettext_lazy("flow_file", "Received")),
        received=("info", pgettext_lazy("flow_file", "Received")),
        matching=("warn", pgettext_lazy("status", "Being matched")),
        matched=("ok", pgettext_lazy("status", "Matched")),
        partly_matched=("warn", pgettext_lazy("status", "Partly matched")),
        missing=("bad", pgettext_lazy("status", "Missing")),
        late=("warn", pgettext_lazy("status", "Late")),
        refused=("bad", pgettext_lazy("status", "Refused")),
    ),
    "flow_line": _states(
        normal=("ok", pgettext_lazy("status", "Normal")),
        matched=("ok", pgettext_lazy("status", "Matched")),
        unmatched=("warn", pgettext_lazy("status", "Not matched")),
        ambiguous=("warn", pgettext_lazy("status", "Several matches")),
        duplicate=("hold", pgettext_lazy("status", "Duplicate")),
        late=("warn", pgettext_lazy("status", "Late")),
        appeal=("bad", pgettext_lazy("status", "To be explained")),
    ),
    # Settlement
    "invoice": _states(
        draft=("info", pgettext_lazy("status", "Draft")),
        requested=("info", pgettext_lazy("status", "Requested")),
        issued=("ok", pgettext_lazy("status", "Issued")),
        partly_paid=("warn", pgettext_lazy("status", "Partly paid")),
        paid=("ok", pgettext_lazy("status", "Paid")),
        overdue=("bad", pgettext_lazy("status", "Overdue")),
        reversed=("hold", pgettext_lazy("status", "Reversed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "payment": _states(
        received=("info", pgettext_lazy("payment", "Received")),
        unclaimed=("warn", pgettext_lazy("status", "Not claimed")),
        partly_matched=("warn", pgettext_lazy("status", "Partly matched")),
        matched=("ok", pgettext_lazy("status", "Matched")),
        returned=("hold", pgettext_lazy("payment", "Returned")),
    ),
    "statement": _states(
        draft=("info", pgettext_lazy("status", "Draft")),
        sent=("info", pgettext_lazy("status", "Sent")),
        confirmed=("ok", pgettext_lazy("status", "Confirmed")),
        disputed=("bad", pgettext_lazy("status", "Disputed")),
        adjusted=("warn", pgettext_lazy("status", "Adjusted")),
        locked=("hold", pgettext_lazy("status", "Locked")),
        closed=("hold", pgettext_lazy("status", "Closed")),
    ),
    "statement_line": _states(
        open=("info", pgettext_lazy("statement_line", "Open")),
        confirmed=("ok", pgettext_lazy("status", "Confirmed")),
        disputed=("bad", pgettext_lazy("status", "Disputed")),
        adjusted=("warn", pgettext_lazy("status", "Adjusted")),
        settled=("ok", pgettext_lazy("status", "Settled")),
    ),
    "rebate_run": _states(
        draft=("info", pgettext_lazy("status", "Draft")),
        calculated=("info", pgettext_lazy("status", "Calculated")),
        reviewed=("info", pgettext_lazy("rebate_run", "Reviewed")),
        confirmed=("ok", pgettext_lazy("status", "Confirmed")),
        credited=("ok", pgettext_lazy("status", "Credited to the pool")),
        reversed=("hold", pgettext_lazy("status", "Reversed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "pool_entry": _states(
        accrue=("info", pgettext_lazy("status", "Accrued")),
        confirm=("ok", pgettext_lazy("status", "Credited")),
        use=("hold", pgettext_lazy("status", "Used")),
        restore=("ok", pgettext_lazy("status", "Given back")),
        expire=("warn", pgettext_lazy("status", "Lapsed")),
        adjust=("info", pgettext_lazy("status", "Adjusted")),
        clawback=("bad", pgettext_lazy("status", "Clawed back")),
    ),
    "claim": _states(
        **_APPROVAL,
        settled=("ok", pgettext_lazy("status", "Settled")),
        partly_settled=("warn", pgettext_lazy("status", "Partly settled")),
    ),
    "credit": _states(
        normal=("ok", pgettext_lazy("status", "Within limit")),
        near=("warn", pgettext_lazy("status", "Near its limit")),
        over=("bad", pgettext_lazy("status", "Over its limit")),
    ),
    # Compliance and technical
    "recall": _states(
        draft=("info", pgettext_lazy("status", "Draft")),
        running=("bad", pgettext_lazy("status", "Recall running")),
        closed=("hold", pgettext_lazy("status", "Closed")),
    ),
    "job": _states(
        waiting=("info", pgettext_lazy("status", "Waiting")),
        running=("warn", pgettext_lazy("status", "Running")),
        done=("ok", pgettext_lazy("status", "Done")),
        failed=("bad", pgettext_lazy("status", "Failed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "import": _states(
        dry_run=("info", pgettext_lazy("status", "Dry run")),
        accepted=("ok", pgettext_lazy("status", "Accepted")),
        refused=("bad", pgettext_lazy("status", "Refused")),
        undone=("hold", pgettext_lazy("status", "Undone")),
    ),
    "journal": _states(
        staged=("warn", pgettext_lazy("status", "Awaiting its number")),
        sealed=("ok", pgettext_lazy("status", "Sealed")),
    ),
    "command": _states(
        waiting=("info", pgettext_lazy("status", "Waiting")),
        accepted=("ok", pgettext_lazy("status", "Accepted")),
        review=("warn", pgettext_lazy("status", "Kept for review")),
        refused=("bad", pgettext_lazy("status", "Refused")),
    ),
}


def look_up(kind: str, value: str) -> Status:
    """The Status of a state; raises LookupError naming both when the map lacks it."""
    try:
        return MAP[kind][value]
    except KeyError:
        raise LookupError(f"qudao.ui.status has no {kind} {value!r}") from None


def show(kind: str, value: str) -> Status:
    """The Status for a screen: a state without words shows as its code, and never breaks the page."""
    try:
        return look_up(kind, value)
    except LookupError:
        return Status("hold", value)
