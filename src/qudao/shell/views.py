"""First page, to-dos, the person's password, language, health."""

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from qudao.organisation import actors
from qudao.shell import middleware, navigation
from qudao.ui import pages, todos


@require_safe
@login_required
def start(request) -> HttpResponse:
    """Where the person's first post begins; the to-dos when its module is switched off."""
    try:
        return redirect(reverse(actors.first_page(request.user)))
    except NoReverseMatch:
        return redirect("home")


@require_safe
@pages.page("")
def home(request) -> HttpResponse:
    """What waits for the person, module by module, the urgent first; where to begin when nothing waits."""
    waiting = todos.waiting(actor=request.actor, now=request.now)
    first_steps = [
        {**section, "entries": others}
        for section in navigation.build(request.actor, request.path)
        if (others := [entry for entry in section["entries"] if not entry["active"]])
    ]
    return pages.show(request, "shell/home.html", {"todos": waiting, "first_steps": first_steps})


class SignIn(account.LoginView):
    """Who it is, and whether the browser is to be remembered."""

    template_name = "ui/login.html"

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["remember"].label = _("Remember me")
        return form


@method_decorator(login_required, name="dispatch")
class ChangePassword(account.PasswordChangeView):
    """The person's own password."""

    template_name = "shell/password.html"

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        for name, label in (
            ("oldpassword", _("Current password")),
            ("password1", _("New password")),
            ("password2", _("New password (again)")),
        ):
            form.fields[name].label = label
        form.fields["password1"].help_text = _("At least ten characters, and no common password.")
        return form

    def get_default_success_url(self) -> str:
        return reverse("mfa_index")


@require_POST
def choose_language(request) -> HttpResponse:
    """Remember the language and go back to where the person was."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            middleware.LANGUAGE_COOKIE, chosen, max_age=31536000, samesite="Lax", secure=settings.PRODUCTION
        )
    return response


@require_GET
def live(request) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@require_GET
def ready(request) -> HttpResponse:
    """Ready when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
