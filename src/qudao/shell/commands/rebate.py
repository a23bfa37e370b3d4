"""`qudao rebate evaluate CASE.json`: what a volume earns under a scale, explained, from a file alone."""

import json
import pathlib
import sys
from typing import Any

from qudao.kernel import errors
from qudao.pricing import messages
from qudao.pricing.rules import case

_LARGEST = 1_000_000
EXAMPLE = """\
example of CASE.json (decimals are strings; lower_inclusive, cap, floor and settled may be left out):
  {"scale": {"measure": "amount", "mode": "marginal", "lower_inclusive": true,
             "tiers": [{"from": "0", "rate": "0"}, {"from": "1000000", "rate": "0.03"},
                       {"from": "2000000", "rate": "0.05"}],
             "cap": null, "floor": null},
   "volume": {"amount": "2500000.00", "quantity": "0"}, "settled": "0.00"}
measure: amount | quantity. mode: whole | marginal (rate is a fraction), per_unit (money per unit),
fixed (money). Exit 2 names the field of a bad case."""


def configure(parser) -> None:
    import argparse

    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    evaluate = actions.add_parser(
        "evaluate",
        help="what a volume earns under a scale",
        description="Evaluate one rebate case and print the result as JSON.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    evaluate.add_argument("case", metavar="CASE.json", help="the file with the case, or - for the input")


def run(arguments) -> int:
    data = _read(arguments.case)
    try:
        result = case.evaluate_case(data=data)
    except errors.Refused as refused:
        raise errors.Refused(map(messages.worded, refused.reasons)) from refused
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0


def _read(path: str) -> Any:
    """The JSON data. Raises Refused when there is none, or a field occurs twice."""
    try:
        if path == "-":
            content = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with pathlib.Path(path).open("rb") as file:
                content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ValueError(f"more than {_LARGEST} bytes")
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except RecursionError as error:
        raise _unreadable(path, "nested too deeply") from error
    except ValueError as error:
        raise _unreadable(path, str(error)) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            reason = errors.Reason("pricing.case_invalid", params={"field": name, "problem": "repeated"})
            raise errors.Refused([messages.worded(reason)])
        found[name] = value
    return found


def _unreadable(path: str, problem: str) -> errors.Refused:
    return errors.refuse("pricing.case_unreadable", path="-" if path == "-" else path, problem=problem)
