"""How a module's `api.py` is written: one decorator names method, path and permission, and does the rest.

    router = web.router("orders")

    @web.operation(router.post, "/orders", permission="orders.order.place", response=OrderOut, status=201)
    def place_order(request, body: PlaceOrder):
        return operations.place_order(lines=body.lines, actor=request.actor, now=request.now)

A read runs, answer included, inside the caller's transaction. A write needs an Idempotency-Key, has one
effect under it, and its answer is stored with the effect. Paths are relative to /api/v1. What is wrong with
a request is raised as `errors.Refused`; the API root turns it into problem details.
"""

import base64
import binascii
import dataclasses
import datetime as dt
import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import ninja
import ninja.errors
import pydantic
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from qudao.kernel import errors, idempotency, locks, periods, scope

LONGEST_PAGE = 200
KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
_KIND = re.compile(r"{\w+:")
_VERSION = re.compile(r'\A(?:W/)?"?(\d{1,9})"?\Z')

Row = TypeVar("Row")
Body = TypeVar("Body", bound=pydantic.BaseModel)

# Types for what comes in: what the database cannot hold is refused before it gets there.
Id = Annotated[int, pydantic.Field(ge=1, le=2**31 - 1)]
Amount = Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=2)]
Quantity = Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=4, gt=0)]
Text = Annotated[str, pydantic.StringConstraints(strip_whitespace=True, max_length=2000)]
Reason = Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
# Of 0, where it names nothing or everything.
OptionalId = Annotated[int, pydantic.Field(ge=0, le=2**31 - 1)]
# None is taken, as a count or a part of a delivery may be.
Count = Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=4, ge=0)]
Day = Annotated[dt.date, pydantic.Field(ge=periods.FIRST_DAY, le=periods.LAST_DAY)]
Month = Annotated[str, pydantic.StringConstraints(pattern=r"^2\d{3}-(0[1-9]|1[0-2])$")]


class Input(pydantic.BaseModel):
    """Base of request bodies: a field nobody asked for is refused, so nothing can be slipped in."""

    model_config = pydantic.ConfigDict(extra="forbid")


class Paging(pydantic.BaseModel):
    """`paging: web.Paging = ninja.Query(...)` of a list operation."""

    limit: int = pydantic.Field(50, ge=1, le=LONGEST_PAGE)
    cursor: str | None = pydantic.Field(None, max_length=500)


class Page(pydantic.BaseModel, Generic[Row]):
    """A page of a list; `next_cursor` asks for the following one and is null on the last."""

    items: list[Row]
    next_cursor: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """A row of the table the permission matrix is held against. An empty permission means any caller; `house`: for
    partners, whatever they were granted, the operation does not exist."""

    method: str
    path: str
    permission: str
    upload: bool
    module: str
    name: str
    house: bool = False

    @property
    def shape(self) -> str:
        """The path without the kinds of its parameters: `orders/{order_id}`."""
        return _KIND.sub("{", self.path.lstrip("/"))


class VersionMissing(errors.Refused):
    """The operation changes something that others may have changed: If-Match is required."""

    status = 428


class Malformed(errors.Refused):
    """The request cannot be read."""

    status = 400


OPERATIONS: list[Operation] = []


def router(tag: str) -> ninja.Router:
    """A module's router, named in its manifest as `api="qudao.<module>.api:router"`."""
    return ninja.Router(tags=[tag])


