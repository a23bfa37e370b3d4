"""A trade over the small company in which everybody has something to hide, and people who look at it.

Each owner has a draft, and an order that went the whole way: shipped, signed for, returned in part, invoiced,
on a statement. Everybody who looks holds every permission there is, so that only the rows can stop them.
"""

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal

from allauth.idp.oidc.models import Client as OAuthClient
from django.test import Client

from qudao.flow import operations as flow
from qudao.flow import queries as flow_queries
from qudao.kernel import journal, manifest, scope
from qudao.orders import models, operations
from qudao.orders.operations import returning
from qudao.orders.rules import requests
from qudao.organisation import models as organisation
from qudao.partners import operations as partners
from qudao.partners import queries as partner_queries
from qudao.partners.rules import licences
from qudao.settlement import consumers
from qudao.settlement import operations as settlement
from qudao.settlement import queries as settled
from qudao.shell.company import work
from tests import harness
from tests.api import world

NOW = harness.NOW
HOUSE = scope.system("desk")
PICKER, REVIEWER = (
    scope.Actor("person", number, name, frozenset({"*"}), house=True, everyone=True)
    for number, name in ((3, "picker"), (4, "reviewer"))
)
# owner → account, delivery place, product, quantity
OWNERS = {
    "kangze": ("kangze.CV", "zheer.binjiang", "BQ-2515", 3),
    "kangze.ivd": ("kangze.IVD", "zheer.binjiang", "CTNI-100", 4),
    "renji": ("renji.CV", "renji", "BQ-2515", 2),
    "lianyou": ("lianyou.CV", "lianyou", "DS-035", 6),
    "zheer": ("zheer.IVD", "zheer.jiefang", "CTNI-100", 5),
}
# who looks → (whose rows are theirs, whose must not exist for them)
SEES = {
    "kangze": ({"kangze", "kangze.ivd"}, {"renji", "lianyou", "zheer"}),
    "renji": ({"renji"}, {"kangze", "kangze.ivd", "lianyou", "zheer"}),
    "lianyou": ({"lianyou", "kangze", "renji"}, {"kangze.ivd", "zheer"}),
    "zheer": ({"zheer"}, {"kangze", "kangze.ivd", "renji", "lianyou"}),
    # One of our own, whose post is for the north alone.
    "north": (set(), {"kangze", "kangze.ivd", "renji", "lianyou", "zheer"}),
}
# Of these parties they see nothing at all; a hospital's name is nobody's secret.
HIDDEN_PARTIES = {
    "kangze": {"renji", "lianyou"},
    "renji": {"kangze", "lianyou"},
    "lianyou": set(),
    "zheer": {"kangze", "renji", "lianyou"},
    "north": {"kangze", "renji", "lianyou"},
}
OUTSIDERS = [(who, owner) for who, (_, foreign) in SEES.items() for owner in sorted(foreign)]
INSIDERS = [(who, owner) for who, (own, _) in SEES.items() for owner in sorted(own)]
SECRET_REFERENCE = "秘密单号"


@dataclasses.dataclass
class Trade:
    """Documents by owner; signed-in browsers and API clients' headers by who looks."""

    company: object
    orders: dict = dataclasses.field(default_factory=dict)
    drafts: dict = dataclasses.field(default_factory=dict)
    shipments: dict = dataclasses.field(default_factory=dict)
    returns: dict = dataclasses.field(default_factory=dict)
    templates: dict = dataclasses.field(default_factory=dict)
    people: dict = dataclasses.field(default_factory=dict)
    browsers: dict = dataclasses.field(default_factory=dict)
    bearers: dict = dataclasses.field(default_factory=dict)
    nothing: dict = dataclasses.field(default_factory=dict)
    versions: dict = dataclasses.field(default_factory=dict)
    names: dict = dataclasses.field(default_factory=dict)
    money: dict = dataclasses.field(default_factory=dict)
    flow_files: dict = dataclasses.field(default_factory=dict)
    flow_cases: dict = dataclasses.field(default_factory=dict)

    def party(self, owner: str) -> int:
        return self.company.parties[owner.partition(".")[0]]

    def bearer(self, who: str) -> dict:
        """The headers of the API client that looks as `who` does."""
        if who not in self.bearers:
            self.bearers[who] = world.bearer(f"{who}-erp")
        return self.bearers[who]


