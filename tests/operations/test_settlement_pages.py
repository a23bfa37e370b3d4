"""What the pages of settlement take and show: an answer refused beside its field, a run taken back, who is left to state."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from django.test import Client

from qudao.catalog import models as catalog
from qudao.kernel import scope
from qudao.organisation import models as organisation
from qudao.partners import models as partners
from qudao.settlement import cards, finding, models
from qudao.settlement import operations as settlement
from qudao.shell.middleware import LANGUAGE_COOKIE
from tests import harness
from tests.operations import settlement_world as worlds
from tests.operations.test_settlement_jobs import _another, _staff, clerk

NOW, TODAY, OVER = harness.NOW, worlds.TODAY, dt.datetime(2027, 1, 4, 1, tzinfo=dt.UTC)


class Clock:
    now = staticmethod(lambda: NOW)


@pytest.fixture
def world(db, monkeypatch):
    """A debtor with 113.00 of goods; the clerk is signed in."""
    monkeypatch.setattr("qudao.shell.middleware.timezone", Clock)
    found = worlds.build()
    worlds.credit(found, "10000.00")
    with scope.everything():
        _staff()
        organisation.LegalEntity.objects.create(
            pk=1, code="T", name="测试供货有限公司", short_name="测试", uscc="9"
        )
    worlds.signed(found, "113.00")
    worlds.settle()
    return found


def disputed(world) -> str:
    """The address of a statement that was sent and whose first line is in dispute."""
    built = settlement.build_statement(debtor_node_id=world.debtor, month=TODAY, actor=worlds.HOUSE, now=NOW)
    key = built.statement.id
    settlement.send_statement(statement_id=key, actor=worlds.HOUSE, now=NOW)
    partner = world.actor("settlement.statement.confirm")
    settlement.dispute_line(statement_id=key, no=1, reason="price", actor=partner, now=NOW)
    return f"/statements/{key}/"


def answer(client: Client, address: str, amount: str, key: str):
    given = {"step": "resolve", "no": "1", "outcome": "adjusted", "amount": amount, "resolution": "按合同价"}
    return client.post(f"{address}do/", given | {"key": key})


def test_an_adjustment_beyond_the_line_is_refused_beside_its_field_with_the_amounts(world):
    address, client = disputed(world), clerk()
    page = answer(client, address, "-99999999", "k-1")
    said = re.search(r'<p class="q-error" id="amount-wrong"[^>]*>([^<]*)</p>', page.content.decode())
    assert page.status_code == 422
    assert said and "113.00" in said[1] and "−99,999,999.00" in said[1]
    assert page.content.decode().count("调整金额超过该行金额") == 1
    assert 'value="-99999999"' in page.content.decode()
    with scope.everything():
        assert models.StatementLine.objects.count() == 1


def test_what_stands_is_shown_before_an_answer_is_corrected(world):
    address, client = disputed(world), clerk()
    assert answer(client, address, "-100.00", "k-1").status_code == 302
    drawer = client.get(f"{address}lines/1/", headers={"HX-Request": "true"}).content.decode()
    assert "该行已调整 −100.00，新填金额将取代它。" in drawer
    assert 'value="-100.00"' in drawer and "更正答复" in drawer
    assert answer(client, address, "-3.00", "k-2").status_code == 302
    page = client.get(address).content.decode()
    assert "调整后期末" in page and "110.00" in page


def test_a_partner_is_told_that_its_dispute_is_answered_and_every_line_of_what_it_confirms_is_confirmed(
    world,
):
    address, client = disputed(world), clerk()
    key = address.split("/")[2]
    listed = client.get("/statements/").content.decode()
    assert _cell(listed, "待处理异议") == "1" and "调整后期末" not in listed
    said = client.get(answered(client, address)).content.decode()
    assert "第 1 行的答复已发给伙伴。" in said
    listed = client.get("/statements/").content.decode()
    assert _cell(listed, "待处理异议") == "" and "调整后期末 13.00" in listed
    partner = world.actor("settlement.statement.confirm", "settlement.statement.view")
    with scope.transaction(partner):
        (todo,) = finding.waiting(actor=partner, now=NOW)
    assert (todo.title, todo.url) == ("异议已答复、待确认的对账单", "/statements/?status=adjusted")
    settlement.confirm_statement(statement_id=key, actor=partner, now=NOW)
    page = client.get(address).content.decode()
    # The line that was answered says so, that which nobody spoke of is confirmed with the whole.
    assert page.count("已调整") == 1
    assert "签章锁定这份对账单（期末 ¥ 13.00）？锁定后不能再更改。" in page


def test_one_partners_statement_is_built_from_its_page_before_the_month_is_over(world):
    client, address = clerk(), f"/debtors/{world.debtor}/statement/"
    assert (
        'name="month" value="2026-11" max="2026-11"'
        in client.get(f"/debtors/{world.debtor}/").content.decode()
    )
    built = client.post(address, {"key": "k-1", "month": "2026-11"})
    page = client.get(built.headers["Location"]).content.decode()
    assert "113.00" in page and "该月至 2026-12-01 才结束" in page
    assert (
        client.post(address, {"key": "k-1", "month": "2026-11"}).headers["Location"]
        == built.headers["Location"]
    )
    with scope.everything():
        [key] = models.Statement.objects.values_list("pk", flat=True)
    settlement.send_statement(statement_id=key, actor=worlds.HOUSE, now=NOW)
    again = client.post(address, {"key": "k-2", "month": "2026-11"})
    assert again.status_code == 422 and "q-refusal" in again.content.decode()
    assert client.post(address, {"key": "k-3", "month": "Nov"}).status_code == 422


def test_goods_missing_at_the_door_are_a_difference_that_says_so_and_no_amount_of_nought(world):
    worlds.signed(world, "226.00", number="SH-2", difference={"short": Decimal(1), "damaged": Decimal(0)})
    worlds.settle()
    built = settlement.build_statement(debtor_node_id=world.debtor, month=TODAY, actor=worlds.HOUSE, now=NOW)
    page = clerk().get(f"/statements/{built.statement.id}/?section=differences").content.decode()
    assert "短少" in page and "未计费" in page
    assert _cell(page, "金额") == ""
    settlement.send_statement(statement_id=built.statement.id, actor=worlds.HOUSE, now=NOW)
    partner = world.actor("settlement.statement.confirm")
    settlement.confirm_statement(statement_id=built.statement.id, actor=partner, now=NOW)
    page = clerk().get(f"/statements/{built.statement.id}/?section=sales").content.decode()
    assert len(re.findall(r'data-label="状态">[^/]*已确认', page)) == 2


def test_who_reads_no_invoices_reads_when_the_first_is_due(world):
    settlement.issue_invoices(debtor_node_id=world.debtor, up_to=TODAY, actor=worlds.HOUSE, now=NOW)
    store, dealer = world.actor("settlement.credit.view"), world.actor("settlement.invoice.view")
    with scope.transaction(store):
        [credit] = list(cards._of_debtor(world.debtor, "", TODAY, store))
    with scope.transaction(dealer):
        _credit, ages = list(cards._of_debtor(world.debtor, "", TODAY, dealer))
    assert ("最早到期日", "2026-12-23") in [(str(name), value) for name, value in credit.context["facts"]]
    assert [row["first"] for row in ages.context["table"].rows] == ["最早 2026-12-23 到期"]


def answered(client: Client, address: str) -> str:
    """The page after the answer that takes 100.00 off."""
    return answer(client, address, "-100.00", "k-1").headers["Location"]


def _cell(page: str, label: str) -> str:
    found = re.search(rf'<td[^>]*data-label="{label}"[^>]*>(.*?)</td>', page)
    return re.sub("<[^>]*>", "", found[1]).strip(" —") if found else ""


def test_a_run_is_taken_back_with_a_reason_and_only_then(world):
    term = worlds.term(world)
    run = worlds.run(term).run
    settlement.confirm_run(run_id=run.id, partial=True, actor=worlds.HOUSE, now=NOW)
    address, client = f"/rebates/{run.id}/reverse/", clerk()
    assert client.post(address, {"key": "k-1", "reason": ""}).status_code == 422
    assert _status(run) == "confirmed"
    assert client.post(address, {"key": "k-2", "reason": "算错"}).status_code == 302
    assert _status(run) == "reversed"


def test_a_run_that_a_later_one_stands_on_offers_no_reversal_and_says_why(world):
    term = worlds.term(world)
    worlds.signed(world, "2260.00", number="SH-1")
    worlds.settle()
    first = worlds.run(term).run
    settlement.confirm_run(run_id=first.id, partial=True, actor=worlds.HOUSE, now=NOW)
    client, address = clerk(), f"/rebates/{first.id}/reverse/"
    assert 'name="reason"' in client.get(address).content.decode()
    worlds.signed(world, "1130.00", number="SH-2")
    worlds.settle()
    later = worlds.run(term).run
    settlement.confirm_run(run_id=later.id, partial=True, actor=worlds.HOUSE, now=NOW)
    panel = client.get(address).content.decode()
    assert f"计算单 {later.number} 已扣除本单" in panel
    assert 'name="reason"' not in panel


def test_a_period_under_way_is_settled_in_part_on_a_page_that_says_so(world):
    run = worlds.run(worlds.term(world)).run
    client = clerk()
    page = client.get(f"/rebates/{run.id}/part/").content.decode()
    assert "周期至 2026-12-31 结束：此为截至 2026-11-23 的试算" in page
    assert client.post(f"/rebates/{run.id}/part/", {"key": "k-2"}).status_code == 302
    assert _status(run) == "confirmed"


def test_booking_a_rebate_asks_first_in_its_numbers(world):
    worlds.signed(world, "2260.00", on=dt.date(2026, 10, 5))
    worlds.settle()
    run = worlds.run(worlds.term(world, calendar="month"), day=dt.date(2026, 10, 31)).run
    page = clerk().get(f"/rebates/{run.id}/").content.decode()
    asked = re.search(r'value="confirm" data-primary data-confirm="([^"]*)"', page)
    assert asked and asked[1] == "将 2026-10 的返利 ¥ 100.00 记入伙伴的返利池？用于订单后不能再冲回。"


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [("季度返利", "季度返利", "Quarterly rebate"), ("骨科增长奖", "骨科增长奖", "骨科增长奖")],
)
def test_a_rebate_without_a_name_of_its_own_is_called_in_the_readers_language(world, name, chinese, english):
    run = worlds.run(worlds.term(world, name=name)).run
    for language, said in (("zh-hans", chinese), ("en", english)):
        client = clerk()
        client.cookies[LANGUAGE_COOKIE] = language
        assert f"</a> · {said}<" in client.get(f"/rebates/{run.id}/").content.decode()
        assert f">{said}<" in client.get("/rebates/").content.decode()


def _status(run) -> str:
    with scope.everything():
        return models.RebateRun.objects.get(pk=run.id).status


def test_the_todo_of_partners_without_a_statement_leads_to_those_alone(world):
    with scope.everything():
        other = _another(world, 11)
    worlds.credit(other, "1.00")
    worlds.signed(world, "226.00", on=dt.date(2026, 10, 5))
    worlds.settle()
    with scope.transaction(worlds.HOUSE):
        found = finding.waiting(actor=worlds.HOUSE, now=NOW)
    (todo,) = [one for one in found if "2026-10" in one.title]
    assert (todo.count, todo.url) == (1, "/receivables/?unstated=2026-10")
    page = clerk().get(todo.url).content.decode()
    assert re.findall(r"/debtors/(\d+)/", page).count(str(other.debtor)) == 0
    assert f"/debtors/{world.debtor}/" in page


def _read(client: Client, address: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", client.get(address).content.decode())).split())


def test_an_invoice_says_code_specification_lot_unit_price_and_why_a_cent_of_tax_is_where_it_is(world):
    cents = "相差一分"
    [plain] = settlement.issue_invoices(debtor_node_id=world.debtor, up_to=TODAY, actor=worlds.HOUSE, now=NOW)
    page = _read(clerk(), f"/invoices/{plain.id}/")
    assert "椎弓根螺钉 A · M" in page
    assert cents not in page
    worlds.signed(world, "10.00", net=Decimal("8.84"), tax=Decimal("1.16"), number="SH-2")
    worlds.settle()
    [odd] = settlement.issue_invoices(debtor_node_id=world.debtor, up_to=TODAY, actor=worlds.HOUSE, now=NOW)
    assert cents in _read(clerk(), f"/invoices/{odd.id}/")


def test_documents_are_found_by_their_last_figures_or_their_partner(world):
    [invoice] = settlement.issue_invoices(
        debtor_node_id=world.debtor, up_to=TODAY, actor=worlds.HOUSE, now=NOW
    )
    built = settlement.build_statement(debtor_node_id=world.debtor, month=TODAY, actor=worlds.HOUSE, now=NOW)
    client = clerk()
    with scope.everything():
        name = "康泽医疗"
        partners.Party.objects.create(
            pk=invoice.party_id,
            node_id=invoice.node_id,
            file_node_id=invoice.node_id,
            code="KZ",
            name=name,
            search_keys=[name],
        )
    for number, address in ((invoice.number, "/invoices/"), (built.statement.number, "/statements/")):
        for asked in (number, number[-4:], number[:3].lower(), name):
            assert f">{number}<" in client.get(address, {"q": asked}).content.decode(), (address, asked)
        for asked in ("000009", number[-2:], "没有这家"):
            assert f">{number}<" not in client.get(address, {"q": asked}).content.decode(), (address, asked)


def test_a_temporary_limit_is_asked_for_and_shown_by_its_last_day(world):
    organisation.Role.objects.filter(code="clerk").update(
        permissions=["settlement.credit.view", "settlement.credit.manage"]
    )
    client, address = clerk(), f"/debtors/{world.debtor}/"
    given = {"limit": "10000", "temporary": "500", "temporary_until": "2026-12-31", "payment_days": "30"}
    for wrong, said in (
        ({"temporary_until": ""}, "没有截止日"),
        ({"temporary_until": "2026-11-22"}, "已过截止日"),
    ):
        refused = client.post(f"{address}credit/", given | wrong | {"approver": "财务总监", "key": "k-0"})
        assert refused.status_code == 422 and said in refused.content.decode()
    with scope.everything():
        assert models.CreditLine.objects.get(node_id=world.debtor).temporary == 0
    sent = client.post(f"{address}credit/", given | {"approver": "财务总监", "key": "k-1"})
    assert sent.status_code == 302
    with scope.everything():
        assert models.CreditLine.objects.get(node_id=world.debtor).temporary_until == dt.date(2027, 1, 1)
    page = _read(client, address)
    assert "临时额度 500.00 至 2026-12-31" in page
    assert 'name="temporary_until" value="2026-12-31"' in client.get(address).content.decode()


def test_a_receipt_begins_in_the_list_of_receipts_with_who_paid_and_says_which_entity_is_paid(world):
    organisation.Role.objects.filter(code="clerk").update(
        permissions=["settlement.invoice.view", "settlement.credit.view", "settlement.cash.record"]
    )
    client = clerk()
    assert "/receivables/?for=receipt&amp;all=1" in client.get("/receipts/").content.decode()
    form = f"/debtors/{world.debtor}/receipts/new/"
    assert f'href="{form}"' in client.get("/receivables/?for=receipt&all=1").content.decode()
    assert f'href="{form}"' not in client.get("/receivables/").content.decode()
    assert re.search("付款给 测试", _read(client, form))


def test_pieces_of_a_run_add_up_in_one_unit_only(world):
    worlds.signed(world, "2260.00", number="SH-1", item=0)
    worlds.signed(world, "1130.00", number="SH-2", item=1)
    worlds.settle()
    run = worlds.run(worlds.term(world)).run

    def counts() -> tuple[list[str], list[str]]:
        page = clerk().get(f"/rebates/{run.id}/").content.decode()
        table = page[page.index(">口径<") :].partition("</table>")[0]
        cells = re.findall(r"<td[^>]*>(.*?)</td>", table)
        return re.findall(r"<th[^>]*>([^<]*)</th>", table)[:5], [re.sub("<[^>]*>", "", one) for one in cells]

    assert counts() == (["原因", "明细", "数量", "计算基数", "返利"], ["3", "3 个", "3,100.00", "375.00"])
    with scope.everything():
        catalog.Item.objects.filter(pk=world.items[1]).update(base_unit="盒")
    assert counts() == (["原因", "明细", "计算基数", "返利"], ["3", "3,100.00", "375.00"])
