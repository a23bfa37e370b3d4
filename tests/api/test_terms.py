"""Terms over the API: contracts and price lists from workbooks, signed, ended; promotions."""

import datetime as dt
import io

import pytest
import xlsxwriter
from django.utils import timezone
from python_calamine import CalamineWorkbook

from qudao.kernel import scope
from qudao.pricing import models
from tests import harness
from tests.api import world
from tests.operations import test_pricing_files as contract_files
from tests.operations import test_pricing_guides as guides

NEEDS = ("pricing",)
SOON = "2026-12-03"
# The first bytes say what it is, as of a scan.
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)


@pytest.fixture
def pim(company):
    return world.house("pim")


def cells(content: bytes) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


# --- Price lists -----------------------------------------------------------------------------------


def details(company, **more) -> dict:
    told = {
        "kind": "guide",
        "entity_id": company.entities["qd"],
        "valid_from": SOON,
        "citation": "2027 价目表",
    }
    return {"details": world.json.dumps(told | more)}


def prices(on=SOON) -> dict[str, str]:
    """Product → guide price that holds on a day."""
    day = dt.date.fromisoformat(on)
    with scope.everything():
        rows = models.PriceRow.objects.filter(kind="guide", valid_from__lte=day)
        found = [
            row for row in rows.select_related("item") if row.valid_until is None or row.valid_until > day
        ]
        return {row.item.code: f"{row.price}" for row in found}


def test_guide_prices_go_out_as_a_workbook_and_come_back_changed(company, pim):
    out = pim.get("/price-files", kind="guide", entity_id=company.entities["qd"])
    assert out.status_code == 200
    _head, *rows = cells(out.content)
    assert {row[0] for row in rows} == set(prices())
    before = prices()
    changed = guides.workbook(*([*row[:3], float(row[3]) + 10, *row[4:]] for row in rows))
    file = ("file", "价目表.xlsx", changed)
    checked = pim.once("/price-files/check", details(company), file=file)
    assert (checked["ok"], checked["sheets"][0]["count"]) == (True, len(before))
    assert prices() == before
    set_ = pim.once("/price-files", details(company), status=201, file=file)
    assert set_ == {"prices": len(before)}
    assert {code: float(price) for code, price in prices().items()} == {
        code: float(price) + 10 for code, price in before.items()
    }
    assert prices("2026-12-02") == before


def test_a_price_list_with_a_wrong_row_sets_nothing(company, pim):
    before = prices()
    wrong = guides.workbook(["BQ-2515", "", "", 2200], ["NIX-1", "", "", 5])
    file = ("file", "价目表.xlsx", wrong)
    checked = pim.once("/price-files/check", details(company), file=file)
    [row] = checked["sheets"][0]["rows"]
    assert (checked["ok"], row["number"], row["said"][0]["code"], row["said"][0]["column"]) == (
        False,
        3,
        "pricing.item_unknown",
        "code",
    )
    assert pim.refused("/price-files", details(company), file=file) == {"pricing.item_unknown"}
    assert prices() == before
    nowhere = pim.refused("/price-files", details(company, entity_id=999), status=404, file=file)
    assert nowhere == {"kernel.not_found"}
    told = pim.post("/price-files", details(company, kind="gift"), file=file)
    assert [one["pointer"] for one in told.json()["errors"]] == ["/form/details/kind"]


def test_floors_are_set_and_are_no_partners_business(company, pim):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("底价")
        page.write_row(0, 0, ["产品编码", "底价(不含税)"])
        page.write_row(1, 0, ["BQ-2515", 1150])
    floor = stream.getvalue()
    fields = details(company, kind="floor", citation="")
    assert pim.once("/price-files", fields, status=201, file=("file", "底价.xlsx", floor)) == {"prices": 1}
    with scope.everything():
        rows = models.FloorPrice.objects.order_by("valid_from")
        assert [f"{row.price}" for row in rows] == ["1100.0000", "1150.0000"]
    kangze = world.partners_program(company, "kangze")
    for answer in (
        kangze.get("/price-files", kind="floor", entity_id=company.entities["qd"]),
        kangze.post("/price-files", fields, file=("file", "底价.xlsx", floor)),
        kangze.post("/price-files/check", fields, file=("file", "底价.xlsx", floor)),
    ):
        assert answer.status_code == 404


def test_a_factor_is_set_from_a_day_on(company, pim):
    told = {"entity_id": company.entities["qd"], "tier": "B", "valid_from": SOON, "factor": "0.85"}
    assert pim.refused("/price-factors", told | {"replace": False}) == {"pricing.factor_overlap"}
    assert pim.refused("/price-factors", told | {"factor": "1.2"}) == {"pricing.factor_invalid"}
    assert pim.once("/price-factors", told, status=201) == {"factors": 1}
    with scope.everything():
        rows = models.TierFactor.objects.filter(tier="B", entity_id=told["entity_id"]).order_by("valid_from")
        assert [(f"{one.factor}", one.valid_until is None) for one in rows] == [
            ("0.880000", False),
            ("0.850000", True),
        ]
    assert world.partners_program(company, "kangze").post("/price-factors", told).status_code == 404


