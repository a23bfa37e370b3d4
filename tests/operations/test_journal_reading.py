"""What the pages of the journal tell: the documents of a timeline, and the rows an entry wrote in words."""

import dataclasses

from qudao.kernel import scope
from qudao.organisation import journal_rows, queries_journal, queries_people
from tests.browser import trading
from tests.operations import partners_world as world


def told(company, actor):
    with scope.transaction(actor):
        node = company.parties["kangze"]
        found = queries_journal.list_about(
            subjects=[f"partners.party:{node}"], node_ids=list(actor.visible), actor=actor, limit=5
        )
        return [one["documents"] for one in queries_journal.as_timeline(found, actor=actor, numbers=True)]


def test_a_timeline_leads_to_the_documents_the_reader_may_open(company):
    order = trading.order(company)
    kangze = trading.actor(company, "kangze")
    assert told(company, kangze)[0] == [(order.number, f"/orders/{order.id}/")]
    blind = dataclasses.replace(kangze, permissions=kangze.permissions - {"orders.order.view"})
    assert told(company, blind)[0] == [(order.number, "")]


def wrote(order, actor):
    """Title → what the entry that placed the order wrote, as this reader is told it."""
    with scope.transaction(actor):
        [leaf] = queries_journal.list_about(
            subjects=[f"orders.order:{order.id}"], node_ids=(), actor=actor, limit=1
        )
        view = queries_journal.get_staged(leaf.entry)
        with world.counting() as captured:
            found = journal_rows.read(view.rows, actor)
        assert len(captured) == 1
        names = queries_people.names_of(found.people())
        return {str(one.title): one for one in journal_rows.in_words(found, view.leaf, names, actor)}


def test_an_entry_tells_the_rows_it_wrote_in_words(company):
    order = trading.order(company)
    told = wrote(order, trading.actor(company, "auditor"))
    facts = {str(label): value for label, value in told["订单"].facts}
    assert [facts[name] for name in ("编号", "伙伴", "状态", "业务日期", "含税金额", "经办人")] == [
        *(order.number, "杭州康泽医疗器械有限公司", "已确认", "2026-11-23"),
        *(f"{order.gross:,.2f}", "周岚"),
    ]
    lines = told["订单行"]
    assert (lines.count, lines.since, lines.more) == (2, 0, 0)
    assert [row["quantity"] for row in lines.table.rows] == ["10", "50"]
    assert not {"explanation", "item_id", "discount"} & {one.key for one in lines.table.columns}
    # What is written again is said to be newer than the entry.
    trading.order(company)
    told = wrote(order, trading.actor(company, "auditor"))
    assert [(title, one.since) for title, one in told.items() if one.since] == [("信用", 1)]


def test_rows_of_what_the_reader_may_not_see_are_not_told(company):
    order = trading.order(company)
    auditor = trading.actor(company, "auditor")
    allowed = {one for one in auditor.permissions if not one.startswith(("settlement.", "*"))}
    assert set(wrote(order, dataclasses.replace(auditor, permissions=frozenset(allowed)))) == {
        *("订单", "订单行"),
    }
