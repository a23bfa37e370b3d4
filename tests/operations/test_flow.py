"""Sell-through files: kept as they came, matched, counted once, and never more than was delivered."""

import datetime as dt
from concurrent import futures

import pytest
from django.db import connection
from django.utils import translation

from qudao.flow import models, operations, presenting, queries
from qudao.inventory import tracing
from qudao.kernel import blobs, errors, journal, messages, scope
from tests.operations import flow_world, partners_world
from tests.operations.flow_world import HOUSE, MONTH, NOW, report


def take_in(world, content, *, name="流向.csv", actor=HOUSE, now=NOW, account=None):
    return operations.take_in_file(
        account_id=account or world.account, month=MONTH, stream=content, name=name, actor=actor, now=now
    )


def rows(view, state=""):
    return queries.list_rows(view.id, actor=HOUSE, state=state, limit=500)


def codes(row):
    return [reason.code for reason in row.reasons]


def test_a_file_is_taken_in_matched_and_goes_into_the_trace(db):
    world = flow_world.build()
    content = report({}, {"产品编码": "K1", "批号": "", "序列号": "S-1", "数量": "1", "单位": ""})
    view = take_in(world, content)
    assert (view.rows, view.matched, view.status, view.states) == (2, 2, "matched", {"normal": 2})
    sold, implant = rows(view)
    assert (sold.hospital_id, sold.customer_rule, sold.item_id, sold.product_rule, sold.lot_id) == (
        *(world.channel.hospital, "name", world.channel.screw, "code", world.lot),
    )
    assert implant.serial_id
    assert sold.move_id and implant.move_id
    assert flow_world.left_at(world.channel.kangze, world.lot) == 35
    assert flow_world.left_at(world.channel.hospital, world.lot) == 5


def test_the_original_is_kept_word_for_word(db):
    world = flow_world.build()
    content = report({"客户名称": "浙江大学医学院附属第一医院 "})
    view = take_in(world, content)
    [row] = rows(view)
    assert row.original["客户名称"] == "浙江大学医学院附属第一医院 "
    assert row.original["批号"] == "A01"
    with blobs.open(view.digest) as kept:
        assert kept.read() == content


def test_the_same_file_twice_is_refused_and_says_when(db):
    world = flow_world.build()
    first = take_in(world, report({}))
    with pytest.raises(errors.Refused) as refusal:
        take_in(world, report({}), name="another name.csv")
    [reason] = refusal.value.reasons
    assert (reason.code, reason.params) == (
        "flow.file_taken_in",
        {"number": first.number, "when": "2026-11-23 09:30"},
    )


def test_a_line_reported_in_an_earlier_file_counts_once(db):
    world = flow_world.build()
    take_in(world, report({}))
    again = take_in(world, report({}, {"单据号": "XS9", "数量": "2"}))
    assert again.states == {"duplicate": 1, "normal": 1}
    assert flow_world.left_at(world.channel.kangze, world.lot) == 33


def test_more_than_was_delivered_is_up_for_appeal_over_all_files(db):
    world = flow_world.build(delivered="40")
    take_in(world, report({"数量": "38"}))
    view = take_in(world, report({"数量": "3", "单据号": "XS2"}, {"数量": "2", "单据号": "XS3"}))
    too_many, fitting = rows(view)
    assert (too_many.state, codes(too_many)) == ("appeal", ["flow.more_than_bought"])
    assert too_many.reasons[0].params == {"lot": "A01", "left": "2", "sold": "3"}
    assert fitting.state == "normal"
    assert flow_world.left_at(world.channel.kangze, world.lot) == 0


def test_a_sale_outside_the_territory_is_up_for_appeal_and_moves_nothing(db):
    world = flow_world.build()
    view = take_in(world, report({"客户名称": "宁波市第二医院", "城市": "宁波"}))
    [row] = rows(view)
    assert (row.state, row.hospital_id, codes(row), row.move_id) == (
        *("appeal", world.second, ["flow.out_of_area"], None),
    )
    with translation.override("zh-hans"):
        said = messages.render(row.reasons[0]).why
    assert said.startswith("伙伴当日的授权不包含宁波市第二医院：")
    assert "partners." not in said
    assert flow_world.left_at(world.channel.kangze, world.lot) == 40


def test_goods_that_come_back_from_the_hospital_move_back(db):
    world = flow_world.build()
    view = take_in(world, report({"数量": "6"}, {"数量": "-4"}, {"数量": "-3"}))
    assert [row.state for row in rows(view)] == ["normal", "normal", "appeal"]
    assert flow_world.left_at(world.channel.hospital, world.lot) == 2
    assert flow_world.left_at(world.channel.kangze, world.lot) == 38


def test_a_late_month_counts_in_the_open_one(db):
    world = flow_world.build()
    view = take_in(world, report({"销售日期": "2026-09-20"}))
    [row] = rows(view)
    assert (row.state, row.sold_on, row.counted_month) == ("late", dt.date(2026, 9, 20), dt.date(2026, 11, 1))
    assert row.move_id


def test_a_person_decides_once_and_every_row_of_that_name_follows(db):
    world = flow_world.build()
    first = take_in(world, report({"客户名称": "浙一"}, {"客户名称": "浙 一"}))
    assert first.states == {"unmatched": 2}
    [waiting] = queries.list_waiting(actor=HOUSE)
    assert (waiting.what, waiting.words, waiting.city, waiting.rows) == ("customer", "浙一", 3301, 2)
    decided = operations.decide_match(
        row_id=waiting.row_id, hospital_id=world.channel.hospital, actor=HOUSE, now=NOW
    )
    assert (decided.again, decided.counted) == (2, 2)
    assert [row.customer_rule for row in rows(first)] == ["alias", "alias"]
    assert queries.get_file(first.id, HOUSE).status == "matched"
    later = take_in(world, report({"客户名称": "浙一", "单据号": "XS7"}))
    assert later.states == {"normal": 1}
    assert flow_world.left_at(world.channel.hospital, world.lot) == 15


