"""What the pages of pricing read: contracts as a list, price lists, promotions, and who sees which of them."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.contrib import auth
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qudao.kernel import blobs, errors, journal, scope
from qudao.partners import queries as partners
from qudao.pricing import listing, models, operations, price_list, queries
from tests import harness
from tests.operations import pricing_world as world

TODAY = world.TODAY
MONTH = TODAY + dt.timedelta(days=30)
SOON = TODAY + dt.timedelta(days=60)
HOUSE = world.HOUSE
KANGZE, RENJI = "HT-2026-0183", "HT-2026-0185"
PDF = b"%PDF-1.7 signed by both"


def contracts(actor=HOUSE, **wanted):
    found = queries.find_contracts(queries.ContractFilter(**wanted), on=TODAY, actor=actor)
    return {row.number: row for row in found.rows}


def person(company, username):
    return world.person(company, username)


def second_version(company, *prices, begins, ends=None, rebates=()):
    """A draft of the next version of Kangze's contract."""
    first = queries.get_contract_version(company.contracts[KANGZE], HOUSE)
    return operations.add_version(
        contract_id=first.contract_id,
        account=partners.get_account(first.account_id, HOUSE),
        terms=operations.Terms(valid_from=begins, valid_until=ends, payment_days=45),
        prices=[
            operations.NewPrice(item_id=company.items[code], price=Decimal(price)) for code, price in prices
        ],
        rebates=rebates,
        actor=HOUSE,
        now=harness.NOW,
    )


def test_a_contract_is_listed_with_the_version_that_holds_and_the_one_to_sign(company):
    draft = second_version(company, ("BQ-2515", "1800"), begins=MONTH)
    row = contracts()[KANGZE]
    assert (row.version_number, row.prices, row.state) == (1, 2, "expiring")
    assert (row.draft_number, row.draft_from, row.ends) == (2, MONTH, dt.date(2027, 1, 1))
    assert contracts(state="draft").keys() == {KANGZE}
    operations.put_into_effect(
        version_id=draft.id,
        signed_by="王敏",
        countersigned_by="林涛",
        document_digest=world.PAPER,
        actor=HOUSE,
        now=harness.NOW,
    )
    row = contracts()[KANGZE]
    assert (row.version_number, row.valid_until, row.ends) == (1, MONTH, None)
    assert (row.state, row.draft_number) == ("effective", None)
    totals = queries.total_contracts(queries.ContractFilter(), on=TODAY, actor=HOUSE)
    assert (totals.contracts, totals.effective, totals.expiring, totals.drafts) == (3, 3, 2, 0)


def test_a_draft_is_listed_with_its_own_days_and_prices_and_who_has_to_sign_it(company):
    second_version(company, ("BQ-2515", "1800"), begins=MONTH)
    with scope.everything():
        first = models.ContractVersion.objects.get(contract__number=RENJI)
        first.status, first.valid_until = "draft", dt.date(2026, 12, 31)
        # A draft's prices stay in its terms until it is signed.
        first.terms = {**first.terms, "price_rows": [{}, {}, {}]}
        first.save()
    shown = {}
    for username in ("wangmin", "kangze", "renji"):
        actor = person(company, username)
        with scope.transaction(actor):
            described = listing.contracts(QueryDict(""), today=TODAY, actor=actor)
            shown |= {(username, row["number"]): row for row in described.fetch(None, 50).rows}

    def told(username, number):
        row = shown[username, number]
        return [row[key] for key in ("state", "version", "begins", "ends", "prices", "waits")]

    day = dt.date
    assert told("wangmin", RENJI) == [
        *("draft", "v1", day(2026, 1, 1), day(2026, 12, 30), 3, "待管理层签署"),
    ]
    assert told("renji", RENJI)[-1] == "待上海启渡签署"
    assert told("wangmin", KANGZE) == [
        *("expiring", "v1", day(2026, 1, 1), day(2026, 12, 31), 2, "待管理层签署"),
    ]
    assert shown["wangmin", "HT-2026-0184"]["waits"] == ""


def test_a_gap_before_the_next_version_is_an_end(company):
    draft = second_version(company, ("BQ-2515", "1800"), begins=SOON)
    operations.sign_version(
        version_id=draft.id,
        signed_by="王敏",
        countersigned_by="林涛",
        paper=PDF,
        filename="合同.pdf",
        actor=HOUSE,
        now=harness.NOW,
    )
    row = contracts()[KANGZE]
    assert (row.version_number, row.state, row.ends) == (1, "expiring", dt.date(2027, 1, 1))


