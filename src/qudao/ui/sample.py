"""Invented data of the page of components; names are Chinese, as those of a Chinese distributor are."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from qudao.kernel import errors, periods

from . import acts, filters, models, scanning, tables

EXPLANATION = {
    "title": _("Where the unit price 1,240.00 comes from"),
    "steps": [
        {"label": _("List price"), "value": Decimal("1580")},
        {"label": _("Tier B × 0.88"), "value": Decimal("1390.40")},
        {
            "label": _("Contract price"),
            "source": "HT-2026-0183 §2.4",
            "url": "#contract",
            "value": Decimal("1240"),
            "strong": True,
        },
        {
            "label": _("620 off from 30 boxes"),
            "note": _("Double Eleven imaging days"),
            "value": Decimal("-620"),
        },
        {"label": _("Without tax / tax"), "value": "32,371.68 / 4,208.32"},
    ],
}

PARTNERS = [
    {
        "id": 1,
        "name": "杭州康泽医疗器械有限公司",
        "uscc": "91330108MA2CE7K83X",
        "url": "#kangze",
        "kind": _("First-tier dealer"),
        "grade": "B",
        "region": _("Hangzhou, Zhejiang"),
        "licence": "expiring",
        "bought": Decimal("3914220"),
        "attained": Decimal("0.78"),
        "pool": Decimal("42180.55"),
        "pool_url": "/ui/drawer/",
        "overdue": Decimal("0"),
        "risk": "low",
        "selected": True,
    },
    {
        "id": 2,
        "name": "宁波海曙仁济医疗设备有限公司",
        "uscc": "91330203MA2AJ4W91N",
        "url": "#renji",
        "kind": _("Second-tier dealer"),
        "grade": "C",
        "region": _("Ningbo, Zhejiang"),
        "licence": "revoked",
        "bought": Decimal("612480"),
        "attained": Decimal("0.41"),
        "attained_tone": "bad",
        "pool": Decimal("3020"),
        "pool_url": "/ui/drawer/",
        "overdue": Decimal("86400"),
        "overdue_tone": "bad",
        "risk": "high",
    },
    {
        "id": 3,
        "name": "上海联佑医疗科技有限公司",
        "uscc": "91310115MA1K3W5T4H",
        "url": "#lianyou",
        "kind": _("Regional agent"),
        "grade": "A",
        "region": _("Shanghai"),
        "licence": "valid",
        "bought": Decimal("18402961.50"),
        "attained": Decimal("1.12"),
        "pool": Decimal("511902.14"),
        "pool_url": "/ui/drawer/",
        "overdue": Decimal("0"),
        "risk": "low",
    },
    {
        "id": 4,
        "name": "无锡普安医疗服务网点",
        "uscc": "91320214MA1YB6QE2C",
        "url": "#puan",
        "kind": _("Service point"),
        "grade": "C",
        "region": _("Wuxi, Jiangsu"),
        "licence": "expiring",
        "bought": Decimal("208115"),
        "attained": Decimal("0.66"),
        "pool": None,
        "overdue": Decimal("0"),
        "risk": "medium",
    },
]

TABLE = tables.Table(
    label=_("Channel partners"),
    columns=[
        tables.Column(key="name", label=_("Partner"), sub="uscc", sortable=True),
        tables.Column(key="kind", label=_("Type")),
        tables.Column(key="grade", label=_("Tier"), kind="status", status="grade"),
        tables.Column(key="region", label=_("Region")),
        tables.Column(key="licence", label=_("Licences"), kind="status", status="licence"),
        tables.Column(key="bought", label=_("Bought this quarter"), kind="money", sortable=True),
        tables.Column(key="attained", label=_("Attainment"), kind="bar", sortable=True),
        tables.Column(key="pool", label=_("Rebate pool"), kind="money", link="pool_url", drawer=True),
        tables.Column(key="overdue", label=_("Overdue"), kind="money"),
        tables.Column(key="risk", label=_("Risk"), kind="status", status="risk"),
    ],
    rows=PARTNERS,
    sums={
        key: sum((one[key] or Decimal(0) for one in PARTNERS), Decimal(0))
        for key in ("bought", "pool", "overdue")
    },
    sums_label=_("Total · 4 partners on this page"),
    pick="id",
    actions=[
        tables.Action(label=_("Start a renewal"), url="#renew", icon="signature", primary=True),
        tables.Action(
            label=_("Freeze"),
            url="#freeze",
            icon="lock",
            danger=True,
            confirm=_("{count} partners will be frozen: their new orders are refused."),
        ),
    ],
    page=tables.Page(next="eyJpZCI6NH0", summary=_("1–4 of 17 partners")),
)

FILTERS = [
    filters.Text("q", _("Name, pinyin, credit code")),
    filters.Toggle("licence", "expiring", _("Licence lapsed, or lapses within 90 days"), 17),
    filters.Toggle("admission", "waiting", _("Admission to be reviewed"), 4),
    filters.Toggle("attained", "low", _("Attainment below 60%")),
    filters.Choice("grade", _("Tier"), [("A", _("Tier A")), ("B", _("Tier B")), ("C", _("Tier C"))]),
    filters.Days("since", "until", _("Last order"), today=dt.date(2026, 11, 23)),
    filters.Choice(
        "region", _("Region"), [("zj", _("Zhejiang")), ("js", _("Jiangsu")), ("sh", _("Shanghai"))]
    ),
]

REASONS = [
    errors.Reason("kernel.forbidden", line=3, params={"permission": "orders.order.confirm"}, link="#posts"),
    errors.Reason("kernel.changed_meanwhile", params={"seen": 3, "current": 4}, severity="warn"),
]


def _at(day: int, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=periods.BUSINESS_ZONE)


TIMELINE = [
    {"title": _("Waits for a second person's review"), "at": _at(23, 14, 31), "who": "周岚", "tone": "warn"},
    {
        "title": _("Statement 2026-10 confirmed without dispute"),
        "at": _at(23, 9, 12),
        "who": "周岚",
        "number": "1,204,881",
    },
    {
        "title": _("Tier C → B, proposed by the scorecard"),
        "at": _at(18, 16, 40),
        "who": "王敏",
        "number": "1,198,302",
    },
    {
        "title": _("Contract HT-2026-0183 v3 in effect"),
        "detail": _("Rebate now counts the whole volume"),
        "at": _at(1, 0, 0),
        "number": "1,170,044",
        "url": "#contract",
    },
]

CHART = {
    "xAxis": {"type": "category", "data": [_("Jun"), _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov")]},
    "yAxis": {"type": "value", "name": _("10,000 yuan")},
    "legend": {"show": False},
    "series": [
        {
            "type": "bar",
            "name": _("Bought"),
            "barMaxWidth": 28,
            "data": [{"value": value, "url": "#rows"} for value in (58, 61, 74, 69, 92, 37)],
        }
    ],
}


# Long work on its way, done, and failed, as `ui.progress` keeps it.
_STARTED = dt.datetime(2026, 11, 23, 14, 32, tzinfo=periods.BUSINESS_ZONE)
WORK = [
    models.Notice(
        title=_("Statements of 2026-10"),
        url="#statements",
        state="running",
        done=38,
        total=66,
        changed_at=_STARTED,
        owner="",
        created_at=_STARTED,
    ),
    models.Notice(
        title=_("Import of UDI data"),
        url="#import",
        state="failed",
        detail=_(
            "Line 1,204: the check digit of the device identifier is wrong. The lines before it are imported."
        ),
        changed_at=_STARTED,
        owner="",
        created_at=_STARTED,
    ),
]
SCANNED = [
    scanning.State(
        kind="ok",
        title="导引导管 6F JR4.0",
        detail=_("Lot GC2609A · last usable day 2028-09-30"),
        left=Decimal(3),
        lines=[
            scanning.Line(
                title="导引导管 6F JR4.0",
                detail="GC2609A",
                done=Decimal(2),
                wanted=Decimal(5),
                unit="根",
                now=True,
            ),
            scanning.Line(
                title="造影导丝 0.035in", detail="DS2604", done=Decimal(10), wanted=Decimal(10), unit="根"
            ),
        ],
    ),
    scanning.State(
        kind="bad",
        title=_("Another lot"),
        detail=_("GC2609A is wanted, GC2511C was scanned."),
        mend=_("Take GC2609A from bin A-03-2."),
    ),
]


class SampleForm(forms.Form):
    """A form with every kind of control."""

    partner = forms.CharField(label=_("Ordering partner"), initial="杭州康泽医疗器械有限公司")
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=1, help_text=_("In the smallest unit of sale")
    )
    wanted_on = acts.day(_("Wanted on"))
    site = forms.ChoiceField(
        label=_("Ship from"), choices=[("hz", _("Hangzhou warehouse")), ("sh", _("Shanghai warehouse"))]
    )
    partly = forms.BooleanField(label=_("Part deliveries allowed"), required=False)
    remark = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


def found(query: str) -> list[dict[str, Any]]:
    """The palette's groups for a query, empty when nothing matches."""
    hits = [
        {"title": row["name"], "detail": row["uscc"], "url": row["url"], "icon": "affiliate"}
        for row in PARTNERS
        if query and (query in str(row["name"]) or query.upper() in str(row["uscc"]))
    ]
    return [{"title": _("Channel partners"), "entries": hits}] if hits else []


