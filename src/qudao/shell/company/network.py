"""The channel: supplier, agent, dealers, hospital, with licences, accounts, authorisations, places."""

import datetime as dt

from qudao.catalog import certificates
from qudao.kernel import periods, scope
from qudao.partners import operations
from qudao.partners.rules import licences
from qudao.shell.company import Company, goods

PARTIES = {
    "chengxi": operations.NewParty(
        name="苏州澄溪医疗科技有限公司",
        short_name="澄溪医疗",
        uscc="91320500MA1XK0004D",
        roles=("supplier",),
        territory=320500,
        code="S001",
        address="苏州工业园区星湖街 218 号",
        phone="0512-62990000",
    ),
    "lianyou": operations.NewParty(
        name="上海联佑医疗科技有限公司",
        short_name="联佑医疗",
        uscc="91310115MA1K3W5T48",
        roles=("agent", "dealer"),
        territory=310100,
        code="P001",
        address="上海市浦东新区祖冲之路 1000 号",
        phone="021-50800000",
    ),
    "kangze": operations.NewParty(
        name="杭州康泽医疗器械有限公司",
        short_name="康泽医疗",
        uscc="91330108MA2CE7K83P",
        roles=("dealer",),
        territory=330100,
        code="P002",
        address="杭州市滨江区江晖路 600 号",
        phone="0571-86690000",
    ),
    "renji": operations.NewParty(
        name="宁波海曙仁济医疗设备有限公司",
        short_name="仁济医疗",
        uscc="91330203MA2AJ4W91N",
        roles=("dealer",),
        territory=330200,
        code="P003",
        address="宁波市海曙区中山西路 11 号",
        phone="0574-87300000",
    ),
    "zheer": operations.NewParty(
        name="浙江省第二人民医院",
        short_name="浙二医院",
        kind="hospital",
        uscc="123300004700510003",
        roles=("hospital",),
        territory=330100,
        code="H001",
        address="杭州市上城区橘井巷 6 号",
        phone="0571-87700000",
        grade="三甲",
        type="综合",
    ),
}
# party, line, role, tier, parent
ACCOUNTS = (
    ("lianyou", "CV", "agent", "A", ""),
    ("kangze", "CV", "dealer", "B", "lianyou"),
    ("renji", "CV", "dealer", "C", "lianyou"),
    ("kangze", "IVD", "dealer", "B", ""),
    ("zheer", "CV", "hospital", "A", ""),
    ("zheer", "IVD", "hospital", "A", ""),
)
CATEGORIES = ("01", "03", "13", "14")
# A filing (备案凭证) is for class II; class III takes a permit.
FILED: tuple[certificates.DeviceClass, ...] = (2,)
BEGIN = dt.date(2026, 1, 1)


def build(company: Company, *, authorised: bool = True, now: dt.datetime, actor: scope.Actor) -> None:
    """Everybody we buy from and sell to; not `authorised` leaves who may sell what where to the caller."""
    ids = operations.open_parties(list(PARTIES.values()), actor=actor, now=now)
    company.parties |= dict(zip(PARTIES, ids, strict=True))
    _licences(company, now=now, actor=actor)
    made = operations.open_accounts(
        [
            operations.NewAccount(
                entity_id=company.entities["qd"],
                party_id=company.parties[party],
                line_id=company.lines[line],
                role=role,
                tier=tier,
                region_id=company.regions["east"],
                parent_party_id=company.parties[parent] if parent else 0,
            )
            for party, line, role, tier, parent in ACCOUNTS
        ],
        actor=actor,
        now=now,
    )
    for (party, line, *_rest), account in zip(ACCOUNTS, made, strict=True):
        company.accounts[f"{party}.{line}"] = account
    _places(company, now=now, actor=actor)
    if authorised:
        _authorisations(company, now=now, actor=actor)
    operations.set_life_requirement(party_id=company.parties["zheer"], days=90, actor=actor, now=now)


def _scope(
    *categories: str, classes: tuple[certificates.DeviceClass, ...] = (2, 3)
) -> tuple[licences.ScopeEntry, ...]:
    """The categories in the classes of the 2017 catalogue; 6840 with cold chain in the 2002 one."""
    return tuple(
        licences.ScopeEntry("2002", category, device_class, "cold_chain")
        if category == "6840"
        else licences.ScopeEntry("2017", category, device_class)
        for category in categories
        for device_class in classes
    )


