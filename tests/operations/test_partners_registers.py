"""Registers across partners, what a licence locks, admission step by step, and who may do and see what."""

import dataclasses
import datetime as dt

import pytest
from django.test import Client
from django.utils import translation

from qudao.catalog import queries as catalog
from qudao.kernel import errors, scope
from qudao.organisation import models as organisation
from qudao.organisation import operations as people
from qudao.partners import authorised, changing, listing, operations, profile, queries
from tests.operations import partners_world as world
from tests.operations.partners_world import HOUSE, NOW, TODAY
from tests.operations.test_partners import permit

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def channel(db):
    return world.build()


def listed(actor=HOUSE, **wanted):
    page = queries.list_all_licences(queries.LicenceFilter(**wanted), actor=actor, today=TODAY)
    return [(row.licence.party_id, row.licence.number) for row in page.rows]


def test_licences_come_by_expiry_and_a_page_goes_on_where_the_last_ended(channel):
    late = permit(channel.kangze, number="浙杭药监械经营许20220001号", valid_until=dt.date(2029, 1, 1))
    soon = permit(channel.kangze, number="浙杭药监械经营许20220002号", valid_until=dt.date(2026, 12, 1))
    filing = permit(
        channel.kangze, kind="distribution_filing", number="浙杭药监械经营备20220003号", valid_until=None
    )
    ids, cursor = [], None
    while True:
        page = queries.list_all_licences(
            queries.LicenceFilter(text="2022000"), actor=HOUSE, today=TODAY, cursor=cursor, limit=1
        )
        ids += [row.licence.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert ids == [soon.id, late.id, filing.id]


def test_totals_count_what_lapses_within_each_window(channel):
    before = queries.total_licences(queries.LicenceFilter(), actor=HOUSE, today=TODAY)
    permit(channel.kangze, number="浙杭药监械经营许20220002号", valid_until=dt.date(2026, 12, 1))
    permit(channel.kangze, number="浙杭药监械经营许20220004号", valid_until=dt.date(2026, 11, 1))
    after = queries.total_licences(queries.LicenceFilter(), actor=HOUSE, today=TODAY)
    assert after.licences - before.licences == 2
    assert after.lapsed - before.lapsed == 1
    gained = {days: after.windows[days] - before.windows[days] for days in after.windows}
    # Printed expiry 2026-11-30: seven days from the 23rd.
    assert gained == {90: 1, 60: 1, 30: 1, 7: 1}
    # A chip opens as many rows as it counts: what has lapsed already stands apart.
    for days, count in after.windows.items():
        filtered = queries.LicenceFilter(within=days)
        assert len(queries.list_all_licences(filtered, actor=HOUSE, today=TODAY, limit=50).rows) == count


def test_a_renewal_that_is_too_late_is_bad_and_one_that_is_due_a_warning(channel):
    found = permit(channel.kangze, number="浙杭药监械经营许20220002号", valid_until=dt.date(2027, 3, 15))
    opens, closes = found.renewal.opens_on, found.renewal.closes_on
    days = (opens - dt.timedelta(days=1), opens, closes, closes + dt.timedelta(days=1))
    seen = [queries.get_licence(found.id, actor=HOUSE, today=day) for day in days]
    assert [profile.renewal_tone(one) for one in seen] == [None, "warn", "warn", "bad"]
    assert profile.renewal_tone(dataclasses.replace(seen[3], state="expired")) is None
    assert profile.renewal_tone(dataclasses.replace(seen[3], renewal=None)) is None


def test_a_window_that_rests_on_holidays_not_published_says_so(channel):
    found = permit(
        channel.kangze,
        number="浙杭药监械经营许20900002号",
        valid_from=dt.date(2087, 9, 29),
        valid_until=dt.date(2091, 9, 29),
    )
    seen = queries.get_licence(found.id, actor=HOUSE, today=dt.date(2088, 1, 1))
    with translation.override("en"):
        said, brief = profile.renewal(seen), profile.renewal(seen, brief=True)
    opens, closes = seen.renewal.opens_on, seen.renewal.closes_on
    assert said == f"Renewal from {opens} to {closes}; holidays of 2091 not published yet"
    assert brief == f"Renewal from about {opens} to {closes}"


def test_an_unusual_number_is_shown_with_a_word_to_compare_it(channel):
    usual = permit(channel.kangze, number="浙杭药监械经营许20220002号")
    odd = permit(channel.kangze, number="经营许 2022-7")
    with translation.override("en"):
        words = [profile.number_words(one) for one in (usual, odd)]
    assert words == ["浙杭药监械经营许20220002号", "经营许2022-7 · Unusual licence number"]


def test_a_licence_locks_the_products_of_the_partys_lines_that_rest_on_it_alone(channel):
    found = dataclasses.replace(permit(channel.kangze), locks=(3,))
    shapes = [
        catalog.Assortment(channel.ortho, 3, "13", "", 4),
        catalog.Assortment(channel.ortho, 3, "14", "", 2),
        catalog.Assortment(channel.ortho, 2, "13", "", 9),
        catalog.Assortment(channel.ortho, 3, "22", "", 5),
        catalog.Assortment(channel.reagents, 3, "13", "", 7),
    ]
    locks = queries.locks_of(found, [channel.ortho], shapes)
    assert locks == (queries.Lock(channel.ortho, 3, ("13", "14"), 6),)


def test_a_dealer_sees_its_own_licences_alone(channel):
    permit(channel.kangze, number="浙杭药监械经营许20220001号")
    permit(channel.renji, number="浙甬药监械经营许20220002号")
    dealer = world.person("dealer", party_id=channel.kangze, permissions=["partners.party.view"])
    assert {party for party, _ in listed(dealer)} == {channel.kangze}


def test_the_registers_statements_do_not_grow_with_the_rows(channel):
    def statements():
        with world.counting() as captured:
            queries.list_all_licences(queries.LicenceFilter(), actor=HOUSE, today=TODAY)
            queries.list_all_authorisations(queries.AuthorisationFilter(), actor=HOUSE, today=TODAY)
        return len(captured)

    permit(channel.kangze)
    few = statements()
    for number in range(5):
        permit(channel.renji, number=f"浙甬药监械经营许2022000{number}号")
    assert statements() == few


def test_authorisations_are_found_by_where_they_hold(channel):
    everything = queries.list_all_authorisations(queries.AuthorisationFilter(), actor=HOUSE, today=TODAY).rows
    inside = queries.list_all_authorisations(
        queries.AuthorisationFilter(territory=330100), actor=HOUSE, today=TODAY
    ).rows
    wanted = [
        row.authorisation.id
        for row in everything
        if row.authorisation.territory_from < 330200 and row.authorisation.territory_until > 330100
    ]
    assert [row.authorisation.id for row in inside] == wanted


def test_every_count_of_authorisations_is_of_those_in_force(channel):
    act = {"entity_id": channel.entity, "party_id": channel.hospital, "actor": HOUSE, "now": NOW}
    for begins, ends in ((-400, -30), (-30, 0), (-30, 1), (0, None), (1, None)):
        operations.grant_authorisation(
            valid_from=TODAY + dt.timedelta(days=begins),
            valid_until=None if ends is None else TODAY + dt.timedelta(days=ends),
            **act,
        )
    only = queries.PartyFilter(kind="hospital")
    [listed] = queries.list_parties(only, actor=HOUSE, today=TODAY).rows
    party = queries.get_party(channel.hospital, HOUSE, today=TODAY)
    tab = authorised.count(party, TODAY)
    with scope.transaction(HOUSE):
        wanted = changing.Wanted(party, 0, HOUSE, NOW, TODAY)
        tables = authorised.by_time(party, listing.Names.load(), wanted, TODAY)
    before = queries.count_authorisations(queries.AuthorisationFilter(), actor=HOUSE, today=TODAY)
    held = queries.AuthorisationFilter(in_force=True)
    assert (listed.authorisations, tab) == (2, 2)
    # What stands under the count is what it counts; what is to come or over has a table of its own.
    assert [len(table.rows) for table in tables] == [2, 1, 2]
    assert queries.count_authorisations(held, actor=HOUSE, today=TODAY) == (before[1], before[1])
    assert before[0] - before[1] == 3


def admitted(channel, step, version, *permissions, reason=""):
    actor = world.person(
        f"{step} {permissions[0]}"[:40], permissions=["partners.party.view", *permissions], whole=True
    )
    return operations.take_admission_step(
        party_id=channel, version=version, step=step, reason=reason, actor=actor, now=NOW
    )


def test_an_admission_passes_quality_and_its_head_before_trade(db):
    party = operations.open_party(
        name="绍兴越康医疗器械有限公司", uscc=world.uscc(77), admission="requested", actor=HOUSE, now=NOW
    )
    with pytest.raises(errors.Refused) as refusal:
        admitted(party.id, "review", party.version, "partners.licence.review")
    assert world.codes(refusal) == ["partners.admission_without_licence"]
    permit(party.id)
    party = operations.take_admission_step(
        party_id=party.id, version=party.version, step="review", actor=HOUSE, now=NOW
    )
    with pytest.raises(errors.Refused) as refusal:
        admitted(party.id, "approve", party.version, "partners.party.manage")
    assert world.codes(refusal) == ["partners.admission_post"]
    party = admitted(party.id, "approve", party.version, "partners.admission.approve")
    party = admitted(party.id, "activate", party.version, "partners.licence.review")
    assert party.admission == "effective"


def test_sending_an_admission_back_says_why(db):
    party = operations.open_party(
        name="绍兴越康医疗器械有限公司", uscc=world.uscc(78), admission="requested", actor=HOUSE, now=NOW
    )
    common = {"party_id": party.id, "version": party.version, "step": "return", "actor": HOUSE, "now": NOW}
    with pytest.raises(errors.Refused) as refusal:
        operations.take_admission_step(**common)
    assert world.codes(refusal) == ["partners.reason_missing"]
    assert operations.take_admission_step(**common, reason="营业执照不清").admission == "draft"


def test_a_form_sent_twice_acts_once(channel):
    person_id = world.open_person("wang")
    everything = ["partners.party.view", "partners.party.manage"]
    people.define_role(code="m", name="m", name_en="m", permissions=everything, actor=HOUSE, now=NOW)
    people.grant_post(role="m", person_id=person_id, whole=True, actor=HOUSE, now=NOW)
    browser = Client()
    with scope.everything():
        person = organisation.Person.objects.get(pk=person_id)
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/partners/{channel.kangze}/change/?step=place"
    form = {
        "key": "k-1",
        "kind": "warehouse",
        "name": "二号库",
        "territory": "杭州",
        "address": "滨江区 1 号",
        "contact": "林涛",
    }
    before = len(queries.list_places(channel.kangze, HOUSE))
    assert [browser.post(address, form).status_code for _ in range(2)] == [302, 302]
    assert len(queries.list_places(channel.kangze, HOUSE)) == before + 1
    wrong = browser.post(address, form | {"key": "k-2", "territory": "不存在市", "name": "三号库"})
    assert wrong.status_code == 422
    assert "三号库" in wrong.content.decode()
    # What was changed meanwhile is not overwritten by a form opened before.
    seen = queries.get_party(channel.kangze, HOUSE)
    address = f"/partners/{channel.kangze}/change/?step=particulars"
    wanted = {"version": seen.version, "name": seen.name, "territory": seen.territory_name, "phone": "0571-9"}
    answers = [browser.post(address, wanted | {"key": key}).status_code for key in ("k-3", "k-4")]
    assert answers == [302, 409]
    now = queries.get_party(channel.kangze, HOUSE)
    assert (now.phone, now.territory) == ("0571-9", seen.territory)
