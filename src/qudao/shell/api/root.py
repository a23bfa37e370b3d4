"""The API itself: routers from the manifests, and what every request passes on its way in and out."""

import decimal
import functools
import json
from typing import Any

import ninja
import ninja.parser
from django.conf import settings
from django.core import exceptions
from django.http import Http404, HttpResponse
from django.utils import cache, translation
from django.utils.translation import trans_real

from qudao.kernel import manifest
from qudao.shell import middleware
from qudao.shell.api import callers, own, problems

DESCRIPTION = (
    "Every capability of the web. Writes carry an Idempotency-Key; what is refused is answered with problem"
    " details (RFC 9457) whose `code` is stable; lists are read page by page through `next_cursor`."
)


class Parser(ninja.parser.Parser):
    """JSON without what no column can hold: null characters, lone surrogates, numbers that are none.

    A number with a fraction is taken digit by digit, never through a binary float.
    """

    def parse_body(self, request) -> Any:
        found = json.loads(request.body, parse_constant=_refuse, parse_float=decimal.Decimal)
        _check(found)
        return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _check(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a text holds a null character")
        value.encode()
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check(key)
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)


class Api(ninja.NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = problems.SCHEMA
        return schema


def mounted(*more: ninja.Router) -> tuple[list, str]:
    """Addresses and namespace of the API of the modules that are on (and of routers a test adds)."""
    api = Api(
        title="Qudao",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        urls_namespace="api",
        auth=[callers.Bearer(), callers.Session()],
        parser=Parser(),
    )
    problems.install(api)
    contributed: list[Any] = [manifest.resolve(module.api) for module in manifest.modules() if module.api]
    for router in (own.router, *contributed, *more):
        api.add_router("", router)
    patterns, _, namespace = api.urls
    for pattern in patterns:
        pattern.callback = guarded(pattern.callback)
    return patterns, namespace


def guarded(view):
    """Language, limits and media types before the view; language and caching after it."""

    @functools.wraps(view)
    def wrapped(request, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(_language(request)):
            try:
                response = _barred(request) or view(request, *args, **kwargs)
            except Http404:
                response = not_found(request)
            if response.status_code == 405:
                allowed = response.headers["Allow"]
                response = problems.one(request, 405, "api.method", allowed=allowed)
                response.headers["Allow"] = allowed
            response.headers["Content-Language"] = translation.get_language()
        response.headers.setdefault("Cache-Control", "private, no-cache")
        cache.patch_vary_headers(response, ["Accept-Language", "Cookie", "Authorization"])
        return response

    return wrapped


def _language(request) -> str:
    """What the person chose on the pages, else the first language the program asks for that we have."""
    chosen = request.COOKIES.get(middleware.LANGUAGE_COOKIE)
    if chosen in dict(settings.LANGUAGES):
        return chosen
    for wanted, _ in trans_real.parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _barred(request) -> HttpResponse | None:
    """Refuse what is too large, of another media type, or holds a null character."""
    row = callers.operation_of(request)
    upload = row is not None and row.upload
    length = request.META.get("CONTENT_LENGTH") or "0"
    limit = settings.UPLOAD_LIMIT if upload else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if not length.isdigit():
        return problems.one(request, 400, "api.malformed")
    if int(length) > limit:
        return problems.one(request, 413, "api.too_large")
    expected = "multipart/form-data" if upload else "application/json"
    if row is not None and row.method != "GET" and int(length) and request.content_type != expected:
        return problems.one(request, 415, "api.media_type", expected=expected)
    try:
        texts = [request.path, *request.GET, *(text for _, many in request.GET.lists() for text in many)]
    except exceptions.SuspiciousOperation:
        return problems.one(request, 400, "api.malformed")
    if any("\0" in text for text in texts):
        return problems.one(request, 400, "api.malformed")
    return None


def not_found(request, rest: str = "") -> HttpResponse:
    return problems.one(request, 404, "kernel.not_found")


not_found.csrf_exempt = True  # type: ignore[attr-defined]