# --- Contracts -------------------------------------------------------------------------------------


def contract(pim, number="HT-2026-0183") -> dict:
    return next(one for one in pim.items("/contracts") if one["number"] == number)


def test_a_contract_goes_out_comes_back_as_its_next_version_and_is_signed(company, pim):
    held = contract(pim)
    out = pim.get(f"/contract-versions/{held['version_id']}/workbook")
    assert out.status_code == 200
    head, row = cells(out.content)[:2]
    told = dict(zip(head, row, strict=True))
    assert told["合同编号"] == "HT-2026-0183"
    changed = contract_files.workbook(
        facts={
            "客户名称": told["客户名称"],
            "合同起日": dt.date(2027, 1, 1),
            "合同止日": dt.date(2027, 12, 31),
        },
        listed=contract_files.prices(["BQ-2515", 1800, "", "§2.1"], ["DS-035", 90, "", "§2.2"]),
    )
    file = ("file", "合同.xlsx", changed)
    path = f"/contracts/{held['id']}/versions"
    assert pim.once(f"{path}/check", file=file)["ok"] is True
    assert len(pim.get(f"/contracts/{held['id']}").json()["versions"]) == 1
    draft = pim.once(path, status=201, file=file)
    assert (draft["number"], draft["status"], draft["price_count"]) == (2, "draft", 2)
    assert pim.refused(path, file=file) == {"pricing.file_taken_in"}
    who = {"signed_by": "陈总", "countersigned_by": "王总"}
    sign = f"/contract-versions/{draft['id']}/sign-with-paper"
    assert pim.refused(sign, who, file=("paper", "合同.txt", b"signed")) == {"pricing.paper_unreadable"}
    assert pim.get(f"/contracts/{held['id']}").json()["versions"][0]["status"] == "draft"
    signed = pim.once(sign, who, file=("paper", "合同.png", PICTURE))
    assert (signed["status"], len(signed["document_digest"])) == ("effective", 64)
    renji = world.partners_program(company, "renji")
    assert renji.get(f"/contract-versions/{held['version_id']}/workbook").status_code == 404


def test_a_new_contract_is_checked_and_kept_as_a_draft_or_not_at_all(company, pim):
    fields = {"account_id": company.accounts["renji.CV"]}
    rubbish = ("file", "合同.xlsx", PICTURE)
    told = pim.once("/contracts/check", fields, file=rubbish)
    assert told["ok"] is False
    assert "kernel.tabular.not_a_workbook" in {one["code"] for one in told["said"]}
    count = len(pim.items("/contracts"))
    assert pim.post("/contracts", fields, file=rubbish).status_code == 422
    assert len(pim.items("/contracts")) == count


def test_a_contract_ends_early_and_once(company, pim):
    held = contract(pim)
    path = f"/contracts/{held['id']}/end"
    early = {"last_day": "2026-11-01", "reason": "连续两季未达标"}
    assert pim.refused(path, early) == {"pricing.end_in_past"}
    assert contract(pim) == held
    body = early | {"last_day": "2026-11-30"}
    assert pim.refused(path, body | {"reason": " "}) == {"pricing.end_reason_missing"}
    ended = pim.once(path, body)
    assert [one["valid_until"] for one in ended["versions"]] == ["2026-12-01"]
    assert contract(pim)["ends"] == "2026-12-01"
    assert pim.refused(path, body) == {"pricing.ends_anyway"}
    world.oauth_client("pricing.contract.manage", client_id="drafter", whole=True)
    assert world.Caller("drafter").post(path, body).status_code == 403


# --- Promotions ------------------------------------------------------------------------------------


def test_a_promotion_is_started_and_stopped_and_its_budget_is_ours(company, pim):
    wanted = {
        "name": "年终满减",
        "entity_id": company.entities["qd"],
        "threshold": "10",
        "minus": "500.00",
        "budget": "400.00",
        "valid_from": "2026-11-20",
        "last_day": "2026-12-31",
        "item_ids": [company.items["BQ-2515"]],
    }
    before = pim.items("/promotions")
    assert pim.refused("/promotions", wanted) == {"pricing.promotion_invalid"}
    assert pim.items("/promotions") == before
    made = pim.once("/promotions", wanted | {"budget": "5000.00"}, status=201)
    assert (made["budget"], made["spent"], made["valid_until"]) == ("5000.00", "0.00", "2027-01-01")
    kangze = world.partners_program(company, "kangze")
    seen = next(one for one in kangze.items("/promotions") if one["id"] == made["id"])
    assert (seen["minus"], seen["budget"], seen["spent"]) == ("500.00", None, None)
    path = f"/promotions/{made['id']}/stop"
    assert kangze.refused(path, status=404) == {"kernel.not_found"}
    assert pim.once(path)["valid_until"] == "2026-11-23"
    assert pim.refused(path) == {"pricing.promotion_ended"}
