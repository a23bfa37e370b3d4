"""A page that does one thing: a form with its errors beside the fields, and one effect under its key.

    return acts.respond(
        request,
        acts.Act(title=_("Freeze the partner"), button=_("Freeze"), back=reverse("partner", args=[party.id])),
        forms.Reason,
        perform=lambda wanted: operations.freeze_party(reason=wanted["reason"], …),
        then=lambda answer: reverse("partner", args=[party.id]),
    )

A link with `data-drawer` shows the same form in the panel, and what is refused there stays there. Whatever is
refused comes back with everything that was typed.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages as django_messages
from django.core import validators
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from qudao.kernel import errors, messages, periods
from qudao.ui import pages

DRAWER, WHOLE = "ui/drawer.html", "ui/base.html"


class Form(forms.Form):
    """Base of forms that act. Labels carry no colon; a field that is wrong says so to screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


def day(label: Any, **more: Any) -> forms.DateField:
    """The field of a day, with the browser's calendar."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            validators.MinValueValidator(periods.FIRST_DAY),
            validators.MaxValueValidator(periods.LAST_DAY),
        ],
        **more,
    )


# Says that the fields of a form are fetched again, for what has been chosen in it.
FOLLOWING = "following"


def fetching_fields(address: str) -> dict[str, str]:
    """Attributes of the control that the other fields follow: once chosen, they are fetched from the form's own
    `address`, and what is typed stays (see `typed`)."""
    return {
        "hx-get": f"{address}{'&' if '?' in address else '?'}{FOLLOWING}=1",
        "hx-include": "closest form",
        "hx-params": f"not {pages.TOKEN},{pages.KEY}",
        "hx-target": "closest .q-form--grid",
        "hx-select": ".q-form--grid",
        "hx-swap": "outerHTML",
        # Who chooses again at once gets the fields of the last choice.
        "hx-sync": "closest form:replace",
    }


def typed(request: HttpRequest) -> dict[str, str]:
    """What stands in a form whose fields are fetched again; nothing on other requests."""
    return request.GET.dict() if request.method != "POST" and FOLLOWING in request.GET else {}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The page around the form. `about` says before the fields what it is done to, `consequence` before the button
    what will happen, in numbers.

    `secret`: fields whose values leave no trace, not even the digest by which a second sending is known.
    `beside`: code of a reason → field it stands beside; others stand above the form. `done` is the notice
    after it worked. `danger` colours the button; without one the page only says why nothing can be done.
    """

    title: Any
    button: Any
    back: str
    about: Any = ""
    consequence: Any = ""
    crumbs: Sequence[Mapping[str, Any]] = ()
    beside: Mapping[str, str] = dataclasses.field(default_factory=dict)
    secret: Sequence[str] = ()
    done: Any = ""
    danger: bool = False
    grid: bool = True


def respond(
    request: HttpRequest,
    act: Act,
    form_class: Callable[..., forms.Form],
    *,
    perform: Callable[[dict[str, Any]], Any],
    then: Callable[[Any], str],
    initial: Mapping[str, Any] | None = None,
    template: str = "ui/act.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The form; on POST its one effect, then the address `then` gives. `perform` answers what JSON can hold."""
    if request.method != "POST":
        return _show(request, act, form_class(initial=dict(initial or {})), (), template, context, status=200)
    form = form_class(request.POST)
    reasons: Sequence[errors.Reason] = ()
    status = 422
    if form.is_valid():
        try:
            hidden = (pages.TOKEN, *act.secret)
            body = {name: values for name, values in request.POST.lists() if name not in hidden}
            answer = pages.once(request, lambda: perform(form.cleaned_data), body=body)
        except errors.NotFound:
            raise
        except errors.Refused as refusal:
            reasons, status = _placed(form, refusal.reasons, act.beside), refusal.status
        else:
            if act.done:
                django_messages.success(request, str(act.done))
            return _leave(request, then(answer))
    return _show(request, act, form, reasons, template, context, status=status)


def _leave(request: HttpRequest, address: str) -> HttpResponse:
    """To the page that follows. The panel is told to: a redirect it would follow itself, into the panel."""
    if not _in_panel(request):
        return redirect(address)
    return HttpResponse(headers={"HX-Redirect": address})


def _in_panel(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def _placed(
    form: forms.Form, reasons: Sequence[errors.Reason], beside: Mapping[str, str]
) -> list[errors.Reason]:
    """Put reasons beside their fields; returns those that have none."""
    left = []
    for reason in reasons:
        field = beside.get(reason.code)
        if field is None or field not in form.fields:
            left.append(dataclasses.replace(reason, line=None))
            continue
        said = messages.render(reason)
        form.add_error(field, " ".join(filter(None, (said.title, said.why, said.mend))))
    return left


def _show(
    request: HttpRequest,
    act: Act,
    form: forms.Form,
    reasons: Sequence[errors.Reason],
    template: str,
    context: Mapping[str, Any] | None,
    *,
    status: int,
) -> HttpResponse:
    shown = {
        "act": act,
        "form": form,
        "reasons": reasons,
        "address": request.get_full_path(),
        "layout": DRAWER if _in_panel(request) else WHOLE,
        **(context or {}),
    }
    return pages.show(request, template, shown, status=status)
