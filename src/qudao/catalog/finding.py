"""What the catalogue contributes to the search and to the to-dos."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.catalog import queries
from qudao.kernel import periods, scope
from qudao.ui import search, todos

VIEW, CERTIFICATES = "catalog.item.view", "catalog.certificate.manage"
SOON = 90


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Products in trade by name, pinyin, initials, specification, code or DI, packages' DIs included."""
    if not actor.can(VIEW) or len(text.strip()) < 2:
        return []
    # No tax is shown, so the day does not matter.
    return [
        search.Hit(
            kind=_("Products"),
            title=item.name,
            detail=f"{item.code} · {item.specification}",
            url=reverse("device", args=[item.id]),
            icon="package",
        )
        for item in queries.search_items(text, limit, on=dt.date.max)
    ]


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Certificates that products in trade rest on, about to end or ended, for those who keep them."""
    if not actor.can(CERTIFICATES):
        return []
    totals = queries.total_certificates(queries.CertificateFilter(in_use=True), on=periods.business_date(now))
    address, found = reverse("certificates"), []
    if totals.lapsed:
        found.append(
            todos.Todo(
                title=_("Product certificates without effect"),
                detail=_("What was made after they ended can be neither bought nor sold."),
                url=f"{address}?within=lapsed",
                icon="certificate-off",
                count=totals.lapsed,
                tone="bad",
            )
        )
    if totals.windows[SOON]:
        found.append(
            todos.Todo(
                title=_("Product certificates end within 90 days"),
                detail=_("Ask the registrant for the renewal, and enter it before the old one ends."),
                url=f"{address}?within={SOON}",
                icon="certificate",
                count=totals.windows[SOON],
                tone="warn",
            )
        )
    return found
