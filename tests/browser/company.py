"""A company small enough to know by heart: one legal entity, two lines, three dealers, a hospital."""

import dataclasses
import datetime as dt
import functools

from django.contrib.auth import hashers
from django.utils import timezone

from qudao.catalog import models as catalog
from qudao.kernel import journal, models, scope, search_keys
from qudao.organisation import models as organisation
from qudao.partners import models as partners

PASSWORD = "correct horse battery"


@dataclasses.dataclass(frozen=True, slots=True)
class Company:
    """`manager` sees all; `dealer` is of Kangze and `sibling` of Renji, which nobody of Kangze may see."""

    manager: organisation.Person
    dealer: organisation.Person
    sibling: organisation.Person
    outsider: organisation.Person
    kangze: partners.Party
    renji: partners.Party
    lianyou: partners.Party
    hospital: partners.Party


@functools.cache
def _password() -> str:
    return hashers.make_password(PASSWORD)


def found() -> Company:
    """Commit the company; its entries are numbered and signed."""
    today = timezone.localdate()
    with scope.everything("company"):
        entity = organisation.LegalEntity.objects.create(
            code="HD", name="华东医械供应链有限公司", short_name="华东医械", uscc="91330100MA28WBX01K"
        )
        region = organisation.Region.objects.create(
            code="HD", name="华东区", provinces=[310000, 320000, 330000]
        )
        lines = [
            catalog.ProductLine.objects.create(code="XN", name="心内介入", name_en="Cardiology"),
            catalog.ProductLine.objects.create(code="IVD", name="体外诊断", name_en="Diagnostics"),
        ]
        _territories()
        kangze = _party("C00001", "杭州康泽医疗器械有限公司", "康泽", "91330108MA2CE7K83X", 330108)
        renji = _party("C00002", "宁波海曙仁济医疗设备有限公司", "仁济", "91330203MA2AJ4W91N", 330203)
        lianyou = _party("C00003", "上海联佑医疗科技有限公司", "联佑", "91310115MA1K3W5T4H", 310115)
        hospital = _hospital("H00001", "浙江省第二人民医院", 330102)
        agent = _account(entity, lianyou, lines[0], region, None, "agent", "A", today)
        _account(entity, kangze, lines[0], region, agent, "dealer", "B", today)
        _account(entity, kangze, lines[1], region, None, "dealer", "B", today)
        _account(entity, renji, lines[0], region, agent, "dealer", "C", today)
        for party, days in ((kangze, 40), (renji, -5), (lianyou, 900)):
            _licences(party, today, days)
        _authorisation(entity, kangze, lines[0], today)
        people = _people({"dealer": kangze, "sibling": renji}, region)
        for party in (kangze, renji, lianyou):
            journal.record(
                journal.entry(),
                "partners.party.opened",
                subject=f"partners.party:{party.pk}",
                at=timezone.now(),
                node_id=party.node_id,
                rows=[journal.row(partners.Party, party.pk, {"name": party.name})],
                data={"code": party.code},
            )
    journal.advance()
    journal.checkpoint(timezone.now())
    return Company(**people, kangze=kangze, renji=renji, lianyou=lianyou, hospital=hospital)


def _territories() -> None:
    known = {330000: "浙江省", 330102: "上城区", 330108: "滨江区", 330203: "海曙区", 310115: "浦东新区"}
    partners.Territory.objects.bulk_create(
        [partners.Territory(code=code, name=name, level="county") for code, name in known.items()],
        ignore_conflicts=True,
    )


def _node(kind: str, party_id: int, *, parent: models.Node | None = None, **facets: int) -> models.Node:
    node = models.Node.objects.create(kind=kind, party_id=party_id, parent=parent, **facets)
    above = [(node.pk, 0)]
    if parent is not None:
        above += [
            (ancestor, depth + 1)
            for ancestor, depth in models.NodeAncestor.objects.filter(descendant=parent).values_list(
                "ancestor_id", "depth"
            )
        ]
    models.NodeAncestor.objects.bulk_create(
        [models.NodeAncestor(ancestor_id=one, descendant=node, depth=depth) for one, depth in above]
    )
    return node


