"""The list a partner's people see: themselves, those below them, and the hospitals they have to do with."""

import datetime as dt
import io
import re

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from qudao.flow import cards
from qudao.flow import operations as flow
from qudao.kernel import scope
from qudao.partners import finding, operations, queries
from qudao.shell import middleware
from qudao.ui import listing
from tests import page_budgets
from tests.browser import trading
from tests.operations import flow_world, partners_world
from tests.operations.partners_world import HOUSE, NOW, TODAY, UNTIL

VIEW = ["partners.party.view"]
DEALT = queries.PartyFilter(dealt=True)


def listed(actor):
    """What the list shows, counts, and the search finds of it, all of which must be the same."""
    rows = [one.id for one in queries.list_parties(DEALT, actor=actor, today=TODAY).rows]
    assert queries.total_parties(DEALT, actor=actor, today=TODAY).parties == len(rows)
    found = {one.id for one in queries.search_parties("医", actor=actor, limit=50, dealt=True)}
    assert found == set(rows)
    return rows


@pytest.mark.usefixtures("db")
def test_a_dealer_sees_of_the_hospitals_those_it_sold_to_or_is_authorised_for():
    world = flow_world.build()
    channel = world.channel
    [third] = operations.open_parties(
        [operations.NewParty(name="湖州市第三人民医院", kind="hospital", territory=330500)],
        actor=HOUSE,
        now=NOW,
    )
    dealer = partners_world.person("d", party_id=channel.kangze, permissions=VIEW)
    agent = partners_world.person("a", party_id=channel.agent, permissions=VIEW)
    sibling = partners_world.person("s", party_id=channel.renji, permissions=VIEW)
    hospital = partners_world.person("h", party_id=third, permissions=VIEW)
    assert listed(dealer) == [channel.kangze]

    flow.take_in_file(
        account_id=world.account,
        month=flow_world.MONTH,
        stream=flow_world.report({}),
        name="流向.csv",
        actor=HOUSE,
        now=NOW,
    )
    assert listed(dealer) == [channel.kangze, channel.hospital]

    def grant(hospital_id, **more):
        return operations.grant_authorisation(
            entity_id=channel.entity,
            party_id=channel.kangze,
            line_id=channel.ortho,
            hospital_id=hospital_id,
            valid_from=dt.date(2026, 1, 1),
            **{"valid_until": UNTIL, **more},
            actor=HOUSE,
            now=NOW,
        )

    grant(world.second)
    grant(third, valid_until=dt.date(2026, 6, 30))
    assert listed(dealer) == [channel.kangze, channel.hospital, world.second]
    assert listed(agent) == [channel.agent, channel.kangze, channel.renji, channel.hospital, world.second]
    assert listed(sibling) == [channel.renji]
    assert listed(hospital) == [third]
    assert len(listed(HOUSE)) == 7


@pytest.mark.usefixtures("db")
def test_hospitals_a_partner_had_nothing_to_do_with_are_still_found_where_they_are_chosen():
    world = flow_world.build()
    dealer = partners_world.person("d", party_id=world.channel.kangze, permissions=VIEW)
    assert [one.id for one in queries.search_parties("宁波市第二医院", actor=dealer)] == [world.second]
    assert queries.get_party(world.second, dealer, today=TODAY).name == "宁波市第二医院"
    chosen = queries.list_parties(queries.PartyFilter(kind="hospital"), actor=dealer, today=TODAY)
    assert [one.id for one in chosen.rows] == [world.channel.hospital, world.second]
    assert finding.find("第二医院", actor=dealer, limit=6) == []


def test_a_hospital_counts_once_an_order_for_it_is_placed_and_page_and_file_say_the_same(company):
    parties = company.parties
    dealer = trading.actor(company, "kangze")
    assert listed(dealer) == [parties["kangze"]]
    trading.draft(company, place="zheer.jiefang")
    assert listed(dealer) == [parties["kangze"]]
    trading.order(company, place="zheer.jiefang")
    assert listed(dealer) == [parties["kangze"], parties["zheer"]]
    assert listed(trading.actor(company, "renji")) == [parties["renji"]]
    seen = Client()
    seen.force_login(trading.user(company, "kangze"), backend=page_budgets.BACKEND)
    page = seen.get("/partners/").content.decode()
    assert "共 2 家" in page
    assert [name for name in ("康泽", "浙江省第二人民医院", "仁济", "联佑") if name in page] == [
        *("康泽", "浙江省第二人民医院"),
    ]
    sheet = io.BytesIO(b"".join(seen.get("/partners/?format=xlsx")))
    head, *rows = CalamineWorkbook.from_filelike(sheet).get_sheet_by_index(0).to_python()
    assert head == ["伙伴", "信用代码或编号", "类型", "地区"]
    assert rows == [
        ["杭州康泽医疗器械有限公司", "91330108MA2CE7K83P", "本公司 · 经销商", "浙江省 杭州市"],
        ["浙江省第二人民医院", "123300004700510003", "医院 · 三甲", "浙江省 杭州市"],
    ]


