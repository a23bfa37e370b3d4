"""The score of an admission (准入评分) and the tier it gives.

A partner is judged by criteria, each with points from 0 to 5 and a weight. The score is the weighted share of
all points that could be had, of 100, rounded half up; the tier is the first whose threshold it reaches.
"""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

from qudao.kernel import errors, money

MOST = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """`weights`: criterion → weight; `tiers`: tier → least score, the last tier with 0."""

    weights: Mapping[str, int]
    tiers: Mapping[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Scored:
    """`score` of 100, and the tier it gives."""

    score: int
    tier: str


def score(*, points: Mapping[str, int], policy: Policy) -> Scored:
    """Score the points given. Raises Refused `partners.score_incomplete` unless every criterion has 0 to 5."""
    missing = [one for one in policy.weights if not 0 <= points.get(one, -1) <= MOST]
    if missing:
        raise errors.refuse("partners.score_incomplete", criteria=" ".join(missing))
    had = sum(points[one] * weight for one, weight in policy.weights.items())
    total = int(money.rounded(Decimal(100 * had) / (MOST * sum(policy.weights.values())), 0))
    ranked = sorted(policy.tiers.items(), key=lambda one: -one[1])
    return Scored(total, next(tier for tier, least in ranked if total >= least))
