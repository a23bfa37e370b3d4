"""`qudao worker`: numbers and signs the journal, feeds its consumers, runs the jobs.

Whatever of the three breaks ends the process: the supervisor starts it again, and all three take up where
the database says they are.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from qudao.shell import starting

IDLE_SECONDS = 0.3
LONGEST_PAUSE = 60.0

log = logging.getLogger("qudao.worker")


def configure(parser) -> None:
    pass


def run(arguments) -> int:
    starting.ready()
    from qudao.kernel import jobs
    from qudao.kernel.journal import sequencer

    stop = threading.Event()
    broken: list[str] = []
    threads = [
        _start("sequencer", sequencer.run, stop, broken),
        _start("consumers", feed, stop, broken),
    ]
    print("qudao worker: sequencer, consumers and jobs are running", flush=True)
    try:
        jobs.run()
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=30)
    if broken:
        print(f"qudao worker: the {broken[0]} stopped", file=sys.stderr)
    return 1 if broken else 0


def _start(
    name: str, loop: Callable[[threading.Event], None], stop: threading.Event, broken: list[str]
) -> threading.Thread:
    def guarded() -> None:
        try:
            loop(stop)
        except Exception:
            log.exception("the %s stopped", name)
            broken.append(name)
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread


def feed(stop: threading.Event) -> None:
    """Give every consumer what is new, until `stop` is set.

    A consumer that fails is left alone for a while, longer each time; the others go on.
    """
    from django.db import close_old_connections

    resting: dict[str, tuple[float, float]] = {}
    while not stop.is_set():
        moved = 0
        for name, consume in consumers():
            until, pause = resting.get(name, (0.0, 0.5))
            if time.monotonic() < until:
                continue
            try:
                moved += consume()
            except Exception:
                pause = min(pause * 2, LONGEST_PAUSE)
                resting[name] = (time.monotonic() + pause, pause)
                log.exception("the consumer %s failed; next try in %.0f s", name, pause)
            else:
                resting.pop(name, None)
        if not moved:
            close_old_connections()
            stop.wait(IDLE_SECONDS)


def consumers() -> list[tuple[str, Callable[[], int]]]:
    """Name (`settlement.facts`) and one step of every consumer the manifests list."""
    from qudao.kernel import manifest

    found = []
    for handler in manifest.collect("consumers"):
        name = f"{handler.__module__.split('.')[1]}.{handler.__name__}"
        found.append((name, _step(name, handler)))
    return found


def _step(name: str, handler) -> Callable[[], int]:
    from qudao.kernel import journal

    return lambda: journal.consume(name, handler)


def catch_up(*, by_time: bool = False) -> None:
    """Number everything staged and let every consumer take it, now: for commands that need the result."""
    from qudao.kernel import journal

    while journal.advance(by_time=by_time):
        pass
    while sum(consume() for _, consume in consumers()):
        pass
