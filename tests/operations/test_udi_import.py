"""The device register's release, taken in as a stream, and products made of it."""

import datetime as dt
import io
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import utils

from qudao.catalog import models, operations, queries
from qudao.kernel import errors, journal, scope
from tests.rules import test_nmpa_file as written

pytestmark = pytest.mark.usefixtures("db")

HOUSE = scope.system("test")
TODAY = dt.date(2026, 11, 23)
SAMPLE = Path(__file__).parents[1] / "data" / "udid_part.xml"
SYRINGE, SYRINGE_BOX, SYRINGE_CASE = "06971234000019", "16971234000016", "26971234000013"
PLATE = "06905678000113"
REAGENT = "06948888000214"
BAG, BAG_CASE = "MA.156.M0.100777.12004511", "MA.156.M0.100777.22004510"


@pytest.fixture
def take_in(now):
    def taken(data, **options):
        return operations.import_udi(io.BytesIO(data), actor=HOUSE, now=now, **options)

    return taken


@pytest.fixture
def sample(take_in):
    return take_in(SAMPLE.read_bytes())


@pytest.fixture
def line(now):
    return operations.open_line(code="X", name="通用", actor=HOUSE, now=now)


@pytest.fixture
def make(line, sample, now):
    def made(di, code="A1", **options):
        options = {"base_unit": "支", "line_id": line.id, **options}
        return operations.register_from_udi(di=di, code=code, actor=HOUSE, now=now, **options)

    return made


def counts(found):
    return found.read, found.new, found.changed, found.unchanged, found.refused


def codes(reasons):
    return [(reason.code.removeprefix("catalog."), reason.line) for reason in reasons]


def device(version, name="甲", di=written.DI, key="K1"):
    return written.device(
        f"<versionNumber>{version}</versionNumber><cpmctymc>{name}</cpmctymc>", key=key, di=di
    )


def entries():
    with scope.transaction(HOUSE):
        return [leaf.data for leaf in journal.timeline("catalog.udi", HOUSE)]


def test_the_sample_part_is_taken_in_past_its_flawed_record(sample):
    assert counts(sample) == (10, 9, 0, 0, 1)
    assert codes(sample.reasons) == [("nmpa_check_digit", 9)]
    assert models.UdiRecord.objects.count() == 9
    record = models.UdiRecord.objects.get(di=SYRINGE)
    assert (record.name, record.specification, record.category_2017) == (
        "一次性使用无菌注射器",
        "5ml",
        "14-01-01",
    )
    assert (record.version_number, record.registrant_uscc, record.serial_on_label) == (
        1,
        "91320594MA1XQ7C25K",
        False,
    )
    assert record.data["packages"] == [
        {"di": SYRINGE_BOX, "level": "盒", "quantity": 100},
        {"di": SYRINGE_CASE, "level": "箱", "quantity": 2000},
    ]
    assert record.data["insurance_codes"] == ["C010101", "C010102"]


def test_taking_it_in_again_changes_nothing(sample, take_in):
    before = list(models.UdiRecord.objects.order_by("di").values_list("di", "entry", "data"))
    again = take_in(SAMPLE.read_bytes())
    assert counts(again) == (10, 0, 0, 9, 1)
    assert list(models.UdiRecord.objects.order_by("di").values_list("di", "entry", "data")) == before
    # Nothing was written, so nothing is recorded.
    assert len(entries()) == 1


def test_only_a_newer_version_replaces_a_record(take_in):
    assert counts(take_in(written.part(device(2, "乙")))) == (1, 1, 0, 0, 0)
    assert counts(take_in(written.part(device(1, "甲")))) == (1, 0, 0, 1, 0)
    assert counts(take_in(written.part(device(2, "乙乙")))) == (1, 0, 0, 1, 0)
    assert models.UdiRecord.objects.get().name == "乙"
    assert counts(take_in(written.part(device(3, "丙")))) == (1, 0, 1, 0, 0)
    record = models.UdiRecord.objects.get()
    assert (record.name, record.version_number, record.data["generic_name"]) == ("丙", 3, "丙")


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_of_two_versions_in_one_part_the_newer_stays_however_the_batches_fall(take_in, batch):
    found = take_in(written.part(device(2, "乙"), device(3, "丙"), device(1, "甲")), batch=batch)
    assert found.read == found.new + found.changed + found.unchanged + found.refused == 3
    assert models.UdiRecord.objects.get().name == "丙"


