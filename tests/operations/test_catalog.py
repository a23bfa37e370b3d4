"""Products, their tax and units, certificates and what they refuse, scans."""

import contextlib
import dataclasses
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import utils

from qudao.catalog import decisions as catalog_decisions
from qudao.catalog import files, operations, queries, rules, showing
from qudao.kernel import decisions, errors, journal, scope, tabular

pytestmark = pytest.mark.usefixtures("db")

HOUSE = scope.system("test")
TODAY = dt.date(2026, 11, 23)
DI = "06971234000019"
BOX = "16971234000016"


def new_item(number=1, **changes):
    values = {
        "code": f"CX-{number:03d}",
        "name": "一次性使用静脉留置针",
        "specification": f"{number}G×19mm",
        "manufacturer": "苏州澄溪医疗科技有限公司",
        "line_id": 1,
        "device_class": 3,
        "category_2017": "14-02-08",
        "base_unit": "支",
        "tax_rate": Decimal("0.13"),
    }
    return rules.NewItem(**{**values, **changes})


@pytest.fixture
def line(now):
    return operations.open_line(code="IV", name="静脉治疗", actor=HOUSE, now=now)


@pytest.fixture
def register(line, now):
    def registered(*items):
        return operations.register_items(items=items, actor=HOUSE, now=now)

    return registered


@pytest.fixture
def certify(now):
    def certified(number="国械注准20213140022", *item_ids, **changes):
        values = {
            "registrant": "苏州澄溪",
            "valid_from": dt.date(2021, 3, 1),
            "valid_until": dt.date(2026, 3, 1),
        }
        certificate = operations.NewCertificate(number=number, item_ids=item_ids, **{**values, **changes})
        return operations.register_certificate(certificate=certificate, actor=HOUSE, now=now)

    return certified


def codes(refusal):
    return [(reason.code.removeprefix("catalog."), reason.line) for reason in refusal.value.reasons]


@contextlib.contextmanager
def statements():
    with utils.CaptureQueriesContext(connection) as captured:
        yield captured


# Products


def test_a_product_is_registered_with_its_units_identifiers_and_tax(register, now):
    box = rules.NewIdentifier(di=BOX, carrier="gs1", unit="盒", level=1, base_quantity=50)
    piece = rules.NewIdentifier(di=DI, carrier="gs1", unit="支")
    (item,) = register(
        new_item(identifiers=[piece, box], price_unit="盒", price_unit_factor=50, units={"箱": 500})
    )
    assert (item.category_2017, item.category_code, item.tax_rate) == ("14", "14-02-08", Decimal("0.13"))
    assert queries.units([item.id]) == {
        (item.id, "支"): queries.Unit(1, 1),
        (item.id, "盒"): queries.Unit(50, 1),
        (item.id, "箱"): queries.Unit(500, 1),
    }
    assert queries.identifiers([DI, BOX, "0"]) == {
        DI: queries.Identifier(DI, item.id, "支", 0, 1, False, "gs1", 1),
        BOX: queries.Identifier(BOX, item.id, "盒", 1, 50, False, "gs1", 1),
    }
    with scope.transaction(HOUSE):
        (leaf,) = journal.timeline(f"catalog.item:{item.id}", HOUSE)
    # Item, two identifiers, three units, one tax treatment.
    assert (leaf.type, len(leaf.rows)) == ("catalog.item.registered", 7)


def test_a_product_line_is_opened_once(line, now):
    with pytest.raises(errors.Refused) as refusal:
        operations.open_line(code="IV", name="另一条", actor=HOUSE, now=now)
    assert codes(refusal) == [("line_code_taken", None)]
    assert queries.list_lines() == [line]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"line_id": 99}, ["line_unknown"]),
        ({"device_class": 4}, ["device_class_unknown"]),
        ({"category_2017": "23"}, ["category_form"]),
        ({"category_2002": "7000"}, ["category_form"]),
        ({"tracking": "none"}, ["tracking_too_coarse"]),
        ({"name": " ", "manufacturer": ""}, ["item_incomplete"]),
        ({"units": {"盒": 0}}, ["unit_factor"]),
        ({"price_unit": "盒", "price_unit_factor": 10, "units": {"盒": 12}}, ["units_disagree"]),
        ({"tax_rate": Decimal("13")}, ["tax_form"]),
        ({"tax_rate": Decimal("0.13"), "tax_treatment": "exempt"}, ["tax_form"]),
        ({"identifiers": [rules.NewIdentifier(di=DI, carrier="gs1", unit="支")] * 2}, ["di_taken"]),
        ({"identifiers": [rules.NewIdentifier(di="", carrier="gs1", unit="支")]}, ["di_form"]),
    ],
)
def test_what_a_product_may_not_be_is_refused_and_nothing_is_written(register, changes, found):
    with pytest.raises(errors.Refused) as refusal:
        register(new_item(1), new_item(2, **changes))
    assert codes(refusal) == [(code, 2) for code in found]
    assert queries.list_items(queries.ItemFilter(), on=TODAY).rows == ()


