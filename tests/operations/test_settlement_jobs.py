"""A month's statements and a period's rebates as work of the worker: for all, once each, also after a crash."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from qudao.kernel import errors, scope
from qudao.kernel import models as kernel
from qudao.organisation import models as organisation
from qudao.settlement import models, queries
from qudao.settlement import operations as settlement
from qudao.settlement.operations import batches, statements
from qudao.ui import models as ui
from tests import harness
from tests.operations import settlement_world as worlds
from tests.operations.test_jobs import run_jobs

NOW = harness.NOW
DEBTORS = 5
# The month and the quarter of what is told here are over.
OVER = dt.datetime(2027, 1, 4, 1, tzinfo=dt.UTC)


class Broken(RuntimeError):
    """The worker dies in the middle of its work."""


class Clock:
    """The site and its worker once everything told here is over."""

    now = staticmethod(lambda: OVER)


@pytest.fixture(autouse=True)
def over(monkeypatch):
    for module in ("qudao.shell.middleware", "qudao.settlement.jobs"):
        monkeypatch.setattr(f"{module}.timezone", Clock)


@pytest.fixture
def trade(db):
    """Five debtors; each signed for 100.00, 200.00, … in November and owes nothing from before."""
    world = worlds.build()
    with scope.everything():
        _staff()
        worlds_of = [world, *(_another(world, party) for party in range(11, 10 + DEBTORS))]
    for n, one in enumerate(worlds_of, start=1):
        worlds.signed(one, f"{n * 100}.00", number=f"SH-{n}")
    worlds.settle()
    return worlds_of


def _staff() -> None:
    role = organisation.Role.objects.create(
        code="clerk",
        name="结算",
        permissions=[
            *("settlement.statement.view", "settlement.statement.manage", "settlement.credit.view"),
            *("settlement.rebate.view", "settlement.rebate.run", "settlement.rebate.confirm"),
            *("settlement.invoice.view", "pricing.contract.view"),
        ],
    )
    person = organisation.Person.objects.create(username="clerk", name="结算员")
    since = NOW - dt.timedelta(days=3650)
    organisation.Post.objects.create(person=person, role=role, whole=True, valid_from=since)


def _another(world, party: int):
    """A further debtor with one account."""
    found = {
        kind: kernel.Node.objects.create(kind=kind, party_id=party, entity_id=1, line_id=line, region_id=1)
        for kind, line in (("debtor", 0), ("account", 1))
    }
    return worlds.World(
        found["debtor"].pk,
        (found["account"].pk,) * 2,
        world.items,
        lines=party * 1000,
        party=party,
        account=party * 10,
    )


def clerk() -> Client:
    client = Client()
    client.force_login(
        organisation.Person.objects.get(username="clerk"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def build(client=None, key="k-1", month="2026-11"):
    return (client or clerk()).post("/statements/build/", {"month": month, "key": key})


def notice() -> ui.Notice:
    with scope.everything():
        return ui.Notice.objects.get()


def again() -> None:
    """Let the worker try what failed now instead of in some seconds."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    run_jobs()


def stated() -> list[tuple[str, int, Decimal, Decimal]]:
    """Month, debtor, sales, closing of every statement."""
    with scope.everything():
        rows = models.Statement.objects.order_by("period_from", "closing", "node_id")
        return [(f"{one.period_from:%Y-%m}", one.node_id, one.sales, one.closing) for one in rows]


def once_each(trade) -> list[tuple[str, int, Decimal, Decimal]]:
    return [
        ("2026-11", one.debtor, Decimal(n * 100), Decimal(n * 100)) for n, one in enumerate(trade, start=1)
    ]


def breaking(monkeypatch, module, name: str, at: int) -> None:
    """Have the call number `at` of a function break, once."""
    real, calls = getattr(module, name), []

    def broken(*args, **kwargs):
        calls.append(1)
        if len(calls) == at:
            raise Broken
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, broken)


# -- statements -------------------------------------------------------------------------------------


