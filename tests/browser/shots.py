"""Photographs every page as every kind of person who sees it, on the demo company: `make shot`.

The pictures go to var/shots with an `index.html` to leaf through, and the three of the README to docs/images.
Everybody's page is taken wide and light in Chinese; once for each page it is also taken dark, on a phone, and in
English. Words after the command pick the pages whose name holds one.
"""

import concurrent.futures
import contextlib
import dataclasses
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Sequence

from tests import conftest  # noqa: F401  (settings of the tests, before anything of Django)

# isort: split
from django.db.models import F, Sum
from django.utils import timezone
from playwright import sync_api

from qudao.inventory import models as inventory
from qudao.kernel import scope
from qudao.shell import middleware
from qudao.shell.demo import build
from qudao.shell.demo.state import Demo
from tests import harness, pages
from tests.browser import serving, trading, watching

TARGET = serving.ROOT / "var" / "shots"
IMAGES = serving.ROOT / "docs" / "images"
LEAFING = serving.ROOT / "tests" / "browser" / "shots.html"
# Browsers beside each other; the site itself runs in this process too.
BROWSERS = 2
WIDE, PHONE, TALLEST = (1440, 900), (360, 740), 4000
# What a page answers when it shall not be seen.
ANSWERS = {"not-found": 404, "refused": 403}
# Quantities on the order desk's picture.
WANTED = (40, 20, 12, 6)
# page and person → picture of the README.
README = {
    "desk.zhoulan": "order.png",
    "partner.wangmin": "partner.png",
    "dashboard-twelve.mengyao": "dashboard.png",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """How a page is looked at; `name` stands in the name of the picture."""

    name: str
    size: tuple[int, int] = WIDE
    theme: str = "light"
    language: str = "zh-hans"

    @property
    def locale(self) -> str:
        return "en_US" if self.language == "en" else "zh_CN"


PLAIN = Shape("wide")
ONCE = (Shape("dark", theme="dark"), Shape("phone", size=PHONE), Shape("english", language="en"))


@dataclasses.dataclass(frozen=True, slots=True)
class Shot:
    """One picture: the page, the person ("" for a stranger), the shape; `fill` is pasted into the desk."""

    page: str
    person: str
    address: str
    shape: Shape
    fill: str = ""

    @property
    def file(self) -> str:
        return ".".join(filter(None, (self.page, self.person, self.shape.name, "png")))


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """A picture with the parts of its page that scroll sideways, and what the site answered, 0 for no page."""

    shot: Shot
    wide: list[str]
    answer: int

    @property
    def wrong(self) -> bool:
        return self.answer != ANSWERS.get(self.shot.page, 200)


def shots(demo: Demo) -> Iterator[Shot]:
    """Every page for everybody, then the first person's once more in each of the other shapes."""
    for page in pages.listed(demo):
        people = page.people or ("",)
        for person in people:
            yield Shot(page.name, person, page.address, PLAIN)
        for shape in ONCE:
            yield Shot(page.name, people[0], page.address, shape)
    desk = f"/orders/new/?party={demo.company.parties['kangze']}"
    for shape in (PLAIN, *ONCE):
        yield Shot("desk", "zhoulan", desk, shape, fill=_typed(demo))


def _typed(demo: Demo) -> str:
    """Four products that are in stock, and one that is short, as they are pasted out of Excel."""
    company = demo.company
    with scope.everything():
        ours = inventory.Balance.objects.filter(
            status="good",
            site__kind="warehouse",
            site__entity_id=company.entities["qd"],
            item__line_id=company.lines["CV"],
        )
        free = ours.values("item__code").annotate(free=Sum(F("on_hand") - F("reserved"))).order_by("-free")
        lines = [
            (row["item__code"], min(row["free"], quantity))
            for row, quantity in zip(free, WANTED, strict=False)
        ]
    return "\n".join(f"{code}\t{int(quantity)}" for code, quantity in [*lines, (demo.stories.short_item, 60)])


class Camera:
    """A browser with one page for each person and shape, opened once."""

    def __init__(self, browser, address: str, demo: Demo):
        self._browser, self._address, self._demo = browser, address, demo
        self._page, self._key = None, None

    def take(self, shot: Shot) -> Taken | None:
        """None for a part that pages fetch into themselves: it is seen there."""
        page = self._page_of(shot)
        page.set_viewport_size(dict(zip(("width", "height"), shot.shape.size, strict=True)))
        try:
            response = page.goto(shot.address)
        except sync_api.Error as error:
            return Taken(shot, [error.message.partition("\n")[0]], 0)
        if not page.locator("link[rel=stylesheet]").count():
            return None
        if page.locator("[data-chart], [hx-trigger=load]").count():
            page.wait_for_load_state("networkidle")
        if shot.fill:
            self._paste(page, shot.fill)
        wide = watching.too_wide(page)
        if shot.shape == PLAIN and (name := README.get(f"{shot.page}.{shot.person}")):
            page.screenshot(path=TARGET / f"readme.{name}")
        # The main part scrolls by itself: let it be as tall as its content.
        tall = page.evaluate("() => (document.querySelector('main') || document.body).scrollHeight + 60")
        width, height = shot.shape.size
        page.set_viewport_size({"width": width, "height": min(max(height, tall), TALLEST)})
        page.screenshot(path=TARGET / shot.file)
        return Taken(shot, wide, response.status)

    def _page_of(self, shot: Shot):
        key = (shot.person, shot.shape)
        if key != self._key:
            if self._page:
                self._page.context.close()
            person = pages.user(self._demo, shot.person) if shot.person else None
            width, height = shot.shape.size
            context = serving.context(
                self._browser, self._address, person, width=width, height=height, theme=shot.shape.theme
            )
            language = {"name": middleware.LANGUAGE_COOKIE, "value": shot.shape.language}
            context.add_cookies([{**language, "url": self._address}])
            self._page, self._key = context.new_page(), key
        return self._page

    @staticmethod
    def _paste(page, text: str) -> None:
        page.locator("#desk-add").fill(text)
        with page.expect_response("**/quote/"):
            page.locator("#desk-add").press("Enter")
        page.wait_for_timeout(300)


def take_all(wanted: Sequence[Shot], address: str, demo: Demo) -> list[Taken]:
    """All pictures in the order of `wanted`; each browser takes those of one person after the other, and speaks the
    language of the pages."""

    def key(shot: Shot) -> tuple[str, str]:
        return shot.person, shot.shape.name

    rolls = [list(roll) for _, roll in itertools.groupby(sorted(wanted, key=key), key=key)]
    rolls.sort(key=len, reverse=True)
    waiting = {
        locale: iter([roll for roll in rolls if roll[0].shape.locale == locale])
        for locale in sorted({shot.shape.locale for shot in wanted})
    }
    done = itertools.count(1)

    def work() -> list[Taken]:
        taken = []
        for locale, left in waiting.items():
            with serving.launched(locale) as browser:
                camera = Camera(browser, address, demo)
                for shot in itertools.chain.from_iterable(left):
                    one = camera.take(shot)
                    taken += [one] if one else []
                    print(f"· {next(done)}/{len(wanted)} {shot.file}", flush=True)
        return taken

    with concurrent.futures.ThreadPoolExecutor(BROWSERS) as pool:
        working = [pool.submit(work) for _ in range(BROWSERS)]
        taken = [one for future in working for one in future.result()]
    places = {shot: place for place, shot in enumerate(wanted)}
    return sorted(taken, key=lambda one: places[one.shot])


def index(taken: Iterable[Taken]) -> str:
    """The page to leaf through: by page and by person, with the arrows."""
    told = [
        {
            "page": one.shot.page,
            "person": one.shot.person,
            "shape": one.shot.shape.name,
            "file": one.shot.file,
            "wide": one.wide,
            "wrong": f"answered {one.answer}" if one.wrong else "",
        }
        for one in taken
    ]
    return LEAFING.read_text().replace('"PICTURES"', json.dumps(told).replace("<", "\\u003c"))


@contextlib.contextmanager
def opened() -> Iterator[tuple[str, Demo]]:
    """The site over a clone of the demo company, on the company's own day."""
    middleware.timezone = trading.Clock
    try:
        demo = harness.demo(build.ORDERS)
        with serving.served() as address:
            yield address, demo
    finally:
        middleware.timezone = timezone
        harness.drop()


def main(words: list[str]) -> int:
    reason = serving.missing()
    if reason:
        print(f"· {reason}")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    if not words:
        for old in TARGET.glob("*.png"):
            old.unlink()
    print("· the demo company with its whole year (two minutes, the first time)", flush=True)
    with opened() as (address, demo):
        wanted = [one for one in shots(demo) if not words or any(word in one.file for word in words)]
        taken = take_all(wanted, address, demo)
    (TARGET / "index.html").write_text(index(taken))
    if not words:
        publish()
    for one in taken:
        for said in [*one.wide, *([f"answered {one.answer}"] if one.wrong else [])]:
            print(f"! {one.shot.file}: {said}")
    print(f"{len(taken)} pictures: {TARGET}/index.html")
    return int(any(one.wrong for one in taken))


def publish() -> None:
    """The pictures of the README, as the pages look now."""
    for name in README.values():
        (IMAGES / name).write_bytes((TARGET / f"readme.{name}").read_bytes())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
