"""Who does it: the people of the demo company as actors, read once."""

import datetime as dt

from qudao.kernel import journal, periods, scope
from qudao.shell.company import work
from qudao.shell.demo import trade
from qudao.shell.demo.state import Demo

KEEPERS = {"qd": "lijun", "gz": "hejian", "bj": "tangbo"}
REVIEWERS = {"qd": "chenxi", "gz": "yexin", "bj": "yexin"}
# Who drafts contracts, and who puts them into effect: the roles keep the two apart.
DRAFTER, SIGNER = "wangmin", "mengyao"
DESKS = {"qd": "zhoulan", "gz": "songjia", "bj": "songjia"}


class Cast:
    """Actors by user name. Posts do not change during the history, so that each is read once a process."""

    def __init__(self, demo: Demo):
        self.demo = demo
        self._known: dict[str, scope.Actor] = {}

    def __call__(self, username: str) -> scope.Actor:
        if username not in self._known:
            self._known[username] = work.person(self.demo.company, username, now=self.demo.now)
        return self._known[username]

    def of(self, partner: str) -> scope.Actor:
        """The partner's own person."""
        return self(trade.username_of(self.demo.partners[partner]))

    def keeper(self, entity: str) -> scope.Actor:
        return self(KEEPERS[entity])

    def reviewer(self, entity: str) -> scope.Actor:
        return self(REVIEWERS[entity])

    def desk(self, entity: str) -> scope.Actor:
        return self(DESKS[entity])


_told: list[dt.datetime] = []


def tell(now: dt.datetime) -> None:
    """Set the company's clock, by which this process records: what happened a year ago was recorded then."""
    _told[:] = [now]
    journal.record_by(lambda: _told[0])


def instant(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A time of day in Shanghai."""
    return dt.datetime.combine(day, dt.time(hour, minute), periods.BUSINESS_ZONE).astimezone(dt.UTC)