def _licences(company: Company, *, now: dt.datetime, actor: scope.Actor) -> None:
    def licence(party: str, kind: str, number: str, until: dt.date | None, **more) -> operations.NewLicence:
        ends = company.day(until) if until else None
        # A permit runs five years, a filing until it is withdrawn, a large hospital's permit fifteen.
        term = -180 if kind == "practice_permit" else -60
        return operations.NewLicence(
            party_id=company.parties[party],
            kind=kind,
            number=number,
            valid_from=periods.add_months(ends, term) if ends else dt.date(2022, 3, 14),
            valid_until=ends,
            **more,
        )

    permit = {"kind": "distribution_permit", "mode": "wholesale"}
    operations.record_licences(
        [
            licence(
                "chengxi",
                "production_permit",
                goods.PERMIT,
                dt.date(2030, 3, 14),
                scope=_scope(*CATEGORIES, "6840"),
            ),
            licence(
                "lianyou",
                number="沪浦药监械经营许20220101号",
                until=dt.date(2027, 12, 31),
                scope=_scope(*CATEGORIES, "6840"),
                **permit,
            ),
            licence(
                "kangze",
                number="浙杭药监械经营许20220316号",
                until=dt.date(2027, 3, 15),
                scope=_scope(*CATEGORIES),
                **permit,
            ),
            licence(
                "kangze",
                "distribution_filing",
                "浙杭药监械经营备20220317号",
                None,
                scope=_scope(*CATEGORIES, classes=FILED),
                mode="wholesale",
            ),
            licence(
                "renji",
                number="浙甬药监械经营许20220208号",
                until=dt.date(2027, 2, 8),
                scope=_scope(*CATEGORIES),
                **permit,
            ),
            licence(
                "renji",
                "distribution_filing",
                "浙甬药监械经营备20220209号",
                None,
                scope=_scope(*CATEGORIES, classes=FILED),
                mode="wholesale",
            ),
            licence("zheer", "practice_permit", "47005100033010211A1001", dt.date(2036, 1, 1)),
        ],
        actor=actor,
        now=now,
    )


def _places(company: Company, *, now: dt.datetime, actor: scope.Actor) -> None:
    places = {
        "zheer.binjiang": (
            "zheer",
            "campus",
            "浙江省第二人民医院（滨江院区）",
            330100,
            "杭州市滨江区青囊街 15 号",
            "设备科 陈老师",
        ),
        "zheer.jiefang": (
            "zheer",
            "campus",
            "浙江省第二人民医院（上城院区）",
            330100,
            "杭州市上城区橘井巷 6 号",
            "耗材科 许老师",
        ),
        "kangze": ("kangze", "warehouse", "康泽滨江仓库", 330100, "杭州市滨江区江晖路 600 号 2 幢", "林涛"),
        "renji": ("renji", "warehouse", "仁济海曙仓库", 330200, "宁波市海曙区中山西路 11 号", "何静"),
        "lianyou": ("lianyou", "warehouse", "联佑张江仓库", 310100, "上海市浦东新区祖冲之路 1000 号", "吴昊"),
    }
    made = operations.open_places(
        [
            operations.NewPlace(
                party_id=company.parties[party],
                kind=kind,
                name=name,
                territory=territory,
                address=address,
                contact=contact,
            )
            for party, kind, name, territory, address, contact in places.values()
        ],
        actor=actor,
        now=now,
    )
    company.places |= dict(zip(places, made, strict=True))


def _authorisations(company: Company, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Kangze sells in Hangzhou, Renji in Ningbo, their agent in the whole of Zhejiang and Shanghai."""

    def grant(party: str, line: str, territory: int) -> operations.NewAuthorisation:
        return operations.NewAuthorisation(
            entity_id=company.entities["qd"],
            party_id=company.parties[party],
            line_id=company.lines[line],
            territory=territory,
            valid_from=company.day(BEGIN),
            valid_until=company.day(dt.date(2027, 1, 1)),
        )

    operations.grant_authorisations(
        [
            grant("lianyou", "CV", 330000),
            grant("lianyou", "CV", 310000),
            grant("kangze", "CV", 330100),
            grant("kangze", "IVD", 330100),
            grant("renji", "CV", 330200),
        ],
        actor=actor,
        now=now,
    )
