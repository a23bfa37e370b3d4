"""The page that shows every component, for those who build pages and for the screenshot tests."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import pages, sample


@require_safe
@pages.page("")
def components(request: HttpRequest) -> HttpResponse:
    """Every component once, filled with invented data; reads nothing from the database."""
    return render(request, "ui/components.html", sample.context(request))


@require_safe
@pages.page("")
def drawer(request: HttpRequest) -> HttpResponse:
    """What a link with `data-drawer` loads."""
    return render(request, "ui/components_drawer.html", {"explanation": sample.EXPLANATION})


@require_safe
@pages.page("")
def search(request: HttpRequest) -> HttpResponse:
    """The palette's answer, over the invented data."""
    query = request.GET.get("q", "").strip()
    return render(request, "ui/search_results.html", {"query": query, "groups": sample.found(query)})
