"""What the pages of the journal tell: the documents of a timeline, and the rows an entry wrote in words."""

import dataclasses
import datetime as dt
import re

from django.apps import apps
from django.utils import timezone
from django.utils.html import strip_tags

from qudao.kernel import journal, manifest, scope
from qudao.organisation import (
    journal_fields,
    journal_rows,
    journal_values,
    journal_words,
    queries_journal,
)
from qudao.organisation.journal_points import CALLED
from qudao.ui import status
from tests.browser import trading
from tests.operations import journal_world
from tests.operations import partners_world as world


def told(company, actor):
    with scope.transaction(actor):
        node = company.parties["kangze"]
        found = queries_journal.list_about(
            subjects=[f"partners.party:{node}"], node_ids=list(actor.visible), actor=actor, limit=5
        )
        return [one["documents"] for one in queries_journal.as_timeline(found, actor=actor)]


def test_a_timeline_leads_to_the_documents_the_reader_may_open(company):
    order = trading.order(company)
    kangze = trading.actor(company, "kangze")
    assert told(company, kangze)[0] == [(order.number, f"/orders/{order.id}/")]
    blind = dataclasses.replace(kangze, permissions=kangze.permissions - {"orders.order.view"})
    assert told(company, blind)[0] == [(order.number, "")]


def timeline(actor, *subjects):
    with scope.transaction(actor):
        return {
            str(one["title"]): one["documents"] for one in queries_journal.timeline(*subjects, actor=actor)
        }


def test_the_timeline_of_an_order_leads_to_its_deliveries_and_not_to_itself(company):
    shipment = trading.to_pick(company)
    actor = trading.actor(company, "zhoulan")
    told = timeline(actor, f"orders.order:{shipment.order_id}", f"orders.shipment:{shipment.id}")
    assert told["已确认，库存已占用"] == []
    assert told["已下发仓库"] == [(shipment.number, f"/shipments/{shipment.id}/")]


def opened(leaf, actor):
    """The entry as its page tells it: the rows' names looked up, and what was recorded."""
    view = queries_journal.get_staged(leaf.entry)
    found = journal_rows.read(view.rows, actor)
    named = journal_values.Named([*journal_words.points(leaf), *found.points()], actor)
    return view, found, named


def wrote(order, actor):
    """Title → what the entry that placed the order wrote, as this reader is told it."""
    with scope.transaction(actor):
        [leaf] = queries_journal.list_about(
            subjects=[f"orders.order:{order.id}"], node_ids=(), actor=actor, limit=1
        )
        view = queries_journal.get_staged(leaf.entry)
        with world.counting() as captured:
            journal_rows.read(view.rows, actor)
        assert len(captured) == 1
        view, found, named = opened(leaf, actor)
        return {str(one.title): one for one in journal_rows.in_words(found, view.leaf, named, actor)}


def test_an_entry_tells_the_rows_it_wrote_in_words(company):
    order = trading.order(company)
    told = wrote(order, trading.actor(company, "auditor"))
    party = company.parties["kangze"]
    assert dict(told["订单"].facts)["伙伴"] == f'<a href="/partners/{party}/">杭州康泽医疗器械有限公司</a>'
    facts = {str(label): strip_tags(value) for label, value in told["订单"].facts}
    assert [facts[name] for name in ("编号", "伙伴", "状态", "业务日期", "含税金额", "经办人")] == [
        *(order.number, "杭州康泽医疗器械有限公司", "已确认", "2026-11-23"),
        *(f"{order.gross:,.2f}", "周岚"),
    ]
    lines = told["订单行"]
    assert (lines.count, lines.since, lines.more) == (2, 0, 0)
    assert [row["quantity"] for row in lines.table.rows] == ["10", "50"]
    assert not {"explanation", "item_id", "discount"} & {one.key for one in lines.table.columns}
    # What is reserved says for which line.
    reserved = told["库存预留"].table
    assert str(reserved.columns[0].label) == "行"
    assert [(row["origin_line"], row["quantity"]) for row in reserved.rows] == [("1", "10"), ("2", "50")]
    # What is written again is said to be newer than the entry.
    trading.order(company)
    told = wrote(order, trading.actor(company, "auditor"))
    assert [(title, one.since) for title, one in told.items() if one.since] == [("信用", 1)]


def test_rows_of_what_the_reader_may_not_see_are_not_told(company):
    order = trading.order(company)
    auditor = trading.actor(company, "auditor")
    allowed = {one for one in auditor.permissions if not one.startswith(("settlement.", "*"))}
    assert set(wrote(order, dataclasses.replace(auditor, permissions=frozenset(allowed)))) == {
        *("订单", "订单行", "库存预留"),
    }


def told_of(company, order, who="auditor"):
    """What the entry that confirmed an order recorded: facts by label, and its lines."""
    actor = trading.actor(company, who)
    with scope.transaction(actor):
        [leaf] = queries_journal.list_about(
            subjects=[f"orders.order:{order.id}"], node_ids=(), actor=actor, limit=1
        )
        view, _found, named = opened(leaf, actor)
        told = journal_words.told(view.leaf, named)
        return view, {str(name): said for name, said in told.facts}, told.tables