def build(company) -> Trade:
    """Documents of every owner, then the people who look."""
    trade = Trade(company)
    _admit_reagents(company)
    for owner in OWNERS:
        _whole_way(trade, owner)
    _money(trade)
    _flow_file(trade)
    _people(trade)
    while journal.advance():
        pass
    journal.checkpoint(NOW)
    trade.versions = versions()
    for party in {owner.partition(".")[0] for owner in OWNERS}:
        view = partner_queries.get_party(company.parties[party], HOUSE)
        trade.names[party] = {view.name, view.short_name, view.uscc}
    return trade


def versions() -> dict:
    """Every order and shipment with its version and state."""
    with scope.everything():
        return {
            row[0]: row[1:]
            for model in (models.Order, models.Shipment, models.Return)
            for row in model.objects.values_list("id", "version", "status")
        }


def request(company, account, place, code, quantity, **more) -> requests.OrderRequest:
    return requests.OrderRequest(
        account_id=company.accounts[account],
        ship_to_id=company.places[place],
        channel="call_centre",
        lines=(requests.LineRequest(1, company.items[code], Decimal(quantity)),),
        **more,
    )


def released(wanted: requests.OrderRequest, *, now=NOW):
    """An order confirmed and handed to its one warehouse: (order, shipment)."""
    order = operations.place_order(request=wanted, actor=HOUSE, now=now)
    (shipment,) = operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)
    return order, shipment


def signed(shipment, *, now=NOW):
    """The shipment picked, reviewed, shipped and signed for."""
    for verb, actor, more in (
        (operations.pick_shipment, PICKER, {"scans": work.labels(shipment)}),
        (operations.review_shipment, REVIEWER, {"scans": work.labels(shipment)}),
        (operations.ship_shipment, PICKER, {}),
        (operations.sign_for, HOUSE, {}),
    ):
        shipment = verb(shipment_id=shipment.id, version=shipment.version, actor=actor, now=now, **more)
    return shipment


def _admit_reagents(company) -> None:
    """Kangze may deal in 6840 here, so that it has something in a line its agent does not see."""
    reagents = tuple(
        licences.ScopeEntry("2002", "6840", device_class, "cold_chain") for device_class in (2, 3)
    )
    partners.record_licences(
        [
            partners.NewLicence(
                party_id=company.parties["kangze"],
                kind=kind,
                number=f"浙杭药监械{kind}6840",
                valid_from=dt.date(2024, 1, 1),
                valid_until=dt.date(2028, 12, 31) if kind == "distribution_permit" else None,
                mode="wholesale",
                scope=reagents,
            )
            for kind in ("distribution_permit", "distribution_filing")
        ],
        actor=HOUSE,
        now=NOW,
    )


def _whole_way(trade: Trade, owner: str) -> None:
    wanted = request(trade.company, *OWNERS[owner], reference=f"{SECRET_REFERENCE}-{owner}")
    trade.drafts[owner] = operations.save_draft(request=wanted, actor=HOUSE, now=NOW)
    trade.orders[owner], shipment = released(wanted)
    trade.shipments[owner] = signed(shipment)
    trade.templates[owner] = operations.save_template(
        account_id=wanted.account_id,
        name=f"{SECRET_REFERENCE}-{owner}",
        lines=wanted.lines,
        actor=HOUSE,
        now=NOW,
    )
    trade.returns[owner] = operations.take_return(
        shipment_id=shipment.id,
        returned=[returning.Returned(1, Decimal(1))],
        reason="包装破损",
        actor=HOUSE,
        now=NOW,
    )


def _money(trade: Trade) -> None:
    while journal.advance():
        pass
    while journal.consume(consumers.NAME, consumers.facts):
        pass
    debtors = {
        partner_queries.get_account(trade.company.accounts[OWNERS[owner][0]], HOUSE).debtor_node_id
        for owner in OWNERS
    }
    for debtor in sorted(debtors):
        settlement.issue_invoices(debtor_node_id=debtor, up_to=NOW.date(), actor=HOUSE, now=NOW)
        statement = settlement.build_statement(debtor_node_id=debtor, month=NOW.date(), actor=HOUSE, now=NOW)
        settlement.send_statement(statement_id=statement.statement.id, actor=HOUSE, now=NOW)
        settlement.record_receipt(
            debtor_node_id=debtor,
            amount=Decimal("10.00"),
            method="bank",
            reference=f"{SECRET_REFERENCE}-{debtor}",
            received_on=NOW.date(),
            actor=HOUSE,
            now=NOW,
        )
    settlement.run_rebates(day=NOW.date(), actor=HOUSE, now=NOW)
    _name_money(trade)


