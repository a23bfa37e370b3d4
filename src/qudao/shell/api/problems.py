"""What went wrong, as RFC 9457 problem details with stable codes and the words of `messages`."""

import json
from collections.abc import Callable
from typing import Any

import ninja
import ninja.errors
from django.core import exceptions
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views import defaults

from qudao.kernel import errors, messages
from qudao.shell.messages import INVALID

MEDIA_TYPE = "application/problem+json"

SCHEMA = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "code", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "Stable: programs may depend on it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "title"],
                "properties": {
                    "code": {"type": "string"},
                    "line": {"type": ["integer", "null"], "description": "Document line, from 1"},
                    "severity": {"enum": ["refuse", "warn"]},
                    "title": {"type": "string"},
                    "why": {"type": "string"},
                    "mend": {"type": "string"},
                    "link": {"type": ["string", "null"]},
                    "pointer": {"type": "string", "description": "JSON pointer into the request"},
                },
            },
        },
    },
}
# Where the API answers with another status than the page would.
_STATUS = {"kernel.key_missing": 400}


def problem(
    request: HttpRequest, status: int, reasons: list[errors.Reason], pointers: list[str] | None = None
) -> HttpResponse:
    """The answer for `reasons`; `pointers` say where in the request each lies."""
    rendered = [messages.render(reason) for reason in reasons]
    first = next((one for one in rendered if one.severity == "refuse"), rendered[0])
    found = [one.as_json() for one in rendered]
    for one, pointer in zip(found, pointers or [], strict=False):
        one["pointer"] = pointer
    body = {
        "type": f"/problems/{first.code}",
        "title": first.title,
        "status": status,
        "detail": " ".join(filter(None, (first.why, first.mend))),
        "instance": request.path,
        "code": first.code,
        "errors": found,
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def one(request: HttpRequest, status: int, code: str, **params: Any) -> HttpResponse:
    return problem(request, status, [errors.Reason(code, params=params)])


def refused(request: HttpRequest, refusal: errors.Refused) -> HttpResponse:
    """A refusal of the rules. A version seen through If-Match and changed since is a failed precondition."""
    codes = {reason.code for reason in refusal.reasons}
    status = next((_STATUS[code] for code in sorted(codes) if code in _STATUS), refusal.status)
    if "kernel.changed_meanwhile" in codes and "If-Match" in request.headers:
        status = 412
    return problem(request, status, refusal.reasons)


def invalid(request: HttpRequest, error: ninja.errors.ValidationError) -> HttpResponse:
    """Every field that is wrong, with a pointer to it."""
    reasons, pointers = [], []
    for found in error.errors:
        kind = found["type"] if found["type"] in INVALID else "value"
        place = [
            part for part in found["loc"] if part not in ("body", "query", "path", "form", "file", "header")
        ]
        field = ".".join(map(str, place[-1:])) or "body"
        allowed = {key: str(value) for key, value in found.get("ctx", {}).items()}
        params = {"field": field, "expected": "", **allowed}
        reasons.append(errors.Reason(f"api.invalid.{kind}", params=params))
        pointers.append(
            "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in found["loc"])
        )
    return problem(request, 422, reasons, pointers)


def _http(request: HttpRequest, error: ninja.errors.HttpError) -> HttpResponse:
    codes = {400: "api.malformed", 401: "api.not_signed_in", 403: "api.csrf"}
    return one(request, error.status_code, codes.get(error.status_code, "api.malformed"))


def _suspicious(request: HttpRequest, error: exceptions.SuspiciousOperation) -> HttpResponse:
    if isinstance(error, exceptions.RequestDataTooBig):
        return one(request, 413, "api.too_large")
    return one(request, 400, "api.malformed")


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler of last resort: problem details for programs, the page for people."""
    if request.path.startswith("/api/"):
        return one(request, 500, "api.broken")
    return defaults.server_error(request)


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    response = one(request, 503, "api.unavailable")
    response.headers["Retry-After"] = "2"
    return response


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    errors.Refused: refused,
    ninja.errors.ValidationError: invalid,
    ninja.errors.HttpError: _http,
    exceptions.SuspiciousOperation: _suspicious,
    MultiPartParserError: lambda request, error: one(request, 400, "api.malformed"),
    UnreadablePostError: lambda request, error: one(request, 400, "api.malformed"),
    # A number or text the column cannot hold: the caller's, whatever field it came through.
    DataError: lambda request, error: one(request, 422, "api.invalid.value", field="", expected=""),
    OperationalError: unavailable,
    Http404: lambda request, error: one(request, 404, "kernel.not_found"),
}


def install(api: ninja.NinjaAPI) -> None:
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)
