"""How far a rebate term has come: for the partner's "120,000 more reaches 3 %"."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from qudao.kernel import periods
from qudao.pricing import queries as pricing
from qudao.pricing.rules import case, rebate, settlement
from qudao.settlement import computing
from qudao.settlement.rules import rebates

# Every fact known: the consumer's place is the house's, a partner does not read it.
_LATEST = 2**62


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """Volume and rebate of the running period so far. `missing` to `next_rate` is None on the top tier;
    `curve` are (volume, rebate) points of the scale."""

    term_id: int
    name: str
    basis: str
    measure: str
    mode: str
    period_from: dt.date
    period_until: dt.date
    volume_amount: Decimal
    volume_quantity: Decimal
    tier: int
    rate: Decimal
    earned: Decimal
    settled: Decimal
    missing: Decimal | None
    next_rate: Decimal | None
    curve: tuple[tuple[Decimal, Decimal], ...]


def progress(terms: Iterable[pricing.RebateTerm], *, today: dt.date) -> list[Progress]:
    """Each payable term in the calendar period of `today`, by the facts known now; a term whose contract
    version does not reach `today` is left out. Two statements for any number of terms."""
    running = [
        (term, computing.clipped(term, today))
        for term in terms
        if term.direction == "payable"
        and term.version_status != "draft"
        and term.basis in rebates.BASES
        and periods.Period(term.valid_from, term.valid_until).contains(today)
    ]
    if not running:
        return []
    facts = computing.facts_of(running, number=_LATEST)
    confirmed = computing.confirmed_runs(*facts)
    return [
        _progress(
            term,
            period,
            computing.compute(
                term,
                period=period,
                facts=facts[term.id],
                earlier=[run for run in confirmed if run.term_id == term.id],
            ).settlement,
        )
        for term, period in running
    ]


def _progress(term: pricing.RebateTerm, period: periods.Period, found: settlement.Settlement) -> Progress:
    scale = case.read_scale(data=term.scale)
    missing, next_rate = found.next_tier or (None, None)
    # A scale that measures one thing and pays on the other is drawn at the average price so far.
    average = found.volume.amount / found.volume.quantity if found.volume.quantity else Decimal(1)
    here = rebate.measured(scale=scale, volume=found.volume)
    # Far enough that whoever passed the last bound still stands on the curve.
    end = max(scale.tiers[-1].from_ * 3 / 2, here * 11 / 10, Decimal(1))
    return Progress(
        term_id=term.id,
        name=term.name,
        basis=term.basis,
        measure=scale.measure,
        mode=scale.mode,
        period_from=period.valid_from,
        period_until=period.valid_until,  # type: ignore[arg-type]
        volume_amount=found.volume.amount,
        volume_quantity=found.volume.quantity,
        tier=found.tier,
        rate=scale.tiers[found.tier].rate,
        earned=found.earned,
        settled=found.settled,
        missing=missing,
        next_rate=next_rate,
        curve=tuple(rebate.curve(scale=scale, unit_amount=average if average > 0 else Decimal(1), until=end)),
    )
