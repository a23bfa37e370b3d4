"""Addresses. Each module's own come from its manifest."""

from allauth.account import views as account
from django.urls import include, path

from qudao.kernel import manifest
from qudao.shell import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", account.LoginView.as_view(template_name="ui/login.html"), name="account_login"),
    path("sign-out/", account.LogoutView.as_view(template_name="shell/sign_out.html"), name="account_logout"),
    path("account/", include("allauth.urls")),
    path("language/", views.choose_language, name="language"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("", include("allauth.idp.urls")),
    *(path("", include(module.urls)) for module in manifest.modules() if module.urls),
]
