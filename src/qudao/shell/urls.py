"""Addresses. Each module's own come from its manifest.

Of the sign-in library only the pages listed here exist: nobody signs up, and there is no reset by mail.
"""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as authenticator
from django.urls import include, path

from qudao.kernel import manifest
from qudao.shell import narrowing, search, views


def _page(view, template: str):
    return view.as_view(template_name=template)


SIGN_IN = [
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path(
        "sign-in/code/",
        _page(second_factor.AuthenticateView, "shell/sign_in_code.html"),
        name="mfa_authenticate",
    ),
    path(
        "sign-in/inactive/",
        _page(account.AccountInactiveView, "shell/inactive.html"),
        name="account_inactive",
    ),
    path("sign-out/", _page(account.LogoutView, "shell/sign_out.html"), name="account_logout"),
]
ACCOUNT = [
    path("account/", _page(second_factor.IndexView, "shell/account.html"), name="mfa_index"),
    path("account/password/", views.ChangePassword.as_view(), name="account_change_password"),
    path(
        "account/confirm/",
        _page(account.ReauthenticateView, "shell/confirm.html"),
        name="account_reauthenticate",
    ),
    path(
        "account/confirm/code/",
        _page(second_factor.ReauthenticateView, "shell/confirm.html"),
        name="mfa_reauthenticate",
    ),
    path(
        "account/authenticator/",
        _page(authenticator.ActivateTOTPView, "shell/authenticator.html"),
        name="mfa_activate_totp",
    ),
    path(
        "account/authenticator/remove/",
        _page(authenticator.DeactivateTOTPView, "shell/authenticator_remove.html"),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/recovery-codes/",
        _page(recovery_codes.ViewRecoveryCodesView, "shell/recovery_codes.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new/",
        _page(recovery_codes.GenerateRecoveryCodesView, "shell/recovery_codes_new.html"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/recovery-codes/file/",
        recovery_codes.DownloadRecoveryCodesView.as_view(),
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns = [
    path("", views.start, name="start"),
    path("todos/", views.home, name="home"),
    path("scope/", narrowing.choose, name="scope"),
    path("search/", search.search, name="search"),
    path("language/", views.choose_language, name="language"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    *SIGN_IN,
    *ACCOUNT,
    path("api/", include("qudao.shell.api.urls")),
    *(path("", include(module.urls)) for module in manifest.modules() if module.urls),
]

handler500 = "qudao.shell.api.problems.server_error"
