"""How a price comes about, row by row, and to whom which part of it is told."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from qudao.kernel import scope
from qudao.partners import queries as partners
from qudao.pricing import explaining, models, operations
from tests import harness
from tests.operations import pricing_world as world

HOUSE, TODAY = world.HOUSE, world.TODAY


@pytest.fixture(autouse=True)
def in_chinese():
    """Whatever language the test before left behind."""
    with translation.override("zh-hans"):
        yield


def explained(company, code, quantity, *, account="kangze.CV", hospital=0, username="wangmin"):
    actor = world.person(company, username)
    with scope.transaction(actor):
        found_account = partners.get_account(company.accounts[account], actor)
    found = explaining.explain(
        account=found_account,
        item_id=company.items[code],
        quantity=Decimal(quantity),
        on=TODAY,
        hospital_id=hospital,
        actor=actor,
    )
    with scope.transaction(actor):
        return found, explaining.shown(found, actor=actor)


def steps(shown):
    return [(step["label"], str(step["value"])) for step in shown["steps"]]


def test_the_contract_ranks_above_the_guide_price_and_says_where_it_stands(company):
    found, shown = explained(company, "BQ-2515", 20)
    assert (found.choice.unit_price, found.amounts.net, found.floor) == (
        Decimal("1860.0000"),
        Decimal("32920.35"),
        Decimal("1100.0000"),
    )
    assert [value for _, value in steps(shown)] == [
        "2,200.00",
        "1,936.00",
        "1,860.00",
        "37,200.00",
        "32,920.35 / 4,279.65",
        "1,100.00",
    ]
    contract = shown["steps"][2]
    assert (contract["source"], contract["strong"]) == ("HT-2026-0183 v1 §2.1", True)
    assert contract["url"].startswith(reverse("contracts"))
    assert [step["strong"] for step in shown["steps"][:2]] == [False, False]


def test_without_a_contract_the_tier_decides(company):
    found, shown = explained(company, "DS-035", 1, account="renji.CV")
    assert (found.choice.kind, found.choice.unit_price) == ("tier_region", Decimal("114.0000"))
    assert [step["strong"] for step in shown["steps"][:2]] == [False, True]


def test_a_promotion_comes_off_the_line_and_leads_to_its_page(company):
    found, shown = explained(company, "CTNI-100", 30, account="kangze.IVD")
    assert (found.amounts.discount, found.amounts.gross) == (Decimal("620.00"), Decimal("36580.00"))
    [promotion] = [step for step in shown["steps"] if "/promotions/" in (step.get("url") or "")]
    assert (promotion["label"], promotion["value"]) == ("肌钙蛋白满减", "−620.00")


def test_centralised_procurement_ranks_above_everything(company):
    found, shown = explained(company, "ZJ-3018", 9)
    assert (found.choice.kind, found.choice.unit_price) == ("vbp", Decimal("798.0000"))
    assert shown["steps"][2]["source"] == "国家集采 GH-HD2022-1"


def test_a_partner_is_told_its_price_and_no_floor(company):
    found, shown = explained(company, "BQ-2515", 20, username="kangze")
    assert found.floor is None
    assert steps(shown) == [
        ("合同价", "1,860.00"),
        ("20 支 × 1,860.00", "37,200.00"),
        ("不含税 / 税额", "32,920.35 / 4,279.65"),
    ]


def test_a_partner_without_a_contract_is_told_how_its_list_price_comes_about(company):
    _, shown = explained(company, "DS-035", 1, account="renji.CV", username="renji")
    assert [value for _, value in steps(shown)][:2] == ["120.00", "114.00"]


def test_without_a_price_the_reason_is_given(company):
    with scope.everything():
        models.PriceRow.objects.filter(item_id=company.items["DS-035"]).update(valid_until=world.YEAR)
    found, shown = explained(company, "DS-035", 1)
    assert ([reason.code for reason in found.reasons], shown) == (["pricing.no_price"], None)


def test_a_price_under_our_floor_says_so_to_us(company):
    operations.set_floors(
        entity_id=company.entities["qd"],
        floors=[(company.items["DS-035"], Decimal(100))],
        valid_from=world.YEAR,
        actor=HOUSE,
        now=harness.NOW,
    )
    found, _ = explained(company, "DS-035", 1)
    assert [reason.code for reason in found.reasons] == ["pricing.below_floor"]
    found, _ = explained(company, "DS-035", 1, username="kangze")
    assert found.reasons == ()
