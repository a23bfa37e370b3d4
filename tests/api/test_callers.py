"""Who gets in: client credentials, sessions, and nobody else."""

import datetime as dt

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client

from qudao.kernel import scope
from qudao.organisation import models as organisation
from tests.api import world


def me(headers=None, client=None):
    return (client or Client()).get("/api/v1/me", headers=headers)


def test_a_client_gets_a_token_and_is_known_by_it(db):
    world.oauth_client("catalog.item.view")
    answer = Client().post(
        "/api/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": world.basic()}
    )
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 3600)
    found = me({"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert found.status_code == 200
    assert found.json() == {
        "kind": "client",
        "name": "erp",
        "permissions": ["catalog.item.view"],
        "party_id": None,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"grant_type": "password", "username": "li", "password": "x"},
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "client_credentials", "resource": "not an address"},
        {"grant_type": "client_credentials", "scope": "everything"},
        {"grant_type": "\0"},
        {},
    ],
)
def test_another_grant_or_a_malformed_request_gets_no_token(db, fields):
    world.oauth_client()
    answer = Client().post("/api/oauth/token", fields, headers={"Authorization": world.basic()})
    assert 400 <= answer.status_code < 500
    assert not Token.objects.exists()


@pytest.mark.parametrize(("client_id", "secret"), [("erp", "wrong"), ("nobody", world.SECRET), ("\0", "x")])
def test_a_wrong_secret_gets_no_token(db, client_id, secret):
    world.oauth_client()
    answer = Client().post(
        "/api/oauth/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": world.basic(client_id, secret)},
    )
    assert answer.status_code in (400, 401)
    assert not Token.objects.exists()


def test_a_revoked_token_is_refused_on_the_next_request(db):
    world.oauth_client()
    value = world.token()
    headers = {"Authorization": f"Bearer {value}"}
    assert me(headers).status_code == 200
    answer = Client().post("/api/oauth/revoke", {"token": value}, headers={"Authorization": world.basic()})
    assert answer.status_code == 200
    assert me(headers).status_code == 401


def test_a_revoked_post_is_refused_on_the_next_request(notes):
    world.oauth_client("notes.view")
    headers = world.bearer()
    assert Client().get("/api/v1/notes", headers=headers).status_code == 200
    with scope.everything():
        organisation.Post.objects.update(revoked_at=dt.datetime.now(dt.UTC))
    refused = Client().get("/api/v1/notes", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "kernel.forbidden")


def test_an_expired_token_is_refused(db):
    world.oauth_client()
    headers = world.bearer()
    Token.objects.update(expires_at=world.BEFORE)
    assert me(headers).status_code == 401


def test_a_token_of_a_person_is_refused(db):
    person, _ = world.person()
    world.oauth_client()
    headers = world.bearer()
    Token.objects.update(user=person)
    assert me(headers).status_code == 401


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic eDp5", "Bearer ey.a.b", "nonsense"])
def test_a_wrong_credential_is_refused_even_beside_a_session(db, header):
    _, browser = world.person()
    assert me(client=browser).status_code == 200
    answer = me({"Authorization": header}, browser)
    assert (answer.status_code, answer.json()["code"]) == (401, "api.not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_in_the_address_is_refused(db):
    world.oauth_client()
    assert Client().get(f"/api/v1/me?access_token={world.token()}").status_code == 401


def test_a_write_with_a_session_needs_its_csrf_token(notes):
    _, browser = world.person("notes.write", "notes.view")
    content = {"data": {"text": "a", "amount": "1.00"}, "content_type": "application/json"}
    refused = browser.post("/api/v1/notes", headers={"Idempotency-Key": "k"}, **content)
    assert (refused.status_code, refused.json()["code"]) == (403, "api.csrf")
    secret = "a" * 32
    browser.cookies["csrftoken"] = secret
    done = browser.post("/api/v1/notes", headers={"Idempotency-Key": "k", "X-CSRFToken": secret}, **content)
    assert done.status_code == 201


def test_nobody_gets_in_without_credentials(notes):
    for path in ("/api/v1/me", "/api/v1/notes", "/api/v1/notes/1"):
        assert me().status_code == 401
        assert Client().get(path).json()["code"] == "api.not_signed_in"
    assert Client().post("/api/v1/notes", data={}, content_type="application/json").status_code == 401


def test_a_missing_permission_is_refused_before_the_body_is_read(notes):
    world.oauth_client("notes.view")
    answer = Client().post(
        "/api/v1/notes", data={"nonsense": 1}, content_type="application/json", headers=world.bearer()
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.forbidden")


@pytest.mark.parametrize("path", ["/identity/o/authorize", "/identity/o/api/token", "/api/oauth/device/code"])
def test_nothing_else_of_the_identity_library_is_exposed(db, path):
    assert Client().post(path).status_code == 404
