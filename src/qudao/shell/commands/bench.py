"""`qudao bench`: the hot paths against hand-written SQL, and every page at ten times the demo company; each in a
database of its own."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
from typing import Any

from qudao.kernel import config
from qudao.shell import starting

# What `make bench` aims at: at most this ratio, at least this many leaves.
AIMS = {"orders": 3.0, "prices": 1.5, "trace": 2.0, "sequencer": 2000}
PAGES = "pages"
ROUNDS = {"orders": 300, "prices": 200, "trace": 60, PAGES: 40}
WHAT = {
    "orders": "an order of 10 lines, decided, reserved, journalled",
    "prices": "1,000 prices resolved",
    "trace": "a lot with 10,000 moves traced",
    "sequencer": "journal entries numbered a second",
}


def configure(parser) -> None:
    parser.add_argument(
        *("part",),
        nargs="*",
        metavar="PART",
        help=f"one or more of {', '.join((*AIMS, PAGES))}; all when none is named",
    )
    parser.add_argument("--only", nargs="*", default=[], metavar="WORD", help="pages whose name holds a word")
    parser.add_argument(
        *("--kept",),
        action="store_true",
        help="pages of the company as kept, though the program has changed since",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments) -> int:
    parts = arguments.part or [*AIMS, PAGES]
    if unknown := [part for part in parts if part not in (*AIMS, PAGES)]:
        offered = ", ".join((*AIMS, PAGES))
        raise config.ConfigurationError(f"{unknown[0]} is nothing to measure: choose among {offered}")
    if parts == [PAGES]:
        found = {PAGES: _pages(arguments)}
    else:
        if PAGES in parts:
            # A process has one database: the pages, in theirs, are measured by another.
            _in_another_process(arguments.json)
        found = _measured([part for part in parts if part != PAGES], quiet=arguments.json)
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


def _in_another_process(quiet: bool) -> None:
    command = [sys.executable, "-m", "qudao.shell.cli", "bench", PAGES]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL if quiet else None, env=dict(os.environ))


def _pages(arguments) -> dict[str, Any]:
    from qudao.shell.bench import pages

    starting.ready(name=pages.DATABASE)
    for done in pages.made(kept=arguments.kept):
        if not arguments.json:
            print(f"· {done}", flush=True)
    found = pages.measure(rounds=ROUNDS[PAGES], words=tuple(arguments.only))
    if not arguments.json:
        for name in pages.slow(found):
            one = found[name]
            print(f"slow {one.p95_ms:>8.1f} ms  {one.statements:>3} statements  {name}")
        for name in sorted(found, key=lambda name: -found[name].first_ms)[:5]:
            print(f"first look {found[name].first_ms:>8.1f} ms  {name}")
        print(f"{len(found)} pages, {len(pages.slow(found))} of them over {pages.AIM_MS} ms (p95).")
    return {name: dataclasses.asdict(one) for name, one in found.items()}


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
