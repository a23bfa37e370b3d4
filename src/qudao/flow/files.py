"""The table dealers send: its columns under the names they go by, and a report line in normal form."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qudao.flow.rules import customers, names, products, states
from qudao.kernel import errors, tabular

SHEET = tabular.Sheet(
    name="流向 Sell-through",
    columns=(
        tabular.Column(
            name="sold_on",
            headers=(
                *("销售日期", "开票日期", "出库日期", "发货日期", "业务日期", "单据日期", "日期", "销售时间"),
                *("Sale date", "Invoice date", "Date"),
            ),
            kind="date",
            required=True,
            years_back=3,
            years_ahead=0,
            example="2026-10-18",
        ),
        tabular.Column(
            name="customer",
            headers=(
                *("客户名称", "购货单位", "购货者", "医院名称", "终端名称", "终端", "医院", "客户", "购买方"),
                *("购买方名称", "销往单位", "收货单位", "Customer", "Customer name", "Hospital"),
            ),
            required=True,
            max_length=150,
            example="杭州市第一人民医院",
        ),
        tabular.Column(
            name="customer_uscc",
            headers=("客户信用代码", "统一社会信用代码", "购买方税号", "客户税号", "Customer USCC"),
            kind="code",
            max_length=18,
        ),
        tabular.Column(
            name="customer_code",
            headers=("客户编码", "客户代码", "医院编码", "终端编码", "Customer code"),
            kind="code",
            numeric_ok=True,
            max_length=40,
        ),
        tabular.Column(
            name="city", headers=("城市", "所在城市", "客户城市", "地市", "地区", "City"), max_length=60
        ),
        tabular.Column(
            name="product",
            headers=(
                "产品名称",
                "品名",
                "商品名称",
                "货品名称",
                "物料名称",
                "通用名",
                "Product",
                "Product name",
            ),
            max_length=200,
            example="一次性使用导管鞘",
        ),
        tabular.Column(
            name="specification",
            headers=(
                "规格型号",
                "规格",
                "型号",
                "规格/型号",
                "产品规格",
                "商品规格",
                "Specification",
                "Model",
            ),
            max_length=200,
        ),
        tabular.Column(
            name="item_code",
            headers=(
                "产品编码",
                "商品编码",
                "物料编码",
                "货号",
                "产品代码",
                "产品货号",
                "Item code",
                "Product code",
            ),
            kind="code",
            numeric_ok=True,
            max_length=40,
        ),
        tabular.Column(
            name="lot",
            headers=(
                "批号",
                "生产批号",
                "产品批号",
                "批次",
                "批次号",
                "批号/序列号",
                "Lot",
                "Lot number",
                "Batch",
            ),
            kind="code",
            numeric_ok=True,
            max_length=40,
        ),
        tabular.Column(
            name="serial",
            headers=("序列号", "产品序列号", "机身号", "SN", "S/N", "Serial", "Serial number"),
            kind="code",
            numeric_ok=True,
            max_length=40,
        ),
        tabular.Column(
            name="quantity",
            headers=("数量", "销售数量", "出库数量", "发货数量", "实发数量", "Quantity", "Qty"),
            kind="decimal",
            required=True,
            places=4,
            example="10",
        ),
        tabular.Column(name="unit", headers=("单位", "计量单位", "销售单位", "Unit"), max_length=10),
        tabular.Column(
            name="unit_price",
            headers=("单价", "含税单价", "销售单价", "Unit price", "Price"),
            kind="decimal",
            places=6,
        ),
        tabular.Column(
            name="udi",
            headers=("UDI", "UDI码", "UDI编码", "医疗器械唯一标识", "唯一标识", "追溯码", "DI", "UDI-DI"),
            kind="code",
            max_length=200,
        ),
        tabular.Column(
            name="document",
            headers=(
                *("单据号", "单据编号", "出库单号", "销售单号", "发票号", "发票号码", "随货同行单号"),
                *("Document", "Invoice number"),
            ),
            kind="code",
            numeric_ok=True,
            max_length=60,
        ),
    ),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A report line as read: texts as written, '' where a cell is empty. `quantity` in the reported unit."""

    no: int
    sold_on: dt.date
    quantity: Decimal
    customer: str
    customer_uscc: str = ""
    customer_code: str = ""
    city: str = ""
    product: str = ""
    specification: str = ""
    item_code: str = ""
    lot: str = ""
    serial: str = ""
    unit: str = ""
    unit_price: Decimal | None = None
    udi: str = ""
    document: str = ""

    def as_customer(self, city: int) -> customers.Customer:
        return customers.Customer(self.customer, city, self.customer_uscc, self.customer_code)

    def as_product(self, item_id: int = 0) -> products.Line:
        return products.Line(self.product, self.specification, self.item_code, self.lot, self.serial, item_id)

    def digest(self, account_id: int) -> str:
        """The fingerprint of what is said, however it is written."""
        return states.line_digest(
            parts=[
                *(
                    account_id,
                    self.sold_on,
                    names.name_key(self.customer),
                    self.customer_uscc,
                    self.customer_code,
                ),
                *(names.name_key(self.product), names.name_key(self.specification), self.item_code, self.udi),
                *(self.lot, self.serial, self.quantity.normalize(), self.unit, self.document),
            ]
        )

    def as_json(self) -> dict[str, Any]:
        return {
            field.name: value if isinstance(value, int | None) else str(value)
            for field in dataclasses.fields(self)
            if (value := getattr(self, field.name)) not in ("", None)
        }


def from_json(stored: Mapping[str, Any]) -> Line:
    """The line that `as_json` gave."""
    price = stored.get("unit_price")
    return Line(
        **dict(stored)
        | {
            "sold_on": dt.date.fromisoformat(stored["sold_on"]),
            "quantity": Decimal(stored["quantity"]),
            "unit_price": None if price is None else Decimal(price),
        }
    )


def read(content: bytes, *, name: str, today: dt.date) -> tabular.Result:
    """The dry run of a file: verdicts per cell, and per row what a line must have besides."""
    result = tabular.read(content, SHEET, today=today, filename=name)
    rows = tuple(
        dataclasses.replace(row, row_reasons=(*row.row_reasons, *_row_reasons(row))) for row in result.rows
    )
    return dataclasses.replace(result, rows=rows)


def _row_reasons(row: tabular.RowResult) -> list[errors.Reason]:
    values = row.values
    found = []
    if values["quantity"] == 0:
        found.append(errors.Reason("flow.quantity_zero", row.number))
    if not any(values[name] for name in ("product", "specification", "item_code", "udi")):
        found.append(errors.Reason("flow.product_missing", row.number))
    return found


def line(row: tabular.RowResult) -> Line:
    """The line of a row whose cells are all understood."""
    texts = {name: value or "" for name, value in row.values.items() if name != "unit_price"}
    return Line(**texts | {"no": row.number, "unit_price": row.values["unit_price"]})


def original(row: tabular.RowResult, header: tuple[str, ...]) -> dict[str, Any]:
    """The row as it came, by header: everything the file holds, columns nobody asked for too.

    A number of Excel is kept as the text it shows: the journal holds no floats.
    """
    found: dict[str, Any] = {}
    for index, raw in enumerate(row.record):
        title = header[index] if index < len(header) and header[index] else f"#{index + 1}"
        key = title if title not in found else f"{title} #{index + 1}"
        found[key] = raw if isinstance(raw, str | int | bool | None) else str(raw)
    return found
