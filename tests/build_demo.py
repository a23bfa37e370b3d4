"""Run in a process of its own: fill a database with the demo company and keep its ids and stories beside it."""

import pathlib
import pickle
import sys

from qudao.shell import starting


def main(name: str, target: str, orders: int) -> None:
    starting.ready(name=name)
    from qudao.shell.demo import build
    from tests import harness

    demo = build.planned(harness.NOW, orders=orders)
    for _ in build.make(demo):
        pass
    pathlib.Path(target).write_bytes(pickle.dumps(demo))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
