"""Expiry of licences and the window in which their renewal is applied for."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Literal, Protocol

from . import licences


@dataclasses.dataclass(frozen=True, slots=True)
class Expiry:
    """`days_left` until the printed expiry, 0 on that day; `window` the narrowest reached, 0 once lapsed."""

    licence: licences.Licence
    days_left: int
    window: int


def expiring(*, held: Iterable[licences.Licence], today: dt.date, policy: licences.Policy) -> list[Expiry]:
    """Licences lapsed or inside an alert window, most urgent first; without expiry or revoked never."""
    found = []
    for licence in held:
        if licence.last_day is None or (licence.revoked_on is not None and licence.revoked_on <= today):
            continue
        days_left = (licence.last_day - today).days
        reached = [window for window in policy.expiry_windows if days_left <= window]
        if reached:
            found.append(Expiry(licence, days_left, 0 if days_left < 0 else min(reached)))
    return sorted(found, key=lambda row: (row.days_left, row.licence.number))


class Calendar(Protocol):
    """Working days; `qudao.partners.holidays` is one."""

    def is_published(self, year: int) -> bool: ...

    def is_working_day(self, day: dt.date) -> bool: ...


@dataclasses.dataclass(frozen=True, slots=True)
class RenewalWindow:
    """First and last day to apply for renewal, both included.

    `assumed_years` are those counted by weekends alone, because their holidays are not published yet.
    """

    opens_on: dt.date
    closes_on: dt.date
    assumed_years: tuple[int, ...] = ()


def renewal_window(*, expires_on: dt.date, calendar: Calendar, policy: licences.Policy) -> RenewalWindow:
    """When renewal of a permit printed as valid to `expires_on` is applied for (54 §15, §16).

    Counts working days backwards; the expiry day itself is not counted.
    """
    years = set()
    working: list[dt.date] = []
    day = expires_on
    while len(working) < policy.renewal_opens:
        day -= dt.timedelta(days=1)
        years.add(day.year)
        if calendar.is_working_day(day):
            working.append(day)
    return RenewalWindow(
        opens_on=working[policy.renewal_opens - 1],
        closes_on=working[policy.renewal_closes - 1],
        assumed_years=tuple(sorted(year for year in years if not calendar.is_published(year))),
    )


def judge_renewal(*, window: RenewalWindow, applied_on: dt.date) -> Literal["early", "open", "late"]:
    """Whether an application on that day is accepted: it is while the window is open."""
    if applied_on < window.opens_on:
        return "early"
    return "open" if applied_on <= window.closes_on else "late"
