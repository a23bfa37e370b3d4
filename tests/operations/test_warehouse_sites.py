"""Warehouses are opened by the administrator, shelves by the keeper, on pages; what is refused changes nothing."""

import io
import re
from urllib.parse import unquote

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from qudao.inventory import models, operations, queries
from qudao.kernel import errors, scope
from tests.operations import inventory_world as world

NEEDS = ("orders", "settlement", "flow", "compliance")
HOUSE = scope.system("test")


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def shelves(site_id, **wanted):
    found, _following = queries.list_shelves(site_id, actor=HOUSE, **wanted)
    return [(one.code, one.zone, one.entrance, one.products) for one in found]


def test_shelves_are_listed_by_code_with_what_lies_on_them(shanghai):
    made = operations.open_shelves(
        site_id=shanghai, zone="good", codes=["b-02", " B-01 ", "B-01"], actor=HOUSE, now=world.NOW
    )
    assert made == 2
    balance = world.stock(shanghai, world.item(), 5)
    with scope.everything():
        shelf = models.Location.objects.get(site_id=shanghai, code="B-01")
        models.Balance.objects.filter(pk=balance).update(location=shelf)
    assert shelves(shanghai, text="b-") == [("B-01", "good", False, 1), ("B-02", "good", False, 0)]
    assert shelves(shanghai, zone="pending") == [("PENDING", "pending", True, 0)]
    first, following = queries.list_shelves(shanghai, limit=3, actor=HOUSE)
    rest, end = queries.list_shelves(shanghai, limit=50, after=following, actor=HOUSE)
    assert [one.code for one in (*first, *rest)] == sorted(
        ["B-01", "B-02", *(zone.upper() for zone in operations.ZONES)]
    )
    assert end is None
    assert queries.count_shelves([shanghai], actor=HOUSE) == {shanghai: 2}


@pytest.mark.parametrize(
    ("zone", "codes", "reasons"),
    [
        ("good", ["C-01", "good", "BAD"], [("shelf_taken", "BAD"), ("shelf_taken", "GOOD")]),
        ("good", ["C-01", "X" * 31], [("shelf_form", "X" * 31)]),
        ("good", [], [("shelf_form", "")]),
        ("cellar", ["C-01"], [("zone_unknown", None)]),
    ],
)
def test_shelves_that_cannot_be_are_refused_together(shanghai, zone, codes, reasons):
    before = shelves(shanghai)
    with pytest.raises(errors.Refused) as refusal:
        operations.open_shelves(site_id=shanghai, zone=zone, codes=codes, actor=HOUSE, now=world.NOW)
    found = [(one.code.removeprefix("inventory."), one.params.get("code")) for one in refusal.value.reasons]
    assert found == reasons
    assert shelves(shanghai) == before


def test_goods_on_the_road_have_no_shelves(shanghai):
    with scope.everything():
        road = queries.transit_site(1)
    with pytest.raises(errors.NotFound):
        operations.open_shelves(site_id=road, zone="good", codes=["A"], actor=HOUSE, now=world.NOW)


def test_the_administrator_opens_a_warehouse_and_the_keeper_its_shelves(browser, company):
    admin, keeper = browser("admin"), browser("lijun")
    assert keeper.get("/warehouses/new/").status_code == 403
    assert browser("kangze").get("/warehouses/").status_code == 403
    typed = {
        "code": "HZ",
        "name": "宁波仓",
        "entity_id": str(company.entities["qd"]),
        "region_id": str(company.regions["east"]),
        "territory": "宁波",
        "address": "宁波市北仑区港城路 1 号",
        "licensed_address": "on",
        "priority": "30",
        "key": "a",
    }
    taken = admin.post("/warehouses/new/", typed)
    assert taken.status_code == 422 and "宁波市北仑区港城路 1 号" in taken.content.decode()
    address = admin.post("/warehouses/new/", typed | {"code": "NB"}).url
    site_id = int(address.split("/")[2])
    opened = queries.get_site(site_id, HOUSE)
    assert (opened.code, opened.territory, opened.region_id, opened.priority, opened.licensed_address) == (
        "NB",
        330200,
        company.regions["east"],
        30,
        True,
    )
    # Between 杭州 (10) and 上海 (20) before it.
    names = [one.name for one in queries.list_sites(HOUSE)]
    assert names == ["杭州仓", "上海仓", "宁波仓"]
    assert "宁波仓 NB" in words(keeper.get("/warehouses/"))
    typed = {"zone": "good", "codes": "a-01\r\nA-02", "key": "b"}
    for _twice in range(2):
        assert keeper.post(f"{address}shelves/", typed).url == address
    again = keeper.post(f"{address}shelves/", typed | {"key": "c"})
    assert again.status_code == 422 and "A-01 已存在" in words(again)
    assert shelves(site_id, text="A-") == [("A-01", "good", False, 0), ("A-02", "good", False, 0)]
    assert "A-02" in words(keeper.get(address, {"zone": "good"}))
    assert "NB · " in words(keeper.get(address))
    with scope.everything():
        road = queries.transit_site(company.entities["qd"])
    assert keeper.get(f"/warehouses/{road}/").status_code == 404


