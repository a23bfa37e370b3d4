"""`qudao serve`: the database, the web site and the worker, from one command.

This process only watches: it starts the others, starts them again when they die, and ends with them.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from qudao.kernel import config, database, translations
from qudao.shell import starting

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A child that lived this long was well: its next end is a first one.
WELL_SECONDS = 60.0
END_SECONDS = 25.0
TICK_SECONDS = 0.2
LOOK_SECONDS = 1.0
PR_SET_PDEATHSIG = 1


def configure(parser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default %(default)s)")
    parser.add_argument("--only", choices=["web", "worker"], help="run one of the two")


def run(arguments) -> int:
    wanted = [arguments.only] if arguments.only else ["web", "worker"]
    if "web" in wanted:
        _check_port(arguments.host, arguments.port)
    database.ensure_server()
    with _stopping() as stop:
        print("qudao serve: bringing the database to this version …", flush=True)
        starting.migrated()
        translations.compile_catalogues()
        (config.home() / "static").mkdir(exist_ok=True)
        commands = {"web": web_command(arguments.host, arguments.port), "worker": worker_command()}
        children = [Child(name, commands[name]) for name in wanted]
        try:
            _watch(children, stop, _address(arguments) if "web" in wanted else None)
        finally:
            end(children)
            database.release_server()
    print("qudao serve: stopped", flush=True)
    return 0


def web_command(host: str, port: int) -> list[str]:
    """granian with as many processes as cores, two at most: requests wait for the database, not for Python."""
    workers = min(os.cpu_count() or 1, 2)
    threads = config.whole_number("QUDAO_WEB_THREADS", 4, lowest=1)
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads), "--no-ws"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "15", "--log-level", "warning"),
        "qudao.shell.wsgi:application",
    ]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "qudao.shell.cli", "worker"]


class Child:
    """A process that is started again when it ends, after a pause that doubles while it keeps ending."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen | None = None
        self.begun = 0.0
        self.due = 0.0
        self.pause = FIRST_PAUSE

    def tick(self, now: float) -> None:
        """Look after it: `now` is a monotonic instant."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            if now - self.begun > WELL_SECONDS:
                self.pause = FIRST_PAUSE
            print(
                f"qudao serve: {self.name} ended with {code}; again in {self.pause:g} s",
                file=sys.stderr,
                flush=True,
            )
            self.process, self.due = None, now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if now >= self.due:
            self.process = subprocess.Popen(self.command, preexec_fn=_end_with_parent)
            self.begun = now


def end(children: list[Child]) -> None:
    """Ask all to stop, wait, and kill who did not."""
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + END_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _watch(children: list[Child], stop: list[int], address: str | None) -> None:
    looked = time.monotonic()
    while not stop:
        if not database.external() and time.monotonic() - looked > LOOK_SECONDS:
            _keep_database()
            looked = time.monotonic()
        for child in children:
            child.tick(time.monotonic())
        if address and _answers(address):
            print(f"qudao serve: {address}", flush=True)
            address = None
        time.sleep(TICK_SECONDS)


def _keep_database() -> None:
    """Start the embedded server again if it was killed.

    A process of its own does it: this one's lease on the server stays as it is, so that the last one out
    still stops it.
    """
    server = database.embedded()
    if server.ready():
        return
    print("qudao serve: the database ended; starting it again", file=sys.stderr, flush=True)
    # As long as we have not taken note of its end, PostgreSQL believes that its predecessor still lives.
    with contextlib.suppress(OSError, ValueError, IndexError):
        os.waitpid(int((server.places.data / "postmaster.pid").read_text().split()[0]), os.WNOHANG)
    ensure = "from qudao.kernel import database; database.ensure_server()"
    subprocess.run([sys.executable, "-c", ensure], check=False)


@contextlib.contextmanager
def _stopping() -> Iterator[list[int]]:
    """A list that holds the signal once one asked us to end."""
    asked: list[int] = []
    before = {
        number: signal.signal(number, lambda received, frame: asked.append(received))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_with_parent() -> None:
    """In the child, before it runs: on Linux, end when the watching process is killed."""
    os.setpgid(0, 0)  # Ctrl-C reaches the watcher alone, which then ends its children in order
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _check_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except OSError as error:
        raise config.ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port"
        ) from error


def _address(arguments) -> str:
    host = "127.0.0.1" if arguments.host in ("0.0.0.0", "::") else arguments.host
    return f"http://{f'[{host}]' if ':' in host else host}:{arguments.port}/"


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}health/live", timeout=1):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
