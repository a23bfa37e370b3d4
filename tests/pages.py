"""Every page that people look at, with an example of the demo company, and those who see it differently.

Read by what photographs the pages (tests/browser/shots.py) and by what reads their words
(tests/journeys/test_languages.py). The samples are those of `qudao.shell.demo.sights`; added is what only the
stories of the company show, and what stands outside of them.
"""

import dataclasses
from collections.abc import Iterator

from django.contrib import auth

from qudao.flow import models as flow
from qudao.kernel import scope
from qudao.orders import models as orders
from qudao.pricing import models as pricing
from qudao.shell.demo import sights
from qudao.shell.demo.state import Demo

# What is taken home instead of looked at.
FILES = (".pdf", ".xlsx", "/proof/", "/trace/report/")

# An entry by its own id is the page of its number once it has one: the same picture again.
SAME = ("journal-staged",)


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """`people` are user names; none for a page that strangers see."""

    name: str
    people: tuple[str, ...]
    address: str


def user(demo: Demo, username: str):
    return auth.get_user_model().objects.get(pk=demo.company.people[username])


def listed(demo: Demo) -> list[Page]:
    """Every page, in the order of the registry, the stories last."""
    people: dict[tuple[str, str], list[str]] = {}
    for sight in sights.found():
        if sight.name not in SAME and not sight.typed and not any(one in sight.address for one in FILES):
            people.setdefault((sight.name.partition(".")[0], sight.address), []).append(sight.username)
    with scope.everything():
        told = [Page(name, tuple(who.split()), address) for name, who, address in _told(demo)]
    return [Page(name, tuple(who), address) for (name, address), who in people.items()] + told


def _told(demo: Demo) -> Iterator[tuple[str, str, str]]:
    stories, party = demo.stories, demo.company.parties
    yield "sign-in", "", "/sign-in/"
    yield "account", "zhoulan", "/account/"
    yield "password", "zhoulan", "/account/password/"
    yield "search-nothing", "zhoulan", "/search/?q=99999999999"
    yield "search-words", "zhoulan", "/search/?q=SO1-2026-0"
    yield "not-found", "zhoulan", "/orders/00000000-0000-0000-0000-000000000000/"
    yield "refused", "lijun", "/journal/"
    yield "hospital", "wangmin", f"/partners/{party['zheer']}/"
    yield "partner-lapsing", "zhaoqing", f"/partners/{party[stories.lapsing_partner]}/?tab=licences"
    yield "partner-agent", "wangmin", f"/partners/{party['lianyou']}/?tab=authorisations"
    versioned = pricing.Contract.objects.get(number=stories.versioned_contract)
    yield "contract-versions", "wangmin", f"/contracts/{versioned.pk}/"
    for name, number in (("split", stories.split_order), ("rebate", stories.rebate_used_order)):
        if order := orders.Order.objects.filter(number=number).first():
            yield f"order-{name}", "zhoulan", f"/orders/{order.pk}/"
    if stories.disputed_statement:
        yield "statement-disputed", "sunli", f"/statements/{stories.disputed_statement}/"
    if stories.rebate_to_confirm:
        yield "rebate-to-confirm", "qianfang", f"/rebates/{stories.rebate_to_confirm}/"
    if found := flow.FlowFile.objects.filter(number=stories.diverted_file).first():
        yield "flow-diverted", "wangmin", f"/flow/{found.pk}/"