# --- Stock at go-live ------------------------------------------------------------------------------


HEAD = ["仓库编码", "产品编码", "批号", "序列号", "生产日期", "有效期至", "数量", "成本金额", "货位"]


def opening_sheet(*rows) -> SimpleUploadedFile:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("期初库存")
        for number, row in enumerate([HEAD, *rows]):
            page.write_row(number, 0, row)
    return SimpleUploadedFile("期初.xlsx", stream.getvalue())


def lots() -> dict[str, tuple]:
    with scope.everything():
        found = models.Balance.objects.filter(lot__code__startswith="GO-", site__kind="warehouse")
        return {one.lot.code: (one.site.code, one.on_hand) for one in found.select_related("lot", "site")}


def test_the_stock_at_go_live_is_checked_against_its_totals_and_booked_once(browser, company):
    admin, address = browser("admin"), "/stock/opening/"
    assert address in admin.get("/stock/").content.decode()
    assert browser("lijun").get(address).status_code == 403
    assert address in admin.get("/warehouses/").content.decode()
    told = words(admin.get(address))
    assert "按导入当日（2026-11-23）入账" in told and "同一位置的同一货物已导入过的，不再接收" in told
    template = admin.get(f"{address}template.xlsx")
    assert unquote(template["Content-Disposition"]).endswith("期初库存模板.xlsx")
    good = (
        ["HZ", "BQ-2515", "GO-1", "", "2026-01-10", "2028-01-09", 12, 10800, ""],
        ["SH", "DS-035", "GO-2", "", "2026-02-01", "2029-01-31", 200, 8500, ""],
    )
    totals = {"entity_id": company.entities["qd"], "control_quantity": "212", "control_value": "19300.00"}

    def check(*rows, **more):
        return admin.post(address, totals | more | {"file": opening_sheet(*rows)})

    wrong = check(
        ["XX", "BQ-2515", "GO-1", "", "2026-01-10", "2028-01-09", 12, 10800, ""],
        ["HZ", "NO-SUCH", "GO-1", "", "2026-01-10", "2028-01-09", 12, 10800, ""],
        ["HZ", "BQ-2515", "GO-1", "", "2026-01-10", "2028-01-09", 0, 10800, "Z-99"],
        ["HZ", "DS-035", "GO-1", "", "很早", "2028-01-09", 1, 1, ""],
    )
    said = words(wrong)
    assert wrong.status_code == 422 and 'name="token"' not in wrong.content.decode()
    for part in ("XX", "NO-SUCH", "Z-99", "数量须大于零", "很早"):
        assert part in said
    short = check(*good, control_quantity="213")
    assert short.status_code == 422 and "213" in words(short)
    # A serial number makes one piece: what the posting refuses stands at its row.
    assert (
        check([*good[0][:3], "S1", *good[0][4:]], control_quantity="12", control_value="10800").status_code
        == 422
    )
    assert lots() == {}
    looked = check(*good)
    assert looked.status_code == 200
    [token] = re.findall(r'name="token" value="([^"]+)"', looked.content.decode())
    for _twice in range(2):
        assert admin.post(address, {"token": token, "key": "go"}).url == "/stock/"
    assert lots() == {"GO-1": ("HZ", 12), "GO-2": ("SH", 200)}
    # The same file as a new request, and a file that was looked at before the other was booked: nothing of either.
    again = check(*good, ["SH", "BQ-2515", "GO-1", "", "2026-01-10", "2028-01-09", 3, 2700, ""])
    said = words(again)
    assert again.status_code == 422 and 'name="token"' not in again.content.decode()
    assert (said.count("GO-1 已导入过"), said.count("GO-2 已导入过")) == (1, 1)
    with scope.everything():
        number = models.Move.objects.get(lot__code="GO-1", kind="open").origin_id
    assert said.count(f"期初库存 {number}（2026-11-23）已将同一货物导入同一位置") == 2
    late = admin.post(address, {"token": token, "key": "later"})
    assert late.status_code == 422 and "GO-1 已导入过" in words(late)
    assert lots() == {"GO-1": ("HZ", 12), "GO-2": ("SH", 200)}
    # The lot in another warehouse, or on a shelf of its own, is further stock.
    other = ["SH", "BQ-2515", "GO-1", "", "2026-01-10", "2028-01-09", 3, 2700, ""]
    assert check(other, control_quantity="3", control_value="2700.00").status_code == 200
