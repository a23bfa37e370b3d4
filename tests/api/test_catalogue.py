"""The catalogue over the API: products, their lines and lists, certificates, the device register."""

import datetime as dt
import io
import pathlib
from decimal import Decimal

import pytest
from django.utils import timezone

from qudao.catalog import files, queries
from qudao.kernel import scope, tabular
from tests import harness
from tests.api import world
from tests.browser import trading
from tests.operations.test_catalog import ROW
from tests.operations.test_udi_import import SYRINGE, SYRINGE_BOX, SYRINGE_CASE

NEEDS = ("supply", "orders")
PART = (pathlib.Path(__file__).parents[1] / "data" / "udid_part.xml").read_bytes()


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)


@pytest.fixture
def pim(company):
    return world.house("pim")


@pytest.fixture
def register(company, pim):
    assert pim.post("/device-register", file=("file", "udid.xml", PART)).status_code == 200
    return company


def product(caller, code) -> dict:
    [found] = [one for one in caller.items("/products", q=code, all=True) if one["code"] == code]
    return found


def codes(caller) -> set[str]:
    return {one["code"] for one in caller.items("/products", all=True, limit=200)}


# --- Products --------------------------------------------------------------------------------------


def syringe(company, **more):
    return {
        "di": SYRINGE,
        "code": "SYR-5",
        "line_id": company.lines["CV"],
        "base_unit": "支",
        "price_unit": "盒",
        "tax_rate": "0.13",
    } | more


def test_a_product_is_made_of_its_record_in_the_register(register, pim):
    before = codes(pim)
    assert pim.refused("/products", syringe(register, code="BQ-2515")) == {"catalog.item_code_taken"}
    assert pim.refused("/products", syringe(register, price_unit="桶")) == {"catalog.unit_factor"}
    assert pim.refused("/products", syringe(register, di="06900000000009"), status=404) == {
        "catalog.udi_record_missing"
    }
    assert pim.post("/products", syringe(register, tax_rate="13")).status_code == 422
    assert codes(pim) == before
    made = pim.once("/products", syringe(register), status=201)
    assert (made["name"], made["device_class"], made["price_unit"], made["price_unit_factor"]) == (
        "一次性使用无菌注射器",
        3,
        "盒",
        100,
    )
    assert Decimal(made["tax_rate"]) == Decimal("0.13")
    assert product(pim, "SYR-5") == made
    assert pim.refused("/products", syringe(register, code="SYR-6")) == {"catalog.di_taken"}
    assert codes(pim) == before | {"SYR-5"}


def test_a_record_is_linked_to_a_product_there_is(register, pim):
    mine, other = register.items["CTNI-100"], register.items["DS-035"]
    linked = pim.once(f"/products/{mine}/records", {"di": SYRINGE})
    assert {one["di"]: (one["level"], one["base_quantity"]) for one in linked["identifiers"]} == {
        SYRINGE: (0, 1),
        SYRINGE_BOX: (1, 100),
        SYRINGE_CASE: (2, 2000),
    }
    assert pim.refused(f"/products/{other}/records", {"di": SYRINGE}) == {"catalog.di_taken"}
    assert pim.refused("/products/987654321/records", {"di": SYRINGE}, status=404) == {"kernel.not_found"}
    with scope.transaction(trading.SYSTEM):
        assert queries.identifiers([SYRINGE])[SYRINGE].item_id == mine


def test_a_unit_gets_versions_and_the_base_unit_stays(company, pim):
    path = f"/products/{company.items['BQ-2515']}/units"
    assert pim.refused(path, {"unit": "支", "factor": 2}) == {"catalog.base_unit_fixed"}
    assert pim.refused(path, {"unit": "盒", "factor": 12}) == {"catalog.units_disagree"}
    assert pim.post(path, {"unit": "箱", "factor": 0}).status_code == 422
    assert units(company) == {"支": 1, "盒": 10}
    assert pim.once(path, {"unit": "箱", "factor": 40}) == {"unit": "箱", "factor": 40, "version": 1}
    assert pim.once(path, {"unit": "箱", "factor": 50}) == {"unit": "箱", "factor": 50, "version": 2}
    assert units(company) == {"支": 1, "盒": 10, "箱": 50}


def units(company) -> dict[str, int]:
    with scope.transaction(trading.SYSTEM):
        found = queries.units([company.items["BQ-2515"]])
    return {unit: one.factor for (_item, unit), one in found.items()}


