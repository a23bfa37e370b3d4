"""What the chapters share: the company, its people, the tour's own calendar, and what was made so far."""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from qudao.kernel import errors, journal, periods, scope
from qudao.partners import queries as partners
from qudao.shell.commands import worker
from qudao.shell.company import Company, work
from qudao.shell.tour import book

YEAR = 2026


@dataclasses.dataclass(slots=True)
class Stage:
    """`made` keeps documents by short names for later chapters; `folder` takes what is written to disk."""

    book: book.Book
    folder: pathlib.Path
    company: Company = dataclasses.field(default_factory=lambda: Company(dt.date(YEAR, 9, 1)))
    made: dict[str, Any] = dataclasses.field(default_factory=dict)

    def at(self, month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
        """An instant of the tour, in Shanghai's time. Dates are fixed: the figures are the same any day."""
        return dt.datetime(YEAR, month, day, hour, minute, tzinfo=periods.BUSINESS_ZONE).astimezone(dt.UTC)

    def person(self, username: str, now: dt.datetime) -> scope.Actor:
        return work.person(self.company, username, now=now)

    def debtor(self, account: str) -> int:
        """The node of the partner's debts, by one of its accounts."""
        found = partners.get_account(self.company.accounts[account], scope.system("tour"))
        return found.debtor_node_id

    def refused(self, what: str, action: Callable[[], Any], *, shows: str) -> errors.Refused:
        """Do what must be refused; `shows` is a code among the reasons."""
        try:
            action()
        except errors.Refused as refusal:
            self.book.refusal(what, refusal)
            found = [one.code for one in refusal.reasons if one.code == shows]
            self.book.check(f"refused: {what}", shows, found[0] if found else "something else")
            return refusal
        self.book.check(f"refused: {what}", shows, "it went through")
        raise AssertionError("a check that fails raises")

    def catch_up(self, now: dt.datetime) -> None:
        """Number and sign the journal and let the consumers take it, as the worker does all the time."""
        worker.catch_up()
        journal.checkpoint(now)

    def item_code(self, item_id: int | None) -> str:
        return next((code for code, known in self.company.items.items() if known == item_id), "")

    def site_name(self, site_id: int) -> str:
        return {self.company.sites["hz"]: "杭州仓", self.company.sites["sh"]: "上海仓"}[site_id]


def net_of(gross: str) -> str:
    """The arithmetic of tax at 13 %, for sums printed to be followed by hand."""
    value = Decimal(gross.replace(",", ""))
    net = (value / Decimal("1.13")).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    return f"{value:,.2f} ÷ 1.13 = {net:,.2f} net, {value - net:,.2f} tax"
