"""Addresses of the API and of its token endpoints. Nothing else of the identity library is exposed."""

import ninja
from django.urls import include, path

from qudao.shell.api import root, tokens

# The library looks its own addresses up under these namespaces.
OAUTH = ([path("token", tokens.token, name="token"), path("revoke", tokens.revoke, name="revoke")], "oidc")
IDENTITY = ([path("", include(OAUTH))], "idp")


def patterns(*more: ninja.Router) -> list:
    """What lies under /api/."""
    return [
        path("oauth/", include(IDENTITY)),
        path("v1/", include(root.mounted(*more))),
        path("<path:rest>", root.guarded(root.not_found)),
    ]


urlpatterns = patterns()
