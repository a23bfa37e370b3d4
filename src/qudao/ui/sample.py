"""Invented data of the page of components. Chinese, as the data of a Chinese distributor is."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest

from qudao.kernel import errors, periods

from . import filters, models, scanning, tables

EXPLANATION = {
    "title": "单价 1,240.00 从何而来",
    "steps": [
        {"label": "指导价", "value": Decimal("1580")},
        {"label": "B 级 × 0.88", "value": Decimal("1390.40")},
        {
            "label": "合同价",
            "source": "HT-2026-0183 §2.4",
            "url": "#contract",
            "value": Decimal("1240"),
            "strong": True,
        },
        {"label": "满 30 盒减 620", "note": "双十一影像节", "value": Decimal("-620")},
        {"label": "不含税 / 税额", "value": "32,371.68 / 4,208.32"},
    ],
}

PARTNERS = [
    {
        "id": 1,
        "name": "杭州康泽医疗器械有限公司",
        "uscc": "91330108MA2CE7K83X",
        "url": "#kangze",
        "kind": "一级经销商",
        "grade": "B",
        "region": "浙江 杭州",
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
        "kind": "二级经销商",
        "grade": "C",
        "region": "浙江 宁波",
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
        "kind": "区域代理",
        "grade": "A",
        "region": "上海",
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
        "kind": "服务网点",
        "grade": "C",
        "region": "江苏 无锡",
        "licence": "expiring",
        "bought": Decimal("208115"),
        "attained": Decimal("0.66"),
        "pool": None,
        "overdue": Decimal("0"),
        "risk": "medium",
    },
]

TABLE = tables.Table(
    label="渠道伙伴",
    columns=[
        tables.Column(key="name", label="伙伴", sub="uscc", sortable=True),
        tables.Column(key="kind", label="类型"),
        tables.Column(key="grade", label="等级", kind="status", status="grade"),
        tables.Column(key="region", label="地区"),
        tables.Column(key="licence", label="证照", kind="status", status="licence"),
        tables.Column(key="bought", label="本季进货", kind="money", sortable=True),
        tables.Column(key="attained", label="达成", kind="bar", sortable=True),
        tables.Column(key="pool", label="返利池", kind="money", link="pool_url", drawer=True),
        tables.Column(key="overdue", label="逾期", kind="money"),
        tables.Column(key="risk", label="风险", kind="status", status="risk"),
    ],
    rows=PARTNERS,
    sums={"bought": Decimal("23137776.50"), "pool": Decimal("557102.69"), "overdue": Decimal("86400")},
    sums_label="筛选 17 家",
    pick="id",
    actions=[
        tables.Action(label="发起续签", url="#renew", icon="signature", primary=True),
        tables.Action(
            label="冻结",
            url="#freeze",
            icon="lock",
            danger=True,
            confirm="将冻结 {count} 家伙伴，新订单会被拒绝。",
        ),
    ],
    page=tables.Page(next="eyJpZCI6NH0", summary="第 1–4 家，共 17 家"),
)

FILTERS = [
    filters.Text("q", "名称、拼音、信用代码"),
    filters.Toggle("licence", "expiring", "证照 90 天内到期", 17),
    filters.Toggle("admission", "waiting", "待审准入", 4),
    filters.Toggle("attained", "low", "达成低于 60%"),
    filters.Choice("grade", "等级", [("A", "A 级"), ("B", "B 级"), ("C", "C 级")]),
    filters.Days("since", "until", "最近下单", today=dt.date(2026, 11, 23)),
    filters.Choice("region", "地区", [("zj", "浙江"), ("js", "江苏"), ("sh", "上海")]),
]

REASONS = [
    errors.Reason("kernel.forbidden", line=3, params={"permission": "orders.confirm_order"}, link="#posts"),
    errors.Reason("kernel.changed_meanwhile", params={"seen": 3, "current": 4}, severity="warn"),
]


def _at(day: int, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=periods.BUSINESS_ZONE)


TIMELINE = [
    {"title": "等待第二人复核", "at": _at(23, 14, 31), "who": "周岚", "tone": "warn"},
    {"title": "对账单 2026-10 已确认，无异议", "at": _at(23, 9, 12), "who": "周岚", "number": "1,204,881"},
    {"title": "等级 C → B，由评分卡提议", "at": _at(18, 16, 40), "who": "王敏", "number": "1,198,302"},
    {
        "title": "合同 HT-2026-0183 v3 生效",
        "detail": "返利改为全额累计",
        "at": _at(1, 0, 0),
        "number": "1,170,044",
        "url": "#contract",
    },
]

CHART = {
    "xAxis": {"type": "category", "data": ["6 月", "7 月", "8 月", "9 月", "10 月", "11 月"]},
    "yAxis": {"type": "value", "name": "万元"},
    "legend": {"show": False},
    "series": [
        {
            "type": "bar",
            "name": "进货",
            "barMaxWidth": 28,
            "data": [{"value": value, "url": "#rows"} for value in (58, 61, 74, 69, 92, 37)],
        }
    ],
}


# Long work on its way, done, and failed, as `ui.progress` keeps it.
_STARTED = dt.datetime(2026, 11, 23, 14, 32, tzinfo=periods.BUSINESS_ZONE)
WORK = [
    models.Notice(
        title="2026-10 对账单",
        url="#statements",
        state="running",
        done=38,
        total=66,
        changed_at=_STARTED,
        owner="",
        created_at=_STARTED,
    ),
    models.Notice(
        title="UDI 数据导入",
        url="#import",
        state="failed",
        detail="第 1,204 行：产品标识校验位错误。此前的行已导入。",
        changed_at=_STARTED,
        owner="",
        created_at=_STARTED,
    ),
]
SCANNED = [
    scanning.State(
        kind="ok",
        title="导引导管 6F JR4.0",
        detail="批号 GC2609A · 有效期至 2028-09-30",
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
        title="批号不符",
        detail="应为 GC2609A，扫到 GC2511C。",
        mend="请取 A-03-2 货位的 GC2609A。",
    ),
]


class SampleForm(forms.Form):
    """A form with every kind of control."""

    partner = forms.CharField(label="下单伙伴", initial="杭州康泽医疗器械有限公司")
    quantity = forms.DecimalField(label="数量", min_value=1, help_text="以最小销售单位计")
    wanted_on = forms.DateField(label="要求到货", widget=forms.DateInput(attrs={"type": "date"}))
    site = forms.ChoiceField(label="发货仓", choices=[("hz", "杭州仓"), ("sh", "上海仓")])
    partly = forms.BooleanField(label="允许分批", required=False)
    remark = forms.CharField(label="备注", required=False, widget=forms.Textarea(attrs={"rows": 2}))


def found(query: str) -> list[dict[str, Any]]:
    """The palette's groups for a query, empty when nothing matches."""
    hits = [
        {"title": row["name"], "detail": row["uscc"], "url": row["url"], "icon": "affiliate"}
        for row in PARTNERS
        if query and (query in str(row["name"]) or query.upper() in str(row["uscc"]))
    ]
    return [{"title": "渠道伙伴", "entries": hits}] if hits else []


