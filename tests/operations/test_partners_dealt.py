"""The list a partner's people see: themselves, those below them, and the hospitals they have to do with."""

import datetime as dt
import io

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from qudao.flow import operations as flow
from qudao.partners import finding, operations, queries
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
        ["杭州康泽医疗器械有限公司", "91330108MA2CE7K83P", "经销商", "浙江省 杭州市"],
        ["浙江省第二人民医院", "123300004700510003", "医院 · 三甲", "浙江省 杭州市"],
    ]
