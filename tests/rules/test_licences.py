"""Licences: numbers, scope, validity, and the gates that rest on them."""

import dataclasses
import datetime as dt
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.kernel import errors
from qudao.partners.rules import licences

D = dt.date
POLICY = licences.Policy()
TODAY = D(2026, 5, 6)


def entries(*codes, device_class=3, catalogue="2017", qualifier=""):
    return frozenset(licences.ScopeEntry(catalogue, code, device_class, qualifier) for code in codes)


PERMIT = licences.Licence(
    holder="康泽",
    kind="distribution_permit",
    number="浙杭药监械经营许20220316号",
    valid_from=D(2022, 3, 15),
    valid_until=D(2027, 3, 15),
    mode="wholesale",
    scope=entries("01", "03", "13", "14"),
)
FILING = licences.Licence(
    holder="康泽",
    kind="distribution_filing",
    number="浙杭药监械经营备20190123号",
    valid_from=D(2019, 6, 1),
    mode="both",
    scope=entries("07", "6840", device_class=2),
)
STENT = licences.DeviceScope(device_class=3, category_2017="13", category_2002="6877")
REAGENT = licences.DeviceScope(
    device_class=3,
    category_2017="6840",
    category_2002="6840",
    needs=frozenset({"cold_chain"}),
    name="体外诊断试剂",
)


def worked(page, name):
    """Cells of the table that follows the mark `worked: name` on a page of docs/domain."""
    text = (pathlib.Path(__file__).parents[2] / "docs/domain" / page).read_text(encoding="utf-8")
    _, _, rest = text.partition(f"<!-- worked: {name} -->\n")
    table = [line for line in rest.partition("\n\n")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def change(licence, **values):
    return dataclasses.replace(licence, **values)


def covers(*held, device=STENT, on=TODAY, **options):
    return licences.covers(licences=held, device=device, on=on, policy=POLICY, **options)


def codes(reasons):
    return [reason.code for reason in reasons]


# --- numbers ---


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("沪嘉食药监械经营许20187006号", "distribution_permit"),
        ("浙杭药监械经营许20220316号", "distribution_permit"),
        (" 浙杭 药监械经营许２０２２０３１６号", "distribution_permit"),
        ("京药监械经营备20190001号", "distribution_filing"),
        ("沪浦食药监械经营备20150012号", "distribution_filing"),
        ("苏食药监械生产许20010001号", "production_permit"),
    ],
)
def test_the_shape_of_a_number_tells_the_kind(text, kind):
    assert licences.judge_number(kind=kind, text=text) is None
    for other in {"distribution_permit", "distribution_filing", "production_permit", "practice_permit"} - {
        kind
    }:
        reason = licences.judge_number(kind=other, text=text)
        assert (reason.code, reason.refuses) == ("partners.licence_number_of_another_kind", True)


@pytest.mark.parametrize(
    "text", ["", "药监械经营许20220316号", "浙杭药监械经营许2022号", "苏食药监械生产许2001号"]
)
def test_an_unusual_number_warns_and_does_not_refuse(text):
    reason = licences.judge_number(kind="distribution_permit", text=text)
    assert (reason.code, reason.refuses) == ("partners.licence_number_unusual", False)
    assert licences.judge_number(kind="practice_permit", text=text) is None, "of these no shape is known"


# --- scope ---


def test_class_one_needs_no_licence():
    assert covers(device=licences.DeviceScope(device_class=1, category_2017="14")) == []


def test_class_two_is_covered_by_a_filing_or_by_a_permit_that_lists_it():
    monitor = licences.DeviceScope(device_class=2, category_2017="07")
    assert covers(FILING, device=monitor) == []
    assert covers(change(PERMIT, scope=entries("07", device_class=2)), device=monitor) == []
    assert codes(covers(device=monitor)) == ["partners.filing_missing"]


def test_class_two_on_the_exempt_list_needs_no_filing():
    assert covers(device=licences.DeviceScope(device_class=2, category_2017="14", exempt=True)) == []


def test_the_exempt_mark_frees_class_two_only():
    assert codes(covers(device=change(STENT, exempt=True))) == ["partners.permit_missing"]


