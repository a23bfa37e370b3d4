"""Parties, accounts, licences and authorisations on the database, and who sees them."""

import dataclasses
import datetime as dt

import pytest
from django.utils import translation

from qudao.kernel import errors, journal, scope
from qudao.kernel import models as kernel
from qudao.partners import models, operations, queries, territories
from qudao.partners import timeline as timeline_page
from tests.operations import partners_world as world
from tests.operations.partners_world import HOUSE, NOW, TODAY, UNTIL

pytestmark = pytest.mark.usefixtures("db")
MANAGES = ("partners.party.view", "partners.party.manage", "partners.authorisation.manage")


@pytest.fixture
def channel(db):
    return world.build()


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


def grant(channel, party_id, actor=HOUSE, **values):
    details = {"valid_from": dt.date(2026, 1, 1), "valid_until": UNTIL, "line_id": channel.ortho, **values}
    return operations.grant_authorisation(
        entity_id=channel.entity, party_id=party_id, actor=actor, now=NOW, **details
    )


def rows(model):
    with scope.everything():
        return model.objects.count()


def timeline(subject):
    with scope.transaction(HOUSE):
        return journal.timeline(subject, HOUSE)


# --- parties ---


def test_the_file_holds_every_province_and_city_of_gb_t_2260():
    found = territories.divisions()
    levels = [one.level for one in found.values()]
    assert (levels.count("province"), levels.count("city"), levels.count("county")) == (34, 342, 32)
    assert territories.label(330100) == "浙江省 杭州市"
    assert territories.label(310100) == "上海市"
    assert territories.label(429004) == "湖北省 仙桃市"
    assert territories.label(330106) == "浙江省 杭州市"
    assert all(code // 10_000 * 10_000 in found for code in found)


def test_opening_a_party_makes_its_file_and_its_search_keys(channel):
    found = queries.get_party(channel.kangze, HOUSE, today=TODAY)
    assert (found.name, found.uscc, found.territory_name) == (
        "杭州康泽医疗器械有限公司",
        world.uscc(3),
        "浙江省 杭州市",
    )
    assert found.roles == ("dealer",)
    with scope.everything():
        node = kernel.Node.objects.get(pk=found.file_node_id)
        assert (node.kind, node.party_id) == ("file", channel.kangze)
    assert [leaf.type for leaf in timeline("partners.party")] == ["partners.party.opened"]


def test_a_hospital_is_public_and_keeps_its_grade(channel):
    dealer = world.person("d", party_id=channel.renji, permissions=["partners.party.view"])
    found = queries.get_party(channel.hospital, dealer, today=TODAY)
    assert (found.grade, found.type, found.roles) == ("三甲", "综合", ("hospital",))


def test_every_faulty_line_is_named_and_nothing_is_written(channel):
    before = rows(models.Party), rows(kernel.Node)
    faulty = [
        operations.NewParty(name="甲", uscc="91330108MA2CE7K83X"),
        operations.NewParty(name="乙", uscc=world.uscc(9)),
        operations.NewParty(name="", territory=999999),
        operations.NewParty(name="丁", uscc=world.uscc(9), roles=["king"]),
    ]
    with pytest.raises(errors.Refused) as refusal:
        operations.open_parties(faulty, actor=HOUSE, now=NOW)
    assert sorted((reason.line, reason.code) for reason in refusal.value.reasons) == [
        (1, "partners.uscc_invalid"),
        (3, "partners.name_missing"),
        (3, "partners.territory_unknown"),
        (4, "partners.kind_unknown"),
        (4, "partners.uscc_taken"),
    ]
    assert (rows(models.Party), rows(kernel.Node)) == before


def test_a_code_on_file_is_refused_with_its_holder(channel):
    with pytest.raises(errors.Refused) as refusal:
        operations.open_party(name="康泽二", uscc=world.uscc(3), actor=HOUSE, now=NOW)
    (reason,) = refusal.value.reasons
    assert (reason.code, reason.params["holder"]) == ("partners.uscc_taken", "杭州康泽医疗器械有限公司")


def test_statements_do_not_grow_with_the_number_of_parties_or_accounts(channel):
    def run(count, first):
        new = [operations.NewParty(name=f"伙伴{first + n}", roles=["dealer"]) for n in range(count)]
        with world.counting() as parties:
            ids = operations.open_parties(new, actor=HOUSE, now=NOW)
        opened = [
            operations.NewAccount(
                entity_id=channel.entity,
                party_id=party,
                line_id=channel.ortho,
                role="dealer",
                tier="C",
                region_id=channel.region,
                parent_party_id=channel.agent,
            )
            for party in ids
        ]
        with world.counting() as accounts:
            operations.open_accounts(opened, actor=HOUSE, now=NOW)
        return len(parties), len(accounts)

    assert run(2, 0) == run(200, 2)


@pytest.mark.parametrize(
    "text", ["康泽", "kangze", "hzkz", "KZ", "杭州 康泽", world.uscc(3), "91330108ma0000003"]
)
def test_a_party_is_found_by_characters_pinyin_initials_and_code(channel, text):
    assert channel.kangze in [one.id for one in queries.search_parties(text, actor=HOUSE)]


def test_a_word_that_does_not_fit_finds_nothing(channel):
    assert queries.search_parties("康泽 宁波", actor=HOUSE) == []
    assert queries.search_parties("  ", actor=HOUSE) == []
    assert queries.search_parties("康泽", actor=HOUSE, role="agent") == []


# --- the list ---


def test_the_list_filters_pages_and_totals(channel):
    permit(channel.kangze, valid_until=TODAY + dt.timedelta(days=90))
    permit(channel.renji, valid_until=TODAY + dt.timedelta(days=93))
    everybody = queries.PartyFilter()
    totals = queries.total_parties(everybody, actor=HOUSE, today=TODAY)
    assert totals == queries.PartyTotals(parties=4, expiring=1, frozen=0, awaiting_admission=0)

    first = queries.list_parties(everybody, actor=HOUSE, limit=3, today=TODAY)
    second = queries.list_parties(everybody, actor=HOUSE, limit=3, cursor=first.next, today=TODAY)
    listed = [row.id for page in (first, second) for row in page.rows]
    assert sorted(listed) == sorted([channel.hospital, channel.agent, channel.kangze, channel.renji])
    assert second.next is None

    def ids(**filters):
        found = queries.list_parties(queries.PartyFilter(**filters), actor=HOUSE, today=TODAY)
        return {row.id for row in found.rows}

    assert ids(expiring_within=90) == {channel.kangze}
    assert ids(role="agent") == {channel.agent}
    assert ids(line_id=channel.reagents) == {channel.kangze}
    assert ids(tier="A") == set()
    assert ids(region_id=channel.region) == {channel.agent, channel.kangze, channel.renji}
    assert ids(text="nb") == {channel.renji}
    assert queries.total_parties(queries.PartyFilter(role="dealer"), actor=HOUSE, today=TODAY).parties == 2

    (row,) = queries.list_parties(queries.PartyFilter(expiring_within=90), actor=HOUSE, today=TODAY).rows
    assert (row.days_left, row.lines, row.tiers) == (89, 2, ("B",))


def test_the_statements_of_the_list_do_not_grow_with_the_page(channel):
    def run(limit):
        with world.counting() as captured:
            queries.list_parties(queries.PartyFilter(), actor=HOUSE, limit=limit, today=TODAY)
        return len(captured)

    assert run(1) == run(4)


# --- accounts and who sees what ---


def test_an_account_lies_below_the_one_above_it_for_that_line(channel):
    below = queries.get_account(channel.accounts["kangze"], HOUSE)
    assert below.parent_id == channel.accounts["agent"]
    direct = queries.get_account(channel.accounts["direct"], HOUSE)
    assert direct.parent_id is None
    assert direct.debtor_node_id == below.debtor_node_id
    with scope.everything():
        closure = kernel.NodeAncestor.objects.filter(descendant_id=below.node_id).order_by("depth")
        above = queries.get_account(channel.accounts["agent"], scope.current()).node_id
        assert list(closure.values_list("ancestor_id", "depth")) == [(below.node_id, 0), (above, 1)]


def test_a_chain_may_be_opened_from_below_in_one_call(channel):
    made = operations.open_parties(
        [operations.NewParty(name=name) for name in "甲乙丙"], actor=HOUSE, now=NOW
    )
    above = dict(zip(made, [made[1], made[2], channel.agent], strict=True))
    opened = [
        operations.NewAccount(
            entity_id=channel.entity,
            party_id=party,
            line_id=channel.ortho,
            role="dealer",
            tier="C",
            region_id=channel.region,
            parent_party_id=parent,
        )
        for party, parent in above.items()
    ]
    ids = operations.open_accounts(opened, actor=HOUSE, now=NOW)
    with scope.everything():
        lowest = queries.get_account(ids[0], scope.current()).node_id
        assert kernel.NodeAncestor.objects.filter(descendant_id=lowest).count() == 4

    circle = [dataclasses.replace(opened[0], line_id=channel.reagents, parent_party_id=made[1])]
    circle.append(dataclasses.replace(opened[1], line_id=channel.reagents, parent_party_id=made[0]))
    with pytest.raises(errors.Refused) as refusal:
        operations.open_accounts(circle, actor=HOUSE, now=NOW)
    assert world.codes(refusal) == ["partners.account_cycle"] * 2


def test_accounts_that_cannot_be_opened_leave_nothing_behind(channel):
    before = rows(models.ChannelAccount), rows(kernel.Node), rows(models.Debtor)
    common = {"entity_id": channel.entity, "role": "dealer", "tier": "B", "region_id": channel.region}
    new = operations.NewAccount
    with pytest.raises(errors.Refused) as refusal:
        operations.open_accounts(
            [
                new(party_id=channel.kangze, line_id=channel.ortho, **common),
                new(
                    party_id=channel.renji, line_id=channel.reagents, parent_party_id=channel.agent, **common
                ),
                new(party_id=987654, line_id=channel.ortho, **common),
            ],
            actor=HOUSE,
            now=NOW,
        )
    assert sorted(world.codes(refusal)) == [
        "partners.account_exists",
        "partners.parent_account_missing",
        "partners.party_unknown",
    ]
    with pytest.raises(errors.Refused) as refusal:
        operations.open_account(party_id=channel.hospital, line_id=4321, **common, actor=HOUSE, now=NOW)
    assert world.codes(refusal) == ["partners.reference_unknown"]
    assert (rows(models.ChannelAccount), rows(kernel.Node), rows(models.Debtor)) == before


def test_a_dealer_sees_itself_and_nothing_of_its_sibling(channel):
    permit(channel.renji)
    grant(channel, channel.renji)
    dealer = world.person("d", party_id=channel.kangze, permissions=["partners.party.view"])
    assert queries.get_party(channel.kangze, dealer, today=TODAY).id == channel.kangze
    for unseen in (channel.renji, channel.agent, 987654):
        with pytest.raises(errors.NotFound):
            queries.get_party(unseen, dealer, today=TODAY)
    with pytest.raises(errors.NotFound):
        queries.get_account(channel.accounts["renji"], dealer)
    assert queries.search_parties("仁济", actor=dealer) == []
    assert queries.list_licences(channel.renji, actor=dealer, today=TODAY) == []
    assert queries.licences_of([channel.renji], actor=dealer) == {}
    assert queries.authorisations_of([channel.renji], entity_id=channel.entity, actor=dealer) == ()
    assert queries.total_parties(queries.PartyFilter(kind="company"), actor=dealer, today=TODAY).parties == 1
    assert queries.total_parties(queries.PartyFilter(), actor=dealer, today=TODAY).parties == 2


def test_an_agent_sees_its_dealers_on_its_own_line_only(channel):
    grant(channel, channel.kangze)
    grant(channel, channel.kangze, line_id=channel.reagents)
    agent = world.person("a", party_id=channel.agent, permissions=["partners.party.view"])
    found = queries.get_party(channel.kangze, agent, today=TODAY)
    assert [account.line_id for account in found.accounts] == [channel.ortho]
    assert found.parent_names == {channel.accounts["agent"]: "上海联佑医疗科技有限公司"}
    assert [one.line_id for one in found.authorisations] == [channel.ortho]
    with pytest.raises(errors.NotFound):
        queries.get_account(channel.accounts["direct"], agent)
    assert (
        queries.list_parties(queries.PartyFilter(line_id=channel.reagents), actor=agent, today=TODAY).rows
        == ()
    )


def test_what_was_granted_before_the_account_becomes_the_accounts(channel):
    early = grant(channel, channel.renji, line_id=channel.reagents)
    agent = world.person("a", party_id=channel.agent, permissions=["partners.party.view"])
    assert [one.id for one in queries.list_authorisations(channel.renji, actor=agent)] == [early.id]
    operations.open_account(
        entity_id=channel.entity,
        party_id=channel.renji,
        line_id=channel.reagents,
        role="dealer",
        tier="C",
        region_id=channel.region,
        actor=HOUSE,
        now=NOW,
    )
    assert queries.list_authorisations(channel.renji, actor=agent) == []


def test_the_order_path_looks_accounts_up_in_one_statement(channel):
    with scope.transaction(HOUSE, acting=True), world.counting() as captured:
        found = queries.find_accounts(
            party_id=channel.kangze,
            line_ids=[channel.ortho, channel.reagents, 999],
            entity_id=channel.entity,
            actor=HOUSE,
        )
    assert len(captured) == 1
    assert {line: account.id for line, account in found.items()} == {
        channel.ortho: channel.accounts["kangze"],
        channel.reagents: channel.accounts["direct"],
    }


def test_a_tier_change_is_kept_with_its_reason(channel):
    changed = operations.change_tier(
        account_id=channel.accounts["kangze"], tier="A", reason="评分卡", actor=HOUSE, now=NOW
    )
    assert changed.tier == "A"
    with scope.everything():
        history = models.TierChange.objects.filter(account_id=changed.id).order_by("pk")
        assert list(history.values_list("tier", "reason", "from_on")) == [
            ("B", "", TODAY),
            ("A", "评分卡", TODAY),
        ]
    with pytest.raises(errors.Refused) as refusal:
        operations.change_tier(account_id=changed.id, tier="B", reason=" ", actor=HOUSE, now=NOW)
    assert world.codes(refusal) == ["partners.reason_missing"]


def test_an_account_with_open_ones_below_it_is_not_closed(channel):
    def close(name):
        return operations.close_account(
            account_id=channel.accounts[name], reason="淘汰", actor=HOUSE, now=NOW
        ).status

    with pytest.raises(errors.Refused) as refusal:
        close("agent")
    assert world.codes(refusal) == ["partners.account_has_children"]
    assert [close(name) for name in ("kangze", "renji", "agent")] == ["closed"] * 3


def test_without_the_permission_or_the_whole_view_nothing_is_opened(channel):
    nobody = world.person("n", whole=True)
    with pytest.raises(errors.Forbidden):
        operations.open_party(name="甲", actor=nobody, now=NOW)
    regional = world.person("r", region_id=channel.region, permissions=MANAGES)
    with pytest.raises(errors.Refused) as refusal:
        operations.open_party(name="甲", actor=regional, now=NOW)
    assert world.codes(refusal) == ["partners.whole_view_needed"]


def test_freezing_asks_for_the_version_seen(channel):
    act = {"party_id": channel.kangze, "reason": "逾期", "actor": HOUSE, "now": NOW}
    frozen = operations.freeze_party(version=1, **act)
    assert (frozen.frozen_at, frozen.version) == (NOW, 2)
    with pytest.raises(errors.Conflict) as conflict:
        operations.release_party(version=1, **act)
    assert conflict.value.reasons[0].params == {"seen": 1, "current": 2}
    assert operations.release_party(version=2, **act).frozen_at is None


def test_a_life_requirement_is_set_and_set_again(channel):
    act = {"party_id": channel.hospital, "actor": HOUSE, "now": NOW}
    operations.set_life_requirement(months=6, **act)
    operations.set_life_requirement(months=9, **act)
    operations.set_life_requirement(line_id=channel.reagents, days=90, **act)
    with scope.everything():
        found = models.LifeRequirement.objects.filter(party_id=channel.hospital).order_by("pk")
        kept = [(one.line_id, one.days, one.months) for one in found]
    assert kept == [(0, 0, 9), (channel.reagents, 90, 0)]
    with pytest.raises(errors.Refused):
        operations.set_life_requirement(days=-1, **act)


def test_a_department_lies_in_a_campus_of_its_own_hospital(channel):
    act = {"territory": 330100, "address": "庆春路79号", "actor": HOUSE, "now": NOW}
    campus = operations.open_place(party_id=channel.hospital, kind="campus", name="庆春院区", **act)
    ward = operations.open_place(
        party_id=channel.hospital, kind="department", name="骨科", parent_id=campus.id, **act
    )
    assert (ward.hospital_id, ward.parent_id) == (channel.hospital, campus.id)
    with pytest.raises(errors.Refused) as refusal:
        operations.open_place(party_id=channel.kangze, kind="office", name="x", parent_id=campus.id, **act)
    assert world.codes(refusal) == ["partners.place_parent_unknown"]
    office = operations.open_place(party_id=channel.kangze, kind="office", name="总部", **act)
    sibling = world.person("d", party_id=channel.renji, permissions=["partners.party.view"])
    with pytest.raises(errors.NotFound):
        queries.get_place(office.id, sibling)
    assert [one.id for one in queries.list_places(channel.hospital, sibling)] == [campus.id, ward.id]


def test_a_renamed_partner_is_found_by_its_new_name_and_old_papers_keep_the_old(channel):
    seen = queries.get_party(channel.kangze, HOUSE)
    fields = {"territory": seen.territory, "address": "滨安路 1 号", "phone": "0571-1"}
    act = {"party_id": channel.kangze, "actor": HOUSE}
    wanted = {"name": "杭州康盛医疗器械有限公司", "short_name": "康盛", **fields}
    later = NOW + dt.timedelta(days=1)
    changed = operations.change_party(**act, **wanted, version=seen.version, reason="更名", now=later)
    assert (changed.name, changed.phone, changed.uscc) == (wanted["name"], "0571-1", seen.uscc)
    found = {word: [one.id for one in queries.search_parties(word, actor=HOUSE)] for word in ("ks", "kangze")}
    assert found == {"ks": [channel.kangze], "kangze": []}
    names = [queries.party_name_at(channel.kangze, HOUSE, at=at) for at in (NOW, later, None)]
    assert names == [seen.name, wanted["name"], wanted["name"]]
    with pytest.raises(errors.Conflict):
        operations.change_party(**act, **wanted, version=seen.version, now=later)
    with pytest.raises(errors.Refused) as refusal:
        operations.change_party(**act, **wanted, version=changed.version, now=later)
    assert world.codes(refusal) == ["partners.nothing_changed"]


def test_the_timeline_says_what_a_change_changed_from_what_to_what_and_why(channel):
    seen = queries.get_party(channel.kangze, HOUSE)
    common = {"party_id": channel.kangze, "name": seen.name, "short_name": seen.short_name, "actor": HOUSE}
    for day, address, phone in (
        (1, "滨安路 1 号", "0571-8669 0000"),
        (2, "滨安路 2 号", "0571-8669 0000 转 12"),
    ):
        version = queries.get_party(channel.kangze, HOUSE).version
        where = {"territory": seen.territory, "address": address, "phone": phone}
        act = {"version": version, "reason": f"第 {day} 次", "now": NOW + dt.timedelta(days=day)}
        operations.change_party(**common, **where, **act)
    party = queries.get_party(channel.kangze, HOUSE, today=TODAY)
    with scope.transaction(HOUSE), translation.override("zh-hans"):
        newest, before = [str(one["detail"]) for one in timeline_page.of_partner(party, HOUSE, count=2)]
    assert newest == "地址 滨安路 1 号 → 滨安路 2 号；电话 0571-8669 0000 → 0571-8669 0000 转 12；第 2 次"
    assert before.endswith("→ 滨安路 1 号；电话 — → 0571-8669 0000；第 1 次") and before.startswith("地址 ")


def test_what_nobody_can_call_is_no_telephone_number_and_stops_only_its_own_change(channel):
    seen = queries.get_party(channel.kangze, HOUSE)
    fields = {"name": seen.name, "short_name": "康", "territory": seen.territory, "address": seen.address}
    act = {"party_id": channel.kangze, "version": seen.version, "actor": HOUSE, "now": NOW}
    with pytest.raises(errors.Refused) as refusal:
        operations.change_party(**fields, **act, phone="找林涛")
    assert world.codes(refusal) == ["partners.phone_unreadable"]
    with scope.everything():
        models.Party.objects.filter(pk=channel.kangze).update(phone="找林涛")
    assert operations.change_party(**fields, **act, phone="找林涛").short_name == "康"


def test_a_moved_place_is_where_it_was_for_what_was_shipped_before(channel):
    common = {"territory": 330100, "contact": "林涛", "actor": HOUSE}
    place = operations.open_place(
        party_id=channel.kangze, kind="warehouse", name="一号库", address="江晖路 1 号", now=NOW, **common
    )
    assert place.reached == "林涛"
    later = NOW + dt.timedelta(days=1)
    moved = {"name": "一号库", "address": "江晖路 2 号", "phone": "0571-2"}
    operations.change_place(place_id=place.id, now=later, **moved, **common)
    stood = [queries.get_place(place.id, HOUSE, at=at) for at in (NOW, None)]
    assert [(one.address, one.reached) for one in stood] == [
        ("江晖路 1 号", "林涛"),
        ("江晖路 2 号", "林涛 0571-2"),
    ]


# --- licences ---


def test_a_licence_tells_its_days_its_window_and_what_it_locks(channel):
    found = permit(channel.kangze, valid_until=dt.date(2027, 2, 21))
    assert (found.last_day, found.days_left, found.state) == (dt.date(2027, 2, 20), 89, "expiring")
    assert found.locks == (2, 3)
    assert found.renewal.opens_on < TODAY < found.renewal.closes_on
    assert found.renewal.days_left == 35
    filing = operations.record_licence(
        party_id=channel.kangze,
        kind="distribution_filing",
        number="浙杭药监械经营备20190123号",
        valid_from=dt.date(2019, 6, 1),
        scope=world.scope_of("07", device_class=2),
        actor=HOUSE,
        now=NOW,
    )
    assert (filing.days_left, filing.state, filing.renewal, filing.locks) == (None, "valid", None, ())
    held = queries.list_licences(channel.kangze, actor=HOUSE, today=TODAY)
    assert [one.locks for one in held if one.kind == "distribution_permit"] == [(3,)]


def test_a_filing_is_never_given_an_expiry(channel):
    with pytest.raises(errors.Refused) as refusal:
        permit(channel.kangze, kind="distribution_filing", number="浙杭药监械经营备20220316号")
    assert world.codes(refusal) == ["partners.filing_has_no_expiry"]
    with pytest.raises(errors.Refused) as refusal:
        permit(channel.kangze, valid_until=dt.date(2023, 3, 15), scope=world.scope_of("13", device_class=1))
    assert world.codes(refusal) == ["partners.licence_period", "partners.scope_entry_invalid"]
    assert rows(models.Licence) == 0


def test_the_number_of_another_kind_of_licence_is_refused(channel):
    with pytest.raises(errors.Refused) as refusal:
        permit(channel.kangze, number="浙杭药监械经营备20220316号")
    assert world.codes(refusal) == ["partners.licence_number_of_another_kind"]
    assert rows(models.Licence) == 0


def test_a_licence_is_suspended_and_revoked_under_its_version(channel):
    licence = permit(channel.kangze)
    act = {"licence_id": licence.id, "reason": "监管通报", "actor": HOUSE, "now": NOW}
    assert operations.suspend_licence(suspended=True, version=1, **act).state == "suspended"
    with pytest.raises(errors.Conflict):
        operations.revoke_licence(version=1, **act)
    assert operations.suspend_licence(suspended=False, version=2, **act).state == "valid"
    assert operations.revoke_licence(version=3, **act).state == "revoked"
    with pytest.raises(errors.Refused) as refusal:
        operations.revoke_licence(version=4, **act)
    assert world.codes(refusal) == ["partners.licence_already_revoked"]
    types = [leaf.type for leaf in timeline(f"partners.licence:{licence.id}")]
    assert sorted(types) == [
        "partners.licence.recorded",
        "partners.licence.reinstated",
        "partners.licence.revoked",
        "partners.licence.suspended",
    ]


# --- authorisations ---


def test_two_exclusive_authorisations_never_overlap(channel):
    grant(channel, channel.kangze, territory=330000, exclusive=True)
    before = rows(models.Authorisation)
    with pytest.raises(errors.Refused) as refusal:
        grant(channel, channel.renji, territory=330100, exclusive=True)
    assert world.codes(refusal) == ["partners.authorisation_overlap"]
    assert rows(models.Authorisation) == before
    grant(channel, channel.renji, territory=330100)
    grant(channel, channel.renji, territory=320000, exclusive=True)
    grant(channel, channel.renji, territory=330100, exclusive=True, valid_from=UNTIL, valid_until=None)


def test_what_is_granted_onward_lies_inside_and_every_excess_is_named(channel):
    above = grant(channel, channel.agent, territory=330000, sublicence=True, exclusive=True)
    grant(channel, channel.kangze, territory=330100, parent_id=above.id, exclusive=True)
    with pytest.raises(errors.Refused) as refusal:
        grant(channel, channel.renji, territory=0, line_id=0, valid_until=None, parent_id=above.id)
    assert sorted(world.codes(refusal)) == [
        "partners.child_period",
        "partners.child_product",
        "partners.child_territory",
    ]
    with pytest.raises(errors.Refused) as refusal:
        grant(channel, channel.renji, territory=330100, parent_id=above.id, exclusive=True)
    assert world.codes(refusal) == ["partners.authorisation_overlap"]


def test_an_agent_passes_on_its_own_and_nothing_else(channel):
    own = grant(channel, channel.agent, territory=330000, sublicence=True)
    sibling = grant(channel, channel.kangze, territory=330100, sublicence=True)
    agent = world.person("a", party_id=channel.agent, permissions=MANAGES)
    passed = grant(channel, channel.renji, territory=330200, parent_id=own.id, actor=agent)
    assert passed.parent_id == own.id
    for parent in (None, sibling.id):
        with pytest.raises(errors.Refused) as refusal:
            grant(channel, channel.renji, territory=330100, parent_id=parent, actor=agent)
        assert world.codes(refusal) == ["partners.parent_required"]


def test_revoking_ends_everything_granted_from_it_and_nothing_beside(channel):
    top = grant(channel, channel.agent, sublicence=True)
    middle = grant(channel, channel.kangze, parent_id=top.id, sublicence=True)
    lowest = grant(channel, channel.renji, territory=330200, parent_id=middle.id)
    beside = grant(channel, channel.renji)
    with world.counting() as captured:
        operations.revoke_authorisation(authorisation_id=top.id, reason="停约", actor=HOUSE, now=NOW)
    days = {
        one.id: one.revoked_on
        for party in (channel.agent, channel.kangze, channel.renji)
        for one in queries.list_authorisations(party, actor=HOUSE)
    }
    assert days == {top.id: TODAY, middle.id: TODAY, lowest.id: TODAY, beside.id: None}
    assert len([one for one in captured if "UPDATE partners_authorisation" in one["sql"]]) == 1
    # The dealer that sees none of the rows above is judged the same.
    dealer = world.person("d", party_id=channel.renji, permissions=["partners.party.view"])
    own = queries.authorisations_of([channel.renji], entity_id=channel.entity, actor=dealer)
    assert {(row.id, row.parent_id, row.revoked_on) for row in own} == {
        (lowest.id, None, TODAY),
        (beside.id, None, None),
    }


def test_a_partner_revokes_what_it_granted_itself_and_nothing_else(channel):
    own = grant(channel, channel.agent, sublicence=True)
    ours = grant(channel, channel.renji, territory=330100)
    agent = world.person("a", party_id=channel.agent, permissions=MANAGES)
    passed = grant(channel, channel.renji, territory=330200, parent_id=own.id, actor=agent)
    with pytest.raises(errors.Refused) as refusal:
        operations.revoke_authorisation(authorisation_id=ours.id, reason="x", actor=agent, now=NOW)
    assert world.codes(refusal) == ["partners.granted_by_another"]
    assert queries.get_authorisation(ours.id, actor=HOUSE).revoked_on is None
    revoked = operations.revoke_authorisation(authorisation_id=passed.id, reason="x", actor=agent, now=NOW)
    assert revoked.revoked_on == TODAY


def test_one_that_may_be_passed_on_is_revoked_by_who_sees_the_whole(channel):
    own = grant(channel, channel.agent, sublicence=True)
    plain = grant(channel, channel.renji)
    regional = world.person("r", region_id=channel.region, permissions=MANAGES)
    with pytest.raises(errors.Refused) as refusal:
        operations.revoke_authorisation(authorisation_id=own.id, reason="x", actor=regional, now=NOW)
    assert world.codes(refusal) == ["partners.whole_view_needed"]
    revoked = operations.revoke_authorisation(authorisation_id=plain.id, reason="x", actor=regional, now=NOW)
    assert revoked.revoked_on == TODAY


def test_who_may_sell_where_is_answered_in_one_statement(channel):
    grant(channel, channel.kangze, territory=330000)
    grant(channel, channel.kangze, hospital_id=channel.hospital, effect="deny")
    items = {channel.screw: channel.ortho, channel.reagent: channel.reagents}

    def ask(**where):
        return queries.can_sell(
            party_id=channel.kangze, entity_id=channel.entity, items=items, on=TODAY, actor=HOUSE, **where
        )

    with scope.transaction(HOUSE), world.counting() as captured:
        there = ask(division=330100)
    assert len(captured) == 1
    assert [there[item].allowed for item in items] == [True, False]
    assert not ask(division=330100, hospital_id=channel.hospital)[channel.screw].allowed
    assert not ask(division=310000)[channel.screw].allowed
