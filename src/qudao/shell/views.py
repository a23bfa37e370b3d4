"""Home with its to-dos, language, health."""

from django.conf import settings
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from qudao.kernel import manifest
from qudao.shell import middleware
from qudao.ui import pages


@pages.page("")
def home(request) -> HttpResponse:
    """The person's first page: what waits for them, module by module."""
    todos = [todo for find in manifest.collect("todos") for todo in find(actor=request.actor, now=request.now)]
    return pages.show(request, "shell/home.html", {"todos": todos})


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
