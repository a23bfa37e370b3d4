"""Run in a process of its own: fill a database with the small company and keep its ids beside it."""

import dataclasses
import json
import pathlib
import sys

from qudao.shell import starting


def main(name: str, target: str) -> None:
    starting.ready(name=name)
    from qudao.shell.company import build
    from tests import harness

    made = build.everything(now=harness.NOW)
    pathlib.Path(target).write_text(json.dumps(dataclasses.asdict(made), default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
