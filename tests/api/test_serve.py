"""`qudao serve` over a clone of the test database: everything comes up, comes back and ends."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from qudao.shell.commands import serve


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def children(pid, words):
    """Processes below `pid` whose command line holds `words`."""
    listed = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid=,args="], capture_output=True, text=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if words in line]


@pytest.fixture
def serving(db):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "qudao.shell.cli", "serve", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "QUDAO_DATABASE_ROLE": "app"},
    )
    yield process, f"http://127.0.0.1:{port}/"
    process.kill()
    process.wait()


def answers(address):
    try:
        with urllib.request.urlopen(f"{address}health/ready", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_it_serves_restarts_what_dies_and_ends_as_a_whole(serving):
    process, address = serving
    until(lambda: answers(address))
    web = until(lambda: children(process.pid, "granian"))
    worker = until(lambda: children(process.pid, "shell.cli worker"))
    os.kill(worker[0], signal.SIGKILL)
    again = until(lambda: set(children(process.pid, "shell.cli worker")) - set(worker))
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert address in said
    assert "worker ended with -9" in said
    assert said.rstrip().endswith("qudao serve: stopped")
    for pid in (*web, *again):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_port_in_use_is_told_before_anything_starts(db):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "qudao.shell.cli", "serve", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_child_that_keeps_ending_is_started_less_and_less_often():
    child = serve.Child("broken", [sys.executable, "-c", "pass"])
    begun = []
    now = 0.0
    while len(begun) < 9:
        child.tick(now)
        if child.process is not None:
            child.process.wait()
            begun.append(now)
        now += 0.25
    gaps = [later - earlier for earlier, later in itertools.pairwise(begun)]
    assert gaps == sorted(gaps)
    assert gaps[0] < 1.1
    assert gaps[-1] <= serve.LONGEST_PAUSE + 0.5


def test_a_child_that_lived_long_is_started_again_at_once():
    child = serve.Child("broken", [sys.executable, "-c", "pass"])
    child.pause = serve.LONGEST_PAUSE
    child.tick(0.0)
    child.process.wait()
    child.tick(serve.WELL_SECONDS + 1)
    assert child.due == serve.WELL_SECONDS + 1 + serve.FIRST_PAUSE
