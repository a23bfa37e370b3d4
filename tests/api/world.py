"""People, clients and a small module of operations, for the tests of the API's own ground."""

import base64
import dataclasses
import datetime as dt
import itertools
import json
from decimal import Decimal

import ninja
from allauth.idp.oidc.models import Client as OAuthClient
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import include, path

from qudao.kernel import errors, journal, rule_tables, scope, web
from qudao.organisation import models as organisation

SECRET = "a-secret-of-a-test-client"
BEFORE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def role(*permissions, code="tester"):
    return organisation.Role.objects.create(code=code, name=code, permissions=list(permissions))


def person(*permissions, username="li", **post):
    """Somebody of ours with one post; the client that comes with it is signed in."""
    with scope.everything():
        found = organisation.Person.objects.create(username=username, name="李想")
        organisation.Post.objects.create(
            person=found, role=role(*permissions, code=username), granted_by="test", valid_from=BEFORE, **post
        )
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(found, backend="allauth.account.auth_backends.AuthenticationBackend")
    return found, browser


def oauth_client(*permissions, client_id="erp", **post):
    """An API client with one post."""
    found = OAuthClient(id=client_id, name=client_id)
    found.set_secret(SECRET)
    found.set_scopes([])
    found.grant_types = OAuthClient.GrantType.CLIENT_CREDENTIALS
    found.save()
    with scope.everything():
        organisation.Post.objects.create(
            client_id=client_id,
            role=role(*permissions, code=client_id),
            granted_by="test",
            valid_from=BEFORE,
            **post,
        )
    return found


def basic(client_id="erp", secret=SECRET):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def token(client_id="erp", **more):
    answer = Client().post(
        "/api/oauth/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": basic(client_id, **more)},
    )
    assert answer.status_code == 200, answer.content
    return answer.json()["access_token"]


def bearer(client_id="erp"):
    return {"Authorization": f"Bearer {token(client_id)}"}


# -- a small module, mounted only where a test asks for it ---------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    id: int
    text: str
    amount: Decimal
    version: int
    cost: Decimal = Decimal("9.99")


class Note(web.Input):
    text: web.Text
    amount: web.Amount
    fail: bool = False


class NoteOut(ninja.Schema):
    id: int
    text: str
    amount: Decimal
    version: int


STORED: list[View] = []
router = web.router("notes")


@web.operation(router.get, "/notes/{int:note_id}", permission="notes.view", response=NoteOut)
def get_note(request, note_id: int):
    found = next((note for note in STORED if note.id == note_id), None)
    if found is None:
        raise errors.NotFound
    return found


@web.operation(router.get, "/notes", permission="notes.view", response=web.Page[NoteOut])
def list_notes(request, paging: web.Paging = ninja.Query(...)):
    after = web.decode_cursor(paging.cursor, int)
    found = [note for note in STORED if after is None or note.id > after[0]][: paging.limit + 1]
    rows = found[: paging.limit]
    return web.page(rows, web.encode_cursor(rows[-1].id) if len(found) > paging.limit else None)


@web.operation(router.post, "/notes", permission="notes.write", response=NoteOut, status=201)
def add_note(request, body: Note):
    note = View(len(STORED) + 1, body.text, body.amount, 1)
    with scope.transaction(request.actor, acting=True):
        entry = journal.entry()
        STORED.append(note)
        if body.fail:
            raise errors.Refused(
                [
                    errors.Reason("kernel.busy", line=1),
                    errors.Reason("kernel.changed_meanwhile", 2, _VERSIONS),
                ]
            )
        journal.record(entry, "notes.note.added", subject=f"notes.note:{note.id}", at=request.now)
    return note


@web.operation(router.patch, "/notes/{int:note_id}", permission="notes.write", response=NoteOut)
def change_note(request, note_id: int, body: Note):
    seen = web.expected_version(request)
    note = STORED[note_id - 1]
    if note.version != seen:
        raise errors.Conflict(
            [errors.Reason("kernel.changed_meanwhile", params={"seen": seen, "current": note.version})]
        )
    STORED[note_id - 1] = dataclasses.replace(note, text=body.text, version=note.version + 1)
    return STORED[note_id - 1]


@web.operation(router.get, "/notes/rule/{number}", permission="notes.view")
def look_up(request, number: int):
    rule_tables.on("no_such_table", BEFORE.date())


@web.operation(router.get, "/notes/stored/{number}", permission="notes.view")
def find_stored(request, number: int):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::numeric::int", [number])


@web.operation(router.post, "/files", permission="notes.write", response=NoteOut, status=201, upload=True)
def add_file(request, file: ninja.UploadedFile = ninja.File(...)):
    STORED.append(View(len(STORED) + 1, file.read().decode(), Decimal(0), 1))
    return STORED[-1]


@web.operation(router.delete, "/notes/{int:note_id}", permission="notes.write", status=204)
def remove_note(request, note_id: int):
    STORED.clear()


_VERSIONS = {"seen": 1, "current": 2}


def _urls():
    from qudao.shell.api import urls

    return [path("api/", include(urls.patterns(router)))]


urlpatterns = _urls()
handler500 = "qudao.shell.api.problems.server_error"


# -- calling as a program does -------------------------------------------------------------------------

_KEYS = itertools.count(1)


class Caller:
    """An API client that sends what its address, body and file say, each intent under a key of its own."""

    def __init__(self, client_id: str) -> None:
        self.headers = bearer(client_id)

    def get(self, path: str, **query):
        return Client().get(f"/api/v1{path}", query, headers=self.headers)

    def items(self, path: str, **query) -> list[dict]:
        return self.get(path, **query).json()["items"]

    def post(self, path: str, body=None, *, key: str = "", version: int | None = None, file=None):
        """`body` as JSON; with `file` (field, name, content) the fields of a form beside it."""
        headers = self.headers | {"Idempotency-Key": key or f"key-{next(_KEYS)}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if file is not None:
            field, name, content = file
            form = {**(body or {}), field: SimpleUploadedFile(name, content)}
            return Client().post(f"/api/v1{path}", form, headers=headers)
        content = "" if body is None else json.dumps(body)
        return Client().post(f"/api/v1{path}", content, "application/json", headers=headers)

    def once(self, path: str, body=None, *, status: int = 200, **more):
        """The answer of an intent sent twice under its key: the second is the first's, from the store."""
        key = f"once-{next(_KEYS)}"
        first, again = (self.post(path, body, key=key, **more) for _ in range(2))
        assert first.status_code == status, first.content.decode()
        assert (again.status_code, again.json()) == (status, first.json())
        assert [one.headers["Idempotent-Replayed"] for one in (first, again)] == ["false", "true"]
        return first.json()

    def refused(self, path: str, body=None, *, status: int = 422, **more) -> set[str]:
        """The codes that refuse it."""
        answer = self.post(path, body, **more)
        assert answer.status_code == status, answer.content.decode()
        return {one["code"] for one in answer.json()["errors"] if one["severity"] == "refuse"}


def house(client_id: str = "house") -> Caller:
    """A program of our own that may do everything."""
    oauth_client("*", client_id=client_id, whole=True)
    return Caller(client_id)


def partners_program(company, party: str) -> Caller:
    """A program of a partner, with every permission there is: what stops it are the rows."""
    oauth_client("*", client_id=f"{party}-erp", party_id=company.parties[party])
    return Caller(f"{party}-erp")