def test_what_nobody_signed_is_a_draft_and_what_is_over_has_ended(company):
    found = queries.find_contracts(queries.ContractFilter(), on=dt.date(2027, 5, 1), actor=HOUSE)
    assert {row.state for row in found.rows} == {"ended"}
    found = queries.find_contracts(queries.ContractFilter(), on=dt.date(2025, 5, 1), actor=HOUSE)
    assert {row.state for row in found.rows} == {"pending"}
    with scope.everything():
        models.ContractVersion.objects.update(status="draft")
    assert {row.state for row in contracts().values()} == {"draft"}


def test_the_list_goes_on_behind_its_cursor_in_either_order(company):
    for sort in ("number", "ends"):
        numbers, cursor = [], None
        while True:
            page = queries.find_contracts(
                queries.ContractFilter(), on=TODAY, actor=HOUSE, cursor=cursor, sort=sort, limit=1
            )
            numbers += [row.number for row in page.rows]
            cursor = page.next
            if cursor is None:
                break
        assert numbers == ["HT-2026-0183", "HT-2026-0184", "HT-2026-0185"]


def test_a_number_is_found_by_its_beginning_or_last_figures_and_wildcards_mean_themselves(company):
    assert contracts(text="ht-2026-0185").keys() == {RENJI}
    assert contracts(text="0185").keys() == {RENJI}
    assert contracts(text="85").keys() == set()
    assert contracts(text="HT-2026-018").keys() == {KANGZE, "HT-2026-0184", RENJI}
    assert contracts(text="%").keys() == set()
    assert contracts(text="_T-2026").keys() == set()


def test_a_sibling_sees_no_contract_of_the_other_and_an_agent_those_below_it(company):
    assert contracts(person(company, "kangze")).keys() == {KANGZE, "HT-2026-0184"}
    assert contracts(person(company, "renji")).keys() == {RENJI}
    assert contracts(person(company, "lianyou")).keys() == {KANGZE, RENJI}
    contract_id = contracts()[KANGZE].id
    with pytest.raises(errors.NotFound):
        queries.get_contract(contract_id, person(company, "renji"))


def test_the_price_list_of_a_partner_has_the_general_prices_and_its_own(company):
    def seen(actor, **wanted):
        found = queries.find_prices(queries.PriceFilter(**wanted), on=TODAY, actor=actor)
        return [(row.item_code, row.kind, row.price) for row in found.rows]

    assert queries.count_prices(queries.PriceFilter(), on=TODAY, actor=HOUSE)[:2] == (9, 4)
    assert ("BQ-2515", "contract", Decimal("1980.0000")) in seen(HOUSE)
    assert seen(person(company, "renji"), kind="contract") == [("BQ-2515", "contract", Decimal("1980.0000"))]
    # None of a line it has no account for, none of what its contract prices or central procurement does.
    assert seen(person(company, "renji"), kind="guide") == [("DS-035", "guide", Decimal("120.0000"))]
    assert queries.count_prices(queries.PriceFilter(), on=TODAY, actor=person(company, "renji"))[:2] == (3, 3)
    assert seen(HOUSE, when="coming") == []


def test_where_nothing_is_agreed_a_partner_reads_what_the_order_desk_will_ask(company):
    renji = person(company, "renji")
    factors = queries.own_factors(on=TODAY, actor=renji)
    with scope.transaction(renji):
        described = price_list.prices(QueryDict("kind=guide"), today=TODAY, actor=renji, factors=factors)
        rows = described.fetch(None, 10).rows
    paid = {row["code"]: (row["kind"], row["gross"], row["listed"]) for row in rows}
    with scope.transaction(HOUSE):
        (account,) = partners.list_accounts(party_id=renji.party_id, actor=HOUSE)
    items = {company.items[code]: code for code in paid}
    asked = queries.resolve_prices(
        account=account,
        hospital_id=0,
        lines=[queries.PriceRequest(item, item, Decimal(1)) for item in items],
        on=TODAY,
        vat_rates=dict.fromkeys(items, Decimal("0.13")),
        actor=renji,
    )
    assert paid == {"DS-035": ("tier_region", Decimal("114.0000"), Decimal("120.0000"))}
    assert {items[no]: choice.unit_price for no, choice in asked.items()} == {
        code: gross for code, (_, gross, _) in paid.items()
    }
    # Nothing holds from a quantity on: no column of dashes says so.
    assert "minimum" not in {column.key for column in described.columns}
    assert queries.own_factors(on=TODAY, actor=HOUSE) == {}


