"""证照 and 授权: every licence by expiry with what it locks, every authorisation by what and where."""

import dataclasses
import datetime as dt

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import periods
from qudao.partners import authorised, labels, listing, profile, queries, territories
from qudao.ui import filters, pages, parsing, tables
from qudao.ui import listing as lists

VIEW = "partners.party.view"
WINDOWS = (7, 30, 60, 90)


@require_safe
@pages.page(VIEW)
def licences(request) -> HttpResponseBase:
    """Licences of everybody this person sees, the first to lapse on top."""
    today = periods.business_date(request.now)
    names = listing.Names.load()
    regions = [(str(key), name) for key, name in names.regions.items()]
    query = request.GET
    within = query.get("within", "")
    wanted = queries.LicenceFilter(
        text=query.get("q", "").strip(),
        kind=query.get("kind", ""),
        within=int(within) if within in map(str, WINDOWS) else None,
        lapsed=within == "lapsed",
        region_id=parsing.whole_or_none(query.get("region", "")),
    )
    # One window takes the place of another: the chips count beside all other filters.
    overall = queries.total_licences(
        dataclasses.replace(wanted, within=None, lapsed=False), actor=request.actor, today=today
    )

    def fetch(cursor: str | None, limit: int) -> lists.Slice:
        page = queries.list_all_licences(wanted, actor=request.actor, today=today, cursor=cursor, limit=limit)
        return lists.Slice(rows=[_licence(row, names, today) for row in page.rows], next=page.next)

    def sums():
        totals = queries.total_licences(wanted, actor=request.actor, today=today)
        said = _("%(count)s licences · %(lapsed)s no longer valid") % {
            "count": totals.licences,
            "lapsed": totals.lapsed,
        }
        return {}, said

    shown = lists.Listing(
        name="licences",
        title=_("Licences"),
        columns=[
            tables.Column(
                key="party",
                label=_("Partner"),
                sub="code",
                sub_label=_("Partner code"),
                whose="seen",
                sub_whose="seen",
            ),
            tables.Column(key="kind", label=_("Licence"), sub="number", sub_label=_("Licence number")),
            tables.Column(key="state", label=_("State"), kind="status", status="licence"),
            tables.Column(key="last_day", label=_("Valid to"), kind="day"),
            tables.Column(key="days_left", label=_("Days left"), kind="qty"),
            tables.Column(key="renewal", label=_("Renewal"), wrap=True),
            tables.Column(
                key="locks",
                label=_("Locks when it lapses"),
                sub="goods",
                sub_label=_("Goods that rest on it alone"),
                wrap=True,
            ),
        ],
        filters=[
            filters.Text("q", _("Licence number") if request.actor.alone else _("Number, partner, pinyin")),
            filters.Toggle("within", "lapsed", _("No longer valid"), overall.lapsed),
            *(
                filters.Toggle(
                    "within",
                    str(days),
                    _("Lapses within %(days)s days") % {"days": days},
                    overall.windows.get(days),
                )
                for days in WINDOWS
            ),
            filters.Choice("kind", _("Licence"), list(labels.LICENCES.items())),
            *([] if request.actor.alone else [filters.Choice("region", _("Region"), regions)]),
        ],
        fetch=fetch,
        sums=sums,
        order=_("Soonest expiry first"),
        empty=tables.Empty(
            title=_("No licence on file"),
            hint=_("Licences are recorded on the page of each partner, by quality."),
            icon="certificate",
        ),
    )
    return lists.respond(request, shown)


def _licence(row: queries.LicenceRow, names: listing.Names, today: dt.date) -> dict:
    licence = row.licence
    return {
        "url": f"{reverse('partner', args=[licence.party_id])}?tab=licences",
        "party": row.party_name,
        "code": row.party_code,
        "kind": str(labels.LICENCES.get(licence.kind, licence.kind)),
        "number": licence.number,
        "state": {"not_yet_valid": "pending"}.get(licence.state, licence.state),
        "last_day": licence.last_day,
        "last_day_none": _("No expiry"),
        "days_left": licence.days_left,
        "days_left_tone": "bad" if licence.days_left is not None and licence.days_left < 0 else None,
        "renewal": profile.renewal(licence, brief=True),
        "renewal_tone": profile.renewal_tone(licence),
        "locks": profile.locks_words(licence),
        "goods": profile.goods_words(row.locks, names),
    }


@require_safe
@pages.page(VIEW)
def authorisations(request) -> HttpResponseBase:
    """Authorisations by product, territory, hospital, channel, exclusivity."""
    today = periods.business_date(request.now)
    names = listing.Names.load()
    query = request.GET
    where = query.get("where", "").strip()
    found = territories.find(where) if where else []
    within = query.get("within", "")
    wanted = queries.AuthorisationFilter(
        text=query.get("q", "").strip(),
        line_id=parsing.whole_or_none(query.get("line", "")),
        territory=found[0] if found else 0,
        hospital_id=parsing.whole(query.get("hospital")),
        channel=query.get("channel", "")[:20],
        exclusive=query.get("exclusive") == "yes",
        within=90 if within == "90" else None,
        in_force=query.get("state") == "force",
    )

    def fetch(cursor: str | None, limit: int) -> lists.Slice:
        page = queries.list_all_authorisations(
            wanted, actor=request.actor, today=today, cursor=cursor, limit=limit
        )
        rows = [_authorisation(row, names, today) for row in page.rows]
        return lists.Slice(rows=rows, next=page.next)

    def sums():
        count, held = queries.count_authorisations(wanted, actor=request.actor, today=today)
        said = _("%(held)s in force, %(count)s listed") % {"held": held, "count": count}
        if where:
            place = territories.label(found[0]) if found else _("nowhere called so")
            said += " · " + _("Holding in %(place)s") % {"place": place}
        return {}, said

    shown = lists.Listing(
        name="authorisations",
        title=_("Authorisations"),
        columns=[
            tables.Column(key="party", label=_("Partner"), whose="seen"),
            tables.Column(key="line", label=_("Product line"), sub="kind", sub_label=_("Kind")),
            tables.Column(key="state", label=_("State"), kind="status", status="authorisation"),
            tables.Column(key="last_day", label=_("Valid to"), kind="day"),
            tables.Column(key="where", label=_("Territory"), sub="hospital", sub_label=_("Hospital")),
            tables.Column(key="exclusive", label=_("Exclusivity")),
            tables.Column(key="valid_from", label=_("Valid from"), kind="day"),
            tables.Column(key="target", label=_("Target"), kind="money"),
            tables.Column(key="entity", label=_("Granted by")),
        ],
        filters=[
            filters.Text("q", _("Partner, pinyin")),
            filters.Text("where", _("Holds in province or city")),
            filters.Toggle("state", "force", _("In force")),
            filters.Toggle("within", "90", _("Ends within 90 days")),
            filters.Toggle("exclusive", "yes", _("Exclusive")),
            filters.Choice(
                "line", _("Product line"), [(str(key), name) for key, name in names.lines.items()]
            ),
        ],
        fetch=fetch,
        sums=sums,
        order=_("Latest start first"),
        empty=tables.Empty(
            title=_("No authorisation"),
            hint=_("Authorisations are granted on the page of each partner."),
            icon="file-certificate",
        ),
    )
    return lists.respond(request, shown)


def _authorisation(row: queries.AuthorisationRow, names: listing.Names, today: dt.date) -> dict:
    one = row.authorisation
    return {
        "url": f"{reverse('partner', args=[one.party_id])}?tab=authorisations",
        "party": row.party_name,
        **authorised.row(one, names, {one.hospital_id: row.hospital_name}, today),
    }
