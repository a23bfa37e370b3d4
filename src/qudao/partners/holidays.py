"""Working days of mainland China: statutory holidays off, make-up days (调休) on.

The State Council announces each year's holidays late in the year before. For a year the calendar does
not hold, weekends alone are taken as days off; `is_published` says which of the two a year is.
"""

import datetime as dt
import functools

import chinese_calendar


@functools.cache
def _published_years() -> range:
    days = chinese_calendar.holidays.keys()
    return range(min(days).year, max(days).year + 1)


def is_published(year: int) -> bool:
    """Whether the holidays of `year` are known, so that counting in it is exact."""
    return year in _published_years()


@functools.lru_cache(4096)  # the package looks through all its years at each call
def is_working_day(day: dt.date) -> bool:
    """Whether `day` is worked; in a year without published holidays, whether it is Monday to Friday."""
    if is_published(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5