def test_general_prices_of_another_tier_or_hospital_are_not_shown_to_a_partner(company):
    common = {
        "valid_from": world.YEAR,
        "actor": HOUSE,
        "now": harness.NOW,
        "entity_id": company.entities["qd"],
    }
    item = company.items["DS-035"]
    operations.set_guide_prices(
        prices=[operations.ListPrice(item_id=item, price=Decimal(70), tier="A")], **common
    )
    operations.set_hospital_prices(
        prices=[operations.ListPrice(item_id=item, price=Decimal(60))],
        hospital_id=company.parties["zheer"],
        **common,
    )
    wanted = queries.PriceFilter(item_ids=(item,))

    def seen(username):
        found = queries.find_prices(wanted, on=TODAY, actor=person(company, username))
        return sorted(row.price for row in found.rows)

    assert seen("wangmin") == [60, 70, 96, 120]
    # Its contract says 96: by the guide price of 120 others pay.
    assert seen("kangze") == [96]
    # The hospital has an account of tier A; what is registered for it goes before every guide price.
    assert seen("hospital") == [60]


def test_prices_go_on_behind_their_cursor_and_a_strange_cursor_is_the_start(company):
    found, cursor = [], None
    while True:
        page = queries.find_prices(queries.PriceFilter(), on=TODAY, actor=HOUSE, cursor=cursor, limit=2)
        found += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 9
    for strange in ("x", "|", "a|99999999999999", "|-1"):
        page = queries.find_prices(queries.PriceFilter(), on=TODAY, actor=HOUSE, cursor=strange)
        assert len(page.rows) == 9


def test_no_partner_reads_a_floor_or_a_factor(company):
    floors = queries.find_floors(queries.PriceFilter(), on=TODAY, actor=HOUSE)
    assert [(row.item_code, row.price) for row in floors.rows] == [("BQ-2515", Decimal("1100.0000"))]
    assert [row.tier for row in queries.list_factors(on=TODAY, actor=HOUSE)] == ["A", "B", "C"]
    kangze = person(company, "kangze")
    with pytest.raises(errors.Forbidden):
        queries.find_floors(queries.PriceFilter(), on=TODAY, actor=kangze)
    bold = dataclasses.replace(kangze, permissions=frozenset({"*"}))
    assert queries.find_floors(queries.PriceFilter(), on=TODAY, actor=bold).rows == ()
    assert queries.list_factors(on=TODAY, actor=bold) == []


def test_signing_keeps_the_paper_that_both_signed(company):
    draft = second_version(company, ("BQ-2515", "1800"), begins=SOON)
    given = {
        "version_id": draft.id,
        "signed_by": "王敏",
        "countersigned_by": "林涛",
        "filename": "合同.pdf",
        "actor": HOUSE,
        "now": harness.NOW,
    }
    with pytest.raises(errors.Refused) as caught:
        operations.sign_version(paper=b"MZ not a paper", **given)
    assert [reason.code for reason in caught.value.reasons] == ["pricing.paper_unreadable"]
    assert queries.get_contract_version(draft.id, HOUSE).status == "draft"
    signed = operations.sign_version(paper=PDF, **given)
    assert signed.status == "effective"
    kept = queries.find_stored_file(signed.document_digest, node_id=signed.node_id, actor=HOUSE)
    assert kept == ("合同.pdf", "application/pdf")
    with blobs.open(signed.document_digest) as file:
        assert file.read() == PDF
    renji = person(company, "renji")
    assert queries.find_stored_file(signed.document_digest, node_id=signed.node_id, actor=renji) is None


def test_a_stopped_promotion_takes_nothing_off_any_more(company):
    [running] = queries.list_promotions(actor=HOUSE, state="running", on=TODAY)
    stopped = operations.stop_promotion(promotion_id=running.id, actor=HOUSE, now=harness.NOW)
    assert (stopped.valid_until, stopped.state(TODAY)) == (TODAY, "ended")
    assert queries.list_promotions(actor=HOUSE, state="running", on=TODAY) == []
    assert queries.list_promotions(actor=HOUSE, state="ended", on=TODAY) == [
        dataclasses.replace(stopped, unit="盒")
    ]
    in_force = {"entity_id": stopped.entity_id, "item_ids": stopped.item_ids, "tier": "B", "region_id": 1}
    with scope.transaction(HOUSE):
        assert queries.promotions_in_force(**in_force, on=TODAY) == []
        assert len(queries.promotions_in_force(**in_force, on=TODAY - dt.timedelta(days=1))) == 1
    while journal.advance():
        pass
    with pytest.raises(errors.Refused) as caught:
        operations.stop_promotion(promotion_id=running.id, actor=HOUSE, now=harness.NOW)
    assert [reason.code for reason in caught.value.reasons] == ["pricing.promotion_ended"]
    with pytest.raises(errors.Forbidden):
        operations.stop_promotion(promotion_id=running.id, actor=person(company, "zhoulan"), now=harness.NOW)