def test_what_an_entry_recorded_is_told_by_name_with_the_way_there(company):
    order = trading.order(company)
    view, facts, [lines] = told_of(company, order)
    party = company.parties["kangze"]
    assert facts["伙伴"] == f'<a href="/partners/{party}/">杭州康泽医疗器械有限公司</a>'
    assert facts["渠道账户"] == f'<a href="/partners/{party}/">杭州康泽医疗器械有限公司 · 心血管介入</a>'
    plain = {name: strip_tags(said) for name, said in facts.items()}
    # Whose it is comes first; the order itself is the subject and is not named again, nor are keys of rows.
    assert [*plain.items()] == [
        *(("日期", "2026-11-23"), ("伙伴", "杭州康泽医疗器械有限公司")),
        *(("渠道账户", "杭州康泽医疗器械有限公司 · 心血管介入"), ("往来单位", plain["往来单位"])),
        *(("法人", plain["法人"]), ("产品线", "心血管介入"), ("区域", plain["区域"])),
        *(("渠道", "呼叫中心"), ("合同版本", "HT-2026-0183 第 1 版"), ("币种", "人民币"), ("等级", "B 级")),
    ]
    assert [str(one.label) for one in lines.columns][:6] == [
        *("行", "产品", "数量", "含税金额", "不含税金额", "税额"),
    ]
    assert not [one.key for one in lines.columns if one.key.endswith("_line_id")]
    assert [row["quantity"] for row in lines.rows] == ["10", "50"]
    item = company.items["BQ-2515"]
    assert lines.rows[0]["item_id"].startswith(f'<a href="/devices/{item}/">')
    # The proof is about this text, letter by letter.
    assert f'"document_number":"{order.number}"' in view.canonical


def test_the_page_of_an_entry_says_that_rows_stand_as_they_do_today(company, browser):
    view, _facts, _tables = told_of(company, trading.order(company))
    text = strip_tags(browser("auditor").get(queries_journal.address(view.leaf)).content.decode())
    before, _heading, after = text.partition("写入的内容")
    said = "以下按数据今天的状态显示：日志对每行只存摘要，不存数值；之后改写过的行会注明。"
    assert after.strip().startswith(said)
    assert said not in before


def test_what_the_reader_may_not_see_keeps_its_id(company):
    stranger, kangze = company.parties["renji"], company.parties["kangze"]
    actor = trading.actor(company, "kangze")
    with scope.transaction(actor):
        named = journal_values.Named([("partners.party", stranger), ("partners.party", kangze)], actor)
        found = [named.find("partners.party", one) for one in (stranger, kangze)]
    assert found[0] == (f"#{stranger}", "")
    assert found[1] == ("杭州康泽医疗器械有限公司", f"/partners/{kangze}/")


def test_names_take_a_statement_for_each_kind_however_many_there_are(company):
    counts = []
    actor = trading.actor(company, "auditor")
    for items in (("BQ-2515",), ("BQ-2515", "DS-035", "ZJ-3018")):
        points = [("catalog.item", company.items[one]) for one in items]
        with scope.transaction(actor), world.counting() as captured:
            named = journal_values.Named(points, actor)
        assert all(not named.find(*one)[0].startswith("#") for one in points)
        counts.append(len(captured))
    assert counts == [1, 1]


def test_every_column_that_is_told_has_words_and_every_vocabulary_is_there():
    named = {model._meta.db_table: model for model in apps.get_models()}
    tables = {table: model for table, model in named.items() if table in journal_fields.TABLES}
    assert tables.keys() == journal_fields.TABLES.keys()
    wordless = [
        f"{table}.{field.column}"
        for table, model in tables.items()
        for field in journal_rows.fields(model)
        if field.column not in journal_fields.FIELDS and (table, field.column) not in CALLED
    ]
    assert wordless == []
    columns = {
        f"{table}.{one.column}" for table, model in named.items() for one in model._meta.concrete_fields
    }
    modules = {module.name for module in manifest.modules()}
    for place, where in manifest.codes().items():
        assert place in columns or place.partition(".")[0] in modules, place
        kind, _sep, name = where.partition(":")
        known = where == journal_values.PERMISSIONS or (
            status.MAP.get(name) if kind == "status" else manifest.resolve(where)
        )
        assert known, where
    for dotted in manifest.names().values():
        assert callable(manifest.resolve(dotted))


def test_when_an_entry_was_recorded_is_told_beside_when_it_happened(company, now):
    order = trading.order(company)
    view, _facts, _tables = told_of(company, order)
    # The small company lives on a day of its own; the entry's uuid carries the true time.
    assert view.leaf.at == now
    assert abs(timezone.now() - view.leaf.recorded) < dt.timedelta(minutes=10)


def test_an_entry_is_found_by_its_number_as_pages_print_it(company, browser):
    while journal.advance():
        pass
    for asked in ("#7", "7", "#0,007"):
        page = browser("auditor").get("/journal/", {"subject": asked}).content.decode()
        assert re.findall(r">#([\d,]+)<", page) == ["7"]
    assert not re.findall(
        r">#([\d,]+)<", browser("auditor").get("/journal/?subject=%23999,999").content.decode()
    )


def test_earlier_checkpoints_are_turned_over_by_pages(company, browser):
    journal_world.as_owner(
        "INSERT INTO journal_checkpoint (size, note, at)"
        " SELECT 9000 + n, E'log\\n' || 9000 + n || E'\\nroot\\n', now() FROM generate_series(1, 103) n"
    )
    auditor, address, pages = browser("auditor"), "/journal/checkpoint/", []
    while address:
        page = auditor.get(address).content.decode()
        assert "恰好有 9,103 条" in page
        pages.append([int(one.replace(",", "")) for one in re.findall(r">(9,[01]\d\d)</td>", page)])
        following = re.search(r'href="(\?cursor=\d+)"', page)
        address = following and f"/journal/checkpoint/{following[1]}"
    assert pages == [[*range(9102, 9052, -1)], [*range(9052, 9002, -1)], [9002, 9001]]
