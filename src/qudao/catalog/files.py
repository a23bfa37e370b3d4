"""The product list as a file: checked row by row, then taken in whole or not at all."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from qudao.catalog import certificates, models, operations, queries, rules
from qudao.kernel import errors, periods, scope, tabular

_UNIT = re.compile(r"([^=＝:：;；,，\s]{1,10})\s*[=＝:：]\s*([0-9]{1,6})")
_DAY = dt.timedelta(days=1)

SHEET = tabular.Sheet(
    "产品目录",
    (
        tabular.Column(
            name="code", headers=("产品编码", "编码", "Code"), kind="code", required=True, max_length=40,
            numeric_ok=True, example="CX-SYR-5",
        ),
        tabular.Column(
            name="name", headers=("产品名称", "通用名称", "Name"), required=True, max_length=200,
            example="一次性使用无菌注射器",
        ),
        tabular.Column(
            name="specification", headers=("规格型号", "规格", "型号", "Specification"), required=True,
            max_length=200, example="5ml",
        ),
        tabular.Column(
            name="manufacturer", headers=("生产企业", "生产厂家", "Manufacturer"), required=True,
            max_length=120,
        ),
        tabular.Column(
            name="line", headers=("产品线编码", "产品线", "Product line"), kind="code", required=True,
            max_length=20,
        ),
        tabular.Column(
            name="device_class", headers=("管理类别", "类别", "Class"), kind="choice", required=True,
            choices={"1": ("一类", "I类", "I", "Ⅰ"), "2": ("二类", "II类", "II", "Ⅱ"), "3": ("三类", "III类", "III", "Ⅲ")},
        ),
        tabular.Column(
            name="category_2017", headers=("分类编码2017", "分类编码", "Category 2017"), kind="code",
            max_length=10, numeric_ok=True, example="14-01-01",
        ),
        tabular.Column(
            name="category_2002", headers=("分类编码2002", "Category 2002"), kind="code", max_length=10,
            numeric_ok=True, example="6815",
        ),
        tabular.Column(
            name="tracking", headers=("追溯方式", "Tracking"), kind="choice",
            choices={"lot": ("批号",), "serial": ("序列号",), "none": ("不追溯",)},
        ),
        tabular.Column(name="is_implant", headers=("植入类", "Implant"), kind="boolean"),
        tabular.Column(name="is_equipment", headers=("设备类", "Equipment"), kind="boolean"),
        tabular.Column(name="cold_chain", headers=("冷链", "Cold chain"), kind="boolean"),
        tabular.Column(name="storage", headers=("储运条件", "Storage"), max_length=60, example="2–8℃"),
        tabular.Column(
            name="base_unit", headers=("基本单位", "单位", "Base unit"), required=True, max_length=10, example="支"
        ),
        tabular.Column(name="price_unit", headers=("计价单位", "Price unit"), max_length=10, example="盒"),
        tabular.Column(name="price_unit_factor", headers=("计价单位含量", "Price unit holds"), kind="integer"),
        tabular.Column(name="units", headers=("其他单位", "Other units"), example="盒=100;箱=2000"),
        tabular.Column(
            name="di", headers=("最小销售单元DI", "DI", "UDI-DI"), kind="code", max_length=40,
            example="06971234000019",
        ),
        tabular.Column(name="tax_rate", headers=("税率", "VAT"), kind="decimal", percent=True, places=4, example="13%"),
        tabular.Column(
            name="tax_code", headers=("税收分类编码", "Tax code"), kind="code", pattern=r"[0-9]{19}",
            max_length=19,
        ),
        tabular.Column(name="shelf_life_months", headers=("有效期月数", "Shelf life (months)"), kind="integer"),
        tabular.Column(
            name="certificate", headers=("注册证号", "备案号", "Certificate"), max_length=60,
            example="国械注准20193140001",
        ),
        tabular.Column(name="registrant", headers=("注册人", "Registrant"), max_length=120),
        tabular.Column(name="permit", headers=("生产许可证号", "Production permit"), max_length=60),
        tabular.Column(name="valid_from", headers=("注册证有效期起", "批准日期", "Valid from"), kind="date"),
        tabular.Column(name="valid_to", headers=("注册证有效期至", "Valid to"), kind="date"),
    ),
    key=("code",),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """How many products and certificates were entered, and how many products known certificates got."""

    items: int
    certificates: int
    covered: int


def check(source: Any, *, today: dt.date, filename: str = "") -> tabular.Result:
    """The dry run: the verdicts of cells and rows, and what the catalogue says against each row."""
    result = tabular.read(source, SHEET, today=today, filename=filename)
    good = [row for row in result.rows if row.ok]
    if not good:
        return result
    lines = {line.code: line.id for line in queries.list_lines()}
    found: dict[int, list[errors.Reason]] = {row.number: [] for row in good}
    made = [_item(row.values, lines, found[row.number]) for row in good]
    for reason in operations.judge_items(made):
        found[good[(reason.line or 1) - 1].number].append(reason)
    known = _known_certificates(row.values["certificate"] for row in good)
    complete = {
        _canonical(row.values["certificate"]): row
        for row in good
        if row.values["certificate"] and row.values["registrant"] and row.values["valid_from"]
    }
    for row in good:
        found[row.number] += _certificate_reasons(row.values, known | complete.keys())
    return dataclasses.replace(
        result,
        rows=tuple(
            dataclasses.replace(
                row,
                row_reasons=row.row_reasons
                + tuple(dataclasses.replace(reason, line=row.number) for reason in found.get(row.number, ())),
            )
            for row in result.rows
        ),
    )


def commit(source: Any, *, filename: str = "", actor: scope.Actor, now: dt.datetime) -> Imported:
    """Take the file in, in one transaction. Raises Refused with the first reasons when any row is refused."""
    today = periods.business_date(now)
    with scope.transaction(actor, acting=True):
        result = check(source, today=today, filename=filename)
        if not result.ok:
            raise errors.Refused(result.refusals())
        rows = [row.values for row in result.rows]
        lines = {line.code: line.id for line in queries.list_lines()}
        items = operations.register_items(items=[_item(row, lines, []) for row in rows], actor=actor, now=now)
        known = _known_certificates(row["certificate"] for row in rows)
        covered: dict[str, list[int]] = {}
        first: dict[str, Mapping[str, Any]] = {}
        for row, item in zip(rows, items, strict=True):
            if row["certificate"]:
                number = _canonical(row["certificate"])
                covered.setdefault(number, []).append(item.id)
                if row["registrant"] and row["valid_from"]:
                    first.setdefault(number, row)
        new = [
            _certificate(number, first[number], ids) for number, ids in covered.items() if number not in known
        ]
        if new:
            operations.register_certificates(registrations=new, actor=actor, now=now)
        old = {number: ids for number, ids in covered.items() if number in known}
        extended = operations.cover_items(covered=old, actor=actor, now=now) if old else 0
    return Imported(len(items), len(new), extended)


def _item(row: Mapping[str, Any], lines: Mapping[str, int], found: list[errors.Reason]) -> rules.NewItem:
    """The product a row describes; what does not read is added to `found`."""
    units: dict[str, int] = {}
    for part in filter(None, re.split(r"[;；,，]\s*", row["units"] or "")):
        match = _UNIT.fullmatch(part.strip())
        if match is None or units.setdefault(match[1], int(match[2])) != int(match[2]):
            found.append(errors.Reason("catalog.units_form", None, {"text": row["units"]}))
            break
    if row["line"] not in lines:
        found.append(errors.Reason("catalog.line_unknown", None, {"line": row["line"]}))
    tracking = row["tracking"] or "lot"
    identifiers = [
        rules.NewIdentifier(
            di=di,
            carrier="ma" if di.startswith("MA.") else "gs1",
            unit=row["base_unit"],
            serial_required=tracking == "serial",
        )
        for di in filter(None, [row["di"]])
    ]
    return rules.NewItem(
        code=row["code"],
        name=row["name"],
        specification=row["specification"],
        manufacturer=row["manufacturer"],
        # An unknown line is named once, by its code.
        line_id=lines.get(row["line"], next(iter(lines.values()), 0)),
        device_class=int(row["device_class"]),
        category_2017=row["category_2017"] or "",
        category_2002=row["category_2002"] or "",
        tracking=tracking,
        is_implant=bool(row["is_implant"]),
        is_equipment=bool(row["is_equipment"]),
        cold_chain=bool(row["cold_chain"]),
        storage=row["storage"] or "",
        base_unit=row["base_unit"],
        price_unit=row["price_unit"] or "",
        price_unit_factor=row["price_unit_factor"] or units.get(row["price_unit"] or "", 1),
        tax_code=row["tax_code"] or "",
        tax_rate=row["tax_rate"],
        shelf_life_months=row["shelf_life_months"],
        units=units,
        identifiers=identifiers,
    )


def _certificate_reasons(row: Mapping[str, Any], known: Iterable[str]) -> list[errors.Reason]:
    text = row["certificate"]
    if not text:
        return []
    parsed = certificates.parse_registration(text=text)
    if isinstance(parsed, errors.Reason):
        return [parsed]
    found = rules.judge_coverage(
        number=parsed.number,
        certificate_class=parsed.device_class,
        device_class=int(row["device_class"]),
        item=row["code"],
    )
    if parsed.number not in known:
        found.append(errors.Reason("catalog.certificate_incomplete", None, {"number": parsed.number}))
    if row["valid_from"] and row["valid_to"] and row["valid_to"] < row["valid_from"]:
        params = {
            "number": parsed.number,
            "valid_from": row["valid_from"].isoformat(),
            "valid_until": (row["valid_to"] + _DAY).isoformat(),
        }
        found.append(errors.Reason("catalog.certificate_period", None, params))
    return found


def _certificate(number: str, row: Mapping[str, Any], item_ids: list[int]) -> operations.NewCertificate:
    return operations.NewCertificate(
        number=number,
        registrant=row["registrant"],
        producer=row["manufacturer"],
        production_permit=row["permit"] or "",
        valid_from=row["valid_from"],
        valid_until=row["valid_to"] + _DAY if row["valid_to"] else None,
        item_ids=tuple(item_ids),
    )


def _known_certificates(texts: Iterable[str | None]) -> set[str]:
    numbers = {_canonical(text) for text in texts if text}
    return set(models.Certificate.objects.filter(number__in=numbers).values_list("number", flat=True))


def _canonical(text: str) -> str:
    parsed = certificates.parse_registration(text=text)
    return parsed.number if isinstance(parsed, certificates.Registration) else certificates.normalise(text)