def context(request: HttpRequest) -> dict[str, Any]:
    """What `ui/components.html` shows."""
    form = SampleForm({"partner": "杭州康泽医疗器械有限公司", "quantity": "0", "wanted_on": "2026-11-27"})
    form.is_valid()
    return {
        "search_url": "/ui/search/",
        "crumbs": [{"title": "订单", "url": "#orders"}, {"title": "SO-2026-118204"}],
        "table": TABLE,
        "nothing": tables.Empty(
            title="还没有报备",
            hint="报备一家医院后，三十天内它归你的客户所有。",
            url="#new",
            action="新建报备",
            icon="file-plus",
        ),
        "filters": FILTERS,
        "tabs": [
            {"title": "概览", "url": "#overview", "active": True},
            {"title": "证照", "url": "#licences", "count": 6},
            {"title": "授权", "url": "#authorisations", "count": 31},
            {"title": "订单", "url": "#orders"},
            {"title": "对账单", "url": "#statements", "count": 3},
        ],
        "facts": [
            ("下单伙伴", "杭州康泽医疗器械有限公司"),
            ("收货方", "浙江省第二人民医院（滨江院区）"),
            ("合同", "HT-2026-0183 v3"),
            ("要求到货", "2026-11-27"),
            ("可用信用", "¥ 386,200.00"),
            ("返利池可用", "¥ 42,180.55"),
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
