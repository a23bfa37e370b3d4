"""What of a month is still under way when its period (会计期间) is to be closed."""

import datetime as dt

from django.db.models import Count

from qudao.kernel import periods, scope
from qudao.settlement import models


def unfinished(*, entity_id: int, ledger: str, first_on: dt.date, actor: scope.Actor) -> dict[str, int]:
    """State → how many documents of the month stand there: statements not confirmed yet for the ledger
    `receivable`, calculations not confirmed yet of periods ended by then for `rebate`. One statement."""
    if ledger == "receivable":
        rows = models.Statement.objects.filter(entity_id=entity_id, period_from=first_on)
        rows = rows.exclude(status__in=("confirmed", "locked"))
    else:
        until = periods.add_months(first_on, 1)
        rows = models.RebateRun.objects.filter(
            entity_id=entity_id, period_until__lte=until, status="calculated"
        )
    counted = scope.visible(rows, actor).values("status").annotate(count=Count("pk")).order_by("status")
    return {row["status"]: row["count"] for row in counted}
