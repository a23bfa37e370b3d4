"""Makes the demo company: the ground in this process, the trade of each entity in a process of its own."""

import collections
import datetime as dt
import multiprocessing
import pickle
from collections.abc import Iterator, Sequence
from concurrent import futures
from multiprocessing import connection
from typing import Any

from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import database, journal, periods, scope
from qudao.shell.commands import worker
from qudao.shell.company import Company, goods, house
from qudao.shell.company import network as small_network
from qudao.shell.demo import (
    acts,
    cast,
    deals,
    goals,
    lanes,
    network,
    opening,
    people,
    products,
    shelving,
    stories,
    supplies,
    trade,
    worth,
)
from qudao.shell.demo.state import Demo

SEED = 2026
ORDERS = 1440
"""Planned; stories bring some sixty more."""
# Entities whose life goes on in one process, one to each, and how far it gives way to the others: with two cores the
# longest keeps one, so that all end a month together.
LANES = ((("qd",), 0), (("gz",), 3), (("bj",), 5))


def planned(now: dt.datetime, *, seed: int = SEED, orders: int = ORDERS) -> Demo:
    """The demo company as it will be at `now`: partners, products and stories, nothing written yet."""
    today = periods.business_date(now)
    begin = periods.add_months(today.replace(day=1), -11)
    company = Company(today, months_since_2026(today))
    demo = Demo(seed=seed, now=now, begin=begin, company=company, orders=orders)
    demo.products = products.catalogue(seed)
    demo.partners = network.plan(seed)
    company.entities = {code: 0 for code, *_ in house.ENTITIES}
    stories.choose(demo)
    return demo


def months_since_2026(today: dt.date) -> int:
    """By how many months the small company's dates must move to be today what they were in November 2026."""
    return today.year * 12 + today.month - (2026 * 12 + 11)


def finished() -> bool:
    """Whether the history was lived to its end: the recall is among its last acts."""
    holds = stock.list_holds(scope.system("demo"), open_only=False, limit=1000)
    return any(one.reason == acts.RECALL for one in holds)


def make(demo: Demo) -> Iterator[str]:
    """Make it; yields what was done, step by step."""
    # The lanes' processes start while the ground is laid, which keeps one core busy.
    with _UnsafeButQuick(), people.quick_passwords(), _Lanes() as side_by_side:
        try:
            yield from _make(demo, side_by_side)
        finally:
            journal.record_by(journal.true_time)


def _make(demo: Demo, side_by_side: "_Lanes") -> Iterator[str]:
    actor = scope.system("setup")
    start = cast.instant(demo.begin, 0, 30)
    common: dict[str, Any] = {"now": start, "actor": actor}
    cast.tell(start)
    planned = [*trade.plan(demo), *stories.standing(demo)]
    bargains = sorted([*planned, *stories.earning(demo, planned)], key=lambda deal: deal.at)
    demo.targets, demo.asked = goals.targets(demo, bargains), worth.asked(demo, bargains)
    yield from _ground(demo, common)
    wanted = supplies.demand(demo, bargains)
    deals.credit(demo, bargains, **common)
    yield f"{len(demo.debtors)} credit limits"
    yield from supplies.open_stock(demo, wanted, **common)
    buys = supplies.plan(demo, wanted)
    coming = [*((buy, "inspected") for buy in buys), *stories.arrivals(demo, buys)]
    _catch_up(start)
    found: dict[str, list] = collections.defaultdict(list)
    side_by_side.begin(demo, bargains, coming)
    yield from _live(demo, side_by_side, found)
    stories.remember(demo, found)
    cast.tell(demo.now)
    yield from acts.finish(demo, now=demo.now)
    people.newcomers(demo, now=demo.now, actor=actor)
    people.sign_ins(demo, bargains)
    _catch_up(demo.now)
    yield "the journal numbered and signed"


def _ground(demo: Demo, common: dict[str, Any]) -> Iterator[str]:
    company = demo.company
    house.build(company, **common)
    goods.build(company, locations=shelving.locations(), **common)
    products.build(demo, **common)
    yield f"{len(company.items)} products of {len(company.lines)} lines"
    small_network.build(company, authorised=False, **common)
    house.staff(company, **common)
    opening.house_and_sites(demo, **common)
    opening.parties(demo, **common)
    hospitals = sum(one.is_hospital for one in demo.partners.values())
    yield f"{len(demo.partners)} partners, {hospitals} of them hospitals, {len(company.accounts)} accounts"
    people.guests(demo, **common)
    yield f"{len(company.people)} people"
    deals.prices(demo, **common)
    deals.contracts(demo, **common)
    deals.hospital_prices(demo, **common)
    deals.promotions(demo, **common)
    goals.build(demo, **common)
    yield f"price lists, {len(demo.versions)} contracts of this year, promotions"


