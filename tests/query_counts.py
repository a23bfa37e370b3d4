"""The budgets of statements in tests/query_counts.json: of operations, and under `pages` of every page."""

import json
import pathlib
from collections.abc import Iterable
from typing import Any

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
FILE = pathlib.Path(__file__).with_suffix(".json")


def of(captured: Iterable[dict[str, str]]) -> int:
    """How many statements were sent, those that only open and end transactions aside."""
    return sum(not query["sql"].startswith(CONTROL) for query in captured)


def read() -> dict[str, Any]:
    """Raises ValueError for a budget that stands there twice, as a merge can leave it."""
    return json.loads(FILE.read_text(), object_pairs_hook=_each_once)


def write(budgets: dict[str, Any]) -> None:
    FILE.write_text(json.dumps(budgets, indent=2) + "\n")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"{FILE.name} names a budget twice: {', '.join(twice)}")
    return found
