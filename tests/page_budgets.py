"""Looks at every sight of the demo company and counts the statements. `python -m tests.page_budgets` writes the
numbers found into tests/query_counts.json."""

from collections.abc import Sequence

from tests import conftest  # noqa: F401  (settings of the tests, before anything of Django)

# isort: split
from django.contrib import auth
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qudao.shell import middleware
from qudao.shell.demo import sights
from tests import harness, query_counts
from tests.browser import trading

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def budgets() -> dict[str, int]:
    return query_counts.read()["pages"]


class Looking:
    """Looks at sights as their people, each signed in once."""

    def __init__(self):
        self.clients: dict[str, Client] = {}

    def __call__(self, sight: sights.Sight) -> int:
        """What the site answers."""
        if sight.username not in self.clients:
            person = auth.get_user_model().objects.get(username=sight.username)
            self.clients[sight.username] = Client(raise_request_exception=False)
            self.clients[sight.username].force_login(person, backend=BACKEND)
        client = self.clients[sight.username]
        answer = client.post(sight.address, dict(sight.typed)) if sight.typed else client.get(sight.address)
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer.status_code


def looked(chosen: Sequence[sights.Sight]) -> tuple[dict[str, int], dict[str, int]]:
    """Of every sight: what the site answered, and the statements of a second look, when caches are filled."""
    look = Looking()
    answers, statements = {}, {}
    for sight in chosen:
        answers[sight.name] = look(sight)
        # Django keeps the last 9,000 statements alone.
        connection.queries_log.clear()
        with CaptureQueriesContext(connection) as captured:
            look(sight)
        statements[sight.name] = query_counts.of(captured)
    return answers, statements


def main() -> None:
    middleware.timezone = trading.Clock
    harness.demo()
    try:
        _, statements = looked(sights.found())
    finally:
        harness.drop()
    query_counts.write(query_counts.read() | {"pages": statements})


if __name__ == "__main__":
    main()
