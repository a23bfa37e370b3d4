"""Prices, contracts with rebates, promotions and credit of the demo company."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from qudao.kernel import periods, scope
from qudao.partners import queries as partners
from qudao.pricing import operations as pricing
from qudao.pricing import queries as agreements
from qudao.settlement import operations as settlement
from qudao.shell.company import terms as small
from qudao.shell.demo import cast, network, trade, worth
from qudao.shell.demo.products import SMALL
from qudao.shell.demo.state import Demo

# Rebates on the quarter's volume without tax.
_STEPS = {
    "whole": (("0", "0"), ("100000", "0.01"), ("300000", "0.02"), ("800000", "0.03")),
    "marginal": (("0", "0.005"), ("200000", "0.02"), ("600000", "0.035")),
}
_LIMIT_STEP = Decimal(50_000)


def prices(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Last year's and this year's lists in every entity, factors, floors, procurement prices."""
    company = demo.company
    last, turn = periods.add_months(demo.year, -12), demo.year
    for key, entity_id in company.entities.items():
        small_too = key == "qd"
        for begin, end, share in ((last, turn, "0.98"), (turn, None, "1")):
            chosen = [
                one
                for one in demo.products.values()
                if one.code not in SMALL or (small_too and begin == last)
            ]
            common: dict[str, Any] = {"entity_id": entity_id, "valid_from": begin, "actor": actor, "now": now}
            pricing.set_guide_prices(
                prices=[
                    pricing.ListPrice(
                        item_id=company.items[one.code],
                        price=(one.price * Decimal(share)).quantize(Decimal("0.01")),
                    )
                    for one in chosen
                ],
                valid_until=end,
                citation=f"{begin.year} 价目表",
                **common,
            )
            known = {"A", "B", "C"} if small_too and begin == turn else set()
            pricing.set_tier_factors(
                factors=[
                    pricing.NewFactor(tier=tier, factor=Decimal(factor))
                    for tier, factor in worth.FACTORS.items()
                    if tier not in known
                ]
                + [
                    pricing.NewFactor(region_id=company.regions[region], factor=Decimal(factor))
                    for region, factor in worth.REGION_FACTORS.items()
                ],
                valid_until=end,
                **common,
            )
        stents = [one for one in demo.products.values() if one.code.startswith("ST-")]
        pricing.set_vbp_prices(
            entity_id=entity_id,
            prices=[
                pricing.ListPrice(
                    item_id=company.items[one.code], price=(one.price * worth.VBP).quantize(Decimal(1))
                )
                for one in stents
            ],
            valid_from=last,
            valid_until=periods.add_months(turn, 24),
            citation="国家集采 GH-HD2024-1",
            actor=actor,
            now=now,
        )
        pricing.set_floors(
            entity_id=entity_id,
            floors=[
                (company.items[one.code], (one.cost / Decimal("1.13")).quantize(Decimal("0.01")))
                for one in demo.products.values()
                if one.code not in SMALL and one.line in ("CV", "OR")
            ],
            valid_from=last,
            actor=actor,
            now=now,
        )


