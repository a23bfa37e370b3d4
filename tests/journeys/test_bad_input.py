"""Bad input: the exact refusal, in words of both languages, and nothing changed.

docs/domain/bad_input.md lists every case with its code and its test, here or elsewhere.
"""

import contextlib
import datetime as dt
import pathlib
import re
from urllib import parse

import pytest
from django.db import connection
from django.utils import timezone, translation

from qudao.catalog.udi import encode
from qudao.flow import operations as flow
from qudao.inventory import models as inventory_models
from qudao.inventory import operations as inventory
from qudao.kernel import errors, manifest, messages, scope
from qudao.orders import files, models, operations, scanning
from qudao.organisation import models as organisation
from tests import harness
from tests.permissions import trade
from tests.rules import tabular_samples

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOW, HOUSE = harness.NOW, trade.HOUSE


@pytest.fixture(scope="module")
def shop(database_clone):
    """The small company; a refusal leaves it as it was, so the tests share it."""
    return harness.company()


def state():
    """The journal has an entry of whatever happened; versions and reservations say the rest."""
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM journal_staging), (SELECT count(*) FROM flow_flowfile),"
            " (SELECT count(*) FROM kernel_storedfile), (SELECT sum(reserved) FROM inventory_balance),"
            " (SELECT sum(on_hand) FROM inventory_balance)"
        )
        documents = [
            list(model.objects.order_by("pk").values_list("pk", "version", "status"))
            for model in (models.Order, models.Shipment)
        ]
        return cursor.fetchone(), documents


@contextlib.contextmanager
def refusing(*codes):
    """What happens inside is refused for exactly these reasons, each with its words, and changes nothing."""
    before = state()
    with pytest.raises(errors.Refused) as refusal:
        yield
    found = [reason for reason in refusal.value.reasons if reason.refuses]
    assert sorted({reason.code for reason in found}) == sorted(codes)
    assert state() == before
    for reason in found:
        for language, letters in (("zh-hans", r"[\u4e00-\u9fff]"), ("en", r"[A-Za-z]{3}")):
            with translation.override(language):
                words = messages.render(reason)
            for text in (words.title, words.why, words.mend):
                assert re.search(letters, text), (reason.code, language, text)
                assert "%(" not in text


# -- at picking --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catheters(shop):
    """A shipment of two of one lot, to pick."""
    return trade.released(trade.request(shop, "kangze.CV", "zheer.binjiang", "BQ-2515", 2))[1]


@pytest.fixture(scope="module")
def stent(shop):
    """A shipment of one with a serial number."""
    return trade.released(trade.request(shop, "kangze.CV", "zheer.binjiang", "ZJ-3018", 1))[1]


def pick(shipment, code, times=1, *, now=NOW):
    return operations.pick_shipment(
        shipment_id=shipment.id,
        version=shipment.version,
        scans=[scanning.Scan(code, times)],
        actor=trade.PICKER,
        now=now,
    )


def label(shipment):
    return trade.work.labels(shipment)[0].code


def test_a_case_scanned_as_a_piece_is_refused(catheters):
    """The box holds ten, two are wanted."""
    line = catheters.lines[0]
    box = encode.gs1(
        "16901234567011",
        lot=line.lot_code,
        last_usable_on=line.last_usable_on,
        produced_on=line.produced_on,
    )
    with refusing("orders.scanned_too_many", "orders.not_all_scanned"):
        pick(catheters, box)


def test_a_code_with_a_wrong_check_digit_is_refused_at_picking(catheters):
    with refusing("catalog.udi_check_digit"):
        pick(catheters, label(catheters).replace("06901234567014", "06901234567015"), 2)


def test_a_code_without_its_separator_is_refused_at_picking(stent):
    with refusing("catalog.udi_separator_missing"):
        pick(stent, label(stent).replace("\x1d", ""))


def test_a_day_that_is_none_is_refused_at_picking(catheters):
    code = label(catheters)
    expiry = f"17{catheters.lines[0].last_usable_on:%y%m%d}"
    assert expiry in code
    with refusing("catalog.udi_date"):
        pick(catheters, code.replace(expiry, "17280230"), 2)


def test_a_code_nobody_registered_is_refused_at_picking(catheters):
    with refusing("catalog.di_unknown"):
        pick(catheters, encode.gs1("06934567890122", lot="B2601"), 2)


def test_a_lot_that_expired_since_the_order_is_refused_at_picking(shop):
    """B2502 may be sold until 2027-01-07; the warehouse comes to it on 2027-01-08."""
    shipment = trade.released(trade.request(shop, "renji.CV", "renji", "BQ-2515", 1))[1]
    assert shipment.lines[0].lot_code == "B2502"
    with refusing("inventory.lot_expired"):
        pick(shipment, label(shipment), now=dt.datetime(2027, 1, 7, 16, 30, tzinfo=dt.UTC))