def test_every_reason_is_named_with_its_place(register):
    register(new_item(1, identifiers=[rules.NewIdentifier(di=DI, carrier="gs1", unit="支")]))
    with pytest.raises(errors.Refused) as refusal:
        register(
            new_item(1),
            new_item(2, identifiers=[rules.NewIdentifier(di=DI, carrier="gs1", unit="支")]),
            new_item(2),
        )
    assert codes(refusal) == [("item_code_taken", 1), ("di_taken", 2), ("item_code_twice", 3)]


def test_without_permission_nothing_is_registered(line, now):
    person = scope.Actor("person", 7, "Li", frozenset({"catalog.item.view"}), house=True)
    with pytest.raises(errors.Forbidden):
        operations.register_item(item=new_item(), actor=person, now=now)
    with pytest.raises(errors.Forbidden):
        operations.import_udi(io.BytesIO(b""), actor=person, now=now)


def test_statements_do_not_grow_with_the_products(register, certify):
    register(new_item(1000))
    with statements() as ten:
        first = register(*(new_item(n) for n in range(10)))
    with statements() as hundred:
        rest = register(*(new_item(n) for n in range(10, 110)))
    assert len(ten) == len(hundred)
    certify("国械注准20213140022", *(item.id for item in first + rest))
    for ids in ([item.id for item in first], [item.id for item in first + rest]):
        for ask in (
            lambda ids=ids: queries.items(ids, on=TODAY, entity_id=1),
            lambda ids=ids: queries.certificates_of(ids),
            lambda ids=ids: queries.units(ids),
        ):
            with statements() as one:
                assert len(ask()) == len(ids)
            assert len(one) == 1


@pytest.mark.parametrize(
    "text", ["留置针", "liuzhizhen", "ycxsyjmlzz", "CX-007", "7g 静脉", "7G×19", "6971234000"]
)
def test_a_product_is_found_by_name_pinyin_initials_code_specification_and_di(register, text):
    register(new_item(7, identifiers=[rules.NewIdentifier(di=DI, carrier="gs1", unit="支")]))
    assert [item.code for item in queries.search_items(text, on=TODAY)] == ["CX-007"]


def test_a_search_finds_nothing_for_blanks_wildcards_and_other_lines(register, now):
    (item,) = register(new_item(7))
    assert queries.search_items(" %_ ", on=TODAY) == []
    assert queries.search_items("留置针", on=TODAY, line_ids=[99]) == []
    assert queries.search_items("留置针 髋", on=TODAY) == []
    operations.set_active(item_id=item.id, active=False, actor=HOUSE, now=now)
    assert queries.search_items("留置针", on=TODAY) == []


def test_the_exact_code_comes_first(register):
    register(new_item(1, name="针 CX-002 附件"), new_item(2, code="CX-002"))
    assert [item.code for item in queries.search_items("cx-002", on=TODAY)] == ["CX-002", "CX-001"]


