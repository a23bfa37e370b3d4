"""What every request passes: content security, language, and refusals turned into pages."""

from django.conf import settings
from django.db import DataError
from django.http import HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone, translation

from qudao.kernel import errors, messages
from qudao.organisation import actors
from qudao.shell import narrowing

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
LANGUAGE_COOKIE = "qudao_language"


class ContentSecurity:
    """The browser runs nothing that is not a file of ours."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        return response


class Language:
    """Chinese unless the person chose otherwise: what a browser prefers does not change a trade document."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, settings.LANGUAGE_CODE)
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen)
        return response


class Actors:
    """`request.now`, read once, and `request.actor` for whoever is signed in, built afresh.

    `request.whole_actor` is the same person before the scope switcher takes anything away.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.now = timezone.now()
        request.actor = None
        if request.user.is_authenticated:
            request.whole_actor = actors.of_person(request.user, now=request.now)
            request.actor = narrowing.narrowed(request, request.whole_actor)
        return self.get_response(request)


class Refusals:
    """A refusal nobody caught becomes a page that says what, why and how to mend it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, DataError):
            # A number or text no column can hold, typed into an address or a form.
            exception = errors.refuse("shell.value_unreadable")
        if isinstance(exception, UnreadablePostError):
            return HttpResponse(status=400)  # whoever sent it has left
        if not isinstance(exception, errors.Refused):
            return None
        rendered = [messages.render(reason) for reason in exception.reasons]
        return render(request, "shell/refused.html", {"refusals": rendered}, status=exception.status)
