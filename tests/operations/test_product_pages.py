"""Who maintains products makes one of its record in the register, links records, enters units and tax, and takes in
a product list: on pages, with what is refused changing nothing."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qudao.catalog import files, models, operations, queries
from qudao.kernel import scope, tabular
from tests.operations.test_catalog import ROW
from tests.operations.test_udi_import import SAMPLE, SYRINGE, SYRINGE_BOX, SYRINGE_CASE

NEEDS = ("orders", "settlement", "flow", "compliance")
HOUSE = scope.system("test")
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def register(company, now):
    operations.import_udi(io.BytesIO(SAMPLE.read_bytes()), actor=HOUSE, now=now)
    return company


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def item(code):
    with scope.everything():
        return queries.items_by_code([code], on=TODAY, entity_id=0).get(code)


def units(item_id):
    with scope.everything():
        return {unit: one.factor for (_id, unit), one in queries.units([item_id]).items()}


def test_a_product_is_made_of_the_record_a_scanned_code_names(browser, register):
    quality = browser("zhaoqing")
    assert browser("zhoulan").get("/devices/new/").status_code == 403
    assert "新增产品" in words(quality.get("/devices/"))
    missing = words(quality.get("/devices/new/", {"di": "06900000000009"}))
    assert "没有最小销售单元 DI 为 06900000000009 的记录" in missing
    address = f"/devices/new/?di=01{SYRINGE}17280131"
    shown = words(quality.get(address))
    assert "一次性使用无菌注射器" in shown and "1 盒 = 100 个销售单元；1 箱 = 2000 个销售单元" in shown
    typed = {
        "code": "BQ-2515",
        "line": str(register.lines["CV"]),
        "base_unit": "支",
        "price_unit": "盒",
        "tax_rate": "13",
        "key": "a",
    }
    # The code belongs to another product: said beside it, and nothing is there.
    refused = quality.post(address, typed)
    assert refused.status_code == 422 and "产品编码已存在" in words(refused)
    with scope.everything():
        assert queries.identifiers([SYRINGE]) == {}
    made = quality.post(address, typed | {"code": "SYR-5"}).url
    found = item("SYR-5")
    assert made == f"/devices/{found.id}/"
    assert (found.name, found.device_class, found.price_unit, found.price_unit_factor, found.tax_rate) == (
        "一次性使用无菌注射器",
        3,
        "盒",
        100,
        Decimal("0.13"),
    )
    # Looked up again it leads to the product there is.
    assert f'href="/devices/{found.id}/"' in quality.get(address).content.decode()


def test_a_record_is_linked_to_a_product_there_is(browser, register):
    quality = browser("zhaoqing")
    mine = register.items["CTNI-100"]
    address = f"/devices/{mine}/record/?di={SYRINGE}"
    assert browser("wangmin").post(address, {"key": "z"}).status_code == 403
    assert "关联 UDI 数据库记录" in words(quality.get(f"/devices/{mine}/"))
    assert "一次性使用无菌注射器" in words(quality.get(address))
    assert quality.post(address, {"key": "a"}).url == f"/devices/{mine}/"
    with scope.everything():
        linked = queries.identifiers([SYRINGE, SYRINGE_BOX, SYRINGE_CASE])
    assert {one.item_id for one in linked.values()} == {mine}
    assert linked[SYRINGE_CASE].base_quantity == 2000
    # A DI names one product: another's page shows whose it is instead of a form.
    other = register.items["DS-035"]
    shown = quality.get(f"/devices/{other}/record/?di={SYRINGE}").content.decode()
    assert f'href="/devices/{mine}/"' in shown and "关联后" not in shown
    assert quality.post(f"/devices/{other}/record/?di={SYRINGE}", {"key": "b"}).status_code == 200
    with scope.everything():
        assert queries.identifiers([SYRINGE])[SYRINGE].item_id == mine


def test_a_unit_is_entered_and_one_a_di_stands_for_keeps_its_content(browser, company):
    quality = browser("zhaoqing")
    mine = company.items["BQ-2515"]
    address = f"/devices/{mine}/unit/"
    before = units(mine)
    assert before == {"支": 1, "盒": 10}
    assert "1 盒 = 10 支" in words(quality.get(address))
    for typed, said in (
        ({"unit": "支", "factor": "2"}, "基本单位不可更改"),
        ({"unit": "盒", "factor": "12"}, "“盒”既含 10 又含 12 个基本单位"),
        ({"unit": "箱", "factor": "0"}, "大于或等于1"),
    ):
        answer = quality.post(address, typed | {"key": said})
        assert answer.status_code == 422 and said in words(answer), words(answer)
    assert units(mine) == before
    for factor in ("40", "50"):
        assert (
            quality.post(address, {"unit": "箱", "factor": factor, "key": factor}).url == f"/devices/{mine}/"
        )
    assert units(mine) == before | {"箱": 50}
    assert "箱 50 v2 箱 40 v1 · 已替代" in words(quality.get(f"/devices/{mine}/"))


def test_finance_sets_the_vat_of_a_product_from_a_day_on(browser, company):
    finance, mine = browser("qianfang"), company.items["BQ-2515"]
    address = f"/devices/{mine}/tax/"
    assert browser("zhaoqing").get(address).status_code == 403
    assert "设置税率" in words(finance.get(f"/devices/{mine}/"))
    typed = {"treatment": "simple", "rate": "3", "first_day": "2027-01-01", "entity": "0", "key": "a"}
    assert finance.post(address, typed).url == f"/devices/{mine}/"
    early = finance.post(address, typed | {"first_day": "2026-12-01", "key": "b"})
    assert early.status_code == 422 and "2027-01-01" in words(early)
    assert finance.post(address, typed | {"rate": "113", "key": "c"}).status_code == 422
    exempt = {"treatment": "exempt", "rate": "13", "first_day": "2027-07-01", "key": "d"}
    assert finance.post(address, typed | exempt).url == f"/devices/{mine}/"
    with scope.everything():
        rates = [
            (one.tax_treatment, one.tax_rate)
            for day in (TODAY, dt.date(2027, 1, 1), dt.date(2027, 7, 1))
            for one in queries.items([mine], on=day, entity_id=company.entities["qd"]).values()
        ]
    assert rates == [("rate", Decimal("0.13")), ("simple", Decimal("0.03")), ("exempt", Decimal(0))]


def book(*rows) -> SimpleUploadedFile:
    stream = io.BytesIO()
    tabular.write(stream, files.SHEET, rows)
    return SimpleUploadedFile("产品.xlsx", stream.getvalue())


def test_a_product_list_is_checked_by_cell_then_entered_once(browser, company):
    quality = browser("zhaoqing")
    template = io.BytesIO(quality.get("/devices/upload/template.xlsx").content)
    assert tabular.read(template.getvalue(), files.SHEET, today=TODAY).count == 0
    assert (
        quality.post("/devices/lines/new/", {"code": "CV", "name": "心血管", "key": "a"}).status_code == 422
    )
    made = {"code": "INJ", "name": "注射穿刺", "key": "b"}
    assert quality.post("/devices/lines/new/", made).url == "/devices/upload/"
    assert "INJ 注射穿刺" in words(quality.get("/devices/upload/"))
    good = {**ROW, "line": "INJ"}
    checked = quality.post(
        "/devices/upload/", {"file": book(good, {**good, "code": "CX-2", "line": "NO", "di": None})}
    )
    assert checked.status_code == 422 and "产品线不存在" in words(checked)
    assert 'name="token"' not in checked.content.decode()
    shown = quality.post("/devices/upload/", {"file": book(good)}).content.decode()
    assert "录入 1 个产品" in shown
    with scope.everything():
        assert not models.Item.objects.filter(code=ROW["code"]).exists()
    token = re.search(r'name="token" value="([^"]+)"', shown)[1]
    for _twice in range(2):
        assert quality.post("/devices/upload/", {"token": token, "key": "c"}).url == "/devices/"
    assert item(ROW["code"]).name == ROW["name"]
    # Another day's click finds the codes taken, and says so.
    again = quality.post("/devices/upload/", {"token": token, "key": "d"})
    assert again.status_code == 422 and "产品编码已存在" in words(again)