def test_pages_of_the_list_follow_each_other_without_gap_or_repetition(register):
    register(*(new_item(n) for n in range(7)))
    seen, cursor = [], None
    while True:
        page = queries.list_items(queries.ItemFilter(), on=TODAY, cursor=cursor, limit=3)
        seen += [item.code for item in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [f"CX-{n:03d}" for n in range(7)]


def test_the_list_is_filtered_by_class_line_and_certificate(register, certify):
    items = register(new_item(1), new_item(2, device_class=2))
    certify("苏械注准20202140033", items[1].id)

    def found(**chosen):
        return [item.code for item in queries.list_items(queries.ItemFilter(**chosen), on=TODAY).rows]

    assert found(device_class=3) == ["CX-001"]
    assert found(certified=True) == ["CX-002"]
    assert found(certified=False) == ["CX-001"]
    assert found(line_ids=()) == []
    assert found(text="留置 2G") == ["CX-002"]


def test_one_product_is_shown_whole_and_an_unknown_one_is_not_found(register, certify):
    (item,) = register(new_item(1))
    certify("国械注准20213140022", item.id)
    detail = queries.get_item(item.id, on=TODAY)
    assert (detail.item, detail.line.code, detail.units) == (item, "IV", {"支": queries.Unit(1, 1)})
    assert [tax.rate for tax in detail.taxes] == [Decimal("0.13")]
    assert [one.number for one in detail.certificates] == ["国械注准20213140022"]
    with pytest.raises(errors.NotFound):
        queries.get_item(99, on=TODAY)


# Tax and units


def test_an_entity_s_own_tax_goes_before_the_general_one_and_each_has_its_days(register, now):
    (item,) = register(new_item(1))
    options = {"item_ids": [item.id], "actor": HOUSE, "now": now}
    operations.set_tax(
        rate=Decimal("0.03"), treatment="simple", valid_from=dt.date(2026, 5, 1), entity_id=2, **options
    )
    operations.set_tax(rate=Decimal("0.09"), valid_from=dt.date(2026, 7, 1), **options)

    def rate(on, entity_id):
        return queries.items([item.id], on=on, entity_id=entity_id)[item.id].tax_rate

    assert rate(dt.date(2026, 4, 30), 2) == Decimal("0.13")
    assert rate(dt.date(2026, 5, 1), 2) == Decimal("0.03")
    assert rate(dt.date(2026, 6, 30), 1) == Decimal("0.13")
    assert rate(dt.date(2026, 7, 1), 1) == Decimal("0.09")
    assert rate(dt.date(2026, 7, 1), 2) == Decimal("0.03")
    assert rate(dt.date(2024, 12, 31), 1) is None
    with pytest.raises(errors.Refused) as refusal:
        operations.set_tax(rate=Decimal("0.06"), valid_from=dt.date(2026, 6, 1), **options)
    assert codes(refusal) == [("tax_later", None)]
    operations.set_tax(rate=Decimal("0.06"), valid_from=dt.date(2026, 7, 1), **options)
    assert rate(dt.date(2026, 7, 1), 1) == Decimal("0.06")


def test_a_unit_keeps_its_versions_and_the_base_unit_never_changes(register, now):
    (item,) = register(new_item(1, price_unit="盒", price_unit_factor=10))
    options = {"item_id": item.id, "actor": HOUSE, "now": now}
    assert operations.change_unit(unit="盒", factor=10, **options) == queries.Unit(10, 1)
    assert operations.change_unit(unit="盒", factor=12, **options) == queries.Unit(12, 2)
    assert queries.items([item.id], on=TODAY, entity_id=0)[item.id].price_unit_factor == 12
    with pytest.raises(errors.Refused) as refusal:
        operations.change_unit(unit="支", factor=2, **options)
    assert codes(refusal) == [("base_unit_fixed", None)]


# Certificates


def gate(point, item_id, on=TODAY, **line):
    facts = decisions.Facts(
        point=point,
        subject="x:1",
        entity_id=1,
        on=on,
        lines=(decisions.Line(no=1, item_id=item_id, quantity=Decimal(1), **line),),
    )
    contribution = catalog_decisions.CertificateGate()
    data = contribution.load(facts, actor=HOUSE, now=None)
    return [(r.code.removeprefix("catalog."), r.severity) for r in contribution.judge(facts, data, now=None)]


INSIDE, AFTER = dt.date(2025, 6, 1), dt.date(2026, 3, 1)


def test_goods_made_within_the_term_stay_sellable_and_later_ones_never_are(register, certify):
    (item,) = register(new_item(1))
    assert gate("sale", item.id) == [("certificate_missing", "refuse")]
    certify("国械注准20213140022", item.id)
    for point in ("receipt", "inspection", "sale", "allocation", "pick", "ship"):
        assert gate(point, item.id, lot_id=5, produced_on=INSIDE) == []
        assert gate(point, item.id, lot_id=5, produced_on=AFTER) == [("produced_outside_validity", "refuse")]


def test_before_a_lot_is_chosen_a_standing_certificate_is_enough(register, certify, now):
    (item,) = register(new_item(1))
    certify("国械注准20213140022", item.id)
    unknown = ("production_date_unknown", "refuse")
    assert gate("sale", item.id) == []
    assert gate("sale", item.id, lot_id=5) == [unknown]
    assert gate("pick", item.id) == [unknown]
    assert gate("inspection", item.id) == [unknown]
    assert gate("receipt", item.id) == [("production_date_unknown", "warn")]
    operations.revoke_certificate(number="国械注准20213140022", revoked_on=TODAY, actor=HOUSE, now=now)
    assert gate("sale", item.id) == [("certificate_revoked", "refuse")]
    assert gate("sale", item.id, on=TODAY - dt.timedelta(days=1)) == []


def test_gates_judge_many_lots_of_an_item(register, certify):
    item, bare = register(new_item(1), new_item(2))
    certify("国械注准20213140022", item.id)
    found = queries.certificates_of([item.id, bare.id])
    gates = {one: queries.gate_of(one, found.get(one, ()), TODAY) for one in (item.id, bare.id)}
    assert [gates[item.id](day) for day in (INSIDE, AFTER, None)] == [True, False, False]
    assert not gates[bare.id](INSIDE)


def test_a_renewal_covers_the_goods_made_in_its_term_and_keeps_the_models(register, certify, now):
    (item,) = register(new_item(1))
    certify("国械注准20213140022", item.id)
    renewed = operations.renew_certificate(
        number=" 国械注准 20213140022",
        valid_from=dt.date(2026, 6, 1),
        valid_until=dt.date(2031, 6, 1),
        actor=HOUSE,
        now=now,
    )
    assert (renewed.version, renewed.period.valid_from) == (2, dt.date(2026, 6, 1))
    assert [(one.version, one.last_day, one.devices) for one in queries.terms_of(renewed.id)] == [
        (2, dt.date(2031, 5, 31), 1),
        (1, dt.date(2026, 2, 28), 1),
    ]
    gap, second = dt.date(2026, 5, 31), dt.date(2026, 6, 1)
    assert gate("ship", item.id, produced_on=gap) == [("produced_outside_validity", "refuse")]
    assert gate("ship", item.id, produced_on=second) == []
    found = queries.certificates_of([item.id])[item.id]
    assert queries.covering(found, produced_on=INSIDE, on=TODAY).version == 1
    assert queries.covering(found, produced_on=second, on=TODAY).version == 2
    assert queries.covering(found, produced_on=gap, on=TODAY) is None
    with pytest.raises(errors.Refused) as refusal:
        operations.renew_certificate(
            number="国械注准20213140022", valid_from=gap, valid_until=None, actor=HOUSE, now=now
        )
    assert codes(refusal) == [("certificate_order", None)]


def test_renewals_are_entered_together_all_or_none_and_those_of_one_certificate_follow_each_other(
    register, certify, now
):
    item, other = register(new_item(1), new_item(2))
    first, second = "国械注准20213140022", "国械注准20213140023"
    certify(first, item.id)
    certify(second, other.id)

    def terms():
        with scope.transaction(HOUSE):
            found = queries.certificates_of([item.id, other.id])
        return sorted((one.number, one.version, one.covers) for of_item in found.values() for one in of_item)

    begins = [dt.date(2026 + years, 3, 1) for years in (0, 5, 10)]
    renewals = [
        operations.Renewal(number=first, valid_from=begins[0], valid_until=begins[1]),
        operations.Renewal(number=second, valid_from=begins[0], valid_until=begins[1]),
        operations.Renewal(number=f" {first}", valid_from=begins[1], valid_until=begins[2]),
    ]
    before = terms()
    with pytest.raises(errors.Refused) as refusal:
        operations.renew_certificates(renewals=[*renewals, renewals[1]], actor=HOUSE, now=now)
    assert codes(refusal) == [("certificate_order", 4)]
    assert terms() == before
    made = operations.renew_certificates(renewals=renewals, actor=HOUSE, now=now)
    assert [(one.number, one.version) for one in made] == [(first, 2), (second, 2), (first, 3)]
    assert terms() == [*((first, no, True) for no in (1, 2, 3)), *((second, no, True) for no in (1, 2))]
    assert gate("ship", item.id, produced_on=dt.date(2032, 1, 1)) == []
    # One entry renewed them all: each page tells of it.
    with scope.transaction(HOUSE):
        told = [[one["at"] for one in showing.timeline_of([], [made[no].id], HOUSE)] for no in (0, 1)]
    assert [len(one) for one in told] == [2, 2]


def test_a_change_that_drops_a_model_no_longer_covers_what_is_made_after(register, certify, now):
    item, other = register(new_item(1), new_item(2))
    certify("国械注准20213140022", item.id)
    operations.renew_certificate(
        number="国械注准20213140022",
        valid_from=dt.date(2026, 3, 1),
        valid_until=dt.date(2031, 3, 1),
        item_ids=[other.id],
        actor=HOUSE,
        now=now,
    )
    assert gate("ship", item.id, produced_on=AFTER) == [("produced_outside_validity", "refuse")]
    assert gate("ship", other.id, produced_on=AFTER) == []


def test_a_certificate_is_revoked_once_and_neither_renewed_nor_given_products_after(register, certify, now):
    (item,) = register(new_item(1))
    certify("国械注准20213140022")
    options = {"number": "国械注准20213140022", "actor": HOUSE, "now": now}
    assert operations.revoke_certificate(revoked_on=TODAY, **options).revoked_on == TODAY
    cover = {"covered": {options["number"]: [item.id]}, "actor": HOUSE, "now": now}
    for again in (
        lambda: operations.revoke_certificate(revoked_on=TODAY, **options),
        lambda: operations.renew_certificate(valid_from=TODAY, valid_until=None, **options),
        lambda: operations.cover_items(**cover),
    ):
        with pytest.raises(errors.Refused) as refusal:
            again()
        assert codes(refusal) == [("certificate_revoked", None)]
    assert queries.certificates_of([item.id]) == {}
    with pytest.raises(errors.NotFound):
        operations.revoke_certificate(**{**options, "number": "国械注准20990000000"}, revoked_on=TODAY)


@pytest.mark.parametrize(
    ("number", "changes", "found"),
    [
        ("国械注准2021314", {}, ["registration_unreadable"]),
        ("苏械注准20213140022", {}, ["registration_inconsistent"]),
        ("苏械注准20212140022", {}, ["certificate_class"]),
        ("苏苏械备20210110", {}, ["certificate_class"]),
        ("国械注准20213140022", {"valid_until": dt.date(2021, 3, 1)}, ["certificate_period"]),
        ("国械注准20213140099", {}, ["certificate_taken"]),
    ],
)
def test_a_certificate_that_cannot_be_is_refused(register, certify, number, changes, found):
    (item,) = register(new_item(1))
    certify("国械注准20213140099")
    with pytest.raises(errors.Refused) as refusal:
        certify(number, item.id, **changes)
    assert codes(refusal) == [(code, 1) for code in found]
    assert gate("sale", item.id) == [("certificate_missing", "refuse")]


def test_a_class_one_device_needs_its_filing_and_a_higher_certificate_serves_a_lower_class(register, certify):
    first, second = register(new_item(1, device_class=1), new_item(2, device_class=2))
    assert gate("sale", first.id) == [("certificate_missing", "refuse")]
    filed = certify("苏苏械备20210110号", first.id, valid_until=None)
    assert filed.number == "苏苏械备20210110"
    assert gate("ship", first.id, produced_on=AFTER) == []
    certify("国械注准20213140022", second.id)
    assert gate("ship", second.id, produced_on=INSIDE) == []


def test_a_certificate_lists_further_products_once(register, certify, now):
    item, other = register(new_item(1), new_item(2))
    certify("国械注准20213140022", item.id)
    covered = {"国械注准20213140022": [item.id, other.id]}
    assert operations.cover_items(covered=covered, actor=HOUSE, now=now) == 1
    assert operations.cover_items(covered=covered, actor=HOUSE, now=now) == 0
    with pytest.raises(errors.NotFound):
        operations.cover_items(covered={"国械注准20990000000": [item.id]}, actor=HOUSE, now=now)


def test_a_sale_is_refused_for_a_product_without_tax_or_out_of_trade(register, now):
    taxed, bare, old = register(new_item(1), new_item(2, tax_rate=None), new_item(3))
    operations.set_active(item_id=old.id, active=False, actor=HOUSE, now=now)
    lines = tuple(
        decisions.Line(no=no, item_id=item_id, quantity=Decimal(1))
        for no, item_id in enumerate((taxed.id, bare.id, old.id, 99), 1)
    )
    contribution = catalog_decisions.ItemGate()

    def found(point):
        facts = decisions.Facts(point=point, subject="x:1", entity_id=1, on=TODAY, lines=lines)
        data = contribution.load(facts, actor=HOUSE, now=now)
        return [(r.code, r.line) for r in contribution.judge(facts, data, now=now)]

    unknown, inactive = ("catalog.item_unknown", 4), ("catalog.item_inactive", 3)
    assert found("sale") == [("catalog.tax_missing", 2), inactive, unknown]
    assert found("purchase") == [inactive, unknown]


def test_both_gates_are_heard_at_a_sale():
    names = {one.name for one in decisions.at("sale")}
    assert {"catalog.certificate", "catalog.item"} <= names
    assert "catalog.item" not in {one.name for one in decisions.at("ship")}


# Scans


def test_a_scan_finds_the_product_and_a_case_is_not_a_piece(register):
    case = rules.NewIdentifier(di=BOX, carrier="gs1", unit="盒", level=1, base_quantity=50)
    piece = rules.NewIdentifier(di=DI, carrier="gs1", unit="支")
    (item,) = register(new_item(identifiers=[piece, case]))
    raws = [f"(01){DI}(17)290228(10)L1", f"(01){BOX}(10)L1", "(01)06901234567892(10)L1", f"(01){DI[:-1]}0"]
    found = queries.resolve_scans(raws, today=TODAY)
    assert [one.item_id for one in found] == [item.id, item.id, None, None]
    assert [one.base_quantity for one in found] == [1, 50, 0, 0]
    assert (found[0].lot, found[0].last_usable_on) == ("L1", dt.date(2029, 2, 28))
    assert [[(r.code, r.line) for r in one.reasons] for one in found] == [
        [],
        [],
        [("catalog.di_unknown", 3)],
        [("catalog.udi_check_digit", 4)],
    ]


def test_a_logistic_label_counts_what_it_contains(register):
    register(new_item(identifiers=[rules.NewIdentifier(di=DI, carrier="gs1", unit="支")]))
    (found,) = queries.resolve_scans([f"(00)069012345678900002(02){DI}(37)24(10)L1"], today=TODAY)
    assert (found.base_quantity, found.lot, found.refused) == (24, "L1", False)


def test_a_compulsory_serial_is_asked_of_every_piece(register):
    register(
        new_item(
            tracking="serial",
            identifiers=[
                rules.NewIdentifier(di=DI, carrier="gs1", unit="支", serial_required=True),
                rules.NewIdentifier(
                    di=BOX, carrier="gs1", unit="盒", level=1, base_quantity=5, serial_required=True
                ),
            ],
        )
    )
    raws = [f"(01){DI}(21)S1", f"(01){DI}(10)L1", f"(01){BOX}(21)S1"]
    assert [one.refused for one in queries.resolve_scans(raws, today=TODAY)] == [False, True, True]
    assert [one.reasons[0].code for one in queries.resolve_scans(raws[1:], today=TODAY)] == [
        "catalog.serial_missing"
    ] * 2


def test_many_scans_take_as_many_statements_as_one(register):
    register(new_item(identifiers=[rules.NewIdentifier(di=DI, carrier="gs1", unit="支")]))
    with statements() as captured:
        assert len(queries.resolve_scans([f"(01){DI}(10)L{n}" for n in range(200)], today=TODAY)) == 200
    assert len(captured) == 1
    with statements() as captured:
        assert queries.resolve_scans(["nonsense"], today=TODAY)[0].refused
    assert len(captured) == 0


# The product list as a file

ROW = {
    "code": "CX-001",
    "name": "一次性使用静脉留置针",
    "specification": "24G",
    "manufacturer": "苏州澄溪",
    "line": "IV",
    "device_class": "3",
    "category_2017": "14-02-08",
    "base_unit": "支",
    "price_unit": "盒",
    "units": "盒=50；箱=500",
    "di": DI,
    "tax_rate": Decimal("0.13"),
    "certificate": "国械注准20213140022",
    "registrant": "苏州澄溪",
    "valid_from": dt.date(2021, 3, 1),
    "valid_to": dt.date(2026, 2, 28),
}


def book(*rows):
    stream = io.BytesIO()
    tabular.write(stream, files.SHEET, rows)
    return stream.getvalue()


def test_a_product_list_brings_products_units_tax_and_certificates(line, now):
    second = {**ROW, "code": "CX-002", "di": None, "registrant": None, "valid_from": None, "valid_to": None}
    assert files.commit(book(ROW, second), actor=HOUSE, now=now) == files.Imported(2, 1, 0)
    found = queries.items_by_code(["CX-001", "CX-002"], on=TODAY, entity_id=1)
    assert {item.tax_rate for item in found.values()} == {Decimal("0.13")}
    assert found["CX-001"].price_unit_factor == 50
    assert queries.units([found["CX-001"].id])[found["CX-001"].id, "箱"].factor == 500
    assert queries.identifiers([DI])[DI].item_id == found["CX-001"].id
    # The printed last day is the last one covered.
    last = dt.date(2026, 2, 28)
    for item in found.values():
        assert gate("ship", item.id, produced_on=last) == []
        assert gate("ship", item.id, produced_on=AFTER) == [("produced_outside_validity", "refuse")]
    third = {**second, "code": "CX-003"}
    assert files.commit(book(third), actor=HOUSE, now=now) == files.Imported(1, 0, 1)


def test_the_same_list_again_is_refused_row_by_row_and_changes_nothing(line, now):
    files.commit(book(ROW), actor=HOUSE, now=now)
    result = files.check(book(ROW), today=TODAY)
    assert [reason.code for reason in result.rows[0].reasons] == [
        "catalog.item_code_taken",
        "catalog.di_taken",
    ]
    assert {reason.line for reason in result.rows[0].reasons} == {2}
    with pytest.raises(errors.Refused):
        files.commit(book(ROW), actor=HOUSE, now=now)
    assert len(queries.list_items(queries.ItemFilter(), on=TODAY).rows) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"line": "XX"}, "catalog.line_unknown"),
        ({"units": "盒 五十"}, "catalog.units_form"),
        ({"price_unit_factor": 40}, "catalog.units_disagree"),
        ({"certificate": "苏械注准20212140022"}, "catalog.certificate_class"),
        ({"certificate": "第22号"}, "catalog.registration_unreadable"),
        ({"registrant": None}, "catalog.certificate_incomplete"),
        ({"valid_to": dt.date(2021, 2, 1)}, "catalog.certificate_period"),
    ],
)
def test_a_row_that_cannot_be_is_named_and_the_file_changes_nothing(line, now, changes, code):
    content = book({**ROW, "code": "CX-000", "di": None, "certificate": None}, {**ROW, **changes})
    result = files.check(content, today=TODAY)
    assert [row.ok for row in result.rows] == [True, False]
    assert [(reason.code, reason.line) for reason in result.rows[1].reasons] == [(code, 3)]
    with pytest.raises(errors.Refused):
        files.commit(content, actor=HOUSE, now=now)
    assert queries.list_items(queries.ItemFilter(), on=TODAY).rows == ()


def test_control_a_gate_that_looked_at_today_would_refuse_goods_made_in_time(register, certify):
    """Negative control: the certificate ended before the sale, and the goods are sellable all the same."""
    (item,) = register(new_item(1))
    certify("国械注准20213140022", item.id)
    (version,) = queries.certificates_of([item.id])[item.id]
    assert not version.period.contains(TODAY)
    assert gate("sale", item.id, lot_id=1, produced_on=INSIDE) == []
    broken = dataclasses.replace(version, covers=version.period.contains(TODAY))
    assert queries.covering([broken], produced_on=INSIDE, on=TODAY) is None
