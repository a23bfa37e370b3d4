"""One field finds stock by product, lot, serial and scan."""

import re

import pytest

from qudao.catalog import models as catalog
from qudao.inventory import models as inventory
from qudao.kernel import scope
from tests.operations import flow_world, partners_world
from tests.operations.test_trace import browser

DI = "06901234567892"


@pytest.fixture
def found(db):
    """`found("text")`: the lots that the page of lots shows for the address."""
    world = flow_world.build()
    flow_world.deliver(world, world.balance, "5", world.channel.renji)
    with scope.everything():
        catalog.DeviceIdentifier.objects.create(di=DI, carrier="gs1", item_id=world.channel.screw, unit="件")
    keeper = browser(partners_world.person("keeper", permissions=["inventory.stock.view"], whole=True).id)

    def ask(**query):
        page = keeper.get("/stock/", {"by": "lot", **query})
        assert page.status_code == 200
        text = page.content.decode()
        return re.findall(r'href="/stock/lots/\d+/"[^>]*>\s*([^<]+?)\s*<', text)

    return ask


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("S1", ["A01"]),
        ("xigu", ["K01"]),
        ("jiati", ["K01"]),
        ("A01", ["A01"]),
        (" a01 ", ["A01"]),
        ("S-2", ["K01"]),
        ("s-2", ["K01"]),
        # The piece is delivered; a word of a product is read without its dashes.
        ("S-1", ["A01"]),
        (DI, ["A01"]),
        (f"]d201{DI}1728063010A01", ["A01"]),
        (f"(01){DI}(10)A01(21)9", ["A01"]),
        (f"(01){DI}(10)K01", []),
        ("A0", []),
    ],
)
def test_one_field_finds_product_lot_serial_and_scan(found, text, rows):
    assert found(q=text) == rows


def test_an_address_that_names_a_lot_still_finds_it(found):
    assert found(lot="K01") == ["K01"]
    assert found(lot="K01", q="S1") == []
    assert found(lot="K01", q="jiati") == ["K01"]


def test_holding_a_lot_says_before_what_it_locks_and_after_what_it_did(found):
    permissions = ["inventory.stock.view", "inventory.stock.hold"]
    client = browser(partners_world.person("quality", permissions=permissions, whole=True).id)
    with scope.everything():
        lot = inventory.Lot.objects.get(code="K01")
    address = f"/stock/lots/{lot.pk}/"
    assert "将冻结我方库存 1 件，" in client.get(address).content.decode()
    form = {"step": "hold", "reason": "厂家通知", "key": "k-1"}
    assert "已冻结。" in client.post(f"{address}do/", form, follow=True).content.decode()
    with scope.everything():
        assert inventory.Lot.objects.get(code="K01").held is True


def test_who_looks_for_a_lot_is_shown_lots_unless_warehouses_are_asked_for(found):
    assert found(q="A01", by="") == ["A01"]
    assert found(q="A01", by="site") == []
    assert found(q="S1", by="") == []