def test_a_month_is_built_by_the_worker_for_all_and_the_notice_says_how_many(trade):
    started = build()
    assert re.fullmatch(r"/notices/[0-9a-f-]{36}/", started.headers["Location"])
    assert stated() == []
    run_jobs()
    assert stated() == once_each(trade)
    found = notice()
    assert (found.state, found.done, found.total) == ("done", DEBTORS, DEBTORS)
    assert found.detail == "已生成 2026-11 对账单 5 份。"
    assert found.url == "/statements/?month=2026-11&status=draft"


def test_a_month_that_is_not_over_is_built_for_nobody_and_the_first_day_is_named(trade):
    answer = build(month="2027-01")
    assert answer.status_code == 422
    assert "该月尚未结束" in answer.content.decode() and "2027-02-01" in answer.content.decode()
    assert stated() == []


def test_building_that_breaks_in_the_middle_and_runs_again_leaves_one_statement_each(trade, monkeypatch):
    breaking(monkeypatch, statements, "_record", at=3)
    build()
    run_jobs()
    assert (notice().state, len(stated())) == ("failed", 2)
    again()
    assert stated() == once_each(trade)
    assert (notice().state, notice().detail) == ("done", "已生成 2026-11 对账单 5 份。")


def test_control_building_that_does_not_look_for_its_draft_doubles_or_breaks(trade, monkeypatch):
    """What the test above rests on: the draft that is there. Without it the second run cannot end well."""
    breaking(monkeypatch, statements, "_record", at=3)
    build()
    run_jobs()
    monkeypatch.setattr(statements, "_neighbours", lambda node_id, period: (None, None))
    again()
    assert notice().state == "failed" or stated() != once_each(trade)


def test_a_form_sent_twice_starts_one_work(trade):
    client = clerk()
    first, second = build(client), build(client)
    assert second.headers["Location"] == first.headers["Location"]
    run_jobs()
    assert stated() == once_each(trade)
    assert notice().state == "done"


def test_nothing_to_build_is_said_at_once(trade):
    client = clerk()
    answer = build(client, month="2026-09")
    assert answer.headers["Location"] == "/statements/?month=2026-09"
    assert "2026-09 没有需要生成的对账单" in client.get(answer.headers["Location"]).content.decode()
    with scope.everything():
        assert not ui.Notice.objects.exists()


def test_what_is_left_out_is_said_with_its_reason(trade):
    first, second, *_rest = trade
    october = dt.date(2026, 10, 1)
    worlds.signed(first, "7.00", on=dt.date(2026, 10, 9), number="SH-O")
    worlds.settle()
    settlement.build_statement(debtor_node_id=first.debtor, month=october, actor=worlds.HOUSE, now=NOW)
    build()
    # Sent by somebody else before the worker came to it: it stands.
    november = dt.date(2026, 11, 1)
    made = settlement.build_statement(
        debtor_node_id=second.debtor, month=november, actor=worlds.HOUSE, now=NOW
    )
    settlement.send_statement(statement_id=made.statement.id, actor=worlds.HOUSE, now=NOW)
    run_jobs()
    assert [one for one in stated() if one[0] == "2026-11"] == once_each(trade)[1:]
    said = notice().detail.split("\n")
    assert said[0] == "已生成 2026-11 对账单 3 份。"
    assert [line.partition("：")[0] for line in said[1:]] == ["1 笔未处理", "1 笔未处理"]


def test_the_words_of_what_is_left_out_are_bounded(trade, monkeypatch):
    def refuses(*, debtor_node_id, **_):
        raise errors.refuse("settlement.debtor_partly_seen")

    monkeypatch.setattr(settlement, "build_statement", refuses)
    build()
    run_jobs()
    assert stated() == []
    assert len(notice().detail.split("\n")) == 2
    assert "5 笔未处理" in notice().detail


# -- sending what was picked ------------------------------------------------------------------------


def drafts(trade) -> list[str]:
    build()
    run_jobs()
    with scope.everything():
        ui.Notice.objects.all().delete()
        return [str(pk) for pk in models.Statement.objects.order_by("closing").values_list("pk", flat=True)]


def states() -> list[str]:
    with scope.everything():
        return list(models.Statement.objects.order_by("closing").values_list("status", flat=True))


