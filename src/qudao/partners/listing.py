"""The list of partners: its columns, filters, sums, and its sheet for Excel."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.catalog.queries import Names
from qudao.kernel import manifest, periods, scope
from qudao.partners import labels, queries
from qudao.ui import cards, filters, parsing, tables

TIERS = ("A", "B", "C", "D")
EXPIRING = 90
# The largest list whose columns are summed: beyond, that would take longer than the page.
MOST_SUMMED = 2000


def wanted(query: QueryDict) -> queries.PartyFilter:
    """The filter an address asks for; what it cannot mean is left out."""
    return queries.PartyFilter(
        text=query.get("q", ""),
        role=query.get("role", ""),
        tier=query.get("tier", ""),
        region_id=parsing.whole_or_none(query.get("region")),
        line_id=parsing.whole_or_none(query.get("line")),
        expiring_within=EXPIRING if query.get("licence") == "expiring" else None,
        frozen=True if query.get("frozen") == "yes" else None,
        dealt=True,
    )


def filters_for(totals: queries.PartyTotals, names: Names, *, alone: bool = False) -> list[filters.Filter]:
    """The filter bar; chips carry how many partners they leave beside the other filters, as `totals` counts them.
    See `columns` for `alone`."""
    text = filters.Text("q", _("Name, pinyin, credit code"))
    if alone:
        return [text]
    return [
        text,
        filters.Toggle("licence", "expiring", _("Licence lapsed, or lapses within 90 days"), totals.expiring),
        filters.Toggle("frozen", "yes", _("Frozen"), totals.frozen),
        filters.Choice("role", _("Kind"), list(labels.ROLES.items())),
        filters.Choice("tier", _("Tier"), [(tier, tier) for tier in TIERS]),
        filters.Choice("region", _("Region"), [(str(key), name) for key, name in names.regions.items()]),
        filters.Choice("line", _("Product line"), [(str(key), name) for key, name in names.lines.items()]),
    ]


def figures(ids: Sequence[int], *, actor: scope.Actor, now: dt.datetime) -> list[cards.Figures]:
    """What other modules know of these partners, a column each."""
    return [one for find in manifest.collect("columns") for one in find(ids, actor=actor, now=now)]


class Summed:
    """What other modules know of the partners of a list, asked once for all the filter finds, so that the sums are of
    all of it whichever page is shown; beyond `MOST_SUMMED` of a page alone, without sums. Who is alone is told none."""

    def __init__(self, wanted: queries.PartyFilter, count: int, *, actor: scope.Actor, now: dt.datetime):
        self._actor, self._now = actor, now
        self._authorisations: dict[int, int] | None = None
        self._figures: list[cards.Figures] = []
        if count <= MOST_SUMMED and not actor.alone:
            today = periods.business_date(now)
            self._authorisations = queries.authorisations_found(wanted, actor=actor, today=today)
            self._figures = figures(list(self._authorisations), actor=actor, now=now)

    def figures(self, page: Sequence[int]) -> list[cards.Figures]:
        """For the partners of a page, or more."""
        if self._authorisations is not None or self._actor.alone:
            return self._figures
        return figures(page, actor=self._actor, now=self._now)

    def sums(self) -> dict[str, Any]:
        """Of the columns that can be added, by their keys."""
        if self._authorisations is None:
            return {}
        money = {
            one.column.key: sum((value for value in one.values.values() if value is not None), Decimal(0))
            for one in self._figures
            if one.column.kind in ("money", "qty")
        }
        return {"authorisations": sum(self._authorisations.values()), **money}


def columns(
    found: Sequence[cards.Figures], *, alone: bool = False, house: bool = True
) -> list[tables.Column]:
    """The columns of the list; those of other modules, what a partner brings, stand before where it is. How much a
    partner holds is for our own people (`house`). Who sees no other partner (`alone`) finds hospitals here, of which
    it is told what and where they are."""
    name = tables.Column(key="name", label=_("Partner"), sub="code", sub_label=_("Credit code or number"))
    kind = tables.Column(key="kind", label=_("Kind"))
    if alone:
        return [name, kind, tables.Column(key="place", label=_("Place"))]
    return [
        name,
        kind,
        tables.Column(key="tiers", label=_("Tier"), kind="status", status="grade"),
        tables.Column(
            key="licence",
            label=_("Licences"),
            kind="tag",
            sub="expires_on",
            sub_label=_("Earliest expiry"),
            sub_kind="day",
        ),
        *(one.column for one in found),
        tables.Column(key="place", label=_("Place")),
        tables.Column(key="region", label=_("Region")),
        *(
            (
                tables.Column(key="lines", label=_("Lines held"), kind="qty"),
                tables.Column(key="authorisations", label=_("Authorisations"), kind="qty"),
                tables.Column(key="hospitals", label=_("Designated hospitals"), kind="qty"),
            )
            if house
            else ()
        ),
    ]


def row(
    party: queries.PartyRow, names: Names, found: Sequence[cards.Figures], *, own: int = 0
) -> dict[str, Any]:
    """One line of the table, in plain values; `own` is the reader's party, which its list names so."""
    itself = _("your company") if party.id == own else ""
    return {
        "id": party.id,
        "url": reverse("partner", args=[party.id]),
        "name": party.name,
        "code": party.uscc or party.code,
        "kind": " · ".join(filter(None, (itself, _kind(party), labels.hospital(party.grade)))),
        "tiers": party.tiers or None,
        "place": party.territory_name,
        "region": labels.several(names.regions, _regions(party, names)),
        "licence": licence_words(party),
        "licence_tone": _licence_tone(party),
        "expires_on": party.expires_on,
        # What is nought shows a dash: most rows have none of it.
        "lines": party.lines or None,
        "authorisations": party.authorisations or None,
        "hospitals": party.hospitals or None,
        **{one.column.key: one.values.get(party.id) for one in found},
        **{f"{one.column.key}_tone": one.tones.get(party.id) for one in found if one.tones},
    }


def _kind(party: queries.PartyRow) -> str:
    return labels.several(labels.ROLES, party.roles) or str(labels.KINDS.get(party.kind, party.kind))


def _regions(party: queries.PartyRow, names: Names) -> Sequence[int]:
    """Those of its accounts; of who has none, a hospital dealers serve, the one that serves its province."""
    served = names.serving.get(party.territory // 10_000 * 10_000)
    return party.region_ids or ((served,) if served else ())


def totals_words(totals: queries.PartyTotals, *, alone: bool = False) -> str:
    """What the filter finds."""
    if alone:
        return _("%(count)s found") % {"count": totals.parties}
    return _("%(count)s found · %(expiring)s with licences lapsed or lapsing · %(frozen)s frozen") % {
        "count": totals.parties,
        "expiring": totals.expiring,
        "frozen": totals.frozen,
    }


def licence_words(party: queries.PartyRow) -> str:
    """The state of a partner's licences in words: the one that lapses first decides."""
    if not party.licences:
        # A hospital's papers are its own: whoever does not see them is not told they are missing.
        return "" if party.kind == "hospital" else _("None on file")
    if party.days_left is None:
        return pgettext("status", "Valid")
    if party.days_left < 0:
        return labels.expired(-party.days_left)
    if party.days_left <= EXPIRING:
        return labels.expires_in(party.days_left)
    return pgettext("status", "Valid")


def _licence_tone(party: queries.PartyRow) -> str:
    if not party.licences:
        return "hold"
    if party.days_left is None or party.days_left > EXPIRING:
        return "ok"
    return "bad" if party.days_left < 0 else "warn"
