"""`qudao client`: an API client is registered once, and its token places the partner's own orders only."""

import base64
import json

import pytest
from django.test import Client

from qudao.kernel import errors, scope
from qudao.shell.api import clients

NEEDS = ("partners", "orders")


def register(company, now, **more):
    return clients.register(
        **{"client_id": "kangze-erp", "name": "康泽 ERP", "role": "api_client"} | more,
        party_id=company.parties["kangze"],
        actor=scope.system("administrator"),
        now=now,
    )


def token(secret):
    basic = base64.b64encode(f"kangze-erp:{secret}".encode()).decode()
    return Client().post(
        "/api/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )


def test_the_secret_opens_the_api_as_the_partner(company, now):
    answer = token(register(company, now))
    assert answer.status_code == 200
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    me = Client().get("/api/v1/me", headers=bearer).json()
    assert (me["kind"], me["party_id"]) == ("client", company.parties["kangze"])


def test_a_wrong_secret_opens_nothing(company, now):
    register(company, now)
    assert token("wrong").status_code == 401


def test_an_id_is_given_once_and_the_first_secret_stays(company, now):
    secret = register(company, now)
    with pytest.raises(errors.Refused, match="api.client_taken"):
        register(company, now)
    assert token(secret).status_code == 200


def test_a_role_there_is_not_leaves_no_client_behind(company, now):
    with pytest.raises(errors.Refused, match="role_unknown"):
        register(company, now, role="wizard")
    assert "error" in json.loads(token("anything").content)
    register(company, now)
