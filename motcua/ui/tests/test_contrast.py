"""Every pair of colours that carries text or a border is measured, in daylight and in the dark (WCAG 2.2: 1.4.3, 1.4.6, 1.4.11)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[1] / "static/ui/common/0-tokens.css"
TEXT = [
    ("quiet", "page"),
    ("quiet", "paper"),
    ("quiet", "shade"),
    ("brand", "page"),
    ("brand", "paper"),
    ("brand", "brand-tint"),
    ("brand-hover", "paper"),
    ("brand-hover", "brand-tint"),
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    *((colour, ground) for colour in ("on-time", "due-soon", "overdue", "waiting") for ground in ("page", "paper")),
    *((colour, f"{colour}-tint") for colour in ("on-time", "due-soon", "overdue", "waiting")),
]
GROUNDS = ["page", "paper", "shade", "brand-tint", "on-time-tint", "due-soon-tint", "overdue-tint", "waiting-tint"]
BODY = [("ink", ground) for ground in GROUNDS]
EDGES = [("edge", "page"), ("edge", "paper"), ("brand", "page"), ("overdue", "paper")]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*;", block))


def schemes() -> dict[str, dict[str, str]]:
    css = TOKENS.read_text(encoding="utf-8")
    (light, dark), more = (
        css.split("@media (prefers-color-scheme: dark)"),
        colours(css.split("@media (prefers-contrast")[1]),
    )
    root = colours(light.split(".portal {")[0])
    counter = root | colours(light.split(".counter {")[1])
    return {
        "portal": root,
        "counter": counter,
        "counter in the dark": counter | colours(dark.split("@media")[0]),
        "portal with more contrast": root | more,
        "counter with more contrast": counter | more,
    }


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_the_measure():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_dark_scheme_gives_every_colour_a_second_value():
    css = TOKENS.read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")

    assert colours(dark.split("@media")[0]).keys() == colours(light.split(".portal {")[0]).keys()


@pytest.mark.parametrize("scheme", schemes())
@pytest.mark.parametrize(
    ("least", "pairs"), [(4.5, TEXT), (7, BODY), (3, EDGES)], ids=["text", "body text", "edges of controls"]
)
def test_colours_are_far_enough_apart(scheme, least, pairs):
    tokens = schemes()[scheme]

    too_close = {
        f"{colour} on {ground}": round(contrast(tokens[colour], tokens[ground]), 2)
        for colour, ground in pairs
        if contrast(tokens[colour], tokens[ground]) < least
    }

    assert too_close == {}


@pytest.mark.parametrize("scheme", [name for name in schemes() if "more" in name])
def test_who_asks_for_more_contrast_gets_it_in_every_text_and_edge(scheme):
    tokens = schemes()[scheme]

    too_close = {pair for pair in TEXT if contrast(tokens[pair[0]], tokens[pair[1]]) < 7}
    too_close |= {pair for pair in EDGES if contrast(tokens[pair[0]], tokens[pair[1]]) < 4.5}

    assert too_close == set()