def test_the_vat_of_a_product_is_set_from_a_day_on(company, pim):
    mine = company.items["BQ-2515"]
    path = f"/products/{mine}/tax"
    later = {"treatment": "simple", "rate": "0.03", "valid_from": "2027-01-01"}
    assert pim.once(path, later) == later | {"item_id": mine, "entity_id": 0}
    for body, code, status in (
        (later | {"valid_from": "2026-12-01"}, "catalog.tax_later", 422),
        (later | {"treatment": "exempt", "valid_from": "2027-07-01"}, "catalog.tax_form", 422),
        (later | {"entity_id": 987654321}, "kernel.not_found", 404),
    ):
        assert pim.refused(path, body, status=status) == {code}
    own = later | {"rate": "0.06", "entity_id": company.entities["qd"]}
    pim.once(path, own)
    assert {one: vat(mine, one) for one in (0, company.entities["qd"])} == {
        0: [("rate", Decimal("0.13")), ("simple", Decimal("0.03"))],
        company.entities["qd"]: [("rate", Decimal("0.13")), ("simple", Decimal("0.06"))],
    }


def vat(item_id, entity_id):
    """Treatment and rate of a product, today and in the year after."""
    days = (dt.date(2026, 11, 23), dt.date(2027, 1, 1))
    with scope.transaction(trading.SYSTEM):
        found = [queries.items([item_id], on=day, entity_id=entity_id)[item_id] for day in days]
    return [(one.tax_treatment, one.tax_rate) for one in found]


def test_tax_is_for_who_may_set_it(company, pim):
    world.oauth_client("catalog.item.manage", client_id="keeper", whole=True)
    body = {"rate": "0.09", "valid_from": "2027-01-01"}
    mine = company.items["BQ-2515"]
    assert world.Caller("keeper").refused(f"/products/{mine}/tax", body, status=403) == {"kernel.forbidden"}
    assert vat(mine, 0)[1] == ("rate", Decimal("0.13"))


def test_a_product_leaves_trade_and_comes_back(company, pim):
    item = company.items["BQ-2515"]
    known = {one["code"] for one in pim.items("/products")}
    assert pim.once(f"/products/{item}/trade", {"active": False})["active"] is False
    assert {one["code"] for one in pim.items("/products")} == known - {"BQ-2515"}
    assert pim.once(f"/products/{item}/trade", {"active": True})["active"] is True
    assert {one["code"] for one in pim.items("/products")} == known
    assert pim.refused("/products/987654321/trade", {"active": True}, status=404) == {"kernel.not_found"}


# --- Lists of products -----------------------------------------------------------------------------


def book(*rows) -> tuple[str, str, bytes]:
    stream = io.BytesIO()
    tabular.write(stream, files.SHEET, rows)
    return "file", "产品.xlsx", stream.getvalue()


def test_a_list_of_products_is_checked_by_cell_then_entered_whole_or_not_at_all(company, pim):
    assert pim.refused("/product-lines", {"code": "CV", "name": "心血管"}) == {"catalog.line_code_taken"}
    line = pim.once("/product-lines", {"code": "INJ", "name": "注射穿刺"}, status=201)
    assert line == {"id": line["id"], "code": "INJ", "name": "注射穿刺", "name_en": ""}
    assert line in pim.items("/product-lines")
    assert [one["code"] for one in pim.items("/product-lines")] == ["CV", "INJ", "IVD"]
    good = {**ROW, "line": "INJ"}
    bad = book(good, {**good, "code": "CX-2", "line": "NO", "di": None, "device_class": None})
    before = codes(pim)
    found = pim.once("/product-files/check", file=bad)
    [sheet] = found["sheets"]
    assert (found["ok"], sheet["count"], sheet["refused"]) == (False, 2, 1)
    [said] = sheet["rows"][0]["said"]
    assert (sheet["rows"][0]["number"], said["column"]) == (3, "device_class")
    unknown = pim.once("/product-files/check", file=book({**good, "line": "NO"}))
    assert [one["code"] for one in unknown["sheets"][0]["rows"][0]["said"]] == ["catalog.line_unknown"]
    assert said["code"] in pim.refused("/product-files", file=bad)
    assert pim.once("/product-files/check", file=book())["ok"] is False
    assert pim.post("/product-files", file=book()).status_code == 422
    assert pim.once("/product-files/check", file=book(good))["ok"] is True
    assert codes(pim) == before
    done = pim.once("/product-files", status=201, file=book(good))
    assert done == {"items": 1, "certificates": 1, "covered": 0}
    assert codes(pim) == before | {ROW["code"]}
    assert [one["devices"] for one in pim.items("/certificates", q=ROW["certificate"])] == [1]
    assert pim.refused("/product-files", file=book(good)) == {"catalog.item_code_taken", "catalog.di_taken"}