def _live(demo: Demo, side_by_side: "_Lanes", found: dict) -> Iterator[str]:
    """Twelve months, one after the other: the lanes side by side, then the journal numbered for all."""
    counts, refused = demo.counts, demo.refused
    with futures.ThreadPoolExecutor(1) as beside:
        analyses: list[futures.Future] = []
        for number, month in enumerate(trade.months(demo)):
            for report in side_by_side.month(number):
                counts.update(report.counts)
                refused.update(report.refused)
                for name, told in report.found.items():
                    found[name] += told
            _end(month, demo)
            if number in (0, 2, 5, 11):
                analyses.append(beside.submit(_analyse))
            yield f"{month:%Y-%m}: {counts['orders']} orders, {counts['lines']} lines, " + ", ".join(
                f"{counts[name]} {name}" for name in ("signed", "invoices", "statements", "rebate runs")
            )
        for analysis in analyses:
            analysis.result()


def _end(month: dt.date, demo: Demo) -> None:
    """What is done for all entities together once a month is over."""
    until = cast.instant(periods.add_months(month, 1), 0)
    cast.tell(min(until, demo.now))
    _lock_expired(month, until=min(until, demo.now))
    # The newest month is numbered and signed when all is done.
    if until <= demo.now:
        _catch_up(until)


class _Lanes:
    """The processes, and a pipe to each."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._running: list[tuple] = []
        for _, niceness in LANES:
            ours, theirs = context.Pipe()
            arguments = (theirs, database.name(), niceness)
            process = context.Process(target=lanes.serve, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self._running.append((process, ours))

    def begin(
        self, demo: Demo, bargains: Sequence[trade.Deal], coming: Sequence[tuple[supplies.Buy, str]]
    ) -> None:
        """Tell each lane what its entities will live."""
        for (entities, _), (_, pipe) in zip(LANES, self._running, strict=True):
            mine = [one for one in bargains if demo.partners[one.partner].entity in entities]
            buys = [(buy, until) for buy, until in coming if buy.entity in entities]
            pipe.send_bytes(pickle.dumps((demo, entities, mine, buys)))

    def __enter__(self) -> "_Lanes":
        return self

    def month(self, number: int) -> list:
        """Let every lane live the month; returns their reports."""
        for _, pipe in self._running:
            pipe.send(number)
        return [self._answer(process, pipe) for process, pipe in self._running]

    @staticmethod
    def _answer(process, pipe: connection.Connection):
        # A lane that died says nothing more: its end is waited for beside its answer.
        if pipe not in connection.wait([pipe, process.sentinel]):
            raise RuntimeError(f"a lane of the demo company ended with {process.exitcode}")
        answer = pipe.recv()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def __exit__(self, *error) -> None:
        for process, pipe in self._running:
            pipe.close()
            process.join(timeout=10)
            if process.is_alive():
                process.terminate()


def _lock_expired(month: dt.date, *, until: dt.datetime) -> None:
    """What the nightly job did on each of the days: nothing past its date was sold in between."""
    night = cast.instant(month, 0, 5)
    while night < until:
        inventory.lock_expired(now=night)
        night += dt.timedelta(days=1)


def _catch_up(now: dt.datetime) -> None:
    """Number and sign; what three entities lived side by side is told day by day."""
    worker.catch_up(by_time=True)
    journal.checkpoint(now)


def _analyse() -> None:
    """Tell the planner how large the tables have grown: it met them empty."""
    with database.connect("owner", database=database.name(), autocommit=True) as owner:
        owner.execute("ANALYZE")


class _UnsafeButQuick:
    """While a company is made that can be made again, commits need not reach the disk one by one, and what is asked a
    thousand times a minute need not be planned for each new value."""

    def __enter__(self) -> None:
        self._set("SET synchronous_commit = off")
        self._set("SET plan_cache_mode = force_generic_plan")

    def __exit__(self, *error) -> None:
        self._set("RESET synchronous_commit")
        self._set("RESET plan_cache_mode")

    @staticmethod
    def _set(what: str) -> None:
        from psycopg import sql

        with database.connect("owner", database=database.name(), autocommit=True) as owner:
            name = sql.Identifier(database.name())
            owner.execute(sql.SQL("ALTER DATABASE {} ").format(name) + sql.SQL(what))
