"""One part of the device register, as the release delivers it and as it should not."""

import dataclasses
import datetime as dt
import io
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.catalog import nmpa
from qudao.catalog.nmpa import mending

SAMPLE = Path(__file__).parents[1] / "data" / "udid_part.xml"
DI = "06942221705071"
BOX = "16942221705078"
CASE = "26942221705075"


def part(*devices, announced=None):
    count = len(devices) if announced is None else announced
    body = "".join(f"<device>{device}</device>" for device in devices)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><udid version="1.0"><header>'
        f"<numberRkeyecordXML>{count}</numberRkeyecordXML></header><devices>{body}</devices></udid>"
    ).encode()


def device(extra="", key="K1", di=DI):
    return f"<deviceRecordKey>{key}</deviceRecordKey><zxxsdycpbs>{di}</zxxsdycpbs>{extra}"


def packings(*rows):
    tags = ("bzcpbs", "cpbzjb", "bznhxyjcpbssl", "bznhxyjbzcpbs")
    body = "".join(
        "<packing>" + "".join(f"<{t}>{v}</{t}>" for t, v in zip(tags, row, strict=True)) + "</packing>"
        for row in rows
    )
    return f"<packingList>{body}</packingList>"


def read(data):
    reading = nmpa.read_devices(io.BytesIO(data))
    return list(reading), reading


def codes(reasons):
    return [reason.code.removeprefix("catalog.nmpa_") for reason in reasons]


def test_the_sample_part_is_read_to_the_end_past_its_flaws():
    devices, reading = read(SAMPLE.read_bytes())
    assert (reading.announced, reading.count, reading.reasons) == (10, 10, [])
    assert [found.position for found in devices if found.refused] == [9]
    (reason,) = devices[8].reasons
    assert (codes([reason]), reason.line) == (["check_digit"], 9)
    assert reason.params == {
        "key": "0694888800023920250115",
        "field": "zxxsdycpbs",
        "value": "06948888000239",
        "expected": "8",
    }
    assert devices[2].generic_name == "医用外科口罩 A&B型"
    assert devices[5].generic_name == "人工髋关节假体 股骨柄"


def test_fields_have_their_english_names_and_types():
    first, plate, reagent, bag = (read(SAMPLE.read_bytes())[0][place] for place in (0, 3, 6, 9))
    assert (first.primary_di, first.version, first.version_on) == ("06971234000019", 1, dt.date(2025, 2, 15))
    assert first.insurance_codes == ("C010101", "C010102")
    assert (first.label_has_lot, first.label_has_serial, first.single_use) == (True, False, True)
    assert (plate.label_has_serial, plate.direct_mark, plate.mr_safety) == (True, True, "条件安全")
    assert reagent.storages == (nmpa.Storage("冷藏", Decimal(2), Decimal(8), "℃"),)
    assert bag.coding_system == "MA码（IDcode）"


def test_packages_multiply_down_to_the_sale_unit():
    first = read(SAMPLE.read_bytes())[0][0]
    quantities, reasons = nmpa.base_quantities(first)
    assert quantities == {"06971234000019": 1, "16971234000016": 100, "26971234000013": 2000}
    assert reasons == ()


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_chain_of_packages_is_the_product_of_its_counts_in_any_order(counts, random):
    chain = [DI, *(f"MA.{level}" for level in range(len(counts)))]
    rows = [
        nmpa.Packing(di=outer, level="", contains_count=count, contains_di=inner)
        for inner, outer, count in zip(chain, chain[1:], counts, strict=False)
    ]
    random.shuffle(rows)
    record = dataclasses.replace(read(part(device()))[0][0], packings=tuple(rows))
    expected, product = {DI: 1}, 1
    for outer, count in zip(chain[1:], counts, strict=True):
        product *= count
        expected[outer] = product
    assert nmpa.base_quantities(record) == (expected, ())