def test_a_lot_held_since_the_order_is_refused_at_picking_and_at_the_next_order(shop):
    shipment = trade.released(trade.request(shop, "lianyou.CV", "lianyou", "DS-035", 1))[1]
    with scope.everything():
        lot = inventory_models.Lot.objects.get(code=shipment.lines[0].lot_code)
    inventory.hold_lot(lot_id=lot.pk, reason="厂家召回", actor=HOUSE, now=NOW)
    with refusing("inventory.lot_held"):
        pick(shipment, label(shipment))
    with refusing("orders.short"):
        operations.place_order(
            request=trade.request(shop, "lianyou.CV", "lianyou", "DS-035", 1), actor=HOUSE, now=NOW
        )


# -- files -------------------------------------------------------------------------------------------


def order_file(shop, rows):
    return files.place_order_file(
        tabular_samples.workbook(rows),
        filename="订单.xlsx",
        account_id=shop.accounts["kangze.CV"],
        ship_to_id=shop.places["zheer.binjiang"],
        actor=HOUSE,
        now=NOW,
    )


def test_an_order_file_with_a_wrong_header_is_refused(shop):
    with refusing("kernel.tabular.header_missing"):
        order_file(shop, [["客户", "地址"], ["康泽", "杭州"]])


def test_an_order_file_with_rows_nobody_can_mean_is_refused_row_by_row(shop):
    """A code Excel made a power of ten, a product there is not; and a quantity below zero."""
    with refusing("kernel.tabular.code_in_scientific_notation", "orders.item_unknown"):
        order_file(shop, [["产品编码", "数量"], ["6.9E+12", 1], ["NO-1", 1], ["BQ-2515", 1]])
    with refusing("orders.quantity_not_positive"):
        order_file(shop, [["产品编码", "数量"], ["BQ-2515", -2]])


def test_what_is_wrong_with_the_rows_of_a_file_is_said_at_once(shop):
    """What cannot be read, products there are not, also in one row, and what would refuse the rows that can be read;
    the credit of the order is not judged while rows are missing."""
    rows = [
        ["产品编码", "数量", "单位"],
        ["DS-035", 999_999, ""],
        ["NO-1", "两盒", ""],
        ["NO-2", 3, ""],
        ["BQ-2515", "若干", ""],
        ["BQ-2515", 1, "桶"],
        ["BQ-2515", -2, ""],
        ["BQ-2515", 1, ""],
    ]
    with pytest.raises(errors.Refused) as refusal:
        order_file(shop, rows)
    assert [(one.line, one.code) for one in refusal.value.reasons] == [
        (2, "orders.short"),
        (3, "kernel.tabular.not_a_number"),
        (3, "orders.item_unknown"),
        (4, "orders.item_unknown"),
        (5, "kernel.tabular.not_a_number"),
        (6, "orders.unit_unknown"),
        (7, "orders.quantity_not_positive"),
    ]


def test_what_refuses_the_order_of_a_file_names_its_row(shop):
    """Lines count from one; whoever sent the sheet looks for the row."""
    rows = [["11 月订货", ""], ["产品编码", "数量"], ["BQ-2515", 1], ["DS-035", 999_999]]
    with pytest.raises(errors.Refused) as refusal:
        order_file(shop, rows)
    assert ("orders.short", 4) in {(one.code, one.line) for one in refusal.value.reasons}


def test_an_order_file_sent_twice_makes_one_order(shop):
    rows = [["产品编码", "数量"], ["BQ-2515", 1]]
    content = tabular_samples.workbook(rows)
    common = {
        "filename": "订单.xlsx",
        "account_id": shop.accounts["kangze.CV"],
        "ship_to_id": shop.places["zheer.binjiang"],
        "actor": HOUSE,
        "now": NOW,
    }
    assert files.place_order_file(content, **common).status == "confirmed"
    with refusing("orders.source_taken_in"):
        files.place_order_file(content, **common)


FLOW = (
    "销售日期",
    "客户名称",
    "统一社会信用代码",
    "城市",
    "产品编码",
    "批号",
    "数量",
    "单位",
    "单价",
    "单据号",
)
SALE = (dt.date(2026, 11, 20), "浙江省第二人民医院", None, "杭州", "BQ-2515", "B2601", 1, "支", 2100, "XS1")


def flow_sheet(**changed):
    row = [changed.get(name, value) for name, value in zip(FLOW, SALE, strict=True)]
    return tabular_samples.workbook([list(FLOW), row])


