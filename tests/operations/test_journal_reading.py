"""What the pages of the journal tell: the documents of a timeline, and the rows an entry wrote in words."""

import dataclasses

from qudao.kernel import scope
from qudao.organisation import queries_journal
from tests.browser import trading


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