@pytest.mark.parametrize(
    ("rows", "found", "quantities"),
    [
        ([(BOX, "盒", 10, CASE), (CASE, "箱", 5, BOX)], ["packing_cycle", "packing_cycle"], {DI: 1}),
        ([(BOX, "盒", 10, BOX)], ["packing_cycle"], {DI: 1}),
        ([(BOX, "盒", 10, CASE)], ["packing_loose"], {DI: 1}),
        ([(BOX, "盒", 10, DI), (BOX, "盒", 12, DI)], ["packing_twice"], {DI: 1, BOX: 10}),
        ([(BOX, "盒", 10, DI), (BOX, "盒", 10, DI)], [], {DI: 1, BOX: 10}),
        ([(DI, "盒", 10, DI)], ["packing_twice"], {DI: 1}),
        ([(BOX, "盒", 0, DI)], ["packing_form"], {DI: 1}),
        ([(BOX, "盒", "十", DI)], ["packing_form"], {DI: 1}),
        ([(BOX, "盒", "", "")], ["packing_form"], {DI: 1}),
        ([("", "", "", "")], [], {DI: 1}),
    ],
)
def test_a_broken_package_tree_is_named_and_gives_no_quantity(rows, found, quantities):
    ((record,), _) = read(part(device(packings(*rows))))
    assert codes(record.reasons) == found
    assert nmpa.base_quantities(record)[0] == quantities


def test_a_flawed_record_does_not_stop_the_reading():
    devices, reading = read(part("<cpmctymc>无编码</cpmctymc>", device(key="K2")))
    assert codes(devices[0].reasons) == ["field_missing", "field_missing"]
    assert [reason.line for reason in devices[0].reasons] == [1, 1]
    assert (devices[1].key, devices[1].reasons, reading.reasons) == ("K2", (), [])


@pytest.mark.parametrize(
    "field", ["<sfbjwycxsy>也许</sfbjwycxsy>", "<tsrq>2026-02-30</tsrq>", "<zdcfsycs>多</zdcfsycs>"]
)
def test_an_optional_field_that_does_not_read_is_a_warning(field):
    ((record,), _) = read(part(device(field)))
    assert codes(record.reasons) == ["field_form"]
    assert not record.refused


def test_a_count_that_differs_from_the_header_is_found():
    _, reading = read(part(device(), announced=3))
    assert codes(reading.reasons) == ["count"]
    assert reading.reasons[0].params == {"announced": 3, "read": 1}


def test_a_part_cut_short_keeps_what_was_read_and_says_so():
    whole = part(device(key="K1"), device(key="K2"))
    devices, reading = read(whole[: whole.rindex(b"K2")])
    assert [found.key for found in devices] == ["K1"]
    assert codes(reading.reasons) == ["broken"]


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE udid [<!ENTITY a "aaaa">]><udid><devices><device>&a;</device></devices></udid>',
        b'<!DOCTYPE udid SYSTEM "file:///etc/passwd"><udid/>',
    ],
)
def test_a_document_type_is_refused(data):
    devices, reading = read(data)
    assert (devices, codes(reading.reasons)) == ([], ["dtd"])


@pytest.mark.parametrize("data", [b"", b"not xml", b"\xff\xfe\x00"])
def test_what_is_not_xml_is_an_answer_and_not_an_exception(data):
    devices, reading = read(data)
    assert (devices, codes(reading.reasons)) == ([], ["broken"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A&B", "A&B"),
        ("A&amp;B &lt;5", "A&B <5"),
        ("A&nbsp;B", "A&nbsp;B"),
        ("A\x0b\x1fB", "AB"),
        ("A&#11;B", "AB"),
        ("A&#x4e00;B", "A一B"),
        ("A& B &", "A& B &"),
    ],
)
def test_text_is_mended_wherever_the_pieces_are_cut(written, meant):
    data = part(device(f"<ggxh>{written}</ggxh>"))
    for size in (1, 2, 3, 7, 64, 1 << 16):
        stream = mending.MendedStream(io.BytesIO(data))
        mended = b"".join(iter(lambda: stream.read(size), b""))  # noqa: B023
        assert read(mended)[0][0].specification == meant
    assert read(data)[0][0].specification == meant


def test_memory_does_not_grow_with_the_file():
    def peak(count):
        stream = io.BytesIO(
            part(*(device("<cpms>" + "描述" * 500 + "</cpms>", key=f"K{n}") for n in range(count)))
        )
        tracemalloc.start()
        try:
            assert sum(1 for _ in nmpa.read_devices(stream)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(2000) < 2 * peak(200)
