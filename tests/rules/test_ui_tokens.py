"""Colours: what is written on what, in both themes, stays readable (WCAG 2.2 AA, 1.4.3)."""

import itertools
import pathlib
import re

import pytest

from qudao import ui

SHEET = (pathlib.Path(ui.__file__).parent / "static/ui/tokens.css").read_text()
TONES = ("ok", "warn", "bad", "info", "hold")
PAIRS = [
    *itertools.product(("ink", "ink-2", "ink-3", "accent", "bad"), ("bg", "card", "head", "accent-soft")),
    *((tone, f"{tone}-soft") for tone in TONES),
    *((tone, "card") for tone in TONES),
    *(("ink", f"{tone}-soft") for tone in TONES),
    *(("accent", f"{tone}-soft") for tone in ("warn", "bad")),
    ("rail-ink", "rail"),
    ("rail-ink-2", "rail"),
    ("rail-ink-on", "rail-on"),
    ("on-accent", "accent"),
    ("on-badge", "badge"),
]


def colours(selector: str) -> dict[str, str]:
    start = SHEET.index(f"{selector} {{")
    return dict(re.findall(r"--q-([\w-]+): (#[0-9a-f]{6})", SHEET[start : SHEET.index("}", start)]))


LIGHT = colours(":root")
THEMES = {"light": LIGHT, "dark": {**LIGHT, **colours('[data-bs-theme="dark"]')}}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_highest_contrast_and_grey_on_white_fails():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#8a97a5", "#ffffff") < 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_colour_stands_out_from_what_it_is_written_on(theme):
    colour = THEMES[theme]
    weak = [(a, b) for a, b in PAIRS if contrast(colour[a], colour[b]) < 4.5]
    assert weak == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_border_of_an_input_stands_out_from_its_ground(theme):
    colour = THEMES[theme]
    assert all(contrast(colour["line-strong"], colour[ground]) >= 3 for ground in ("card", "bg"))