def test_class_three_is_not_covered_by_a_filing():
    assert codes(covers(FILING)) == ["partners.permit_missing"]
    assert covers(PERMIT, FILING) == []


def test_the_same_category_in_another_class_does_not_cover():
    assert codes(covers(change(PERMIT, scope=entries("13", device_class=2)))) == ["partners.scope_missing"]


def test_a_missing_scope_names_the_licence_its_expiry_and_what_it_holds():
    (reason,) = covers(PERMIT, device=REAGENT)
    assert reason == errors.Reason(
        "partners.scope_missing",
        params={
            "holder": "康泽",
            "number": "浙杭药监械经营许20220316号",
            "category": "6840 体外诊断试剂",
            "held": "01 03 13 14",
            "expires_on": "2027-03-14",
        },
    )


def test_6840_is_an_item_of_its_own_that_22_does_not_cover():
    reagent = change(REAGENT, needs=frozenset())
    assert codes(covers(change(PERMIT, scope=entries("22")), device=reagent)) == ["partners.scope_missing"]
    assert covers(change(PERMIT, scope=entries("6840")), device=reagent) == []


@pytest.mark.parametrize(
    ("qualifier", "expected"),
    [
        ("cold_chain", []),
        ("no_cold_chain", ["partners.cold_chain_missing"]),
        ("", ["partners.cold_chain_missing"]),
    ],
)
def test_refrigerated_goods_need_a_scope_that_says_it_includes_them(qualifier, expected):
    assert (
        codes(covers(change(PERMIT, scope=entries("6840", qualifier=qualifier)), device=REAGENT)) == expected
    )


@pytest.mark.parametrize("qualifier", ["cold_chain", "no_cold_chain", ""])
def test_goods_kept_at_room_temperature_need_no_qualifier(qualifier):
    permit = change(PERMIT, scope=entries("6840", qualifier=qualifier))
    assert covers(permit, device=change(REAGENT, needs=frozenset())) == []


def test_a_code_counts_only_in_the_catalogue_it_was_printed_from():
    device = licences.DeviceScope(device_class=3, category_2017="13", category_2002="6877")
    assert covers(change(PERMIT, scope=entries("6877", catalogue="2002")), device=device) == []
    assert codes(covers(change(PERMIT, scope=entries("6877", catalogue="2017")), device=device)) == [
        "partners.scope_missing"
    ]


def test_a_device_without_a_code_in_a_catalogue_matches_nothing_there():
    device = licences.DeviceScope(device_class=3, category_2017="13")
    assert codes(covers(change(PERMIT, scope=entries("6877", catalogue="2002")), device=device)) == [
        "partners.scope_missing"
    ]


def test_a_filing_speaks_without_a_date():
    (reason,) = covers(FILING, device=licences.DeviceScope(device_class=2, category_2017="18"))
    assert (reason.code, reason.params["held"]) == ("partners.scope_missing_undated", "07 6840")


@pytest.mark.parametrize(
    ("mode", "activity", "expected"),
    [
        ("wholesale", "wholesale", []),
        ("both", "wholesale", []),
        ("both", "retail", []),
        ("retail", "wholesale", ["partners.wholesale_missing"]),
        ("wholesale", "retail", ["partners.retail_missing"]),
        (None, "wholesale", ["partners.wholesale_missing"]),
    ],
)
def test_the_mode_of_business_must_include_the_activity(mode, activity, expected):
    assert codes(covers(change(PERMIT, mode=mode), activity=activity)) == expected


def item(text):
    catalogue, device_class, code = text.split(":")
    qualifier = {"+": "cold_chain", "-": "no_cold_chain"}.get(code[-1], "")
    return licences.ScopeEntry(catalogue, code.rstrip("+-"), int(device_class), qualifier)


