import datetime as dt
from decimal import Decimal

import pytest

from qudao.inventory.rules import eligibility, moves, status
from qudao.kernel import errors

TODAY = dt.date(2026, 3, 10)
OURS = moves.Owner(moves.OwnerKind.ENTITY, 1)
SUPPLIER = moves.Owner(moves.OwnerKind.SUPPLIER, 7)


def objections(last=None, owners=frozenset({OURS}), demand=None, **candidate):
    defaults = {
        "balance_id": 1,
        "item_id": 10,
        "site_id": 1,
        "location_id": 100,
        "lot_id": 5,
        "lot_code": "LOT5",
        "received_on": dt.date(2026, 1, 5),
        "status": status.Status.GOOD,
        "owner": OURS,
        "on_hand": Decimal(4),
        "last_usable_on": last,
    }
    wanted = {"line": 3, "item_id": 10, "quantity": Decimal(1), "on": TODAY} | (demand or {})
    return eligibility.objections(
        candidate=eligibility.Candidate(**(defaults | candidate)),
        demand=eligibility.Demand(**wanted),
        today=TODAY,
        owners=owners,
    )


def codes(last=None, **given):
    return [reason.code for reason in objections(last, **given)]


def test_the_last_usable_day_is_usable_and_the_next_is_not():
    assert codes(TODAY) == []
    assert codes(TODAY - dt.timedelta(days=1)) == ["inventory.lot_expired"]


def test_goods_that_expire_before_the_surgery_are_expired_today():
    surgery = dt.date(2026, 4, 2)
    assert codes(dt.date(2026, 4, 1), demand={"on": surgery}) == ["inventory.lot_expired"]
    assert codes(surgery, demand={"on": surgery}) == []


def test_a_day_in_the_past_does_not_make_expired_goods_usable():
    assert codes(dt.date(2026, 3, 9), demand={"on": dt.date(2026, 3, 1)}) == ["inventory.lot_expired"]


@pytest.mark.parametrize(
    ("minimum", "enough"),
    [
        (eligibility.MinimumLife(days=90), dt.date(2026, 6, 8)),
        (eligibility.MinimumLife(months=6), dt.date(2026, 9, 10)),
        (eligibility.MinimumLife(fraction=Decimal(1) / 3), dt.date(2026, 11, 9)),
        (eligibility.MinimumLife(days=90, months=6, fraction=Decimal("0.1")), dt.date(2026, 9, 10)),
    ],
)
def test_the_strictest_part_of_a_minimum_life_counts(minimum, enough):
    given = {"demand": {"minimum_life": minimum}, "shelf_life_days": 730}
    assert codes(enough, **given) == []
    assert codes(enough - dt.timedelta(days=1), **given) == ["inventory.lot_too_short"]


def test_a_too_short_lot_says_how_long_it_lasts_and_had_to():
    half_a_year = {"minimum_life": eligibility.MinimumLife(months=6)}
    assert objections(dt.date(2026, 8, 31), demand=half_a_year) == [
        errors.Reason(
            "inventory.lot_too_short",
            3,
            {"lot": "LOT5", "last_usable_on": dt.date(2026, 8, 31), "required": dt.date(2026, 9, 10)},
        )
    ]


def test_a_waiver_lets_a_short_lot_through_and_never_an_expired_one():
    waived = {"minimum_life": eligibility.MinimumLife(months=6), "waived_lot_ids": frozenset({5})}
    assert codes(dt.date(2026, 4, 30), demand=waived) == []
    assert codes(dt.date(2026, 3, 9), demand=waived) == ["inventory.lot_expired"]
    assert codes(dt.date(2026, 4, 30), demand=waived, lot_id=6) == ["inventory.lot_too_short"]


def test_a_share_of_an_unknown_shelf_life_is_not_guessed():
    minimum = eligibility.MinimumLife(fraction=Decimal("0.5"))
    assert codes(dt.date(2030, 1, 1), demand={"minimum_life": minimum}) == ["inventory.shelf_life_unknown"]
    with pytest.raises(ValueError):
        minimum.last_day(on=TODAY, shelf_life_days=None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": status.Status.PENDING}, "inventory.lot_awaits_inspection"),
        ({"status": status.Status.BAD}, "inventory.lot_not_conforming"),
        ({"status": status.Status.RETURNED}, "inventory.lot_returned"),
        ({"status": status.Status.IN_TRANSIT}, "inventory.lot_in_transit"),
        ({"status": status.Status.HELD}, "inventory.lot_held"),
        ({"held": True}, "inventory.lot_held"),
        ({"certificate_ok": False}, "inventory.certificate_does_not_cover"),
        ({"owner": SUPPLIER}, "inventory.owner_not_ours"),
        ({"reserved": Decimal(4)}, "inventory.lot_fully_reserved"),
        ({"site_kind": moves.SiteKind.CABINET}, "inventory.stock_is_elsewhere"),
        ({"blocks": (errors.Reason("compliance.cold_chain_broken"),)}, "compliance.cold_chain_broken"),
    ],
)
def test_stock_that_may_not_be_sold_says_why(change, code):
    assert codes(dt.date(2027, 1, 31)) == []
    assert codes(dt.date(2027, 1, 31), **change) == [code]


def test_every_reason_is_given_not_only_the_first():
    assert codes(dt.date(2026, 1, 31), held=True, certificate_ok=False) == [
        "inventory.lot_held",
        "inventory.certificate_does_not_cover",
        "inventory.lot_expired",
    ]


def test_a_warning_does_not_block():
    assert codes(blocks=(errors.Reason("catalog.near_expiry", severity="warn"),)) == []


def test_goods_consigned_to_us_serve_when_their_owner_is_admitted():
    assert codes(owner=SUPPLIER, owners=frozenset({OURS, SUPPLIER})) == []
