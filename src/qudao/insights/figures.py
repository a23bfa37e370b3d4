"""A figure put together: what was counted, against the period before, target and baseline."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from qudao.flow import queries_punctuality
from qudao.insights import queries, rules
from qudao.kernel import scope

STOCK, COST, VIEW = "inventory.stock.view", "inventory.cost.view", "insights.dashboard.view"
SPAN = 90
# The groups are computed together, in a fixed number of statements.
SALES = ("sales", "attainment")
SERVICE = ("on_time", "shortage", "order_to_ship")
GOODS = ("stock_out", "near_expiry", "expired", "turnover")
CHANNEL = ("coverage", "flow", "cross_region")
MONEY = ("overdue", "dso", "disputes")
# What these are today, whatever period is chosen.
TODAY = frozenset({"attainment", "coverage", "overdue", "dso", *GOODS})


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """`apart` names what was chosen and does not touch it (see `apart`)."""

    kpi: rules.Kpi
    measured: rules.Measured
    value: Decimal | None
    before: Decimal | None = None
    target: Decimal | None = None
    baseline: Decimal | None = None
    apart: Sequence[str] = ()

    @property
    def change(self) -> Decimal | None:
        return rules.change(kpi=self.kpi, now=self.value, before=self.before)

    @property
    def tone(self) -> str:
        return rules.tone(kpi=self.kpi, change=self.change)

    @property
    def met(self) -> bool | None:
        return rules.met(kpi=self.kpi, value=self.value, target=self.target)


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for which part of the business, and when."""

    cut: queries.Cut
    actor: scope.Actor
    today: dt.date
    standing: Sequence[queries.Standing] | None = None
    items: Sequence[queries.Item] | None = None

    @property
    def year(self) -> queries.Cut:
        """From the first of January to the end of today."""
        return self.cut.within(self.today.replace(month=1, day=1), self.today + dt.timedelta(days=1))


def may(code: str, actor: scope.Actor) -> bool:
    """Whether the actor may see the figure at all; rows it sees are those of its scope in any case."""
    if code in GOODS:
        return actor.house and actor.can(STOCK) and (code != "turnover" or actor.can(COST))
    if code in ("overdue", "dso"):
        return actor.can("settlement.invoice.view") or actor.can("settlement.credit.view")
    if code == "disputes":
        return actor.can("settlement.statement.view")
    if code == "order_to_ship":
        return actor.house
    return code != "cross_region" or actor.can("flow.file.view")


def compute(
    asked: Asked,
    codes: Iterable[str],
    *,
    standing: Sequence[queries.Standing] | None = None,
    items: Sequence[queries.Item] | None = None,
) -> dict[str, Figure]:
    """The figures this actor may see, in the order asked for; statements do not grow with rows.

    `standing` and `items` are given by pages that have read them already.
    """
    asked = dataclasses.replace(asked, standing=standing, items=items)
    wanted = [code for code in codes if may(code, asked.actor)]
    now: dict[str, rules.Measured] = {}
    before: dict[str, rules.Measured] = {}
    first, until = rules.previous(first=asked.cut.first, until=asked.cut.until, today=asked.today)
    earlier = dataclasses.replace(asked, cut=asked.cut.within(first, until))
    for group, measure in _GROUPS:
        if set(group) & set(wanted):
            now |= measure(asked, wanted)
            if measure in (_service, _sales):
                before |= measure(earlier, [code for code in wanted if code != "attainment"])
    targets = queries.targets_for(asked.cut, actor=asked.actor)
    return {code: _figure(code, asked, now, before, targets.get(code, ())) for code in wanted if code in now}


def read_once(asked: Asked, code: str) -> Asked:
    """With the rows of a figure that is counted out of all of them, read for the list and the count alike."""
    if code == "attainment" and asked.standing is None:
        return dataclasses.replace(asked, standing=queries.attainment(asked.year))
    if code == "stock_out" and asked.items is None:
        return dataclasses.replace(asked, items=queries.list_cover(asked.cut, today=asked.today))
    return asked


def measure(asked: Asked, code: str) -> rules.Measured:
    """What a figure counts, alone."""
    return next(counted for group, counted in _GROUPS if code in group)(asked, [code])[code]


def apart(code: str, asked: Asked) -> list[str]:
    """What was chosen and does not narrow a figure: facets it has not; `today` of a period that is over, where it is
    what it is today; `january` where it counts from then on."""
    found = [name for name in queries.WITHOUT.get(code, ()) if getattr(asked.cut, name)]
    if code in TODAY and code != "attainment" and asked.cut.until <= asked.today:
        found.append("today")
    if code == "flow" and asked.cut.first > counted_since(asked):
        found.append("january")
    return found + beyond(code, asked.actor)


def beyond(code: str, actor: scope.Actor) -> list[str]:
    """What a figure of goods counts of more than its reader sees: stock is the house's, whoever of ours looks, and
    what is asked of it is asked by the partners the reader sees."""
    if actor.everyone or code not in GOODS:
        return []
    return ["house", "demand"] if code == "stock_out" else ["house"]


def counted_since(asked: Asked) -> dt.date:
    """From when monthly files are counted: from January on, or from the start of a period that began earlier."""
    return min(asked.cut.first, asked.today.replace(month=1, day=1))


