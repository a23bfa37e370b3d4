"""R7: program or database killed at random points; no acknowledged order is lost, none doubled on retry."""

import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = 20261123
AGAIN = 5


class Crashing:
    """A server and a program in a home of their own, to be killed."""

    def __init__(self, home: pathlib.Path) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("QUDAO_")},
            "QUDAO_HOME": str(home),
        }
        self.made = self.run("make")[0]
        self.answered: dict[int, str] = {}
        self.first = 0
        self.dice = random.Random(SEED)

    def run(self, verb, *numbers):
        """Run to the end; what it said."""
        command = [sys.executable, "-m", "tests.concurrency.placing", verb, *map(str, numbers)]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def place(self, orders, *, kill=None, after=None):
        """Place the orders; after that many new answers, at a moment of the next, `kill(program, server)`."""
        made = (self.made[name] for name in ("account", "place", "item"))
        # After a crash the last answers are asked for again with what follows; at the end, all of them.
        start = max([self.first, *(key - AGAIN for key in self.answered)]) if kill else self.first
        numbers = map(str, (start, self.first + orders, *made))
        command = [sys.executable, "-m", "tests.concurrency.placing", "place", *numbers]
        program = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        new = 0
        server = json.loads(program.stdout.readline() or program.stderr.read())["server"]
        assert "postgres" in command_of(server)
        for line in program.stdout:
            said = json.loads(line)
            new += said["key"] not in self.answered
            # Whoever repeats a request gets the answer of the first.
            assert self.answered.setdefault(said["key"], said["number"]) == said["number"]
            if kill and new == after:
                time.sleep(self.dice.uniform(0, 0.03))  # the random point, nothing is waited for
                kill(program, server)
                kill = None
        _, trouble = program.communicate()
        assert kill is None, trouble
        return program.returncode

    def books(self):
        return self.run("look")[0]


def kill_program(program, server):
    program.kill()


def kill_server(program, server):
    os.kill(server, signal.SIGKILL)


def kill_every_server_process(program, server):
    children = [
        int(entry.name)
        for entry in pathlib.Path("/proc").iterdir()
        if entry.name.isdigit() and parent_of(entry) == server
    ]
    for pid in (server, *children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def command_of(pid: int) -> str:
    return pathlib.Path(f"/proc/{pid}/cmdline").read_text()


def parent_of(process: pathlib.Path) -> int:
    try:
        return int(process.joinpath("stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    found = Crashing(tmp_path_factory.mktemp("home"))
    yield found
    found.run("destroy")


@pytest.fixture
def crashing(home):
    """The home, with keys nobody has used."""
    home.environment.pop("QUDAO_THROWAWAY", None)
    home.first += 10_000
    home.answered.clear()
    return home


def crash(crashing, orders, kills):
    """Kill so often, go on each time where the answers ended; at last place all again and look."""
    before = crashing.books()
    each = orders // (len(kills) + 1)
    for kill in kills:
        returned = crashing.place(orders, kill=kill, after=crashing.dice.randint(each // 2, each))
        assert returned != 0
    heard = dict(crashing.answered)
    assert 0 < len(heard) < orders
    assert crashing.place(orders) == 0
    assert crashing.answered.items() >= heard.items()
    assert sorted(crashing.answered) == list(range(crashing.first, crashing.first + orders))
    assert len(set(crashing.answered.values())) == orders
    books = crashing.books()
    assert books["open_orders"] == books["gross"]
    counted = ("orders", "numbers", "last", "lines", "keys", "entries", "reservations", "reserved")
    assert {name: books[name] - before[name] for name in counted} == dict.fromkeys(counted, orders)


def test_no_order_answered_is_lost_or_doubled_when_program_or_database_is_killed(crashing):
    crash(crashing, 200, [kill_program, kill_server, kill_program, kill_every_server_process, kill_program])


@pytest.mark.soak
def test_the_same_for_2000_orders_and_40_kills(crashing):
    kills = [kill_program, kill_server, kill_every_server_process, kill_program] * 10
    crash(crashing, 2000, kills)


def test_control_a_database_that_answers_before_it_has_written_loses_orders(crashing):
    """Negative control: the throw-away settings of tests, where a commit does not wait for the disk."""
    crashing.environment["QUDAO_THROWAWAY"] = "1"
    before = crashing.books()["orders"]
    crashing.place(200, kill=kill_every_server_process, after=20)
    assert crashing.books()["orders"] - before < len(crashing.answered)