def test_picked_statements_are_sent_once_also_when_the_work_breaks_in_the_middle(trade, monkeypatch):
    ids = drafts(trade)
    breaking(monkeypatch, settlement, "send_statement", at=3)
    clerk().post("/statements/send/", {"pick": ids[:4], "key": "k-2"})
    assert states() == ["draft"] * 5
    run_jobs()
    assert (notice().state, states()) == ("failed", ["sent", "sent", "draft", "draft", "draft"])
    again()
    assert states() == ["sent"] * 4 + ["draft"]
    found = notice()
    assert (found.state, found.done, found.total, found.detail) == ("done", 4, 4, "已发送 4 份对账单。")
    assert found.url == "/statements/?status=sent"
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_staging WHERE type = 'settlement.statement.sent'")
        assert cursor.fetchone() == (4,)


def test_an_id_that_is_none_is_not_found(trade):
    assert clerk().post("/statements/send/", {"pick": ["x"], "key": "k-2"}).status_code == 404


# -- rebates ----------------------------------------------------------------------------------------


@pytest.fixture
def terms(trade):
    """Three terms of the first debtor's account: 10 % from 1,000 on, 25 % from 2,000 on, without tax."""
    world = trade[0]
    worlds.signed(world, "2260.00", number="SH-R")
    worlds.settle()
    return [worlds.term(world, name=name).pk for name in ("甲", "乙", "丙")]


def runs() -> list[tuple[int, Decimal]]:
    with scope.everything():
        return list(models.RebateRun.objects.order_by("term_id", "pk").values_list("term_id", "earned"))


def calculate(key="k-3"):
    return clerk().post("/rebates/run/", {"month": "2026-11", "key": key})


# 2,088.50 net of tax: 10 % of 1,000.00 and 25 % of 88.50.
EARNED = Decimal("122.13")


def test_all_terms_are_calculated_by_the_worker_once_also_when_it_breaks_in_the_middle(terms, monkeypatch):
    breaking(monkeypatch, batches.rebates, "run_rebate", at=2)
    calculate()
    run_jobs()
    assert (notice().state, runs()) == ("failed", [(terms[0], EARNED)])
    again()
    assert runs() == [(term, EARNED) for term in terms]
    found = notice()
    assert (found.state, found.done, found.total) == ("done", 3, 3)
    assert (found.detail, found.url) == ("已计算 3 笔返利。", "/rebates/")


def test_control_terms_not_looked_at_again_would_be_calculated_twice(terms, monkeypatch):
    monkeypatch.setattr(queries, "terms_waiting", lambda **asked: set())
    monkeypatch.setattr(queries, "is_waiting", lambda *args, **more: False)
    breaking(monkeypatch, batches.rebates, "run_rebate", at=2)
    calculate()
    run_jobs()
    again()
    assert [term for term, _earned in runs()] == [terms[0], terms[0], *terms[1:]]


def test_two_people_calculating_the_same_month_calculate_each_term_once(terms):
    calculate("k-3")
    calculate("k-4")
    run_jobs()
    assert runs() == [(term, EARNED) for term in terms]


def test_terms_that_wait_already_are_said_at_once(terms):
    calculate()
    run_jobs()
    answer = calculate("k-5")
    assert answer.headers["Location"] == "/rebates/"
    assert len(runs()) == 3


def test_picked_calculations_are_booked_once_also_when_the_work_breaks_in_the_middle(terms, monkeypatch):
    calculate()
    run_jobs()
    with scope.everything():
        ui.Notice.objects.all().delete()
        ids = [str(pk) for pk in models.RebateRun.objects.order_by("pk").values_list("pk", flat=True)]
    breaking(monkeypatch, settlement, "confirm_run", at=2)
    clerk().post("/rebates/confirm/", {"pick": ids, "key": "k-6"})
    run_jobs()
    assert notice().state == "failed"
    again()
    assert notice().detail == "已确认 3 笔返利。"
    with scope.everything():
        assert list(models.RebateRun.objects.values_list("status", flat=True)) == ["confirmed"] * 3
        assert list(models.PoolEntry.objects.values_list("kind", "gross")) == [("confirm", EARNED)] * 3
        assert models.Pool.objects.get().balance == 3 * EARNED == Decimal("366.39")
