"""The score of an admission and the tier it gives."""

import pytest

from qudao.kernel import errors
from qudao.partners import rule_data
from qudao.partners.rules import scoring

DATA = next(one["data"] for one in rule_data.VERSIONS if one["table"] == "partners.admission_score")
POLICY = scoring.Policy(DATA["weights"], DATA["tiers"])


def points(coverage, storage, finance, team, compliance):
    return {
        "coverage": coverage,
        "storage": storage,
        "finance": finance,
        "team": team,
        "compliance": compliance,
    }


@pytest.mark.parametrize(
    ("given", "score", "tier"),
    [
        (points(5, 5, 5, 5, 5), 100, "A"),
        # (30·4 + 20·4 + 20·3 + 15·4 + 15·5) / 500 = 395 / 500
        (points(4, 4, 3, 4, 5), 79, "B"),
        (points(5, 4, 4, 4, 4), 86, "A"),
        (points(3, 3, 2, 2, 2), 50, "C"),
        (points(0, 0, 0, 0, 0), 0, "D"),
    ],
)
def test_the_weighted_share_of_all_points_gives_the_tier(given, score, tier):
    assert scoring.score(points=given, policy=POLICY) == scoring.Scored(score, tier)


@pytest.mark.parametrize("given", [{}, points(5, 5, 5, 5, 6), points(-1, 5, 5, 5, 5)])
def test_every_criterion_has_zero_to_five_points(given):
    with pytest.raises(errors.Refused) as refusal:
        scoring.score(points=given, policy=POLICY)
    assert refusal.value.reasons[0].code == "partners.score_incomplete"
