"""States of partners and what is agreed with them: papers, contracts, prices."""

from django.utils.translation import pgettext_lazy

from .shown import APPROVAL, VALIDITY, states

STATES = {
    # Organisation and partners
    "period": states(
        open=("ok", pgettext_lazy("period", "Open")),
        closing=("warn", pgettext_lazy("period", "Closing")),
        closed=("hold", pgettext_lazy("period", "Closed")),
    ),
    "partner": states(
        candidate=("info", pgettext_lazy("status", "Candidate")),
        active=("ok", pgettext_lazy("status", "Active")),
        frozen=("warn", pgettext_lazy("status", "Frozen")),
        exiting=("warn", pgettext_lazy("status", "Exiting")),
        exited=("hold", pgettext_lazy("status", "Exited")),
        merged=("hold", pgettext_lazy("status", "Merged")),
    ),
    "account": states(
        open=("ok", pgettext_lazy("status", "Active")),
        active=("ok", pgettext_lazy("status", "Active")),
        frozen=("warn", pgettext_lazy("status", "Frozen")),
        closed=("hold", pgettext_lazy("status", "Closed")),
    ),
    "licence": states(**VALIDITY, suspended=("bad", pgettext_lazy("status", "Suspended"))),
    "certificate": states(**VALIDITY, missing=("bad", pgettext_lazy("status", "None on file"))),
    "authorisation": states(
        **VALIDITY,
        draft=("info", pgettext_lazy("status", "Draft")),
        locked=("hold", pgettext_lazy("status", "Locked")),
    ),
    "admission": states(**APPROVAL),
    "approval": states(**APPROVAL),
    "grade": states(
        A=("ok", pgettext_lazy("status", "Tier A")),
        B=("ok", pgettext_lazy("status", "Tier B")),
        C=("info", pgettext_lazy("status", "Tier C")),
        D=("warn", pgettext_lazy("status", "Tier D")),
    ),
    "risk": states(
        low=("ok", pgettext_lazy("status", "Low")),
        medium=("warn", pgettext_lazy("status", "Medium")),
        high=("bad", pgettext_lazy("status", "High")),
    ),
    # Contracts and prices
    "contract": states(
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
    "promotion": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        planned=("info", pgettext_lazy("status", "Planned")),
        running=("ok", pgettext_lazy("status", "Running")),
        paused=("warn", pgettext_lazy("status", "Paused")),
        ended=("hold", pgettext_lazy("status", "Ended")),
    ),
    "price_origin": states(
        guide=("hold", pgettext_lazy("status", "Guide price")),
        tier_region=("hold", pgettext_lazy("status", "Tier price")),
        hospital=("warn", pgettext_lazy("status", "Registered price")),
        vbp=("info", pgettext_lazy("status", "Centralised procurement")),
        contract=("ok", pgettext_lazy("status", "Contract price")),
        promotion=("warn", pgettext_lazy("status", "Promotion")),
        manual=("bad", pgettext_lazy("status", "Entered by hand")),
    ),
}
