"""Days on which the demo company's people work: neither weekends nor public holidays; pure."""

import datetime as dt

from qudao.partners import holidays


def working(first: dt.date, until: dt.date) -> list[dt.date]:
    """The working days from `first` to the day before `until`."""
    every = [first + dt.timedelta(days=number) for number in range((until - first).days)]
    return [day for day in every if holidays.is_working_day(day)]


def on_or_after(day: dt.date) -> dt.date:
    """The first working day from `day` on."""
    while not holidays.is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def on_or_before(day: dt.date) -> dt.date:
    """The last working day up to `day`."""
    while not holidays.is_working_day(day):
        day -= dt.timedelta(days=1)
    return day