def _figure(code, asked: Asked, now, before, targets: Sequence[queries.TargetView]) -> Figure:
    kpi = rules.KPIS[code]
    return Figure(
        kpi,
        now[code],
        rules.value(kpi=kpi, measured=now[code]),
        rules.value(kpi=kpi, measured=before[code]) if code in before else None,
        _against(kpi, asked, [(one.target, one) for one in targets]),
        _against(kpi, asked, [(one.baseline, one) for one in targets]),
        apart(code, asked),
    )


def _against(kpi: rules.Kpi, asked: Asked, given) -> Decimal | None:
    """What a figure is held against: for sums, what the days of the window ask that have passed; else what is in force
    at its end.

    What is asked of the whole business is no measure for the sum of a part, which is all that some see.
    """
    if kpi.kind == "sum" and not asked.actor.everyone and not any(facets(asked.cut).values()):
        return None
    goals = [rules.Goal(value, one.valid_from, one.valid_until) for value, one in given if value is not None]
    if kpi.kind == "sum":
        until = min(asked.cut.until, asked.today + dt.timedelta(days=1))
        return rules.due_of_whole(goals=goals, first=asked.cut.first, until=until)
    last = min(asked.today, asked.cut.until - dt.timedelta(days=1))
    return next((goal.target for goal in goals if goal.valid_from <= last < goal.valid_until), None)


def _sales(asked: Asked, wanted: list[str]) -> dict[str, rules.Measured]:
    found = {}
    if "sales" in wanted:
        found["sales"] = rules.Measured(queries.total(asked.cut)[0])
    if "attainment" in wanted:
        read = asked.standing
        found["attainment"] = attained(queries.attainment(asked.year) if read is None else read)
    return found


def attained(standing: Iterable[queries.Standing]) -> rules.Measured:
    """Of accounts together: their sales over what their targets ask."""
    listed = list(standing)
    zero = Decimal("0.00")
    return rules.Measured(sum((one.sales for one in listed), zero), sum((one.due for one in listed), zero))


def _service(asked: Asked, wanted: list[str]) -> dict[str, rules.Measured]:
    found = queries.service(asked.cut, today=asked.today, wanted=wanted)
    return {
        "on_time": _counted(found.on_time, found.due),
        "shortage": _counted(found.short, found.lines),
        "order_to_ship": rules.Measured(
            denominator=Decimal(found.shipments), median=found.median, p90=found.p90
        ),
    }


def _goods(asked: Asked, wanted: list[str]) -> dict[str, rules.Measured]:
    found = {}
    if "stock_out" in wanted:
        read = asked.items
        found["stock_out"] = at_risk(
            queries.list_cover(asked.cut, today=asked.today) if read is None else read
        )
    if {"near_expiry", "expired"} & set(wanted):
        goods = queries.stock_condition(asked.cut, today=asked.today, costs=asked.actor.can(COST))
        found["near_expiry"] = rules.Measured(goods.near, goods.whole)
        found["expired"] = rules.Measured(goods.expired, goods.whole)
    if "turnover" in wanted:
        stock, sold = queries.turnover(asked.cut, today=asked.today, days=SPAN)
        found["turnover"] = rules.Measured(stock, sold, SPAN)
    return found


def at_risk(items: Iterable[queries.Item]) -> rules.Measured:
    listed = [one for one in items if one.cover.state != "idle"]
    return _counted(sum(one.cover.state in ("out", "short") for one in listed), len(listed))


def _channel(asked: Asked, wanted: list[str]) -> dict[str, rules.Measured]:
    found, cut = {}, asked.cut
    if "coverage" in wanted:
        target, reached = queries.coverage(cut, today=asked.today)
        found["coverage"] = _counted(reached, target)
    if "flow" in wanted:
        owed, punctual = queries.counted("punctual", cut, lambda: _punctual(asked), today=asked.today)
        found["flow"] = _counted(punctual, owed)
    if "cross_region" in wanted:
        lines, outside, _banned = queries.cross_region(cut)
        found["cross_region"] = _counted(outside, lines)
    return found


def _punctual(asked: Asked) -> tuple[int, int]:
    return queries_punctuality.count_punctual(
        first=counted_since(asked),
        until=asked.cut.until,
        today=asked.today,
        actor=asked.actor,
        **facets(asked.cut),
    )


def facets(cut: queries.Cut) -> dict[str, int | str]:
    return {
        "entity_id": cut.entity_id,
        "region_id": cut.region_id,
        "line_id": cut.line_id,
        "tier": cut.tier,
        "party_id": cut.party_id,
    }


def _money(asked: Asked, wanted: list[str]) -> dict[str, rules.Measured]:
    found = {}
    if {"overdue", "dso"} & set(wanted):
        whole, overdue = queries.receivables(asked.cut, today=asked.today)
        found["overdue"] = rules.Measured(overdue, whole)
        if "dso" in wanted:
            end = asked.today + dt.timedelta(days=1)
            _net, gross = queries.total(asked.cut.of("dso").within(end - dt.timedelta(days=SPAN), end))
            found["dso"] = rules.Measured(whole, gross, SPAN)
    if "disputes" in wanted:
        lines, wrong = queries.disputes(asked.cut)
        found["disputes"] = _counted(wrong, lines)
    return found


def _counted(part: int, whole: int) -> rules.Measured:
    return rules.Measured(Decimal(part), Decimal(whole))


_GROUPS: tuple[tuple[tuple[str, ...], Callable], ...] = (
    (SALES, _sales),
    (SERVICE, _service),
    (GOODS, _goods),
    (CHANNEL, _channel),
    (MONEY, _money),
)