def test_a_name_that_only_resembles_a_hospital_waits_with_its_candidates(db):
    world = flow_world.build()
    view = take_in(world, report({"客户名称": "宁波市海曙第二医院", "城市": "宁波"}))
    [row] = rows(view)
    assert (row.state, row.hospital_id) == ("unmatched", 0)
    [waiting] = queries.list_waiting(actor=HOUSE)
    assert [one["hospital_id"] for one in waiting.candidates] == [world.second]


def test_deciding_the_same_again_changes_nothing(db):
    world = flow_world.build()
    view = take_in(world, report({"客户名称": "浙一"}))
    [row] = rows(view)
    arguments = {"row_id": row.id, "hospital_id": world.channel.hospital, "actor": HOUSE, "now": NOW}
    operations.decide_match(**arguments)
    with scope.everything() as everyone:
        entries = len(journal.timeline(None, everyone, 500))
    assert operations.decide_match(**arguments) == queries.Decided(row.id, 0, 0)
    with scope.everything() as everyone:
        assert len(journal.timeline(None, everyone, 500)) == entries
    assert flow_world.left_at(world.channel.hospital, world.lot) == 5


def test_what_a_dealer_calls_a_product_is_remembered_for_that_dealer(db):
    world = flow_world.build()
    said = {"产品编码": "", "产品名称": "空心钉", "规格型号": "长"}
    view = take_in(world, report(said))
    [row] = rows(view)
    assert codes(row) == ["flow.product_unknown"]
    operations.decide_match(row_id=row.id, item_id=world.channel.screw, actor=HOUSE, now=NOW)
    [row] = rows(view)
    assert (row.state, row.product_rule, row.lot_id) == ("normal", "alias", world.lot)


def test_a_file_with_a_cell_that_cannot_be_read_is_refused_whole(db):
    world = flow_world.build()
    with pytest.raises(errors.Refused) as refusal:
        take_in(world, report({}, {"数量": "五"}, {"数量": "0"}))
    assert partners_world.codes(refusal) == ["kernel.tabular.not_a_number", "flow.quantity_zero"]
    with scope.everything():
        assert models.FlowFile.objects.count() == 0


def test_the_dry_run_says_everything_and_changes_nothing(db):
    world = flow_world.build()
    result = operations.check_file(
        account_id=world.account,
        stream=report({"数量": "五"}, {"客户名称": "宁波市第二医院", "城市": "宁波"}, {}),
        name="流向.csv",
        actor=HOUSE,
        now=NOW,
    )
    assert [[reason.code for reason in row.reasons] for row in result.rows] == [
        *(["kernel.tabular.not_a_number"], ["flow.out_of_area"], []),
    ]
    assert (result.rows[1].ok, result.ok) == (True, False)
    with scope.everything():
        assert models.FlowRow.objects.count() == 0
        assert not [one for one in tracing.moves(lot_ids=[world.lot]) if one.kind == tracing.SOLD_ON]


def test_a_dealer_sees_its_own_files_and_another_dealer_none(db):
    world = flow_world.build()
    needed = ["flow.file.view", "flow.file.take_in"]
    kangze = partners_world.person("kangze", party_id=world.channel.kangze, permissions=needed)
    renji = partners_world.person("renji", party_id=world.channel.renji, permissions=needed)
    view = take_in(world, report({}), actor=kangze)
    assert [file.number for file in queries.list_files(actor=kangze)] == [view.number]
    assert queries.list_files(actor=renji) == []
    with pytest.raises(errors.NotFound):
        queries.get_file(view.id, renji)
    with pytest.raises(errors.NotFound):
        take_in(world, report({"数量": "1"}), actor=renji)


def test_the_number_of_statements_does_not_grow_with_the_lines(db):
    world = flow_world.build(received="1000", delivered="900")

    def statements(count, first):
        content = report(*({"数量": "1", "单据号": f"N{first + no}"} for no in range(count)))
        with partners_world.counting() as captured:
            take_in(world, content)
        return len(captured)

    statements(2, 0)
    assert statements(3, 100) == statements(60, 200)


def test_somebody_without_the_permission_takes_nothing_in(db):
    world = flow_world.build()
    kangze = partners_world.person("kangze", party_id=world.channel.kangze, permissions=["flow.file.view"])
    with pytest.raises(errors.Forbidden):
        take_in(world, report({}), actor=kangze)


def test_two_files_at_once_never_sell_on_the_same_goods(db):
    world = flow_world.build(delivered="40")

    def send(no):
        try:
            return take_in(world, report({"数量": "30", "单据号": f"T{no}"}), name=f"{no}.csv").states
        finally:
            connection.close()

    with futures.ThreadPoolExecutor(2) as pool:
        found = sorted(map(str, pool.map(send, range(2))))
    assert found == ["{'appeal': 1}", "{'normal': 1}"]
    assert flow_world.left_at(world.channel.kangze, world.lot) == 10


def test_files_in_time_say_since_when_and_what_they_count():
    first = presenting.since(dt.date(2026, 11, 27))
    assert first == dt.date(2026, 5, 1)
    with translation.override("zh-hans"):
        assert (
            presenting.punctuality(12, 11, first) == "2026-05 起：应报 12 份（每账户每月 1 份），按时 11 份"
        )
