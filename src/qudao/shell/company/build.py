"""All of the small company, in order."""

import datetime as dt

from qudao.kernel import manifest, periods, scope
from qudao.shell.company import Company, goods, house, network


def everything(*, now: dt.datetime, months: int = 0) -> Company:
    """Make the company at the instant `now`, its dates moved by `months`; what needs a module that is off is
    left out."""
    actor = scope.system("setup")
    company = Company(periods.business_date(now), months)
    on = manifest.enabled_names()
    house.build(company, now=now, actor=actor)
    if "catalog" in on and "inventory" in on:
        goods.build(company, now=now, actor=actor)
    if "partners" in on:
        network.build(company, now=now, actor=actor)
        house.staff(company, now=now, actor=actor)
    if "pricing" in on:
        from qudao.shell.company import terms

        terms.build(company, now=now, actor=actor)
    if "settlement" in on:
        from qudao.shell.company import credit

        credit.build(company, now=now, actor=actor)
    if "inventory" in on:
        goods.stock(company, now=now, actor=actor)
    return company