def _name_money(trade: Trade) -> None:
    """The identifiers of each owner's money, and the words that tell of it."""
    with scope.transaction(HOUSE):
        for owner in OWNERS:
            account = partner_queries.get_account(trade.company.accounts[OWNERS[owner][0]], HOUSE)
            node = account.debtor_node_id
            mine = {
                "statement": settled.list_statements(actor=HOUSE, debtor_node_id=node).rows,
                "invoice": settled.list_invoices(actor=HOUSE, debtor_node_id=node).rows,
                "receipt": settled.list_receipts(actor=HOUSE, debtor_node_id=node).rows,
                "run": settled.list_runs(actor=HOUSE, party_id=account.party_id).rows,
            }
            trade.money[owner] = {
                kind: [str(one.id) for one in found][:2] for kind, found in mine.items()
            } | {"debtor": [str(node)], "words": {one.number for found in mine.values() for one in found}}


def _flow_file(trade: Trade) -> None:
    header = "销售日期,客户名称,城市,产品编码,批号,数量,单位,单价,单据号"
    for account in ("kangze.CV", "kangze.IVD", "renji.CV"):
        row = "2026-11-20,浙江省第二人民医院,杭州,BQ-2515,B2601,1,支,2100,XS1"
        file = flow.take_in_file(
            account_id=trade.company.accounts[account],
            month=dt.date(2026, 11, 1),
            stream=f"{header}\n{row}\n".encode(),
            name=f"流向-{account}.csv",
            actor=HOUSE,
            now=NOW,
        )
        owner = next(one for one, (of, *_) in OWNERS.items() if of == account)
        trade.flow_files[owner] = [str(file.id)]
        with scope.transaction(HOUSE):
            rows = flow_queries.list_rows(file.id, actor=HOUSE)
            trade.flow_cases[owner] = [str(one.id) for one in rows if one.is_case]


# -- who looks ---------------------------------------------------------------------------------------


def _people(trade: Trade) -> None:
    with scope.everything():
        role = organisation.Role.objects.create(
            code="everything", name="everything", permissions=sorted(manifest.permissions())
        )
        for who in SEES:
            party_id = trade.company.parties.get(who, 0)
            facets = {"party_id": party_id}
            if not party_id:
                facets |= {"region_id": trade.company.regions[who]}
            trade.people[who] = _person(trade, who, who)
            _post(role, person=trade.people[who], **facets)
            _client(role, who, facets)
        trade.people["stranger"] = _person(trade, "stranger", "kangze")
        trade.people["revoked"] = _person(trade, "revoked", "kangze")
        _post(role, party_id=trade.party("kangze"), person=trade.people["revoked"], revoked_at=NOW)
    for who, person in trade.people.items():
        trade.browsers[who] = browser(person)


def _person(trade: Trade, name: str, party: str):
    return organisation.Person.objects.create(
        username=f"{name}-looks", name=f"{name} looks", party_id=trade.company.parties.get(party, 0)
    )


def _post(role, **more):
    return organisation.Post.objects.create(role=role, granted_by="test", valid_from=world.BEFORE, **more)


def _client(role, who: str, facets: dict) -> None:
    found = OAuthClient(id=f"{who}-erp", name=who)
    found.set_secret(world.SECRET)
    found.set_scopes([])
    found.grant_types = OAuthClient.GrantType.CLIENT_CREDENTIALS
    found.save()
    _post(role, client_id=found.pk, **facets)


def browser(person) -> Client:
    found = Client()
    found.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return found


def secrets(trade: Trade, owner: str) -> set[str]:
    """Words that tell that the owner's documents exist."""
    documents = itertools.chain(
        (trade.orders[owner], trade.drafts[owner], trade.shipments[owner], trade.returns[owner])
    )
    told = {word for one in documents for word in (str(one.id), one.number)}
    return told | {f"{SECRET_REFERENCE}-{owner}"}