def _party(code: str, name: str, short: str, uscc: str, territory: int) -> partners.Party:
    file = _node("file", 0)
    party = partners.Party.objects.create(
        node_id=file.pk,
        file_node_id=file.pk,
        code=code,
        name=name,
        short_name=short,
        uscc=uscc,
        territory_id=territory,
        search_keys=f"{search_keys.keys(name)} {search_keys.keys(short)} {code.lower()} {uscc.lower()}",
    )
    models.Node.objects.filter(pk=file.pk).update(party_id=party.pk)
    partners.PartyRole.objects.create(
        node_id=file.pk, party=party, role="dealer", valid_from=dt.date(2024, 1, 1)
    )
    partners.DeliveryPlace.objects.create(
        node_id=file.pk,
        party=party,
        kind="warehouse",
        name=f"{short}仓库",
        territory_id=territory,
        address="江南大道 88 号",
    )
    return party


def _hospital(code: str, name: str, territory: int) -> partners.Party:
    file = _node("file", 0)
    party = partners.Party.objects.create(
        node_id=0,
        file_node_id=file.pk,
        code=code,
        name=name,
        kind="hospital",
        territory_id=territory,
        search_keys=f"{search_keys.keys(name)} {code.lower()}",
    )
    models.Node.objects.filter(pk=file.pk).update(party_id=party.pk)
    partners.PartyRole.objects.create(node_id=0, party=party, role="hospital", valid_from=dt.date(2024, 1, 1))
    partners.Hospital.objects.create(party=party, grade="三甲", type="综合")
    return party


def _account(entity, party, line, region, parent, role, tier, today):
    debtor = partners.Debtor.objects.filter(entity_id=entity.pk, party=party).first()
    if debtor is None:
        node = _node("debtor", party.pk, entity_id=entity.pk)
        debtor = partners.Debtor.objects.create(node_id=node.pk, entity_id=entity.pk, party=party)
    above = models.Node.objects.get(pk=parent.node_id) if parent else None
    facets = {"entity_id": entity.pk, "line_id": line.pk, "region_id": region.pk}
    node = _node("account", party.pk, parent=above, **facets)
    account = partners.ChannelAccount.objects.create(
        node_id=node.pk,
        entity_id=entity.pk,
        party=party,
        line=line,
        parent=parent,
        debtor_node_id=debtor.node_id,
        role=role,
        tier=tier,
        region=region,
    )
    partners.TierChange.objects.create(
        node_id=node.pk, account=account, tier=tier, reason="准入", from_on=today, decided_by="job:company"
    )
    return account


def _licences(party, today: dt.date, days: int) -> None:
    partners.Licence.objects.create(
        node_id=party.file_node_id,
        party=party,
        kind="business_licence",
        number=party.uscc,
        valid_from=dt.date(2020, 1, 1),
    )
    permit = partners.Licence.objects.create(
        node_id=party.file_node_id,
        party=party,
        kind="distribution_permit",
        number=f"浙杭药监械经营许2022{party.pk:04}号",
        mode="wholesale",
        issued_by="杭州市市场监督管理局",
        valid_from=today - dt.timedelta(days=1000),
        valid_until=today + dt.timedelta(days=days + 1),
    )
    for category in ("03", "13", "6840"):
        partners.LicenceScope.objects.create(
            node_id=party.file_node_id,
            licence=permit,
            catalogue="2017" if len(category) == 2 else "2002",
            category=category,
            device_class=3,
        )


def _authorisation(entity, party, line, today: dt.date) -> None:
    partners.Authorisation.objects.create(
        node_id=party.file_node_id,
        entity_id=entity.pk,
        party=party,
        line_id=line.pk,
        territory_from=330000,
        territory_until=340000,
        exclusive=True,
        valid_from=today - dt.timedelta(days=100),
        valid_until=today + dt.timedelta(days=265),
        target="1200000.00",
    )


def _people(dealers: dict[str, partners.Party], region) -> dict[str, organisation.Person]:
    house = organisation.Role.objects.create(
        code="channel_manager", name="渠道经理", name_en="Channel manager", permissions=["*"]
    )
    dealer = organisation.Role.objects.create(
        code="dealer", name="经销商", name_en="Dealer", permissions=["partners.party.view"]
    )
    names = {"manager": "周岚", "dealer": "陈康", "sibling": "王仁", "outsider": "林无"}
    people = {}
    for username, name in names.items():
        party = dealers.get(username)
        people[username] = organisation.Person.objects.create(
            username=username, name=name, password=_password(), party_id=party.pk if party else 0
        )
    since = timezone.now() - dt.timedelta(days=30)
    organisation.Post.objects.create(
        person=people["manager"], role=house, whole=True, granted_by="job:company", valid_from=since
    )
    for username, party in dealers.items():
        organisation.Post.objects.create(
            person=people[username],
            role=dealer,
            party_id=party.pk,
            granted_by="job:company",
            valid_from=since,
        )
    return people
