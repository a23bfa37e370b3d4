"""The desk before a partner is chosen: whoever ordered last, to go on with."""

from qudao.kernel import scope
from qudao.orders import finding, operations
from tests.operations.test_orders import HOUSE, as_person, place


def test_who_ordered_last_stands_first_once_and_drafts_do_not_count(company, now):
    place(company, ("BQ-2515", 1), now=now)
    renji = place(company, ("BQ-2515", 1), account="renji.CV", place="renji", now=now)
    kangze = place(company, ("DS-035", 2), now=now)
    dropped = place(company, ("DS-035", 1), account="renji.CV", place="renji", now=now)
    operations.cancel_order(order_id=dropped.id, version=dropped.version, reason="测试", actor=HOUSE, now=now)
    with scope.transaction(HOUSE):
        found = finding.latest_buyers(HOUSE)
    assert [(row["number"], row["url"]) for row in found.rows] == [
        (kangze.number, f"/orders/new/?party={company.parties['kangze']}"),
        (renji.number, f"/orders/new/?party={company.parties['renji']}"),
    ]


def test_the_desk_shows_only_buyers_of_its_scope(company, now):
    place(company, ("BQ-2515", 1), account="renji.CV", place="renji", now=now)
    place(company, ("DS-035", 2), now=now)
    for username, seen in (("kangze", ["kangze"]), ("zhoulan", ["kangze", "renji"])):
        actor = as_person(company, username, now)
        with scope.transaction(actor):
            rows = finding.latest_buyers(actor).rows
        assert [row["url"] for row in rows] == [
            f"/orders/new/?party={company.parties[code]}" for code in seen
        ]
