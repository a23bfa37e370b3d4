import copy
import json
import pathlib
import re

import pytest

from qudao.kernel import errors
from qudao.pricing.rules import case
from tests.rules.rebate_case import CASE

DOC = pathlib.Path(__file__).parents[2] / "docs" / "domain" / "rebates.md"


def changed(path, value):
    """The case with the value at `path` (keys and indexes) replaced; `...` removes it."""
    data = copy.deepcopy(CASE)
    *parents, last = path
    target = data
    for part in parents:
        target = target[part]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return data


def faults(data):
    with pytest.raises(errors.Refused) as refused:
        case.evaluate_case(data=data)
    assert {reason.code for reason in refused.value.reasons} == {"pricing.case_invalid"}
    return [(reason.params["field"], reason.params["problem"]) for reason in refused.value.reasons]


def test_the_case_earns_55000():
    result = case.evaluate_case(data=CASE)
    assert (result["earned"], result["payable"], result["tier"]) == ("55000.00", "55000.00", 2)
    assert result["steps"][2] == {
        "code": "band",
        "from": "2000000",
        "to": None,
        "base": "500000.00",
        "rate": "0.05",
        "amount": "25000.00",
    }
    assert json.loads(json.dumps(result)) == result


def test_the_documented_case_is_this_case():
    (text,) = re.findall(r"```json\n(.+?)```", DOC.read_text(), re.DOTALL)
    assert json.loads(text) == CASE


def test_what_was_settled_is_subtracted_even_below_zero():
    assert case.evaluate_case(data=changed(["settled"], "60000.00"))["payable"] == "-5000.00"


def test_a_scale_is_read_alone():
    scale = case.read_scale(data=CASE["scale"])
    assert (scale.mode, len(scale.tiers), str(scale.tiers[1].rate)) == ("marginal", 3, "0.03")
    with pytest.raises(errors.Refused, match=r"pricing\.case_invalid"):
        case.read_scale(data=CASE["scale"] | {"tiers": []})


def test_what_may_be_left_out_has_its_default():
    data = copy.deepcopy(CASE)
    for name in ("lower_inclusive", "cap", "floor"):
        del data["scale"][name]
    del data["settled"]
    assert case.evaluate_case(data=data) == case.evaluate_case(data=CASE)


@pytest.mark.parametrize(
    ("path", "value", "field", "problem"),
    [
        (["scale"], ..., "scale", "missing"),
        (["scale"], [], "scale", "not_an_object"),
        (["scale", "mode"], ..., "scale.mode", "missing"),
        (["scale", "mode"], "growth", "scale.mode", "unknown_choice"),
        (["scale", "mode"], 1, "scale.mode", "not_a_string"),
        (["scale", "measure"], "weight", "scale.measure", "unknown_choice"),
        (["scale", "measure"], None, "scale.measure", "not_a_string"),
        (["scale", "lower_inclusive"], "true", "scale.lower_inclusive", "not_a_boolean"),
        (["scale", "lower_inclusive"], None, "scale.lower_inclusive", "not_a_boolean"),
        (["scale", "tires"], [], "scale.tires", "unknown"),
        (["scale", "tiers"], ..., "scale.tiers", "missing"),
        (["scale", "tiers"], {}, "scale.tiers", "not_a_list"),
        (["scale", "tiers"], [], "scale.tiers", "empty"),
        (["scale", "tiers", 1], "x", "scale.tiers[1]", "not_an_object"),
        (["scale", "tiers", 1, "to"], "5", "scale.tiers[1].to", "unknown"),
        (["scale", "tiers", 1, "rate"], ..., "scale.tiers[1].rate", "missing"),
        (["scale", "tiers", 1, "rate"], 0.03, "scale.tiers[1].rate", "not_a_string"),
        (["scale", "tiers", 1, "rate"], 0, "scale.tiers[1].rate", "not_a_string"),
        (["scale", "tiers", 1, "rate"], "3%", "scale.tiers[1].rate", "not_a_decimal"),
        (["scale", "tiers", 1, "rate"], "-0.03", "scale.tiers[1].rate", "negative"),
        (["scale", "tiers", 1, "rate"], "3", "scale.tiers[1].rate", "above_one"),
        (["scale", "tiers", 1, "rate"], "0.123456789", "scale.tiers[1].rate", "too_many_decimals"),
        (["scale", "tiers", 0, "from"], "1", "scale.tiers[0].from", "not_zero"),
        (["scale", "tiers", 2, "from"], "1000000", "scale.tiers[2].from", "not_increasing"),
        (["scale", "tiers", 2, "from"], "2000000.001", "scale.tiers[2].from", "too_many_decimals"),
        (["scale", "cap"], "-1", "scale.cap", "negative"),
        (["scale", "cap"], 5, "scale.cap", "not_a_string"),
        (["scale", "floor"], "NaN", "scale.floor", "not_a_decimal"),
        (["volume"], ..., "volume", "missing"),
        (["volume", "amount"], ..., "volume.amount", "missing"),
        (["volume", "amount"], 2500000.0, "volume.amount", "not_a_string"),
        (["volume", "amount"], "1e6", "volume.amount", "not_a_decimal"),
        (["volume", "amount"], "1,000", "volume.amount", "not_a_decimal"),
        (["volume", "amount"], " 1", "volume.amount", "not_a_decimal"),
        (["volume", "amount"], "1\n", "volume.amount", "not_a_decimal"),
        (["volume", "amount"], "١", "volume.amount", "not_a_decimal"),
        (["volume", "amount"], "1" * 16, "volume.amount", "not_a_decimal"),
        (["volume", "amount"], "0.001", "volume.amount", "too_many_decimals"),
        (["volume", "amount"], "-1", "volume.amount", "negative"),
        (["volume", "quantity"], "0.00001", "volume.quantity", "too_many_decimals"),
        (["settled"], "-1", "settled", "negative"),
        (["settled"], None, "settled", "not_a_string"),
        (["note"], "x", "note", "unknown"),
    ],
)
def test_a_bad_case_is_refused_by_the_name_of_its_field(path, value, field, problem):
    assert faults(changed(path, value)) == [(field, problem)]


@pytest.mark.parametrize("data", [None, [], "x", 1, 1.5])
def test_a_case_that_is_no_object_is_refused(data):
    assert faults(data) == [("case", "not_an_object")]


def test_every_fault_of_the_scale_is_told_at_once():
    data = changed(["scale", "tiers", 1, "rate"], "-0.03")
    data["scale"]["cap"] = "-1"
    assert faults(data) == [("scale.tiers[1].rate", "negative"), ("scale.cap", "negative")]


def test_the_largest_figures_a_case_may_hold_do_not_lose_a_cent():
    data = changed(["volume", "amount"], "999999999999999.99")
    data["scale"] |= {"mode": "whole", "tiers": [{"from": "0", "rate": "0.12345678"}]}
    # 999999999999999.99 × 0.12345678 = 123456779999999.9987654322
    assert case.evaluate_case(data=data)["earned"] == "123456780000000.00"