def test_a_batch_is_one_entry_with_its_counts_and_digest(take_in):
    devices = [device(1, di=f"MA.{n}", key=f"K{n}") for n in range(5)]
    take_in(written.part(*devices), batch=2)
    found = entries()
    assert sorted((one["new"], one["changed"], one["unchanged"]) for one in found) == [
        (1, 0, 0),
        (2, 0, 0),
        (2, 0, 0),
    ]
    assert all(len(one["sha256"]) == 64 for one in found)
    take_in(written.part(*devices[:4], device(2, di="MA.4", key="K4")), batch=5)
    assert sum(one["changed"] for one in entries()) == 1
    assert len({one["sha256"] for one in entries()}) == 4


def test_a_record_without_version_or_with_too_long_a_key_is_refused_by_itself(take_in):
    found = take_in(written.part(written.device(), device(1, key="K" * 61), device(1, di="MA.1", key="K3")))
    assert counts(found) == (3, 1, 0, 0, 2)
    assert codes(found.reasons) == [("nmpa_field_missing", 1), ("nmpa_too_long", 2)]


def test_a_part_that_breaks_off_keeps_what_came_before_and_says_so(take_in):
    whole = written.part(device(1, di="MA.1", key="K1"), device(1, di="MA.2", key="K2"))
    found = take_in(whole[: whole.rindex(b"K2")])
    assert counts(found) == (1, 1, 0, 0, 0)
    assert codes(found.reasons) == [("nmpa_broken", None)]
    assert counts(take_in(whole)) == (2, 1, 0, 1, 0)


def test_reasons_are_bounded_and_the_file_s_own_are_kept(take_in):
    found = take_in(written.part(*(written.device(key=f"K{n}") for n in range(150)), announced=7))
    assert (found.refused, len(found.reasons)) == (150, 101)
    assert codes(found.reasons[-1:]) == [("nmpa_count", None)]


def devices(count, prefix):
    return written.part(*(device(1, "描述" * 150, di=f"MA.{prefix}{n}", key=f"K{n}") for n in range(count)))


def test_a_batch_takes_as_many_statements_as_a_single_record(take_in):
    def statements(data, batch):
        with utils.CaptureQueriesContext(connection) as captured:
            take_in(data, batch=batch)
        return len(captured)

    one = statements(devices(1, "A"), 1)
    assert statements(devices(300, "B"), 300) == one
    assert statements(devices(300, "C"), 100) == 3 * one


def test_memory_does_not_grow_with_the_file(take_in):
    def peak(count, prefix):
        data = devices(count, prefix)
        tracemalloc.start()
        try:
            assert take_in(data, batch=50).new == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(50, "A")
    assert peak(1500, "C") < 2 * peak(150, "B")


def test_a_product_is_made_of_its_record_with_every_package_level(make):
    item = make(SYRINGE, price_unit="盒", tax_rate=Decimal("0.13"))
    assert (item.name, item.specification, item.manufacturer) == (
        "一次性使用无菌注射器",
        "5ml",
        "苏州澄溪医疗科技有限公司",
    )
    assert (item.device_class, item.category_2017, item.category_code, item.tracking) == (
        3,
        "14",
        "14-01-01",
        "lot",
    )
    assert (item.price_unit, item.price_unit_factor, item.tax_rate) == ("盒", 100, Decimal("0.13"))
    assert {unit: found.factor for (_, unit), found in queries.units([item.id]).items()} == {
        "支": 1,
        "盒": 100,
        "箱": 2000,
    }
    found = queries.identifiers([SYRINGE, SYRINGE_BOX, SYRINGE_CASE])
    assert [(found[di].level, found[di].base_quantity) for di in (SYRINGE, SYRINGE_BOX, SYRINGE_CASE)] == [
        (0, 1),
        (1, 100),
        (2, 2000),
    ]
    (case,) = queries.resolve_scans([f"(01){SYRINGE_CASE}(10)L1"], today=TODAY)
    assert (case.item_id, case.base_quantity, case.refused) == (item.id, 2000, False)


def test_what_the_record_says_of_label_storage_and_issuer_reaches_the_product(make):
    plate = make(PLATE, "A1", base_unit="块", is_implant=True)
    assert (plate.tracking, queries.identifiers([PLATE])[PLATE].serial_required) == ("serial", True)
    reagent = make(REAGENT, "A2", base_unit="盒", price_unit="箱")
    assert (reagent.category_2017, reagent.category_2002, reagent.cold_chain) == ("6840", "6840", True)
    assert (reagent.storage, reagent.price_unit_factor) == ("冷藏 2–8℃", 12)
    bag = make(BAG, "A3", base_unit="只")
    assert (bag.device_class, queries.identifiers([BAG_CASE])[BAG_CASE].carrier) == (1, "ma")


