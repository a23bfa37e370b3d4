"""Who calls: an API client with a bearer token, or a person with a session and its CSRF token.

Both leave `request.actor`, built afresh, and hold the operation's permission: an operation that is not in
the table of `kernel.web` is refused.
"""

import re
from typing import Any

from allauth.idp.oidc.contrib.ninja.security import TokenAuth
from django.conf import settings
from django.http import HttpResponse
from django.middleware import csrf
from ninja.security.base import AuthBase

from qudao.kernel import errors, web
from qudao.organisation import actors

PREFIX = "api/v1/"
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def operation_of(request) -> web.Operation | None:
    """The row of the permission table this request falls under."""
    route = request.resolver_match.route.removeprefix(PREFIX)
    shape = _PARAMETER.sub(r"{\1}", route)
    return next((one for one in web.OPERATIONS if (one.method, one.shape) == (request.method, shape)), None)


def _admit(request) -> bool:
    row = operation_of(request)
    if row is None:
        raise errors.Forbidden([errors.Reason("kernel.forbidden", params={"permission": request.path})])
    if row.permission:
        request.actor.require(row.permission)
    if row.house and not request.actor.house:
        raise errors.NotFound
    return True


class Bearer(TokenAuth):
    """OAuth 2 client credentials. A token of a person is not one of ours: people come with a session."""

    openapi_type = "oauth2"
    openapi_flows = {"clientCredentials": {"tokenUrl": "/api/oauth/token", "scopes": {}}}

    def __init__(self) -> None:
        super().__init__(scope=[])

    def __call__(self, request) -> Any:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return None
        try:
            token = super().__call__(request)
        except ValueError:  # an address the OAuth library cannot parse
            return None
        if not token or token.client is None or token.user is not None:
            return None
        request.actor = actors.of_client(token.client.pk, now=request.now)
        return _admit(request)


def _nowhere(request) -> HttpResponse:
    return HttpResponse()


class _Csrf(csrf.CsrfViewMiddleware):
    def _reject(self, request, reason):
        raise errors.Forbidden([errors.Reason("api.csrf")])


def _check_csrf(request) -> None:
    """API views are exempt from the middleware; those that live on a session are checked here."""
    check = _Csrf(_nowhere)
    request.csrf_processing_done = False
    check.process_request(request)
    check.process_view(request, _nowhere, (), {})


class Session(AuthBase):
    """A signed-in person. A request that shows any other credential is not taken for the person's."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request) -> Any:
        if "Authorization" in request.headers or not request.user.is_authenticated:
            return None
        _check_csrf(request)
        return _admit(request)
