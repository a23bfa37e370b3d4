"""The gate of partners at sale, shipment, purchase and receipt."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from qudao.catalog import operations as catalog
from qudao.kernel import decisions as kernel_decisions
from qudao.kernel import messages, scope
from qudao.partners import decisions, operations
from tests.operations import partners_world as world
from tests.operations.partners_world import HOUSE, NOW, TODAY, UNTIL

# Standard roles name permissions of these.
NEEDS = ("orders", "settlement", "flow", "compliance")

pytestmark = pytest.mark.usefixtures("db")
GATE = decisions.PartnerGate()


@pytest.fixture
def channel(db):
    """康泽 holds a permit for 13 and is authorised for orthopaedics in Zhejiang, and for reagents anywhere."""
    found = world.build()
    permit(found.kangze)
    authorise(found, found.ortho, territory=330000)
    authorise(found, found.reagents)
    return found


def permit(party_id, **values):
    details = {
        "kind": "distribution_permit",
        "number": "浙杭药监械经营许20220316号",
        "valid_from": dt.date(2023, 3, 15),
        "valid_until": dt.date(2027, 3, 15),
        "mode": "wholesale",
        "scope": world.scope_of("01", "03", "13", "14"),
        **values,
    }
    return operations.record_licence(party_id=party_id, actor=HOUSE, now=NOW, **details)


def authorise(channel, line_id, **values):
    details = {"valid_from": dt.date(2026, 1, 1), "valid_until": UNTIL, **values}
    return operations.grant_authorisation(
        entity_id=channel.entity, party_id=channel.kangze, line_id=line_id, actor=HOUSE, now=NOW, **details
    )


def facts(channel, *item_ids, point="sale", **values):
    lines = tuple(kernel_decisions.Line(no, item, Decimal(1)) for no, item in enumerate(item_ids, 1))
    details = {"buyer_id": channel.kangze, "account_id": channel.accounts["kangze"], "on": TODAY, **values}
    return kernel_decisions.Facts(
        point=point, subject="orders.order:1", entity_id=channel.entity, lines=lines, **details
    )


def judge(asked, actor=HOUSE):
    with scope.transaction(actor, acting=True):
        data = GATE.load(asked, actor=actor, now=NOW)
        return list(GATE.judge(asked, data, now=NOW))


def codes(asked, **more):
    return [(reason.line, reason.code) for reason in judge(asked, **more)]


def test_a_licensed_and_authorised_sale_has_nothing_against_it(channel):
    assert codes(facts(channel, channel.screw)) == []


def test_the_refusal_reads_as_the_trade_says_it_and_leads_to_the_partner(channel):
    (reason,) = judge(facts(channel, channel.screw, channel.reagent))
    assert (reason.line, reason.link) == (2, f"/partners/{channel.kangze}")
    with translation.override("zh-hans"):
        shown = messages.render(reason)
    assert (shown.title, shown.why, shown.mend) == (
        "经营范围不含 6840 体外诊断试剂",
        "康泽的经营许可证（浙杭药监械经营许20220316号，至 2027-03-14）只含 01 03 13 14。",
        "请伙伴上传新许可证。",
    )


def test_every_line_of_a_product_says_the_same_and_the_statements_do_not_grow(channel):
    def statements(asked):
        with scope.transaction(HOUSE, acting=True), world.counting() as captured:
            GATE.load(asked, actor=HOUSE, now=NOW)
        return len(captured)

    more = [world.item(f"S{n}", channel.ortho) for n in range(2, 12)]
    many = facts(channel, channel.reagent, *more, channel.reagent)
    assert codes(many) == [(1, "partners.scope_missing"), (12, "partners.scope_missing")]
    judge(many)
    assert statements(facts(channel, channel.screw)) == statements(many) == 3


def test_the_licence_is_judged_again_on_the_day_of_shipping(channel):
    late = dt.date(2027, 3, 15)
    assert codes(facts(channel, channel.screw, point="ship", on=late - dt.timedelta(days=60))) == []
    assert codes(facts(channel, channel.screw, point="ship", on=late)) == [(1, "partners.licence_expired")]
    # Control: a gate that looks at the day of the sale lets it pass.
    assert codes(facts(channel, channel.screw, point="ship", on=TODAY)) == []


def test_a_licence_about_to_lapse_warns_and_does_not_refuse(channel):
    (reason,) = judge(facts(channel, channel.screw, on=dt.date(2027, 2, 12)))
    assert (reason.code, reason.severity, reason.params["days"]) == ("partners.licence_expiring", "warn", 30)
    assert codes(facts(channel, channel.screw, on=dt.date(2027, 2, 11))) == []


def test_cold_chain_goods_ask_for_a_scope_that_says_so(channel):
    permit(channel.kangze, scope=world.scope_of("6840"), number="浙杭药监械经营许20230001号")
    assert (1, "partners.cold_chain_missing") in codes(facts(channel, channel.reagent))
    permit(
        channel.kangze,
        scope=world.scope_of("6840", qualifier="cold_chain"),
        number="浙杭药监械经营许20230002号",
    )
    assert codes(facts(channel, channel.reagent)) == []


def test_the_end_hospital_decides_where_the_goods_go(channel):
    elsewhere = operations.open_party(
        name="上海长海医院", kind="hospital", territory=310000, actor=HOUSE, now=NOW
    )
    here, there = {"hospital_id": channel.hospital}, {"hospital_id": elsewhere.id}
    assert codes(facts(channel, channel.screw, detail=here)) == []
    assert codes(facts(channel, channel.screw, detail=there)) == [(1, "partners.authorisation_missing")]
    # A campus of the hospital in an authorised city is where the goods end.
    campus = operations.open_place(
        party_id=elsewhere.id,
        kind="campus",
        name="杭州院区",
        territory=330100,
        address="x",
        actor=HOUSE,
        now=NOW,
    )
    assert codes(facts(channel, channel.screw, detail=there, ship_to_id=campus.id)) == []
    own = operations.open_place(
        party_id=channel.kangze,
        kind="warehouse",
        name="库",
        territory=330100,
        address="x",
        actor=HOUSE,
        now=NOW,
    )
    at_the_dealers = facts(channel, channel.screw, detail=there, ship_to_id=own.id)
    assert codes(at_the_dealers) == [(1, "partners.authorisation_missing")]
    assert codes(facts(channel, channel.screw, detail={"hospital_id": channel.renji})) == [
        (None, "partners.hospital_unknown")
    ]


def test_a_revoked_authorisation_names_its_day(channel):
    found = authorise(channel, channel.ortho, hospital_id=channel.hospital, effect="deny")
    asked = facts(channel, channel.screw, detail={"hospital_id": channel.hospital})
    assert codes(asked) == [(1, "partners.authorisation_denied")]
    operations.revoke_authorisation(authorisation_id=found.id, reason="x", actor=HOUSE, now=NOW)
    assert codes(asked) == []


def test_a_dealer_that_orders_for_itself_is_judged_by_what_ends_above_it(channel):
    top = operations.grant_authorisation(
        entity_id=channel.entity, party_id=channel.agent, line_id=channel.ortho, sublicence=True,
        valid_from=dt.date(2026, 1, 1), valid_until=UNTIL, actor=HOUSE, now=NOW,
    )  # fmt: skip
    permit(channel.renji)
    operations.grant_authorisation(
        entity_id=channel.entity, party_id=channel.renji, line_id=channel.ortho, parent_id=top.id,
        valid_from=dt.date(2026, 1, 1), valid_until=UNTIL, actor=HOUSE, now=NOW,
    )  # fmt: skip
    dealer = world.person("d", party_id=channel.renji, permissions=["orders.order.place"])
    asked = facts(channel, channel.screw, buyer_id=channel.renji, account_id=channel.accounts["renji"])
    assert codes(asked, actor=dealer) == []
    operations.revoke_authorisation(authorisation_id=top.id, reason="停约", actor=HOUSE, now=NOW)
    assert codes(asked, actor=dealer) == [(1, "partners.authorisation_revoked")]


def test_a_hospital_needs_its_practice_permit_and_no_authorisation(channel):
    asked = facts(channel, channel.screw, buyer_id=channel.hospital, account_id=0)
    assert codes(asked) == [(1, "partners.practice_permit_missing")]
    permit(channel.hospital, kind="practice_permit", number="PDY330106", mode="", scope=())
    assert codes(asked) == []


def test_nothing_is_sold_wholesale_to_a_person(channel):
    person = operations.open_party(name="王五", kind="person", actor=HOUSE, now=NOW)
    asked = facts(channel, channel.screw, buyer_id=person.id, account_id=0)
    assert (1, "partners.wholesale_to_person") in codes(asked)


def test_a_frozen_party_a_closed_account_and_one_not_admitted_are_refused(channel):
    permit(channel.renji)
    operations.freeze_party(party_id=channel.kangze, version=1, reason="逾期", actor=HOUSE, now=NOW)
    operations.close_account(account_id=channel.accounts["kangze"], reason="淘汰", actor=HOUSE, now=NOW)
    assert codes(facts(channel, channel.screw)) == [
        (None, "partners.party_frozen"),
        (None, "partners.account_closed"),
    ]
    for state, code in (("requested", "partners.party_not_admitted"), ("locked", "partners.party_locked")):
        new = operations.open_party(name=state, admission=state, actor=HOUSE, now=NOW)
        asked = facts(channel, buyer_id=new.id, account_id=0)
        assert codes(asked) == [(None, code)]


def test_a_buyer_the_actor_does_not_see_is_no_buyer(channel):
    sibling = world.person("d", party_id=channel.renji, permissions=["orders.order.place"])
    assert codes(facts(channel, channel.screw), actor=sibling) == [(None, "partners.party_unknown")]
    assert codes(facts(channel, channel.screw, buyer_id=0)) == []


def test_a_supplier_is_licensed_for_wholesale_unless_it_sells_its_own(channel):
    maker = operations.open_party(
        name="苏州某械股份有限公司", roles=["supplier"], uscc=world.uscc(50), actor=HOUSE, now=NOW
    )
    asked = facts(channel, channel.screw, point="purchase", buyer_id=0, account_id=0, seller_id=maker.id)
    assert codes(asked) == [(1, "partners.permit_missing")]
    permit(maker.id, mode="retail", number="苏苏药监械经营许20230003号")
    assert codes(asked) == [(1, "partners.wholesale_missing")]
    certify(channel.screw, maker)
    assert codes(asked) == [(1, "partners.wholesale_missing")]
    permit(maker.id, kind="production_permit", number="苏药监械生产许20190001号", valid_until=TODAY, scope=())
    assert codes(asked) == [(1, "partners.licence_expired")]
    permit(maker.id, kind="production_permit", number="苏药监械生产许20190001号", scope=())
    assert codes(asked) == []
    receipt = dataclasses.replace(asked, point="receipt", on=dt.date(2027, 3, 15))
    assert set(codes(receipt)) == {(1, "partners.licence_expired")}
    # Its own only: another maker's goods it would have to be licensed for.
    other = dataclasses.replace(asked, lines=(kernel_decisions.Line(1, channel.reagent, Decimal(1)),))
    assert codes(other) == [(1, "partners.scope_missing")]


def certify(item_id, maker):
    new = catalog.NewCertificate(
        number="国械注准20233130001",
        registrant=maker.name,
        registrant_uscc=maker.uscc,
        valid_from=dt.date(2023, 1, 1),
        valid_until=dt.date(2028, 1, 1),
        item_ids=(item_id,),
    )
    catalog.register_certificate(certificate=new, actor=HOUSE, now=NOW)
