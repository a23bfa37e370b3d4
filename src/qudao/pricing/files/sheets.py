"""The three sheets of a contract, and those of price lists. A day named as the end is the last day, as contracts print it."""

from qudao.kernel import tabular

CONTRACT = tabular.Sheet(
    "合同",
    (
        tabular.Column(
            name="number", headers=("合同编号", "Contract number"), kind="code", max_length=40,
            example="HT-2026-0183",
        ),
        tabular.Column(
            name="partner", headers=("客户名称", "客户", "Partner"), required=True, max_length=120,
            example="杭州启明医疗器械有限公司",
        ),
        tabular.Column(
            name="title", headers=("合同名称", "Title"), required=True, max_length=120,
            example="2026年度骨科经销合同",
        ),
        tabular.Column(
            name="valid_from", headers=("合同起日", "Begins on"), kind="date", required=True, years_ahead=10,
            example="2026-01-01",
        ),
        tabular.Column(
            name="valid_to", headers=("合同止日", "Last day"), kind="date", years_ahead=30,
            example="2026-12-31",
        ),
        tabular.Column(
            name="payment_days", headers=("账期天数", "账期", "Payment days"), kind="integer", example="60"
        ),
        tabular.Column(
            name="excludes_promotions", headers=("不参加促销", "Excludes promotions"), kind="boolean", example="否"
        ),
        tabular.Column(name="note", headers=("备注", "Note")),
    ),
)  # fmt: skip


def _priced(heading: str, example: str) -> tuple[tabular.Column, ...]:
    """A product and its price: what every list of prices begins with."""
    return (
        tabular.Column(
            name="code", headers=("产品编码", "编码", "Item code"), kind="code", required=True, max_length=40,
            numeric_ok=True, example="CX-SYR-5",
        ),
        tabular.Column(name="item", headers=("产品名称", "规格型号", "Item"), max_length=400),
        tabular.Column(name="unit", headers=("计价单位", "Price unit"), max_length=10, example="盒"),
        tabular.Column(
            name="price", headers=(heading, "单价", "Price"), kind="decimal", required=True, places=4,
            example=example,
        ),
        tabular.Column(name="tax_included", headers=("含税", "Tax included"), kind="boolean", example="是"),
        tabular.Column(
            name="minimum_quantity", headers=("起订量", "Minimum quantity"), kind="decimal", places=4
        ),
    )  # fmt: skip


PRICES = tabular.Sheet(
    "合同价",
    (
        *_priced("合同价", "1240.00"),
        tabular.Column(
            name="valid_from", headers=("价格起日", "Price begins on"), kind="date", years_ahead=10
        ),
        tabular.Column(name="valid_to", headers=("价格止日", "Last day of price"), kind="date", years_ahead=30),
        tabular.Column(name="clause", headers=("条款", "Clause"), kind="code", max_length=12, example="§2.4"),
    ),
)  # fmt: skip

GUIDE = tabular.Sheet(
    "指导价",
    (
        *_priced("指导价", "2200.00"),
    ),
)  # fmt: skip

HOSPITAL = tabular.Sheet(
    "报备价",
    (
        tabular.Column(
            name="hospital", headers=("医院", "医院名称", "Hospital"), required=True, max_length=120,
            example="浙江大学医学院附属第二医院",
        ),
        *_priced("报备价", "2050.00"),
    ),
)  # fmt: skip

# An award holds for a region or a single hospital; with neither, for whoever buys.
VBP = tabular.Sheet(
    "集采价",
    (
        *_priced("集采价", "798.00"),
        tabular.Column(
            name="region", headers=("区域", "区域中心", "Region"), max_length=60, example="华东区域中心"
        ),
        tabular.Column(name="hospital", headers=("医院", "医院名称", "Hospital"), max_length=120),
    ),
)  # fmt: skip

# Without tax, whatever the quantity.
FLOOR = tabular.Sheet("底价", _priced("底价(不含税)", "1600.00")[:4])

REBATES = tabular.Sheet(
    "返利",
    (
        tabular.Column(
            name="name", headers=("返利名称", "Rebate"), required=True, max_length=80, example="季度进货返利"
        ),
        tabular.Column(
            name="basis", headers=("口径", "Basis"), kind="choice", required=True,
            choices={
                "ordered": ("订单",), "shipped": ("发货",), "signed": ("签收",), "invoiced": ("开票",),
                "paid": ("回款",),
            },
        ),
        tabular.Column(
            name="measure", headers=("计量", "Measure"), kind="choice", required=True,
            choices={"amount": ("金额",), "quantity": ("数量",)},
        ),
        tabular.Column(
            name="mode", headers=("方式", "Mode"), kind="choice", required=True,
            choices={
                "whole": ("全额累计",), "marginal": ("超额累进",), "per_unit": ("按数量",), "fixed": ("定额",),
            },
        ),
        tabular.Column(
            name="from", headers=("起点", "起点(含)", "From"), kind="decimal", required=True, places=4, example="0"
        ),
        tabular.Column(
            name="rate", headers=("返利率或金额", "返利率", "Rate"), kind="decimal", required=True, places=8,
            example="0.03",
        ),
        tabular.Column(name="cap", headers=("封顶", "Cap"), kind="decimal"),
        tabular.Column(name="floor", headers=("保底", "Floor"), kind="decimal"),
        tabular.Column(
            name="calendar", headers=("结算周期", "Calendar"), kind="choice",
            choices={"month": ("月",), "quarter": ("季",), "half": ("半年",), "year": ("年",)},
        ),
        tabular.Column(
            name="tax_included", headers=("返利含税", "Rebate includes tax"), kind="boolean", example="是"
        ),
    ),
    key=("name", "from"),
)  # fmt: skip