def test_a_product_cannot_be_made_of_an_unknown_di_twice_or_by_an_unknown_unit(make):
    with pytest.raises(errors.NotFound):
        make("06948888000239")
    make(SYRINGE)
    for options, code in (({"code": "A2"}, "di_taken"), ({"code": "A3", "price_unit": "托"}, "unit_factor")):
        with pytest.raises(errors.Refused) as refusal:
            make(SYRINGE, **options)
        assert code in [found for found, _ in codes(refusal.value.reasons)]


def test_a_sale_unit_of_several_units_of_use_needs_a_name_of_its_own(make, take_in):
    extra = (
        "<versionNumber>1</versionNumber><cpmctymc>手套</cpmctymc><ggxh>M</ggxh><ylqxzcrbarmc>甲</ylqxzcrbarmc>"
        "<zczbhhzbapzbh>苏械注准20202140033</zczbhhzbapzbh>"
        "<zxxsdyzsydydsl>100</zxxsdyzsydydsl><sydycpbs>MA.USE</sydycpbs>"
        + written.packings((written.BOX, "箱", 20, written.DI))
    )
    take_in(written.part(written.device(extra)))
    with pytest.raises(errors.Refused) as refusal:
        make(written.DI, base_unit="只")
    assert codes(refusal.value.reasons) == [("sale_unit_missing", None)]
    item = make(written.DI, base_unit="只", sale_unit="盒")
    assert (item.price_unit, item.price_unit_factor) == ("盒", 100)
    found = queries.identifiers(["MA.USE", written.DI, written.BOX])
    assert {one.di: (one.level, one.base_quantity, one.unit) for one in found.values()} == {
        "MA.USE": (-1, 1, "只"),
        written.DI: (0, 100, "盒"),
        written.BOX: (1, 2000, "箱"),
    }


def test_a_di_is_linked_once_and_a_package_that_changed_gets_a_new_version(make, take_in, now):
    item = make(SYRINGE)
    other = make(BAG, "A2")
    link = {"actor": HOUSE, "now": now}

    def linked(di, item_id):
        return {
            one.di: (one.base_quantity, one.unit, one.version)
            for one in operations.link_udi(di=di, item_id=item_id, **link)
        }

    before = entries_of(item.id)
    assert linked(SYRINGE, item.id) == {
        SYRINGE: (1, "支", 1),
        SYRINGE_BOX: (100, "盒", 1),
        SYRINGE_CASE: (2000, "箱", 1),
    }
    assert entries_of(item.id) == before
    with pytest.raises(errors.Refused) as refusal:
        linked(SYRINGE, other.id)
    assert {code for code, _ in codes(refusal.value.reasons)} == {"di_taken"}
    changed = SAMPLE.read_bytes().replace(b"<bznhxyjcpbssl>100<", b"<bznhxyjcpbssl>50<", 1)
    assert counts(take_in(changed.replace(b"<versionNumber>1<", b"<versionNumber>2<", 1))) == (10, 0, 1, 8, 1)
    # 盒 goes on meaning a hundred for documents that say so.
    assert linked(SYRINGE, item.id) == {
        SYRINGE: (1, "支", 1),
        SYRINGE_BOX: (50, "盒50", 2),
        SYRINGE_CASE: (1000, "箱1000", 2),
    }
    assert queries.units([item.id])[item.id, "盒"] == queries.Unit(100, 1)


def entries_of(item_id):
    with scope.transaction(HOUSE):
        return len(journal.timeline(f"catalog.item:{item_id}", HOUSE))


def test_a_second_register_record_can_be_linked_and_is_found_by_its_di(make, now):
    item = make(SYRINGE)
    (identifier,) = (
        one
        for one in operations.link_udi(di="06971234000026", item_id=item.id, actor=HOUSE, now=now)
        if one.level == 0
    )
    assert (identifier.item_id, identifier.base_quantity) == (item.id, 1)
    assert [one.id for one in queries.search_items("6971234000026", on=TODAY)] == [item.id]


def test_what_the_register_says_of_a_label_settles_a_lost_separator(take_in, make):
    """Without the register `AB21CD` is a lot, or a lot and a serial; the syringe's label has no serial."""
    raw = f"01{SYRINGE}10AB21CD"
    make(SYRINGE)
    (found,) = queries.resolve_scans([raw], today=TODAY)
    assert (found.lot, found.refused) == ("AB21CD", False)
    # The same text on a label that may carry a serial stays refused; a package's label is not known.
    (plate, case) = queries.resolve_scans([f"01{PLATE}10AB21CD", f"01{SYRINGE_BOX}10AB21CD"], today=TODAY)
    assert "catalog.udi_separator_missing" in [reason.code for reason in plate.reasons]
    assert "catalog.udi_separator_missing" in [reason.code for reason in case.reasons]
