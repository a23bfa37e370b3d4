"""R16: every operation and page has a row, and lets in exactly whom the row names."""

import collections
import json
import re

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, get_resolver

from qudao.kernel import manifest, scope, web
from qudao.organisation import models as organisation
from qudao.organisation import standard_roles
from qudao.ui import pages
from tests import harness
from tests.permissions import matrix

EXAMPLES = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000", "slug": "x", "path": "x", "str": "x"}
PREFIX = "/api/v1"


def is_on(permission):
    return not permission or permission.split(".")[0] in manifest.enabled_names()


OPERATIONS = {
    row: permission
    for row, permission in matrix.OPERATIONS.items()
    if is_on(permission) and is_on(matrix.ELSEWHERE.get(row, ""))
}
PAGES = {
    row: permission
    for row, permission in matrix.PAGES.items()
    if row.split(".")[1] in manifest.enabled_names()
}


def example(route):
    """An address of a route, with made-up ids."""
    return re.sub(r"[<{](?:(\w+):)?\w+[>}]", lambda found: EXAMPLES[found[1] or "str"], route)


def patterns(found=None, prefix=""):
    for one in (found or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, one
        else:
            yield from patterns(one, route)


ADDRESSES = {}
UNLISTED = []
for _route, _pattern in patterns():
    _view = f"{_pattern.callback.__module__}.{_pattern.callback.__name__}"
    if _view in pages.PAGES:
        ADDRESSES.setdefault(_view, "/" + example(_route))
    elif not _route.startswith("api/") and _pattern.name not in matrix.OPEN | matrix.OWN_ACCOUNT:
        UNLISTED.append(_route)


@pytest.fixture(scope="module")
def browsers(database_clone):
    """A signed-in person of ours for each standard role."""
    harness.blank()
    found = {}
    with scope.everything():
        for role in standard_roles.ROLES:
            permissions = standard_roles.expand(role, manifest.permissions())
            made = organisation.Role.objects.create(code=role.code, name=role.name, permissions=permissions)
            person = organisation.Person.objects.create(username=role.code, name=role.name)
            organisation.Post.objects.create(
                person=person,
                role=made,
                whole=True,
                granted_by="test",
                valid_from=harness.NOW.replace(year=2020),
            )
            found[role.code] = person
    clients = {}
    for code, person in found.items():
        clients[code] = Client()
        clients[code].force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    yield clients
    harness.empty()


def call(client, row):
    method, path = row.split()
    content = {} if method == "GET" else {"data": "{}", "content_type": "application/json"}
    if any(one.upload for one in web.OPERATIONS if f"{one.method} {one.path}" == row):
        content = {"data": encode_multipart(BOUNDARY, {}), "content_type": MULTIPART_CONTENT}
    return client.generic(method, PREFIX + example(path), headers={"Idempotency-Key": "k"}, **content)


def show(client, row):
    answer = client.get(ADDRESSES[row])
    return client.post(ADDRESSES[row]) if answer.status_code == 405 else answer


def test_every_operation_has_its_row():
    there = {
        f"{one.method} {one.path}": one.permission
        for one in web.OPERATIONS
        if one.module.startswith("qudao.")
    }
    assert there == OPERATIONS


def test_every_page_has_its_row_and_an_address():
    there = {view: permission for view, permission in pages.PAGES.items() if view.startswith("qudao.")}
    assert there == PAGES
    assert set(ADDRESSES) == set(PAGES)


def test_no_address_is_without_its_page():
    assert UNLISTED == []


def test_no_two_pages_share_an_address_or_a_name():
    """Of two the first would hide the second, and a link by name lead to the last."""
    there = [
        (route, one.name)
        for route, one in patterns()
        if one.callback.__module__.startswith("qudao.") and not route.startswith(("api/", "ui/"))
    ]
    for column in zip(*there, strict=True):
        repeated = [value for value, count in collections.Counter(column).items() if count > 1]
        assert repeated == []


def test_the_description_of_the_api_has_the_same_operations(browsers):
    paths = json.loads(Client().get(f"{PREFIX}/openapi.json").content)["paths"]
    there = {
        f"{method.upper()} {path.removeprefix(PREFIX)}" for path, found in paths.items() for method in found
    }
    assert there == {re.sub(r"{\w+:", "{", row) for row in OPERATIONS}


def test_every_permission_asked_for_is_declared():
    asked = {*OPERATIONS.values(), *PAGES.values()} - {""}
    assert asked <= set(manifest.permissions())


@pytest.mark.parametrize("permission", sorted({*OPERATIONS.values(), *PAGES.values()} - {""}))
def test_exactly_the_roles_of_the_row_carry_the_permission(permission):
    carrying = {
        role.code
        for role in standard_roles.ROLES
        if permission in standard_roles.expand(role, manifest.permissions())
    }
    assert carrying == matrix.roles(permission)


@pytest.mark.parametrize("row", OPERATIONS)
def test_an_operation_lets_in_whom_its_row_names(browsers, row):
    anonymous = call(Client(), row)
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "api.not_signed_in")
    for code, client in pick(browsers, OPERATIONS[row]):
        answer = call(client, row)
        if OPERATIONS[row] and code not in matrix.roles(OPERATIONS[row]):
            assert (answer.status_code, answer.json()["code"]) == (403, "kernel.forbidden"), code
        else:
            assert answer.status_code not in (401, 403) and answer.status_code < 500, code


@pytest.mark.parametrize("row", PAGES)
def test_a_page_lets_in_whom_its_row_names(browsers, row):
    anonymous = show(Client(), row)
    assert anonymous.status_code == 302
    assert anonymous.headers["Location"].startswith("/sign-in/")
    for code, client in pick(browsers, PAGES[row]):
        answer = show(client, row)
        if PAGES[row] and code not in matrix.roles(PAGES[row]):
            assert answer.status_code == 403, code
        else:
            assert answer.status_code not in (401, 403) and answer.status_code < 500, code


def pick(browsers, permission):
    """Two roles that may and two that may not; the roles' own table is compared whole, above."""
    may = [code for code in browsers if not permission or code in matrix.roles(permission)]
    may_not = [code for code in browsers if code not in may]
    return [(code, browsers[code]) for code in (*may[:2], *may_not[:1], *may_not[-1:])]


@pytest.mark.parametrize("name", sorted(matrix.OWN_ACCOUNT))
def test_the_account_pages_are_for_those_signed_in(browsers, name):
    address = next(f"/{example(route)}" for route, pattern in patterns() if pattern.name == name)
    assert Client().get(address).status_code == 302


def test_control_it_is_the_permission_that_refuses(browsers):
    """Negative control: given the permission, the same person sees the same page."""
    address = ADDRESSES["qudao.organisation.views.people"]
    assert browsers["hospital"].get(address).status_code == 403
    with scope.everything():
        role = organisation.Role.objects.get(code="hospital")
        before = role.permissions
        role.permissions = [*before, "organisation.person.view"]
        role.save()
    assert browsers["hospital"].get(address).status_code == 200
    with scope.everything():
        role.permissions = before
        role.save()