@pytest.mark.parametrize("cells", worked("licences.md", "scope"), ids=" ".join)
def test_the_worked_table_of_scopes_holds(cells):
    scope, device_class, code_2017, code_2002, cold, verdict = cells
    device = licences.DeviceScope(
        device_class=int(device_class),
        category_2017=code_2017,
        category_2002=None if code_2002 == "-" else code_2002,
        needs=frozenset({"cold_chain"} if cold == "yes" else ()),
    )
    permit = change(PERMIT, scope=frozenset(map(item, scope.split())))
    assert codes(covers(permit, device=device)) == ([] if verdict == "covered" else [verdict])


# --- validity ---


def test_a_permit_is_in_effect_on_its_printed_expiry_and_not_the_day_after():
    assert covers(PERMIT, on=D(2027, 3, 14)) == []
    (reason,) = covers(PERMIT, on=D(2027, 3, 15))
    assert (reason.code, reason.params["expires_on"]) == ("partners.licence_expired", "2027-03-14")


def test_a_permit_is_not_in_effect_before_its_first_day():
    assert codes(covers(PERMIT, on=D(2022, 3, 14))) == ["partners.licence_not_yet_valid"]
    assert covers(PERMIT, on=D(2022, 3, 15)) == []


def test_a_filing_never_expires():
    assert (
        covers(FILING, device=licences.DeviceScope(device_class=2, category_2017="07"), on=D(2099, 1, 1))
        == []
    )


def test_a_suspended_or_revoked_permit_covers_nothing():
    assert codes(covers(change(PERMIT, suspended=True))) == ["partners.licence_suspended"]
    revoked = change(PERMIT, revoked_on=TODAY)
    assert codes(covers(revoked)) == ["partners.licence_revoked"]
    assert covers(revoked, on=TODAY - dt.timedelta(days=1)) == []


def test_the_new_permit_counts_and_the_old_one_stays_silent():
    old = change(
        PERMIT, number="浙杭食药监械经营许20170316号", valid_from=D(2017, 3, 15), valid_until=D(2022, 3, 15)
    )
    assert covers(old, PERMIT) == []
    (reason,) = covers(old, PERMIT, device=REAGENT)
    assert (reason.code, reason.params["number"]) == ("partners.scope_missing", PERMIT.number)


@given(
    st.lists(
        st.sampled_from([PERMIT, FILING, change(PERMIT, suspended=True), change(PERMIT, scope=entries("22"))])
    )
)
def test_another_licence_never_takes_away_what_one_covers(more):
    assert covers(PERMIT, *more) == []


# --- gates ---


def gate(buyer, *held, device=STENT, on=TODAY):
    return codes(licences.purchaser_gate(buyer=buyer, licences=held, device=device, on=on, policy=POLICY))


def test_a_dealer_buys_what_its_licence_covers():
    assert gate("dealer", PERMIT) == []
    assert gate("dealer", PERMIT, device=REAGENT) == ["partners.scope_missing"]


def test_a_hospital_buys_with_a_practice_permit_in_effect():
    practice = licences.Licence(
        holder="邵逸夫医院",
        kind="practice_permit",
        number="PDY10001X33010219A1001",
        valid_from=D(2020, 1, 1),
        valid_until=D(2026, 1, 1),
    )
    assert gate("hospital") == ["partners.practice_permit_missing"]
    assert gate("hospital", PERMIT) == ["partners.practice_permit_missing"]
    assert gate("hospital", practice) == ["partners.licence_expired"]
    assert gate("hospital", practice, on=D(2025, 12, 31)) == []
    assert gate("hospital", practice, change(practice, valid_from=D(2026, 1, 1), valid_until=None)) == []


def test_wholesale_to_a_person_is_refused_whatever_the_person_shows():
    assert gate("person", PERMIT) == ["partners.wholesale_to_person"]


def supply(*held, from_registrant=False):
    return codes(
        licences.supplier_gate(
            licences=held, device=STENT, from_registrant=from_registrant, on=TODAY, policy=POLICY
        )
    )


def test_a_registrant_selling_its_own_device_needs_no_distribution_licence():
    assert supply(from_registrant=True) == []
    assert supply() == ["partners.permit_missing"]


def test_a_supplier_must_be_licensed_for_wholesale():
    assert supply(PERMIT) == []
    assert supply(change(PERMIT, mode="retail")) == ["partners.wholesale_missing"]