# --- Certificates ----------------------------------------------------------------------------------


NUMBER = "国械注准20253140777"


def certificate_body(company, **more):
    return {
        "number": NUMBER,
        "registrant": "苏州澄溪医疗科技有限公司",
        "valid_from": "2025-05-06",
        "last_day": "2030-05-05",
        "item_ids": [company.items["BQ-2515"]],
    } | more


def test_a_certificate_is_entered_with_what_it_lists_and_lists_more(company, pim):
    for more, code in (
        ({"number": "无号"}, "catalog.registration_unreadable"),
        ({"number": "国械注准20193130221"}, "catalog.certificate_taken"),
        ({"last_day": "2025-05-01"}, "catalog.certificate_period"),
        ({"item_ids": [987654321]}, "catalog.item_unknown"),
    ):
        assert pim.refused("/certificates", certificate_body(company, **more)) == {code}
    # A slip of the hand, beyond which days cannot be counted.
    beyond = pim.post("/certificates", certificate_body(company, last_day="9999-12-31"))
    assert beyond.status_code == 422 and "2200-12-31" in beyond.content.decode()
    assert pim.items("/certificates", q=NUMBER) == []
    made = pim.once("/certificates", certificate_body(company), status=201)
    assert (made["number"], made["producer"], made["version"], made["last_day"], made["devices"]) == (
        NUMBER,
        "苏州澄溪医疗科技有限公司",
        1,
        "2030-05-05",
        1,
    )
    path = f"/certificates/{made['id']}"
    more = {"item_ids": [company.items["BQ-2515"], company.items["DS-035"]]}
    assert pim.refused(f"{path}/products", {"item_ids": [987654321]}) == {"catalog.item_unknown"}
    assert pim.items("/certificates", q=NUMBER) == [made]
    assert pim.once(f"{path}/products", more)["devices"] == 2
    # A changed annex: the renewal lists one of the two.
    term = {"valid_from": "2030-05-06", "item_ids": [company.items["DS-035"]]}
    renewed = pim.once(f"{path}/renew", term)
    assert (renewed["version"], renewed["last_day"]) == (2, None)
    with scope.transaction(trading.SYSTEM):
        assert queries.codes_listed(made["id"]) == ["DS-035"]
    absent = "/certificates/987654321/products"
    assert pim.refused(absent, more, status=404) == {"kernel.not_found"}


def test_a_certificate_is_renewed_and_revoked(company, pim):
    [held] = pim.items("/certificates", q="国械注准20193130221")
    path = f"/certificates/{held['id']}"
    assert (held["last_day"], held["version"]) == ("2029-04-01", 2)
    early = {"valid_from": "2019-04-02", "last_day": "2034-04-01"}
    assert pim.refused(f"{path}/renew", early) == {"catalog.certificate_order"}
    term = {"valid_from": "2029-04-02", "last_day": "2034-04-01"}
    renewed = pim.once(f"{path}/renew", term)
    assert (renewed["version"], renewed["last_day"], renewed["devices"]) == (3, "2034-04-01", 1)
    gone = pim.once(f"{path}/revoke", {"revoked_on": "2026-11-01"})
    assert (gone["revoked_on"], gone["state"]) == ("2026-11-01", "revoked")
    assert pim.refused(f"{path}/renew", term) == {"catalog.certificate_revoked"}
    more = {"item_ids": [company.items["BQ-2515"]]}
    assert pim.refused(f"{path}/products", more) == {"catalog.certificate_revoked"}
    with scope.transaction(trading.SYSTEM):
        assert queries.codes_listed(held["id"]) == ["ZJ-3018"]


# --- The device register ---------------------------------------------------------------------------


def test_a_part_of_the_device_register_is_checked_then_taken_in(company, pim):
    checked = pim.once("/device-register/check", file=("file", "udid.xml", PART))
    assert checked["new"] > 0
    done = pim.once("/device-register", file=("file", "udid.xml", PART))
    assert {name: done[name] for name in ("read", "new")} == {name: checked[name] for name in ("read", "new")}
    again = pim.once("/device-register/check", file=("file", "udid.xml", PART))
    assert (again["new"], again["changed"]) == (0, 0)
    broken = pim.post("/device-register", file=("file", "udid.xml", b""))
    assert (broken.status_code, broken.json()["code"]) == (422, "ui.file_missing")