def test_an_agent_sees_of_a_hospital_what_was_sent_there_and_when_last(company, monkeypatch):
    """Out of its dealers' orders: a shipped one counts as sent, one only placed as the last order; the hospital's own
    orders are its own."""
    monkeypatch.setattr(middleware, "timezone", trading.Clock)
    sent = trading.on_the_road(company, ("BQ-2515", "2"), place="zheer.jiefang")
    trading.order(company, ("DS-035", "5"), place="zheer.jiefang")
    trading.on_the_road(company, ("CTNI-100", "10"), account="zheer.IVD", place="zheer.jiefang")
    assert sent.status == "shipped"
    seen = Client()
    seen.force_login(trading.user(company, "lianyou"), backend=page_budgets.BACKEND)
    sheet = io.BytesIO(b"".join(seen.get("/partners/?format=xlsx")))
    head, *rows = CalamineWorkbook.from_filelike(sheet).get_sheet_by_index(0).to_python()
    found = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert not {"产品线数", "授权", "指定医院"} & set(head)
    hospital, dealer = found["浙江省第二人民医院"], found["杭州康泽医疗器械有限公司"]
    today = trading.NOW.date()
    # 3,720.00 with tax.
    assert (hospital["类型"], hospital["区域"]) == ("医院 · 三甲", "华东区")
    assert (hospital["最近订单（含供货）"], hospital["本年供货"]) == (today, 3292.04)
    assert (dealer["最近订单（含供货）"], dealer["本年供货"]) == (today, "")
    assert found["宁波海曙仁济医疗设备有限公司"]["最近订单（含供货）"] == ""


def test_the_sums_under_the_list_are_of_all_that_the_filter_finds_whichever_page_is_shown(
    company, monkeypatch
):
    monkeypatch.setattr(middleware, "timezone", trading.Clock)
    monkeypatch.setattr(listing, "PAGE", 2)
    for pieces in ("2", "3"):
        trading.on_the_road(company, ("BQ-2515", pieces), place="zheer.jiefang")
    agent, ours = Client(), Client()
    agent.force_login(trading.user(company, "lianyou"), backend=page_budgets.BACKEND)
    ours.force_login(trading.user(company, "wangmin"), backend=page_budgets.BACKEND)
    shown = []
    for who, address in (
        (agent, "/partners/"),
        (agent, "/partners/?cursor=company P002"),
        (ours, "/partners/"),
        (ours, "/partners/?role=dealer"),
    ):
        page = who.get(address).content.decode()
        rows = page.partition("<tbody")[2].partition("</tbody")[0].count("<tr")
        foot = page.partition("<tfoot")[2].partition("</tfoot")[0]
        shown.append((rows, re.sub("<[^>]+>", " ", f"<i{foot}").split()[-2:]))
    # Five at 1,860.00 with tax were sent; five authorisations of the agent and its two dealers are in force.
    assert shown == [
        (2, ["8,230.09", "0.00"]),
        (2, ["8,230.09", "0.00"]),
        (2, ["0.00", "5"]),
        (2, ["0.00", "5"]),
    ]


@pytest.mark.usefixtures("db")
def test_an_agent_sees_the_last_sale_its_dealers_reported():
    world = flow_world.build()
    channel = world.channel
    flow.take_in_file(
        account_id=world.account,
        month=flow_world.MONTH,
        stream=flow_world.report({}),
        name="流向.csv",
        actor=HOUSE,
        now=NOW,
    )
    ids = [channel.kangze, channel.hospital, world.second]
    sold = dt.date.fromisoformat(flow_world.SOLD)
    for who, party, permissions, expected in (
        ("a", channel.agent, ["flow.file.view"], {channel.kangze: sold, channel.hospital: sold}),
        ("s", channel.renji, ["flow.file.view"], {}),
    ):
        actor = partners_world.person(who, party_id=party, permissions=permissions)
        with scope.transaction(actor):
            [column] = cards.columns(ids, actor=actor, now=NOW)
        assert column.values == expected
    blind = partners_world.person("b", party_id=channel.agent, permissions=VIEW)
    assert cards.columns(ids, actor=blind, now=NOW) == []
    assert cards.columns(ids, actor=HOUSE, now=NOW) == []
