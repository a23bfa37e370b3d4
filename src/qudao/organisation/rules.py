"""Accounting periods (会计期间): which month may be closed, and on which day something posts."""

import datetime as dt

from qudao.kernel import errors, periods


def open_from(last: dt.date | None) -> dt.date:
    """The first day that is open when `last` (its first day) is the last month closed; None: none is."""
    return dt.date.min if last is None else periods.add_months(last, 1)


def posting_date(*, on: dt.date, last: dt.date | None) -> dt.date:
    """The day on which what happened `on` posts: that day, or the first that is open."""
    return max(on, open_from(last))


def check_closing(*, first_on: dt.date, last: dt.date | None, today: dt.date) -> tuple[errors.Reason, ...]:
    """Why the month beginning `first_on` cannot be closed: `organisation.period_not_ended`,
    `organisation.period_closed`, `organisation.period_out_of_order`.

    The first month closed may be any; all before it are closed with it.
    """
    month = {"month": f"{first_on:%Y-%m}"}
    if first_on < open_from(last):
        return (errors.Reason("organisation.period_closed", params=month),)
    reasons = []
    if last is not None and first_on != open_from(last):
        earlier = {"month": f"{open_from(last):%Y-%m}"}
        reasons.append(errors.Reason("organisation.period_out_of_order", params=earlier))
    if today < periods.add_months(first_on, 1):
        reasons.append(errors.Reason("organisation.period_not_ended", params=month))
    return tuple(reasons)