def hospital_prices(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """What each hospital that buys from us pays itself, and prices registered (报备价) for dealers that supply one."""
    last = periods.add_months(demo.year, -12)
    direct = [one for one in demo.partners.values() if one.is_hospital and one.lines]
    for one in direct:
        for line in one.lines:
            pricing.set_hospital_prices(
                entity_id=demo.company.entities[one.entity],
                hospital_id=demo.company.parties[one.key],
                account=partners.get_account(demo.company.accounts[f"{one.key}.{line}"], actor),
                prices=[
                    pricing.ListPrice(item_id=demo.company.items[product.code], price=worth.bid(product))
                    for product in trade.popularity(demo, line)[0]
                    if not worth.is_procured(product) and (one.entity == "qd" or product.code not in SMALL)
                ],
                valid_from=last,
                citation=f"{one.short} 报备价",
                actor=actor,
                now=now,
            )
    for one in direct[1:15]:
        _registered(demo, one, now=now, actor=actor)


def _registered(demo: Demo, hospital: network.Partner, *, now: dt.datetime, actor: scope.Actor) -> None:
    """For the largest dealer of the hospital's city or province: a little off its contract, for this hospital alone."""
    (line,) = hospital.lines
    dealers = [one for one, of in contracted(demo) if of == line and hospital in trade.served(demo, one)]
    if not dealers:
        return
    dealer = max(dealers, key=lambda one: one.weight)
    pricing.set_hospital_prices(
        entity_id=demo.company.entities[dealer.entity],
        hospital_id=demo.company.parties[hospital.key],
        account=partners.get_account(demo.company.accounts[f"{dealer.key}.{line}"], actor),
        prices=[
            pricing.ListPrice(
                item_id=demo.company.items[product.code],
                price=(price * Decimal("0.97")).quantize(Decimal("0.1")),
            )
            for product, price in worth.agreed(demo, dealer, line)[:4]
        ],
        valid_from=demo.year,
        citation=f"{hospital.short} {demo.year.year} 报备",
        actor=actor,
        now=now,
    )


# --- Contracts -------------------------------------------------------------------------------------


def contracts(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """A contract for every account of dealers and agents; the larger ones had one last year too."""
    who = cast.Cast(demo)
    small.build(demo.company, contracts=(), now=now, actor=actor)
    for number, account, agreed_on in small.CONTRACTS:
        small.contract(
            *(demo.company, number, account, agreed_on),
            now=now,
            actor=who(cast.DRAFTER),
            signer=who(cast.SIGNER),
        )
        demo.versions[account] = [(demo.year, int(str(demo.company.contracts[number])))]
    chosen = list(contracted(demo))
    heavy = sorted(chosen, key=lambda pair: -pair[0].weight)[:12]
    turn, last = demo.year, periods.add_months(demo.year, -12)
    for no, (one, line) in enumerate(chosen):
        if (one, line) in heavy:
            _contract(demo, one, line, f"HT-{last.year}-{no + 1001}", last, turn, "0.03", now, who)
        _contract(
            demo,
            *(one, line, f"HT-{turn.year}-{no + 1001}", turn, periods.add_months(turn, 12), "0"),
            *(now, who),
        )


def contracted(demo: Demo) -> Iterator[tuple[network.Partner, str]]:
    for one in demo.partners.values():
        if one.role in ("dealer", "agent"):
            for line in one.lines:
                if f"{one.key}.{line}" not in {account for _, account, _ in small.CONTRACTS}:
                    yield one, line


def _contract(demo, one, line, number, begin, end, dearer, now, who: cast.Cast) -> None:
    actor = who(cast.DRAFTER)
    account = partners.get_account(demo.company.accounts[f"{one.key}.{line}"], actor)
    drafted = pricing.draft_contract(
        account=account,
        title=f"{begin.year} 年度{'代理' if one.role == 'agent' else '经销'}合同 {one.short}",
        number=number,
        terms=pricing.Terms(valid_from=begin, valid_until=end, payment_days=30),
        prices=agreed(demo, one, line, Decimal(dearer)),
        rebates=rebates(one),
        actor=actor,
        now=now,
    )
    sign(drafted, one, now=now, who=who)
    if begin == demo.year:
        demo.contracts[f"{one.key}.{line}"] = (number, drafted.contract_id)
        demo.versions[f"{one.key}.{line}"] = [(begin, drafted.id)]


def sign(drafted: Any, one: network.Partner, *, now: dt.datetime, who: cast.Cast) -> None:
    """The management reads before it signs."""
    pricing.put_into_effect(
        version_id=drafted.id,
        signed_by="孟遥",
        countersigned_by=one.contact,
        document_digest=hashlib.sha256(f"{drafted.contract_number} v{drafted.number}".encode()).hexdigest(),
        actor=who(cast.SIGNER),
        now=now + dt.timedelta(hours=5),
    )


def agreed(demo: Demo, one: network.Partner, line: str, more: Decimal) -> list[pricing.NewPrice]:
    """The prices of `worth.agreed` as clauses of a contract."""
    return [
        pricing.NewPrice(item_id=demo.company.items[product.code], price=price, clause=f"§2.{no}")
        for no, (product, price) in enumerate(worth.agreed(demo, one, line, more), 1)
    ]


def rebates(one: network.Partner, more: str = "0") -> list[pricing.NewRebate]:
    """The larger half has a rebate: on all of the volume, or band by band; `more` on the highest tier."""
    if one.weight < 1.0:
        return []
    mode = "marginal" if one.role == "agent" else "whole"
    steps = [{"from": start, "rate": rate} for start, rate in _STEPS[mode]]
    steps[-1]["rate"] = str(Decimal(steps[-1]["rate"]) + Decimal(more))
    return [_rebate(mode, steps)]


def _rebate(mode: str, steps: Sequence[dict[str, str]]) -> pricing.NewRebate:
    scale = {
        "measure": "amount",
        "mode": mode,
        "lower_inclusive": True,
        "tiers": list(steps),
        "cap": None,
        "floor": None,
    }
    return pricing.NewRebate(name="季度返利", basis="signed", scale=scale)


def amend(
    demo: Demo, entities: Sequence[str], *, now: dt.datetime, who: cast.Cast
) -> Iterator[tuple[str, int]]:
    """For the second half of the contract year the largest partners get better prices: a second version.

    Yields (account, version) and keeps it in `demo.versions`.
    """
    begin, actor = periods.add_months(demo.year, 6), who(cast.DRAFTER)
    for name in largest(demo):
        key, line = name.split(".")
        one = demo.partners[key]
        if one.entity not in entities:
            continue
        drafted = pricing.add_version(
            contract_id=demo.contracts[name][1],
            account=partners.get_account(demo.company.accounts[name], actor),
            terms=pricing.Terms(
                valid_from=begin,
                valid_until=periods.add_months(demo.year, 12),
                payment_days=45,
                note="半年度调价",
            ),
            prices=agreed(demo, one, line, Decimal("-0.02")),
            rebates=rebates(one, "0.005"),
            actor=actor,
            now=now,
        )
        sign(drafted, one, now=now, who=who)
        demo.versions[name].append((begin, drafted.id))
        yield name, drafted.id


def ask_more(demo: Demo, *, now: dt.datetime, who: cast.Cast) -> int:
    """From the running quarter on the rebates of the first dealer ask what `demo.asked` says. Returns how many."""
    for number, name, prices in small.CONTRACTS:
        if name in demo.asked:
            _ask(demo, number, name, prices, now=now, who=who)
    return len(demo.asked)


def _ask(demo: Demo, number: str, name: str, prices: Mapping[str, str], *, now, who: cast.Cast) -> None:
    actor = who(cast.DRAFTER)
    with scope.transaction(actor):
        first = agreements.get_contract_version(demo.versions[name][0][1], actor)
    drafted = pricing.add_version(
        contract_id=first.contract_id,
        account=partners.get_account(demo.company.accounts[name], actor),
        terms=pricing.Terms(
            valid_from=demo.quarter, valid_until=first.valid_until, payment_days=30, note="返利档位调整"
        ),
        prices=[
            pricing.NewPrice(item_id=demo.company.items[code], price=Decimal(price), clause=f"§2.{no}")
            for no, (code, price) in enumerate(prices.items(), 1)
        ],
        rebates=[_rebate("whole", [{"from": start, "rate": rate} for start, rate in demo.asked[name]])],
        actor=actor,
        now=now,
    )
    digest = hashlib.sha256(drafted.citation.encode()).hexdigest()
    small.sign(demo.company, number, drafted.id, digest, now=now, actor=who(cast.SIGNER))
    demo.versions[name].append((demo.quarter, drafted.id))


def renew(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> int:
    """Next year's contracts of the three largest accounts, drafted and waiting to be signed. Returns how many."""
    begin = periods.add_months(demo.year, 12)
    chosen = largest(demo)[:3]
    for no, name in enumerate(chosen, 1001):
        key, line = name.split(".")
        one = demo.partners[key]
        pricing.draft_contract(
            account=partners.get_account(demo.company.accounts[name], actor),
            title=f"{begin.year} 年度{'代理' if one.role == 'agent' else '经销'}合同 {one.short}",
            number=f"HT-{begin.year}-{no}",
            terms=pricing.Terms(valid_from=begin, valid_until=periods.add_months(begin, 12), payment_days=45),
            prices=agreed(demo, one, line, Decimal("-0.03")),
            rebates=rebates(one, "0.005"),
            actor=actor,
            now=now,
        )
    return len(chosen)


def largest(demo: Demo) -> list[str]:
    """The accounts of this year's ten largest contracts."""
    return sorted(demo.contracts, key=lambda name: -demo.partners[name.split(".")[0]].weight)[:10]


# --- Promotions and credit -------------------------------------------------------------------------


def promotions(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """A spend-and-save promotion on reagents through the last two months, one on surgical goods some months ago; each
    entity's budget is after what it sells."""
    begin = periods.add_months(demo.today.replace(day=1), -1)
    earlier = periods.add_months(demo.begin.replace(day=1), 4)
    for name, line, first, days, threshold, minus, budgets in (
        (f"{_season(begin)}检验试剂满减", "IVD", begin, 75, "8000", "240.00", (30_000, 15_000, 6_000)),
        (f"{_season(earlier)}外科耗材满减", "SU", earlier, 60, "15000", "400.00", (40_000, 60_000, 25_000)),
    ):
        products, _ = trade.popularity(demo, line)
        for entity, budget in zip(("qd", "gz", "bj"), budgets, strict=True):
            pricing.start_promotion(
                entity_id=demo.company.entities[entity],
                name=name,
                measure="amount",
                threshold=Decimal(threshold),
                minus=Decimal(minus),
                repeats=True,
                budget=Decimal(budget),
                valid_from=first,
                valid_until=first + dt.timedelta(days=days),
                item_ids=[demo.company.items[one.code] for one in products if one.code not in SMALL],
                line_id=demo.company.lines[line],
                actor=actor,
                now=now,
            )
        if line == "IVD":
            demo.stories.promotion = name


def _season(first: dt.date) -> str:
    """What a promotion that begins then is called after."""
    return ("开年", "开年", "春季", "春季", "春季", "年中", "年中", "年中", "秋季", "年末", "年末", "年末")[
        first.month - 1
    ]


def credit(demo: Demo, deals: Sequence[trade.Deal], *, now: dt.datetime, actor: scope.Actor) -> None:
    """Limits that hold what a partner orders in its four best months."""
    best: dict[str, list[Decimal]] = {}
    for partner, _, total in trade.by_debtor_month(demo, deals):
        best.setdefault(partner, []).append(total)
    for one in demo.partners.values():
        if not one.lines:
            continue
        account = partners.get_account(demo.company.accounts[f"{one.key}.{next(iter(one.lines))}"], actor)
        demo.debtors[one.key] = account.debtor_node_id
        need = sum(sorted(best.get(one.key, []), reverse=True)[:4], Decimal(0)) + 120_000
        limit = (need / _LIMIT_STEP).to_integral_value(rounding="ROUND_UP") * _LIMIT_STEP
        demo.limits[one.key] = limit
        settlement.set_credit(
            debtor_node_id=account.debtor_node_id,
            limit=limit.quantize(Decimal("0.01")),
            approver="钱芳",
            actor=actor,
            now=now,
        )