def flow_file(shop, sheet=None, **changed):
    return flow.take_in_file(
        account_id=shop.accounts["kangze.CV"],
        month=dt.date(2026, 11, 1),
        stream=sheet or flow_sheet(**changed),
        name="流向.xlsx",
        actor=HOUSE,
        now=NOW,
    )


@pytest.mark.parametrize("code", ["9.1E+17", 910000000000000000, 9.1330106123456e17])
def test_a_credit_code_that_excel_made_a_number_is_refused(shop, code):
    with refusing("kernel.tabular.code_in_scientific_notation"):
        flow_file(shop, 统一社会信用代码=code)


@pytest.mark.parametrize(("day", "code"), [("20/11/2026", "date_flipped"), ("05/11/2026", "date_ambiguous")])
def test_a_date_day_first_is_refused(shop, day, code):
    with refusing(f"kernel.tabular.{code}"):
        flow_file(shop, 销售日期=day)


def test_a_sell_through_file_sent_twice_counts_once(shop):
    # One file: a workbook written a second later is another, for it carries the time it was saved.
    sheet = flow_sheet(单据号="XS9")
    assert flow_file(shop, sheet).rows == 1
    with refusing("flow.file_taken_in"):
        flow_file(shop, sheet)


# -- pages -------------------------------------------------------------------------------------------

GARBAGE = ("\0", "-1", "9" * 30, "'; DROP TABLE orders_order; --", "１２", "🚀", "%%s", "x" * 3000)
READING = (
    *(
        "/orders/?q=",
        "/orders/?cursor=",
        "/orders/?status=",
        "/orders/?format=xlsx&q=",
        "/orders/?sort=gross&cursor=",
        "/orders/?from=",
        "/shipments/?q=",
    ),
    *("/shipments/?cursor=", "/partners/?q=", "/partners/?cursor=", "/partners/?region=", "/trace/?q="),
    *("/trace/report/?q=", "/journal/?cursor=", "/journal/?day=", "/journal/?subject=", "/journal/?actor="),
    *("/people/?q=", "/search/?q=", "/orders/new/?party=", "/orders/upload/?party="),
)


@pytest.fixture(scope="module")
def desk(shop):
    """One of ours who holds every permission, and the clock of the small company."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: NOW)
        with scope.everything():
            role = organisation.Role.objects.create(
                code="all", name="all", permissions=sorted(manifest.permissions())
            )
            person = organisation.Person.objects.create(username="all", name="all")
            organisation.Post.objects.create(
                role=role, person=person, whole=True, granted_by="test", valid_from=NOW
            )
        yield trade.browser(person)


@pytest.mark.parametrize("address", READING)
def test_nothing_typed_into_an_address_is_our_error(desk, address):
    for text in GARBAGE:
        answer = desk.get(address + parse.quote(text))
        assert answer.status_code < 500, text


def test_what_nothing_can_hold_is_refused_in_words(desk):
    answer = desk.get("/orders/", {"q": "\0"})
    assert (answer.status_code, "有一个值无法识别" in answer.content.decode()) == (422, True)


def test_nothing_typed_into_a_form_is_our_error(desk, catheters):
    before = state()
    forms = {
        "/orders/new/quote/": ("party", "account", "item", "quantity", "choose", "add", "ship_to", "remove"),
        "/orders/new/": ("party", "account", "requested_on", "rebate_use", "key", "channel"),
        f"/orders/{catheters.order_id}/do/": ("version", "step"),
        f"/shipments/{catheters.id}/do/": ("version", "step", "scans"),
    }
    for address, fields in forms.items():
        for field in fields:
            for text in GARBAGE:
                answer = desk.post(address, {"step": "pick", field: text})
                assert answer.status_code < 500, (address, field, text)
    assert state() == before


# -- the table ---------------------------------------------------------------------------------------


def table():
    """(what, codes, test) of every row of the document."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| `(.+?)` \|$", _document(), re.M)
    return [(what, re.findall(r"`([\w.]+)`", codes), test) for what, codes, test in rows]


def _document():
    return (ROOT / "docs" / "domain" / "bad_input.md").read_text()


def missing(cases):
    """The cases whose test is not there."""
    return [
        what
        for what, _codes, test in cases
        for path, name in [test.split("::")]
        if not re.search(rf"^def {name}\(", (ROOT / "tests" / path).read_text(), re.M)
    ]


def test_every_case_of_the_table_names_a_test_that_is_there():
    assert len(table()) >= 30
    assert missing(table()) == []


def test_control_a_test_that_is_not_there_is_noticed():
    assert missing([("a case", [], "journeys/test_bad_input.py::test_of_nothing")]) == ["a case"]


def test_every_code_of_the_table_has_its_words():
    assert {code for _, codes, _ in table() for code in codes} <= set(messages.catalogue())
