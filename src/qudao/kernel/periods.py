"""Days and half-open periods. Instants are UTC; business dates are Asia/Shanghai."""

import calendar
import dataclasses
import datetime as dt
import zoneinfo

BUSINESS_ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
# Days that come in lie between these: beyond them it is a slip of the hand, and arithmetic with days fails.
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 12, 31)


def business_date(instant: dt.datetime) -> dt.date:
    """The business day an aware instant falls on."""
    if instant.tzinfo is None:
        raise ValueError("an instant carries its time zone")
    return instant.astimezone(BUSINESS_ZONE).date()


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """[valid_from, valid_until); an open end is None."""

    valid_from: dt.date
    valid_until: dt.date | None = None

    def __post_init__(self) -> None:
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError(f"a period ends after it begins: {self.valid_from} .. {self.valid_until}")

    def contains(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def overlaps(self, other: "Period") -> bool:
        return (other.valid_until is None or self.valid_from < other.valid_until) and (
            self.valid_until is None or other.valid_from < self.valid_until
        )

    def within(self, outer: "Period") -> bool:
        """Whether no day of this period lies outside `outer`."""
        if self.valid_from < outer.valid_from:
            return False
        return outer.valid_until is None or (
            self.valid_until is not None and self.valid_until <= outer.valid_until
        )


def month(year: int, number: int) -> Period:
    """The calendar month as a period."""
    first = dt.date(year, number, 1)
    following = dt.date(year + number // 12, number % 12 + 1, 1)
    return Period(first, following)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, or the last day of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    first = dt.date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def day_after(last_day: dt.date | None) -> dt.date | None:
    """The first day on which what holds to `last_day` does so no longer; None where it has no end."""
    return None if last_day is None else last_day + dt.timedelta(days=1)


def last_day(until: dt.date | None) -> dt.date | None:
    """The last day of what holds until `until`, as people say it; None where it has no end."""
    return None if until is None else until - dt.timedelta(days=1)
