"""What stock does by itself: reservations run out, goods past their date are locked."""

import datetime as dt

from qudao.inventory import operations
from qudao.kernel import jobs


@jobs.periodic("*/5 * * * *")
def expire_reservations(*, now: dt.datetime) -> None:
    """Give back what drafts and unreleased orders set aside too long."""
    operations.expire_reservations(now=now)


# Shortly after the business day begins in Shanghai.
@jobs.periodic("5 16 * * *")
def lock_expired(*, now: dt.datetime) -> None:
    """Lock what passed its last day of use at midnight."""
    operations.lock_expired(now=now)