def test_a_promotion_stopped_before_it_begins_never_runs(company):
    planned = operations.start_promotion(
        entity_id=company.entities["qd"],
        name="春季",
        threshold=Decimal(10),
        minus=Decimal(100),
        budget=Decimal(1000),
        valid_from=SOON,
        actor=HOUSE,
        now=harness.NOW,
    )
    assert planned.state(TODAY) == "planned"
    stopped = operations.stop_promotion(promotion_id=planned.id, actor=HOUSE, now=harness.NOW)
    assert (stopped.valid_until, stopped.state(TODAY), stopped.state(SOON)) == (SOON, "ended", "ended")
    assert [one.id for one in queries.list_promotions(actor=HOUSE, state="ended", on=TODAY)] == [planned.id]
    count, budget, _spent = queries.count_promotions(actor=HOUSE, on=TODAY)
    assert (count, budget) == (2, Decimal("7200.00"))


def test_a_partner_is_shown_the_promotions_that_its_accounts_may_use(company):
    common = {
        "threshold": Decimal(10),
        "minus": Decimal(100),
        "budget": Decimal(1000),
        "valid_from": TODAY,
        "actor": HOUSE,
        "now": harness.NOW,
    }
    entities, regions = company.entities, company.regions
    told = {
        "肌钙蛋白满减": {
            "kangze",
            "hospital",
        },  # of the company: for a reagent, which the agent does not sell
        "广州启渡的": (set(), {"entity_id": entities["gz"]}),
        "体外诊断": ({"kangze", "hospital"}, {"line_id": company.lines["IVD"]}),
        "C 级": ({"renji", "lianyou"}, {"tiers": ["C"]}),
        "华北区": (set(), {"region_ids": [regions["north"]]}),
        "支架": ({"kangze", "renji", "lianyou", "hospital"}, {"item_ids": [company.items["ZJ-3018"]]}),
    }
    expected = {"肌钙蛋白满减": told.pop("肌钙蛋白满减")}
    for name, (seen_by, facets) in told.items():
        operations.start_promotion(**{"name": name, "entity_id": entities["qd"], **facets, **common})
        expected[name] = seen_by
    known = {one.name: one.id for one in queries.list_promotions(actor=HOUSE)}
    assert known.keys() == expected.keys()
    for username in ("kangze", "renji", "lianyou", "hospital"):
        actor = person(company, username)
        seen = {one.name for one in queries.list_promotions(actor=actor)}
        assert seen == {name for name, seen_by in expected.items() if username in seen_by}, username
        assert queries.count_promotions(actor=actor, on=TODAY)[0] == len(seen)
    with pytest.raises(errors.NotFound):
        queries.get_promotion(known["广州启渡的"], actor=person(company, "kangze"))
    assert queries.get_promotion(known["C 级"], actor=person(company, "renji")).tiers == ("C",)
    # An account is told of those for its own line alone.
    account = {"entity_id": entities["qd"], "tier": "B", "region_id": regions["east"]}
    for line, names in (("IVD", {"肌钙蛋白满减", "体外诊断"}), ("CV", {"支架"})):
        held = queries.promotions_for(line_id=company.lines[line], on=TODAY, actor=HOUSE, **account)
        assert {one.name for one in held} == names


CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config")


def statements(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return sum(not query["sql"].startswith(CONTROL) for query in captured)


def test_the_statements_of_a_page_do_not_grow_with_its_rows(company, now):
    client = Client()
    client.force_login(
        auth.get_user_model().objects.get(pk=company.people["wangmin"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    few = queries.get_contract_version(company.contracts[RENJI], HOUSE)
    many = second_version(company, *((code, "90") for code in ("BQ-2515", "DS-035", "ZJ-3018")), begins=MONTH)
    pages = [f"/contracts/{few.contract_id}/", f"/contracts/{many.contract_id}/?version=1"]
    client.get(pages[0])
    assert len({statements(client, page) for page in pages}) == 1
    account = few.account_id
    before = [statements(client, page) for page in ("/contracts/", "/prices/", "/promotions/")]
    for number in range(20):
        operations.draft_contract(
            account=partners.get_account(account, HOUSE),
            title="补充合同",
            number=f"HT-X-{number:02}",
            terms=operations.Terms(valid_from=MONTH),
            actor=HOUSE,
            now=now,
        )
        operations.start_promotion(
            entity_id=company.entities["qd"],
            name=f"促销 {number}",
            threshold=Decimal(10),
            minus=Decimal(1),
            budget=Decimal(10),
            valid_from=TODAY,
            actor=HOUSE,
            now=now,
        )
    common = {"entity_id": company.entities["qd"], "valid_from": TODAY, "actor": HOUSE, "now": now}
    for quantity in range(2, 12):
        one = operations.ListPrice(
            item_id=company.items["DS-035"], price=Decimal(110), minimum_quantity=Decimal(quantity)
        )
        operations.set_guide_prices(prices=[one], **common)
    assert [statements(client, page) for page in ("/contracts/", "/prices/", "/promotions/")] == before
