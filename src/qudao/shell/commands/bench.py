"""`qudao bench`: the hot paths against hand-written SQL, in a database of their own."""

import dataclasses
import json
import pathlib
from typing import Any

from qudao.kernel import config
from qudao.shell import starting

# What `make bench` aims at: at most this ratio, at least this many leaves.
AIMS = {"orders": 3.0, "prices": 1.5, "trace": 2.0, "sequencer": 2000}
ROUNDS = {"orders": 300, "prices": 200, "trace": 60}
WHAT = {
    "orders": "an order of 10 lines, decided, reserved, journalled",
    "prices": "1,000 prices resolved",
    "trace": "a lot with 10,000 moves traced",
    "sequencer": "journal entries numbered a second",
}


def configure(parser) -> None:
    parser.add_argument(
        "part", nargs="*", metavar="PART", help=f"one or more of {', '.join(AIMS)}; all when none is named"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments) -> int:
    parts = arguments.part or list(AIMS)
    if unknown := [part for part in parts if part not in AIMS]:
        raise config.ConfigurationError(f"{unknown[0]} is nothing to measure: choose among {', '.join(AIMS)}")
    found = _measured(parts, quiet=arguments.json)
    target = config.home() / "bench.json"
    target.write_text(json.dumps(_kept(target) | found, indent=2) + "\n")
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        print(f"Kept in {target}.")
    return 0


def _measured(parts: list[str], *, quiet: bool) -> dict[str, Any]:
    from qudao.shell.bench import DATABASE

    starting.ready(name=DATABASE)
    from qudao.shell.bench import intake, prices, sequencer, trace, world

    if not quiet:
        print(f"Making the database {DATABASE} …", flush=True)
    made = world.made()
    measures = {
        "orders": lambda: intake.measure(made, rounds=ROUNDS["orders"]),
        "prices": lambda: prices.measure(made, rounds=ROUNDS["prices"]),
        "trace": lambda: trace.measure(made, rounds=ROUNDS["trace"]),
        "sequencer": sequencer.measure,
    }
    found: dict[str, Any] = {}
    for part in parts:
        found[part] = dataclasses.asdict(measures[part]())
        if not quiet:
            print(_line(part, found[part]), flush=True)
    return found


def _line(part: str, found: dict[str, Any]) -> str:
    aim = AIMS[part]
    if part == "sequencer":
        rate = found["leaves_per_s"]
        return f"{_mark(rate >= aim)} {rate:>9,} / s      aim ≥ {aim:,.0f}  {WHAT[part]}"
    return (
        f"{_mark(found['ratio'] <= aim)} {found['ratio']:>5.2f} ×  {found['p50_ms']:>8.2f} ms"
        f" against {found['floor_p50_ms']:.2f} ms  aim ≤ {aim}  {WHAT[part]}"
    )


def _mark(met: bool) -> str:
    return "ok  " if met else "slow"


def _kept(target: pathlib.Path) -> dict[str, Any]:
    """What earlier runs measured and this one did not."""
    try:
        return json.loads(target.read_text())
    except (OSError, ValueError):
        return {}
