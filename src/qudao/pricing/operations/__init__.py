"""Writes of pricing: contracts, prices, promotions."""

from .contracts import add_version, draft_contract, put_into_effect
from .drafts import NewPrice, NewRebate, Terms, contract_reasons
from .ending import end_contract
from .papers import sign_version
from .prices import (
    ListPrice,
    NewFactor,
    set_floors,
    set_guide_prices,
    set_hospital_prices,
    set_tier_factors,
    set_vbp_prices,
)
from .promotions import return_promotions, spend_promotions, start_promotion, stop_promotion

__all__ = [
    "ListPrice",
    "NewFactor",
    "NewPrice",
    "NewRebate",
    "Terms",
    "add_version",
    "contract_reasons",
    "draft_contract",
    "end_contract",
    "put_into_effect",
    "return_promotions",
    "set_floors",
    "set_guide_prices",
    "set_hospital_prices",
    "set_tier_factors",
    "set_vbp_prices",
    "sign_version",
    "spend_promotions",
    "start_promotion",
    "stop_promotion",
]