def operation(
    register: Callable[..., Any],
    path: str,
    *,
    permission: str,
    response: Any = None,
    status: int = 200,
    upload: bool = False,
    house: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a handler under `register` (a router's `get`, `post`, `put`, `patch` or `delete`) and `path`.

    The handler gets the request, with `actor` and `now`, and what Ninja reads from its signature; it returns
    anything `response` (a pydantic model or dataclass; None: no content) can be made from. `upload=True`
    takes multipart/form-data instead of JSON. `house=True` is for what only our own may reach, as `house_page` is.
    """
    method = register.__name__.upper()

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        name = f"{handler.__module__.split('.')[1]}_{handler.__name__}"
        row = Operation(method, path, permission, upload, handler.__module__, name, house)
        if any((one.method, one.path) == (method, path) and one.name != name for one in OPERATIONS):
            raise ValueError(f"{method} {path} is registered twice")
        OPERATIONS.append(row)
        answer = _read if method == "GET" else _write
        serialise = _serialiser(response)

        @functools.wraps(handler)
        def endpoint(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return answer(request, lambda: serialise(handler(request, *args, **kwargs)), status)

        register(
            path,
            response={status: response},
            operation_id=name,
            summary=handler.__name__.replace("_", " ").capitalize(),
            openapi_extra=_described(method, permission),
        )(endpoint)
        return handler

    return decorate


def page(rows: Iterable[Any], next_cursor: str | None) -> dict[str, Any]:
    """What a list operation with `response=web.Page[…]` returns."""
    return {"items": list(rows), "next_cursor": next_cursor}


def encode_cursor(*keys: Any) -> str:
    """The sort key of a page's last row as an opaque text."""
    text = json.dumps([str(key) for key in keys], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str | None, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """The keys `encode_cursor` took, read by `kinds`; None for the first page. Raises Malformed."""
    if not text:
        return None
    try:
        keys = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if not isinstance(keys, list) or "\0" in "".join(keys):
            raise ValueError
        return tuple(kind(key) for kind, key in zip(kinds, keys, strict=True))
    except (ValueError, TypeError, ArithmeticError, binascii.Error) as error:
        raise Malformed([errors.Reason("api.cursor")]) from error


def expected_version(request: HttpRequest) -> int:
    """The version the caller saw, from If-Match. Raises VersionMissing, or Malformed for another tag."""
    header = request.headers.get("If-Match")
    if header is None:
        raise VersionMissing([errors.Reason("api.version_missing")])
    found = _VERSION.match(header.strip())
    if found is None:
        raise Malformed([errors.Reason("api.version_unknown", params={"tag": header[:40]})])
    return int(found[1])


def seen(request: Any) -> dict[str, Any]:
    """What operations on a document want of its caller: the version seen, who acts, and when."""
    return {"version": expected_version(request), "actor": request.actor, "now": request.now}


def embedded(model: type[Body], text: str, *, field: str) -> Body:
    """A body that came as JSON text in the field `field` of a form, beside files. What is wrong with it is said with
    its place, as of any body."""
    try:
        return model.model_validate_json(text)
    except pydantic.ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        places = [{**one, "loc": ("form", field, *one["loc"])} for one in found]
        raise ninja.errors.ValidationError(places) from error


def etag(version: int) -> str:
    return f'"{version}"'


# -- running -----------------------------------------------------------------------------------------


def _read(request: Any, perform: Callable[[], Any], status: int) -> HttpResponseBase:
    with scope.transaction(request.actor):
        content = perform()
    if isinstance(content, HttpResponseBase):
        return content
    response = _answer(content, status)
    tag = response.headers.get("ETag")
    if tag and tag in (part.strip() for part in request.headers.get("If-None-Match", "").split(",")):
        unchanged = HttpResponse(status=304)
        unchanged.headers["ETag"] = tag
        return unchanged
    return response


def _write(request: Any, perform: Callable[[], Any], status: int) -> HttpResponseBase:
    with locks.refusing_when_busy():
        outcome = idempotency.run(
            key=request.headers.get(KEY_HEADER, ""),
            body=_fingerprint(request),
            actor=request.actor,
            now=request.now,
            perform=lambda: (status, perform()),
        )
    response = _answer(outcome.response, outcome.status)
    response.headers[REPLAYED_HEADER] = "true" if outcome.replayed else "false"
    return response


def _answer(content: Any, status: int) -> HttpResponse:
    if content is None and status == 204:
        return HttpResponse(status=204)
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(body, status=status, content_type="application/json")
    if isinstance(content, dict) and isinstance(content.get("version"), int):
        response.headers["ETag"] = etag(content["version"])
    return response


def _serialiser(response: Any) -> Callable[[Any], Any]:
    """Value → JSON value, through the declared response: a field it does not name never leaves."""
    if response is None:
        return lambda value: value if isinstance(value, HttpResponseBase) else None
    adapter = pydantic.TypeAdapter(response)

    def serialise(value: Any) -> Any:
        if isinstance(value, HttpResponseBase):
            return value
        return adapter.dump_python(adapter.validate_python(value, from_attributes=True), mode="json")

    return serialise


def _fingerprint(request: HttpRequest) -> dict[str, Any]:
    """What makes two requests the same: address, expected version, fields, and files by their digest."""
    if request.content_type == "multipart/form-data":
        files = {name: [_digest(one) for one in given] for name, given in request.FILES.lists()}
        body: Any = {"fields": dict(request.POST.lists()), "files": files}
    else:
        try:
            body = json.loads(request.body) if request.body else None
        except ValueError:
            body = hashlib.sha256(request.body).hexdigest()
    return {
        "method": request.method,
        "address": request.get_full_path(),
        "version": request.headers.get("If-Match"),
        "body": body,
    }


def _digest(file: Any) -> str:
    """SHA-256 of an uploaded file, which is then at its beginning again."""
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def _described(method: str, permission: str) -> dict[str, Any]:
    """What OpenAPI says beside Ninja's own: the key of writes, the permission, problem details."""
    problem = {
        "description": "Problem details (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    found: dict[str, Any] = {"responses": {"default": problem}}
    if permission:
        found["x-permission"] = permission
    if method != "GET":
        found["parameters"] = [
            {
                "in": "header",
                "name": KEY_HEADER,
                "required": True,
                "description": "Your own name for this intent: however often it is sent, it has one effect.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        ]
    return found
