"""What a page in a real browser is judged by: axe in both sizes, and whether it fits its window (khả năng tiếp cận)."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error

SIZES = ((1366, 768), (360, 740))
# A receipt shown in a frame is a PDF, which axe cannot read.
RULES = {
    "iframes": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"iframes": False, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# Only what is wrong is taken out of the browser: the list of all that is right weighs a hundred times as much.
READ = "(rules) => axe.run(document, rules).then((found) => found.violations.map((one) => [one.id, one.nodes[0].html]))"


def wrong_with(page: Any, *, every_size: bool = True, dark: bool = False) -> list[str]:
    """What axe finds on the page as it stands now, in both sizes or its own alone, and whether it is wider than its window.

    In the dark only colours differ, so only they are looked at.
    """
    wrong, own = [], page.viewport_size
    for width, height in SIZES if every_size else [own.values()]:
        page.set_viewport_size({"width": width, "height": height})
        wrong += [f"{width}: {rule}: {html[:160]}" for rule, html in _read(page, RULES)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{width}: scrolls sideways")
    page.set_viewport_size(own)
    if dark:
        # A colour on its way is none that anybody reads.
        page.emulate_media(reduced_motion="reduce")
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        wrong += [f"dark: {rule}: {html[:160]}" for rule, html in _read(page, COLOURS)]
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return wrong


def _read(page: Any, rules: dict[str, Any]) -> Any:
    """What axe finds; a link pressed just before may put another page under its eyes, which is then the one to read."""
    for left in (2, 1, 0):
        page.wait_for_load_state()
        try:
            if page.evaluate("typeof axe === 'undefined'"):
                page.evaluate(Axe().axe_script)
            return page.evaluate(READ, rules)
        except Error:
            if not left:
                raise
    return None
