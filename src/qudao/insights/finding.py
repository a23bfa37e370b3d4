"""What insights contribute to the to-dos: what runs out, and who is far behind."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.insights import figures, queries, rules
from qudao.kernel import periods, scope
from qudao.ui import todos

BUY, SET, PLACE = "supply.purchase.manage", "insights.target.set", "orders.order.place"


@queries.remembered()
def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Products at risk for those who buy; accounts far behind their target for those who sell."""
    if not actor.house or not actor.can(figures.VIEW):
        return []
    today = periods.business_date(now)
    cut = queries.Cut(first=today.replace(month=1, day=1), until=today + dt.timedelta(days=1))
    found = []
    if actor.can(BUY) and figures.may("stock_out", actor):
        risky = queries.counted(
            "stock_out",
            cut,
            lambda: sum(one.cover.state in ("out", "short") for one in queries.list_cover(cut, today=today)),
            today=today,
        )
        found.append(
            todos.Todo(
                title=_("Products run out within 14 days"),
                detail=_("At the demand of the last 8 weeks, with no purchase expected in time."),
                url=f"{reverse('kpi_rows')}?kpi=stock_out",
                icon="alert-triangle",
                count=risky,
                tone="bad",
            )
        )
    if actor.can(SET) or actor.can(PLACE):
        behind = queries.counted(
            "far_behind",
            cut,
            lambda: sum(
                one.rate is not None and one.rate < rules.FAR_BEHIND for one in queries.attainment(cut)
            ),
            today=today,
        )
        found.append(
            todos.Todo(
                title=_("Accounts far behind their target"),
                detail=_("Less than 60% of what the target asks of the days passed."),
                url=f"{reverse('kpi_rows')}?kpi=attainment",
                icon="target",
                count=behind,
                tone="warn",
            )
        )
    return found
