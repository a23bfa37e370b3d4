"""One rebate case as JSON data: what `qudao rebate evaluate` reads and prints.

Decimals are strings: a JSON number may already have lost its cents on the way.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from qudao.kernel import errors

from . import rebate, settlement

_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.([0-9]+))?")
_CENTS, _QUANTITY, _RATE = 2, 4, 8  # decimals allowed


def evaluate_case(*, data: object) -> dict[str, Any]:
    """Evaluate {"scale": …, "volume": …, "settled": …}; returns earned, payable, tier (from 0), steps.

    `lower_inclusive`, `cap`, `floor` and `settled` may be left out (true, none, none, "0.00"); every
    other field is required and unknown ones are refused. Raises Refused with `pricing.case_invalid`,
    whose params are `field` (a path such as scale.tiers[1].rate) and `problem` (a code with words in
    `messages.PROBLEMS`): the first fault of the shape, or every fault of a scale that can be read.
    """
    case = _fields(data, "", required=("scale", "volume"), optional=("settled",))
    scale = read_scale(data=case["scale"])
    volume = _volume(case["volume"])
    settled = _not_negative(case.get("settled", "0.00"), "settled", _CENTS)
    result = rebate.evaluate(scale=scale, volume=volume)
    return {
        "earned": format(result.earned, "f"),
        "payable": format(settlement.payable(earned=result.earned, settled=settled), "f"),
        "tier": result.tier,
        "steps": [step.as_json() for step in result.steps],
    }


def read_scale(*, data: object) -> rebate.Scale:
    """The scale in JSON, as in a case and in a contract's rebate terms; a valid one, or Refused as above."""
    scale = _scale(data)
    errors.raise_if_refused(
        _invalid("scale." + fault.params["field"], fault.code.removeprefix("pricing.scale_"))
        for fault in rebate.validate(scale=scale)
    )
    return scale


def _scale(value: object) -> rebate.Scale:
    fields = _fields(
        value,
        "scale",
        required=("measure", "mode", "tiers"),
        optional=("lower_inclusive", "cap", "floor"),
    )
    measure = fields["measure"]
    for name in ("measure", "mode"):
        if not isinstance(fields[name], str):
            raise _refused(f"scale.{name}", "not_a_string")
    if not isinstance(fields["tiers"], list):
        raise _refused("scale.tiers", "not_a_list")
    inclusive = fields.get("lower_inclusive", True)
    if not isinstance(inclusive, bool):
        raise _refused("scale.lower_inclusive", "not_a_boolean")
    return rebate.Scale(
        measure=measure,
        mode=fields["mode"],
        tiers=tuple(
            _tier(tier, f"scale.tiers[{i}]", _QUANTITY if measure == "quantity" else _CENTS)
            for i, tier in enumerate(fields["tiers"])
        ),
        lower_inclusive=inclusive,
        cap=_limit(fields.get("cap"), "scale.cap"),
        floor=_limit(fields.get("floor"), "scale.floor"),
    )


def _tier(value: object, path: str, places: int) -> rebate.Tier:
    fields = _fields(value, path, required=("from", "rate"))
    return rebate.Tier(
        _decimal(fields["from"], f"{path}.from", places), _decimal(fields["rate"], f"{path}.rate", _RATE)
    )


def _limit(value: object, path: str) -> Decimal | None:
    return None if value is None else _decimal(value, path, _CENTS)


def _volume(value: object) -> rebate.Volume:
    fields = _fields(value, "volume", required=("amount", "quantity"))
    return rebate.Volume(
        _not_negative(fields["amount"], "volume.amount", _CENTS),
        _not_negative(fields["quantity"], "volume.quantity", _QUANTITY),
    )


def _fields(
    value: object, path: str, *, required: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refused(path or "case", "not_an_object")
    prefix = f"{path}." if path else ""
    for name in value:
        if name not in (*required, *optional):
            raise _refused(f"{prefix}{name}", "unknown")
    for name in required:
        if name not in value:
            raise _refused(f"{prefix}{name}", "missing")
    return value


def _decimal(value: object, path: str, places: int) -> Decimal:
    if not isinstance(value, str):
        raise _refused(path, "not_a_string")
    found = _DECIMAL.fullmatch(value)
    if found is None:
        raise _refused(path, "not_a_decimal")
    if len(found[1] or "") > places:
        raise _refused(path, "too_many_decimals")
    return Decimal(value)


def _not_negative(value: object, path: str, places: int) -> Decimal:
    number = _decimal(value, path, places)
    if number < 0:
        raise _refused(path, "negative")
    return number


def _invalid(field: str, problem: str) -> errors.Reason:
    return errors.Reason("pricing.case_invalid", params={"field": field, "problem": problem})


def _refused(field: str, problem: str) -> errors.Refused:
    return errors.Refused([_invalid(field, problem)])