def context(request: HttpRequest) -> dict[str, Any]:
    """What `ui/components.html` shows."""
    form = SampleForm({"partner": "杭州康泽医疗器械有限公司", "quantity": "0", "wanted_on": "2026-11-27"})
    form.is_valid()
    return {
        "search_url": "/ui/search/",
        "crumbs": [{"title": _("Order"), "url": "#orders"}, {"title": "SO-2026-118204"}],
        "table": TABLE,
        "nothing": tables.Empty(
            title=_("No registration yet"),
            hint=_("A hospital you register is your customer's for thirty days."),
            url="#new",
            action=_("Register a hospital"),
            icon="file-plus",
        ),
        "filters": FILTERS,
        "tabs": [
            {"title": _("Overview"), "url": "#overview", "active": True},
            {"title": _("Licences"), "url": "#licences", "count": 6},
            {"title": _("Authorisations"), "url": "#authorisations", "count": 31},
            {"title": _("Order"), "url": "#orders"},
            {"title": _("Statements"), "url": "#statements", "count": 3},
        ],
        "facts": [
            (_("Ordering partner"), "杭州康泽医疗器械有限公司"),
            (_("Consignee"), "浙江省第二人民医院（滨江院区）"),
            (_("Contract"), "HT-2026-0183 v3"),
            (_("Wanted on"), "2026-11-27"),
            (_("Credit available"), "¥ 386,200.00"),
            (_("Rebate available"), "¥ 42,180.55"),
        ],
        "zones": ["in_transit", "pending", "good", "bad", "returned", "held"],
        "orders": ["draft", "confirmed", "picking", "shipped", "signed", "signed_with_difference", "refused"],
        "reasons": REASONS,
        "work": WORK,
        "scanned": SCANNED,
        "explanation": EXPLANATION,
        "timeline": TIMELINE,
        "chart": CHART,
        "form": form,
        "line": {"price": Decimal("1860"), "fine": Decimal("0.0135"), "quantity": Decimal("1200.5")},
    }
