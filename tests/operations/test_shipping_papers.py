"""The papers of a shipment carry every field the trade asks for, on as many pages as it needs."""

import dataclasses
import datetime as dt
import io
from decimal import Decimal

import pypdf
import pytest
from django.utils import translation

from qudao.kernel import errors, scope
from qudao.orders import documents, operations, queries, scanning, shipment_pages
from qudao.orders.rules import checking
from qudao.shell.company import work
from tests.browser import trading

NEEDS = ("orders",)


def text(write, view) -> tuple[str, int]:
    """The words of a paper without blanks, and its pages."""
    with scope.transaction(trading.SYSTEM), translation.override("zh-hans"):
        content = write(view, actor=trading.SYSTEM)
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "".join("".join(one.extract_text() for one in pages).replace("\u200b", "").split()), len(pages)


@pytest.fixture
def shipped(company):
    view = trading.to_pick(company, ("BQ-2515", "2"), ("DS-035", "1"))
    view = work.review(company, work.pick(company, view, now=trading.NOW), now=trading.NOW)
    return operations.ship_shipment(
        shipment_id=view.id,
        version=view.version,
        carrier=" 顺丰医药 ",
        tracking="SF123",
        actor=trading.actor(company, "lijun"),
        now=trading.NOW,
    )


def many(view: queries.ShipmentView) -> queries.ShipmentView:
    """The same shipment with 120 lines, long names and long codes."""
    line = dataclasses.replace(
        view.lines[0],
        item_name="一次性使用无菌冠状动脉球囊扩张导管及附件组合包装（含导丝）超长名称测试四十字",
        lot_code="LOT-2609-ABCDEFGHIJ1",
    )
    return dataclasses.replace(view, lines=tuple(dataclasses.replace(line, no=no) for no in range(1, 121)))


def test_the_delivery_note_has_every_field_of_the_trade(company, shipped):
    found, pages = text(documents.delivery_note, shipped)
    line = shipped.lines[0]
    for said in (
        "随货同行单",
        shipped.number,
        "上海启渡医疗科技有限公司",
        "91310000MA1FL0001R",
        "杭州康泽医疗器械有限公司",
        "杭州市滨江区江晖路600号2幢",
        line.item_name,
        line.specification.replace(" ", ""),
        line.certificate_number,
        line.registrant,
        line.production_permit,
        line.lot_code,
        line.produced_on.isoformat(),
        line.last_usable_on.isoformat(),
        line.di,
        "2026-11-23",
        "顺丰医药",
        "SF123",
        "供货单位出库章",
        "收货人",
        "林涛",
        "共2行，合计2支+1根",
    ):
        assert said in found, said
    assert pages == 1


def test_the_review_record_names_picker_and_reviewer(company, shipped):
    found, _pages = text(documents.review_record, shipped)
    for said in (
        "出库复核单",
        "李军",
        "陈曦",
        "合格",
        "保管员",
        "复核员",
        shipped.lines[1].lot_code,
        shipped.lines[1].di,
    ):
        assert said in found, said


def test_many_lines_take_several_numbered_pages_with_their_heads(company, shipped):
    found, pages = text(documents.delivery_note, many(shipped))
    assert pages > 3
    assert found.count("注册证") >= pages
    assert f"{pages}/{pages}" in found
    assert "共120行" in found


# -- what stops goods ---------------------------------------------------------------------------------


def test_a_label_whose_expiry_is_not_the_lots_is_refused(company):
    view = trading.to_pick(company, ("DS-035", "2"))
    wrong = trading.label("DS-035", lot=view.lines[0].lot_code, last_usable_on=dt.date(2030, 1, 1))
    with pytest.raises(errors.Refused) as refused:
        operations.pick_shipment(
            shipment_id=view.id,
            version=view.version,
            scans=[scanning.Scan(wrong, 2)],
            actor=trading.actor(company, "lijun"),
            now=trading.NOW,
        )
    assert "orders.scanned_other_expiry" in [one.code for one in refused.value.reasons]
    with scope.transaction(trading.SYSTEM):
        assert queries.get_shipment(view.id, actor=trading.SYSTEM).status == "to_pick"


def test_a_blocked_shipment_goes_back_and_keeps_no_picker(company):
    view = work.pick(company, trading.to_pick(company, ("DS-035", "2")), now=trading.NOW)
    common = {
        "shipment_id": view.id,
        "version": view.version,
        "actor": trading.actor(company, "chenxi"),
        "now": trading.NOW,
    }
    with pytest.raises(errors.Refused):
        operations.block_shipment(cause="bad mood", **common)
    blocked = operations.block_shipment(cause="damaged", note="箱角压破", **common)
    assert (blocked.status, blocked.picked_by, blocked.lines[0].picked) == ("to_pick", "", Decimal(0))
    # Who picks it anew reads why.
    with scope.transaction(trading.SYSTEM):
        page = shipment_pages.detail(trading.SYSTEM, blocked, {})
    assert [(one["title"], one["detail"]) for one in page["timeline"]][:1] == [
        ("复核阻止，退回拣货", "包装破损 · 箱角压破")
    ]
    assert work.pick(company, blocked, now=trading.NOW).status == "picked"


def test_one_package_may_fill_two_lines_of_the_same_lot():
    lines = [
        checking.Expected(no, no, 1, "x", "L1", "", Decimal(quantity)) for no, quantity in ((1, 3), (2, 5))
    ]
    found = checking.match(lines, [checking.Seen(1, 1, "l1", "", Decimal(8))], complete=True)
    assert (found.quantities, found.reasons) == ({1: Decimal(3), 2: Decimal(5)}, ())
