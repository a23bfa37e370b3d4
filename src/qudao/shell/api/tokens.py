"""The token endpoints of the identity library, for client credentials alone."""

import functools

from allauth.idp.oidc import views
from django.core import exceptions
from django.db import DataError
from django.http import HttpResponse, JsonResponse


def _tolerant(view):
    """What the library cannot read is the caller's error (RFC 6749 §5.2), not ours."""

    @functools.wraps(view)
    def wrapped(request) -> HttpResponse:
        try:
            return view(request)
        except (exceptions.ValidationError, exceptions.SuspiciousOperation, ValueError, DataError):
            return JsonResponse({"error": "invalid_request"}, status=400)

    return wrapped


token = _tolerant(views.token)
revoke = _tolerant(views.revoke)
